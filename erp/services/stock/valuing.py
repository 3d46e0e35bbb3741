"""The value of moves: moving average, original value of reversals, entries in the value ledger."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection
from django.db.models import Sum

from core.clock import company
from core.fields import ZERO
from erp.engines.costing import Flow, MovingAverage, Valued, share_of
from erp.errors import ReversedTooMuch
from erp.models import ItemCost, StockMove, ValueEntry
from erp.selectors.costs import known_unit_costs
from erp.services.stock.inputs import MoveInput
from erp.services.stock.locking import LockedStock
from erp.states import EntryKind
from masterdata.models import Item


class _Originals:
    """What is left, in quantity and value, of the moves that are being taken back."""

    def __init__(self, move_ids: set[int]) -> None:
        self.left: dict[int, list[Decimal]] = {}
        if not move_ids:
            return
        moves = StockMove.objects.filter(pk__in=move_ids).annotate(worth=Sum("entries__amount"))
        for move in moves:
            self.left[move.pk] = [move.quantity, abs(move.worth or ZERO)]
        reversals = StockMove.objects.filter(reverses_id__in=move_ids).annotate(worth=Sum("entries__amount"))
        for move in reversals:
            left = self.left[move.reverses_id or 0]
            left[0] -= move.quantity
            left[1] -= abs(move.worth or ZERO)

    def take(self, move: MoveInput, decimals: int) -> Decimal:
        left = self.left[move.reverses_id or 0]
        if move.quantity > left[0]:
            raise ReversedTooMuch(item=Item.objects.get(pk=move.item_id), wanted=move.quantity, remaining=left[0])
        amount = share_of(left[1], left[0], move.quantity, decimals)
        left[0] -= move.quantity
        left[1] -= amount
        return amount


def value_moves(moves: Sequence[MoveInput], stock: LockedStock) -> list[Valued | None]:
    """Return each move's value in order (None: it stays inside our locations or outside them).

    Within one posting receipts are valued before issues. The new averages are written to the locked cost rows.

    Raises:
        ReversedTooMuch: more would be taken back than is left of the original move.
    """
    own = company()
    decimals = own.base_decimals if own else 2
    signs = [int(stock.is_owned(m.to_location_id)) - int(stock.is_owned(m.from_location_id)) for m in moves]
    originals = _Originals({move.reverses_id for move in moves if move.reverses_id})
    fallback = _fallback_costs(moves, signs, stock)
    flows: dict[int, list[tuple[int, Flow]]] = defaultdict(list)
    for index, (move, sign) in enumerate(zip(moves, signs, strict=True)):
        original = originals.take(move, decimals) if move.reverses_id else None
        if sign:
            amount = original if original is not None else move.amount
            flow = Flow(sign * move.quantity, amount, _unit_cost(move, sign, fallback))
            flows[move.item_id].append((index, flow))
    values: list[Valued | None] = [None] * len(moves)
    for item_id, rows in flows.items():
        rows.sort(key=lambda row: row[1].quantity < 0)
        cost = stock.costs[item_id]
        state, valued = MovingAverage(cost.quantity, cost.value).after([flow for _i, flow in rows], decimals)
        for (index, _flow), value in zip(rows, valued, strict=True):
            values[index] = value
        cost.quantity, cost.value = state.quantity, state.value
    return values


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
    rows: Sequence[StockMove], moves: Sequence[MoveInput], values: Sequence[Valued | None], stock: LockedStock
) -> list[ValueEntry]:
    """Append the value entries of posted moves and store the new averages."""
    entries = []
    for row, move, value in zip(rows, moves, values, strict=True):
        if value is None:
            continue
        sign = 1 if stock.is_owned(move.to_location_id) else -1
        entries.append(_entry(row, move, EntryKind(row.kind), sign * row.quantity, value.amount))
        if value.adjustment:
            left_over = _entry(row, move, EntryKind.ADJUSTMENT, ZERO, value.adjustment)
            left_over.move = None
            entries.append(left_over)
    ValueEntry.objects.bulk_create(entries)
    _write_costs([stock.costs[item_id] for item_id in sorted({entry.item_id for entry in entries})])
    return entries


def _entry(row: StockMove, move: MoveInput, kind: EntryKind, quantity: Decimal, amount: Decimal) -> ValueEntry:
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


def _write_costs(costs: Sequence[ItemCost]) -> None:
    if not costs:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE erp_itemcost c SET quantity = n.quantity, value = n.value
            FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS n(id, quantity, value) WHERE c.id = n.id
            """,
            [[c.pk for c in costs], [c.quantity for c in costs], [c.value for c in costs]],
        )
