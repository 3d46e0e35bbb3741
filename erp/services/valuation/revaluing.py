"""Bringing the stock of items to another unit cost; under *standard* this is how a new standard takes effect."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.audit import label_of
from core.fields import ZERO
from core.money import round_amount, split_amount
from core.operations import operation
from erp.errors import MovedSince
from erp.models import CostLayer, ItemCost, ValuationMethod, ValueEntry
from erp.services.stock.locking import lock_costs
from erp.services.stock.methods import refresh_methods
from erp.services.stock.valuing import base_decimals, write_costs
from erp.services.valuation.appending import append_value
from erp.services.valuation.inputs import AppendedValue, ValueInput
from erp.states import EntryKind, ValueCounter


@dataclass(frozen=True)
class Revaluation:
    """The new cost of an item per stock unit, base currency; ``line_id`` of the document that says so."""

    item_id: int
    unit_cost: Decimal
    line_id: int | None = None


@operation(permission=None)
def revalue(
    *,
    revaluations: Sequence[Revaluation],
    source: Any,
    date: dt.date,
    counter: ValueCounter = ValueCounter.STOCK_ADJUSTMENT,
    actor: Any,
    at: dt.datetime,
) -> AppendedValue:
    """Bring what is on hand of each item to quantity × ``unit_cost``, by entries on the receipts it came with.

    Under *standard* the unit cost is the item's standard cost from now on, with or without stock. What has left already
    keeps its cost. ``date`` is the wanted posting date; ``source`` the document, locked.

    Raises:
        MovedSince: an item moved, or its value changed, after ``date``.
        (provider of erp.ports.adjustment_date): no period is open.
    """
    costs = lock_costs({one.item_id for one in revaluations})
    _require_unmoved(costs, date)
    refresh_methods(list(costs.values()))
    layers: dict[int, list[CostLayer]] = defaultdict(list)
    for layer in CostLayer.objects.filter(item__in=costs, remaining_quantity__gt=0):
        layers[layer.item_id].append(layer)
    inputs = []
    for one in revaluations:
        cost = costs[one.item_id]
        if cost.method == ValuationMethod.STANDARD:
            cost.standard_cost = one.unit_cost
        for layer, amount in _changes(cost, layers[one.item_id], one.unit_cost):
            inputs.append(
                ValueInput(layer.move_id, amount, EntryKind.REVALUATION, counter, date=date, line_id=one.line_id)
            )
    write_costs([costs[item_id] for item_id in sorted(costs)])
    return append_value(inputs=inputs, source=source, actor=actor, at=at)


@operation(permission=None)
def undo_revaluation(
    *, source: Any, standard_costs: Mapping[int, Decimal], date: dt.date, actor: Any, at: dt.datetime
) -> AppendedValue:
    """Append the exact negative of what ``source`` revalued; the caller holds the costs and knows nothing came after.

    standard_costs  by item under *standard*: its standard cost before.   date  the wanted posting date.

    Raises:
        (provider of erp.ports.adjustment_date): no period is open.
    """
    costs = lock_costs(standard_costs)
    for item_id, standard_cost in standard_costs.items():
        costs[item_id].standard_cost = standard_cost
    write_costs([costs[item_id] for item_id in sorted(costs)])
    own = ValueEntry.objects.filter(source_label=label_of(source), source_id=source.pk, move__isnull=False)
    changed = own.order_by("move", "counter", "source_line_id").values_list("move", "counter", "source_line_id")
    inputs = [
        ValueInput(
            move_id, -amount, EntryKind.REVALUATION, ValueCounter(counter) if counter else None, None, date, line_id
        )
        for move_id, counter, line_id, amount in changed.annotate(total=Sum("amount"))
        if amount
    ]
    return append_value(inputs=inputs, source=source, actor=actor, at=at)


def _require_unmoved(item_ids: Iterable[int], date: dt.date) -> None:
    """What is on hand now is what is revalued: it must have been there on the day of the revaluation."""
    later = ValueEntry.objects.filter(item__in=list(item_ids), booked_on__gt=date).select_related("item")
    last = later.order_by("-booked_on", "-pk").first()
    if last is not None:
        raise MovedSince(item=last.item, date=last.booked_on)


def _changes(cost: ItemCost, layers: Sequence[CostLayer], unit_cost: Decimal) -> list[tuple[CostLayer, Decimal]]:
    """What each layer is worth more; under FIFO every layer comes to the new cost by itself."""
    if not layers:
        return []
    decimals = base_decimals()
    quantities = [layer.remaining_quantity for layer in layers]
    target = round_amount(unit_cost * cost.quantity, decimals)
    if cost.method == ValuationMethod.FIFO:
        shares = split_amount(target, quantities, decimals)
        amounts = [share - (layer.remaining_value or ZERO) for share, layer in zip(shares, layers, strict=True)]
    else:
        amounts = split_amount(target - cost.value, quantities, decimals)
    return [(layer, amount) for layer, amount in zip(layers, amounts, strict=True) if amount]
