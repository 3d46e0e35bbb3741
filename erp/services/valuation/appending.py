"""The one door for value that changes after the goods moved: one more entry per move, never a changed one."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum

from core import audit
from core.fields import ZERO
from core.money import split_amount
from core.operations import operation
from erp import signals
from erp.models import CostLayer, ItemCost, LayerUse, StockMove, ValuationMethod, ValueEntry
from erp.services.overruns import tell_overruns
from erp.services.stock.layers import store_layers
from erp.services.stock.locking import lock_costs
from erp.services.stock.valuing import base_decimals, write_costs
from erp.services.valuation.dating import adjustment_days
from erp.services.valuation.following import carry_into_documents, in_process
from erp.services.valuation.inputs import AppendedValue, ValueInput, default_counter
from erp.states import EntryKind, ValueCounter


@dataclass
class _Targets:
    """The moves of the inputs with what is known of them; item costs and layers are locked and fresh."""

    moves: dict[int, StockMove]
    own: dict[int, ValueEntry]
    costs: dict[int, ItemCost]
    layers: dict[int, CostLayer] = field(default_factory=dict)
    brought: dict[int, CostLayer] = field(default_factory=dict)
    used: dict[int, dict[int, Decimal]] = field(default_factory=lambda: defaultdict(dict))

    def brings(self, move_id: int) -> bool:
        return self.own[move_id].quantity > 0


@operation(permission=None)
def append_value(*, inputs: Sequence[ValueInput], source: Any, actor: Any, at: dt.datetime) -> AppendedValue:
    """Append value entries to moves, bring layers, item costs and work orders along, and announce it.

    source  the document that is the reason (landed cost, invoice, revaluation, month-end run …): the entries name it,
            and finance books them under it, one journal entry per posting date, each value entry on the stock account
            against its ``counter``.
    Locks the cost rows of the items (rank COST), then the periods. The caller says where the cost goes; this keeps the
    books sound: what would leave value without goods, or less than nothing, is written off as an adjustment. Under
    *standard* every entry but a revaluation is met by a variance on the same move. An order's WIP rises by what an
    issue to it costs more and falls by what a receipt from it costs more; of a closed order the rest is a variance.
    Nothing to do (all amounts 0): nothing is written.

    Raises:
        (provider of erp.ports.adjustment_date): no period is open.
    """
    inputs = [one for one in inputs if one.amount]
    if not inputs:
        return AppendedValue()
    targets = _targets(inputs)
    days = adjustment_days([one.date or targets.moves[one.move_id].moved_on for one in inputs])
    entries: list[ValueEntry] = []
    uses: list[LayerUse] = []
    for one, day in zip(inputs, days, strict=True):
        entry = _entry(one, targets, source, day=day, at=at)
        entries.append(entry)
        uses.extend(_apply(entry, one, targets))
        if targets.costs[entry.item_id].method == ValuationMethod.STANDARD and one.kind != EntryKind.REVALUATION:
            entries.append(_variance(entry, targets))
    levelling, levelled = _level(entries, targets)
    entries += levelling
    ValueEntry.objects.bulk_create(entries)
    LayerUse.objects.bulk_create(uses + levelled)
    costs = targets.costs
    store_layers(
        {
            pk: (layer.remaining_quantity, layer.remaining_value or ZERO, costs[layer.item_id].method)
            for pk, layer in sorted(targets.layers.items())
            if layer.remaining_value is not None
        }
    )
    write_costs([costs[item_id] for item_id in sorted(costs)])
    settled = carry_into_documents(entries)
    tell_overruns(in_process(entries), actor=actor, at=at)
    signals.stock_value_adjusted.send(
        sender=ValueEntry, entries=entries, settled=settled, source=source, actor=actor, at=at
    )
    return AppendedValue(entries, settled)


def _targets(inputs: Sequence[ValueInput]) -> _Targets:
    move_ids = {one.move_id for one in inputs}
    moves = StockMove.objects.in_bulk(move_ids)
    own = ValueEntry.objects.filter(move__in=move_ids, kind=F("move__kind"))
    targets = _Targets(
        moves, {entry.move_id or 0: entry for entry in own}, lock_costs({move.item_id for move in moves.values()})
    )
    taken = LayerUse.objects.filter(move__in=move_ids).values_list("move_id", "layer_id")
    for move_id, layer_id, quantity in taken.annotate(total=Sum("quantity")).order_by("move_id", "layer_id"):
        if quantity:
            targets.used[move_id][layer_id] = quantity
    wanted = {layer_id for used in targets.used.values() for layer_id in used}
    wanted |= {one.layer_id for one in inputs if one.layer_id}
    for layer in CostLayer.objects.filter(pk__in=wanted) | CostLayer.objects.filter(move__in=move_ids):
        targets.layers[layer.pk] = layer
        targets.brought[layer.move_id] = layer
    return targets


def _entry(one: ValueInput, targets: _Targets, source: Any, *, day: dt.date, at: dt.datetime) -> ValueEntry:
    move, own = targets.moves[one.move_id], targets.own[one.move_id]
    counter = one.counter or default_counter(move.kind, brings=targets.brings(one.move_id))
    return ValueEntry(
        move=move,
        item_id=move.item_id,
        kind=one.kind,
        quantity=ZERO,
        amount=one.amount,
        counter=counter,
        work_order_id=own.work_order_id if counter == ValueCounter.WIP else None,
        source_label=audit.label_of(source),
        source_id=source.pk,
        source_line_id=one.line_id,
        booked_on=day,
        created_at=at,
    )


def _variance(entry: ValueEntry, targets: _Targets) -> ValueEntry:
    targets.costs[entry.item_id].value -= entry.amount
    is_made = entry.counter == ValueCounter.WIP
    return ValueEntry(
        move=entry.move,
        item_id=entry.item_id,
        kind=EntryKind.VARIANCE,
        quantity=ZERO,
        amount=-entry.amount,
        counter=ValueCounter.PRODUCTION_VARIANCE if is_made else ValueCounter.PRICE_DIFFERENCE,
        source_label=entry.source_label,
        source_id=entry.source_id,
        source_line_id=entry.source_line_id,
        booked_on=entry.booked_on,
        created_at=entry.created_at,
    )


def _apply(entry: ValueEntry, one: ValueInput, targets: _Targets) -> list[LayerUse]:
    """Change item cost and layers by an entry; returns what it used of layers."""
    targets.costs[entry.item_id].value += entry.amount
    if targets.brings(one.move_id):
        _change(targets.brought[one.move_id], entry.amount)
        return []
    used = {one.layer_id: Decimal(1)} if one.layer_id else targets.used[one.move_id]
    shares = split_amount(-entry.amount, list(used.values()), base_decimals())
    uses = []
    for layer_id, share in zip(used, shares, strict=True):
        _change(targets.layers[layer_id], -share)
        uses.append(LayerUse(layer_id=layer_id, move_id=one.move_id, entry=entry, quantity=ZERO, amount=share))
    return uses


def _change(layer: CostLayer, amount: Decimal) -> None:
    if layer.remaining_value is not None:
        layer.remaining_value += amount


def _level(entries: Sequence[ValueEntry], targets: _Targets) -> tuple[list[ValueEntry], list[LayerUse]]:
    """Write off value without goods and value below nothing: of layers under FIFO, of the item elsewhere."""
    adjustments, uses = [], []
    for layer in targets.layers.values():
        value = layer.remaining_value or ZERO
        if value < 0 or (value and not layer.remaining_quantity):
            entry = _adjustment(next(one for one in entries if one.item_id == layer.item_id), -value)
            adjustments.append(entry)
            uses.append(LayerUse(layer=layer, move_id=layer.move_id, entry=entry, quantity=ZERO, amount=value))
            layer.remaining_value = ZERO
            targets.costs[layer.item_id].value -= value
    for cost in targets.costs.values():
        if cost.value < 0 or (cost.value and not cost.quantity):
            adjustments.append(_adjustment(next(one for one in entries if one.item_id == cost.item_id), -cost.value))
            cost.value = ZERO
    return adjustments, uses


def _adjustment(entry: ValueEntry, amount: Decimal) -> ValueEntry:
    return ValueEntry(
        item_id=entry.item_id,
        kind=EntryKind.ADJUSTMENT,
        quantity=ZERO,
        amount=amount,
        counter=ValueCounter.STOCK_ADJUSTMENT,
        source_label=entry.source_label,
        source_id=entry.source_id,
        source_line_id=entry.source_line_id,
        booked_on=entry.booked_on,
        created_at=entry.created_at,
    )
