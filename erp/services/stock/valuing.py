"""The value of moves: by the method of their item, reversals at their original value, entries in the value ledger."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum

from core.clock import company
from core.context import change_later
from core.fields import ZERO
from erp.engines.costing import Flow, ItemValue, OpenLayer, Valued, share_of
from erp.errors import ReversedTooMuch
from erp.models import ItemCost, StockMove, ValuationMethod, ValueEntry
from erp.selectors.costs import known_unit_costs
from erp.services.stock import layers
from erp.services.stock.backdating import Backdated, traced_now, value_backdated
from erp.services.stock.checking import require_not_revalued
from erp.services.stock.inputs import MoveInput
from erp.services.stock.locking import LockedStock
from erp.services.stock.methods import refresh_methods, refresh_opening_costs
from erp.states import SIDE_KINDS, EntryKind, MoveKind, ValueCounter
from masterdata.models import Item

NOT_OF_THE_GOODS = SIDE_KINDS | {EntryKind.REVALUATION}
"""Entries that say nothing of what goods cost that left or came back."""

VARIANCE_COUNTERS = {
    MoveKind.RECEIPT: ValueCounter.PRICE_DIFFERENCE,
    MoveKind.SUPPLIER_RETURN: ValueCounter.PRICE_DIFFERENCE,
    MoveKind.PRODUCTION: ValueCounter.PRODUCTION_VARIANCE,
    MoveKind.SUBCONTRACT: ValueCounter.PRICE_DIFFERENCE,
}


class _Originals:
    """What is left, in quantity and value, of the moves that are being taken back.

    Goods that left are worth what they cost in the end, later costs included, less what came back of that; goods that
    came in go back at what was paid for them: a later freight stays with us. A revaluation of what came back is ours.
    """

    def __init__(self, move_ids: set[int]) -> None:
        self.left: dict[int, list[Decimal]] = {}
        if not move_ids:
            return
        brought = set()
        for move in _with_worth(StockMove.objects.filter(pk__in=move_ids)):
            if (move.brings or ZERO) > 0:  # type: ignore[attr-defined]
                brought.add(move.pk)
            self.left[move.pk] = [move.quantity, _worth(move, with_later=move.pk not in brought)]
        for move in _with_worth(StockMove.objects.filter(reverses_id__in=move_ids)):
            left = self.left[move.reverses_id or 0]
            left[0] -= move.quantity
            left[1] -= _worth(move, with_later=move.reverses_id not in brought)

    def take(self, move: MoveInput, decimals: int) -> Decimal:
        left = self.left[move.reverses_id or 0]
        if move.quantity > left[0]:
            raise ReversedTooMuch(item=Item.objects.get(pk=move.item_id), wanted=move.quantity, remaining=left[0])
        amount = max(share_of(left[1], left[0], move.quantity, decimals), ZERO)
        left[0] -= move.quantity
        left[1] -= amount
        return amount


def _with_worth(moves: QuerySet[StockMove]) -> QuerySet[StockMove]:
    return moves.annotate(
        own=Sum("entries__amount", filter=Q(entries__kind=F("kind"))),
        total=Sum("entries__amount", filter=~Q(entries__kind__in=NOT_OF_THE_GOODS)),
        brings=Sum("entries__quantity"),
    )


def _worth(move: StockMove, *, with_later: bool) -> Decimal:
    found: Decimal | None = move.total if with_later else move.own  # type: ignore[attr-defined]
    return abs(found or ZERO)


def value_moves(
    moves: Sequence[MoveInput], stock: LockedStock, day: dt.date, *, is_backdated: bool = False
) -> tuple[list[Valued | None], Backdated]:
    """Return each move's value in order (None: it stays inside our locations or outside them), and what it corrects.

    Within one posting receipts are valued before issues. The new state is written to the locked cost rows.

    Raises:
        ReversedTooMuch: more would be taken back than is left of the original move.
        RevaluedSince: backdated to before a revaluation of an item.
    """
    decimals = base_decimals()
    signs = [int(stock.is_owned(m.to_location_id)) - int(stock.is_owned(m.from_location_id)) for m in moves]
    originals = _Originals({move.reverses_id for move in moves if move.reverses_id})
    refresh_methods([stock.costs[move.item_id] for move, sign in zip(moves, signs, strict=True) if sign])
    fallback = _fallback_costs(moves, signs, stock)
    flows: dict[int, list[tuple[int, Flow]]] = defaultdict(list)
    for index, (move, sign) in enumerate(zip(moves, signs, strict=True)):
        original = originals.take(move, decimals) if move.reverses_id else None
        if sign:
            amount = original if original is not None else move.amount
            flow = Flow(sign * move.quantity, amount, _unit_cost(move, sign, fallback), move.reverses_id)
            flows[move.item_id].append((index, flow))
    for rows in flows.values():
        rows.sort(key=lambda row: row[1].quantity < 0)
    values: dict[int, Valued] = {}
    states = _states(flows, stock, day)
    if is_backdated:
        require_not_revalued((pk for pk in flows if stock.costs[pk].method != ValuationMethod.MONTH_AVERAGE), day)
    backdated = value_backdated(flows, stock, day, decimals) if is_backdated else Backdated()
    for item_id, rows in flows.items():
        state, cost = states[item_id], stock.costs[item_id]
        found = backdated.values.get(item_id)
        if found is not None and cost.method == ValuationMethod.FIFO:
            values |= found
            continue
        valued = state.apply([flow for _i, flow in rows], decimals)
        now = [(index, value) for (index, _flow), value in zip(rows, valued, strict=True)]
        if found is not None:
            traced_now(found, now, decimals)
            values |= found
        else:
            values |= dict(now)
            cost.quantity, cost.value = state.quantity, state.value
    return [values.get(index) for index in range(len(moves))], backdated


def _states(flows: dict[int, list[tuple[int, Flow]]], stock: LockedStock, day: dt.date) -> dict[int, ItemValue]:
    """The locked state of every item, with as many of its oldest layers as its issues can need."""
    issued = {
        item_id: sum((-flow.quantity for _i, flow in rows if flow.quantity < 0), ZERO)
        for item_id, rows in flows.items()
    }
    needed = {item_id: quantity for item_id, quantity in issued.items() if quantity}
    costs = {item_id: stock.costs[item_id] for item_id in flows}
    refresh_opening_costs([costs[item_id] for item_id in needed], day)
    taken_back = {flow.layer_key for rows in flows.values() for _i, flow in rows if flow.layer_key}
    found = layers.open_layers(needed, taken_back)
    unit = {ValuationMethod.STANDARD: "standard_cost", ValuationMethod.MONTH_AVERAGE: "opening_cost"}
    return {
        item_id: ItemValue(
            cost.method,
            cost.quantity,
            cost.value,
            found.get(item_id, []),
            getattr(cost, unit[ValuationMethod(cost.method)]) if cost.method in unit else None,
        )
        for item_id, cost in costs.items()
    }


def base_decimals() -> int:
    """Return the decimals of the base currency."""
    own = company()
    return own.base_decimals if own else 2


def _unit_cost(move: MoveInput, sign: int, fallback: dict[int, Decimal]) -> Decimal | None:
    if sign < 0 or move.reverses_id:
        return None
    return move.unit_cost if move.unit_cost is not None else fallback.get(move.item_id)


def _fallback_costs(moves: Sequence[MoveInput], signs: Sequence[int], stock: LockedStock) -> dict[int, Decimal]:
    """Unit costs for receipts of unknown value of items without stock to take an average from."""
    unknown = {
        move.item_id
        for move, sign in zip(moves, signs, strict=True)
        if sign > 0
        and move.amount is None
        and move.unit_cost is None
        and move.reverses_id is None
        and not stock.costs[move.item_id].quantity
    }
    return known_unit_costs(unknown) if unknown else {}


def write_values(
    rows: Sequence[StockMove],
    moves: Sequence[MoveInput],
    values: Sequence[Valued | None],
    stock: LockedStock,
    left: Sequence[OpenLayer] = (),
) -> list[ValueEntry]:
    """Append the value entries of posted moves with their layers and uses, and store the new state of the items.

    left  layers under FIFO that a backdated posting uses anew, with what is left of them.
    """
    entries: list[ValueEntry] = []
    written = layers.Written()
    for row, move, value in zip(rows, moves, values, strict=True):
        if value is None:
            continue
        sign = 1 if stock.is_owned(move.to_location_id) else -1
        method = stock.costs[row.item_id].method
        own = _entry(row, move, EntryKind(row.kind), value.amount, sign * row.quantity)
        own.is_provisional = method == ValuationMethod.MONTH_AVERAGE and sign < 0 and _is_open(move)
        entries.append(own)
        written.take(row, own, value.takes, method)
        if value.layer is not None:
            written.bring(row, value.layer, method)
        if value.variance:
            entries.append(_entry(row, move, EntryKind.VARIANCE, value.variance))
            entries[-1].counter = VARIANCE_COUNTERS.get(MoveKind(row.kind), ValueCounter.STOCK_ADJUSTMENT)
        if value.adjustment:
            entries.append(_entry(row, move, EntryKind.ADJUSTMENT, value.adjustment))
            entries[-1].move = None
            written.take(row, entries[-1], value.levelling, method)
    ValueEntry.objects.bulk_create(entries)
    write_costs([stock.costs[item_id] for item_id in sorted({entry.item_id for entry in entries})])
    written.store()
    layers.store_layers({one.pk or 0: (one.quantity, one.value, ValuationMethod.FIFO) for one in left})
    return entries


def _is_open(move: MoveInput) -> bool:
    """Return whether the method says what goods that leave are worth: not when they go back at what they came for."""
    return move.reverses_id is None and move.amount is None


def _entry(row: StockMove, move: MoveInput, kind: EntryKind, amount: Decimal, quantity: Decimal = ZERO) -> ValueEntry:
    return ValueEntry(
        move=row,
        item_id=row.item_id,
        kind=kind,
        quantity=quantity,
        amount=amount,
        work_order_id=move.work_order_id,
        source_label=row.source_label,
        source_id=row.source_id,
        source_line_id=row.source_line_id,
        booked_on=row.moved_on,
        created_at=row.created_at,
    )


def write_costs(costs: Sequence[ItemCost]) -> None:
    """Store quantity, value and method of locked cost rows, in one statement."""
    if not costs:
        return
    change_later(costs, ["quantity", "value", "method", "standard_cost", "opening_cost", "opening_month"])
