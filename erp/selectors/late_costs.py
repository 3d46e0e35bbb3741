"""Tracing a late cost from the receipt it belongs to, use by use, to where the goods are now."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F, Sum

from core.fields import ZERO
from core.money import split_amount
from erp.engines.tracing import follow_goods
from erp.errors import TraceTooDeep
from erp.models import CostLayer, ItemCost, LayerUse, StockMove, ValuationMethod, ValueEntry, WorkOrder, WorkOrderOutput
from erp.selectors.subcontract_uses import outputs_of
from erp.states import EntryKind, WorkOrderState
from erp.states.engineering import OutputCost

MOST_LEVELS = 50


@dataclass(frozen=True)
class Traced:
    """A change of stock value by a late cost: on the move that brought goods (above zero for a dearer cost), or on one
    that took them out of ``layer_id`` (the other sign: the cost leaves stock with them)."""

    move_id: int
    item_id: int
    amount: Decimal
    layer_id: int | None = None
    level: int = 0


@dataclass
class _Use:
    layer_id: int
    move: StockMove
    quantity: Decimal


@dataclass
class Trace:
    """What `trace_late_costs` found, in the order it is to be written."""

    steps: list[Traced] = field(default_factory=list)

    @property
    def item_ids(self) -> set[int]:
        """The items whose value changes."""
        return {step.item_id for step in self.steps}


def trace_late_costs(amounts: Mapping[int, Decimal], today: dt.date, decimals: int) -> Trace:
    """Follow ``amounts`` (base currency, by the move that brought the goods in) to where the goods are now.

    In stock: they stay on the receipt. Shipped, scrapped, issued to an open work order: they follow on that move.
    Issued to a closed work order or used by a subcontractor: on to the receipts, and from there again, level by level.
    Taken back by a reversal: back with the goods. Under *standard* nothing follows (it is a variance), under *month-end
    average* nothing in the month whose run is still to come. A fixed number of statements per level.
    Source: HARD_RULES §7, §11.

    Raises:
        TraceTooDeep: the goods went through more than 50 orders one after the other.
    """
    trace = Trace()
    level = 0
    frontier = {move_id: amount for move_id, amount in amounts.items() if amount}
    while frontier:
        if level > MOST_LEVELS:
            raise TraceTooDeep()
        frontier = _one_level(trace, frontier, level, today, decimals)
        level += 1
    return trace


def _one_level(
    trace: Trace, frontier: Mapping[int, Decimal], level: int, today: dt.date, decimals: int
) -> dict[int, Decimal]:
    """Follow the costs of one level; returns what goes on to moves that brought goods in again."""
    layers = {layer.move_id: layer for layer in CostLayer.objects.filter(move__in=frontier).order_by("pk")}
    methods = dict(
        ItemCost.objects.filter(item__in={layer.item_id for layer in layers.values()}).values_list("item_id", "method")
    )
    uses = _uses_of(layer for layer in layers.values() if _is_followed(layer, methods, today))
    onward: dict[int, Decimal] = defaultdict(lambda: ZERO)
    left: list[tuple[_Use, Decimal]] = []
    for move_id, layer in sorted(layers.items()):
        amount = frontier[move_id]
        trace.steps.append(Traced(move_id, layer.item_id, amount, level=level))
        own = uses.get(layer.pk, [])
        if not own:
            continue
        parts = follow_goods(amount, layer.remaining_quantity, [use.quantity for use in own], decimals)
        for use, part in zip(own, parts.follows, strict=True):
            if part:
                trace.steps.append(Traced(use.move.pk, layer.item_id, -part, layer.pk, level))
                left.append((use, part))
    rest = _taken_back(left, onward, decimals)
    _into_subcontracted(rest, onward, decimals)
    _into_output(rest, onward, decimals)
    return {move_id: amount for move_id, amount in onward.items() if amount}


def _is_followed(layer: CostLayer, methods: Mapping[int, str], today: dt.date) -> bool:
    method = methods.get(layer.item_id)
    if method == ValuationMethod.MONTH_AVERAGE:
        return (layer.received_on.year, layer.received_on.month) != (today.year, today.month)
    return method != ValuationMethod.STANDARD


def _uses_of(layers: Iterable[CostLayer]) -> dict[int, list[_Use]]:
    keys = [layer.pk for layer in layers]
    if not keys:
        return {}
    rows = (
        LayerUse.objects.filter(layer__in=keys)
        .values("layer_id", "move_id")
        .annotate(total=Sum("quantity"))
        .filter(total__gt=0)
        .order_by("layer_id", "move_id")
    )
    taken = list(rows)
    moves = StockMove.objects.in_bulk({row["move_id"] for row in taken})
    found: dict[int, list[_Use]] = defaultdict(list)
    for row in taken:
        found[row["layer_id"]].append(_Use(row["layer_id"], moves[row["move_id"]], row["total"]))
    return found


def _taken_back(
    left: Iterable[tuple[_Use, Decimal]], onward: dict[int, Decimal], decimals: int
) -> list[tuple[_Use, Decimal]]:
    """Let the cost come back with goods whose use was reversed; returns what stays out."""
    left = list(left)
    backs: dict[int, list[StockMove]] = defaultdict(list)
    for move in StockMove.objects.filter(reverses__in={use.move.pk for use, _part in left}).order_by("pk"):
        backs[move.reverses_id or 0].append(move)
    out = []
    for use, part in left:
        own = backs.get(use.move.pk, [])
        gone = use.move.quantity - sum((move.quantity for move in own), ZERO)
        stays, *returned = split_amount(part, [gone, *(move.quantity for move in own)], decimals)
        for move, amount in zip(own, returned, strict=True):
            onward[move.pk] += amount
        out.append((use, stays))
    return out


def _into_subcontracted(left: Iterable[tuple[_Use, Decimal]], onward: dict[int, Decimal], decimals: int) -> None:
    """Let what was consumed at subcontractors follow into what they made of it."""
    parts = {use.move.pk: ZERO for use, _part in left}
    for use, part in left:
        parts[use.move.pk] += part
    for used, output in outputs_of(parts).items():
        shares = split_amount(parts[used], [quantity for _move, quantity in output], decimals)
        for (move_id, _quantity), share in zip(output, shares, strict=True):
            onward[move_id] += share


def _into_output(left: Iterable[tuple[_Use, Decimal]], onward: dict[int, Decimal], decimals: int) -> None:
    """Let what was issued to closed work orders follow into what they made."""
    parts: dict[int, Decimal] = defaultdict(lambda: ZERO)
    by_move: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for use, part in left:
        by_move[use.move.pk] += part
    issued = ValueEntry.objects.filter(move__in=by_move, work_order_id__isnull=False, kind=F("move__kind"))
    for move_id, order_id in issued.values_list("move_id", "work_order_id"):
        parts[order_id or 0] += by_move[move_id or 0]
    closed = set(WorkOrder.objects.filter(pk__in=parts, state=WorkOrderState.CLOSED).values_list("pk", flat=True))
    if not closed:
        return
    made = ValueEntry.objects.filter(
        work_order_id__in=closed, kind=EntryKind.PRODUCTION, quantity__gt=0, move__reverses__isnull=True
    ).annotate(undone=Sum("move__reversals__quantity"))
    frozen, joint = _joint_products(closed)
    output: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for entry in made.order_by("move_id"):
        kept = entry.quantity - (entry.undone or ZERO)
        order_id = entry.work_order_id or 0
        if kept > 0 and (order_id, entry.item_id) not in frozen:
            weight = entry.amount * kept / entry.quantity if order_id in joint and entry.amount else kept
            output[order_id].append((entry.move_id or 0, weight))
    for order_id in sorted(output):
        shares = split_amount(parts[order_id], [quantity for _move, quantity in output[order_id]], decimals)
        for (move_id, _quantity), share in zip(output[order_id], shares, strict=True):
            onward[move_id] += share


def _joint_products(order_ids: Iterable[int]) -> tuple[set[tuple[int, int]], set[int]]:
    """Return (order, item) of products whose value is fixed, and the orders whose products share by their values."""
    rows = WorkOrderOutput.objects.filter(work_order__in=list(order_ids))
    found = list(rows.values_list("work_order_id", "item_id", "cost_method"))
    frozen = {(order, item) for order, item, method in found if method == OutputCost.FIXED_AMOUNT}
    return frozen, {order for order, _item, _method in found}
