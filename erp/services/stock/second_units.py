"""The second quantity of moves of items that are kept in two units (pieces and kg)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from core.fields import ZERO
from core.money import round_quantity
from erp.errors import NoSecondUnit, QuantityNotPositive, QuantityTooFine, SecondQuantityMissing, SecondQuantityTooMuch
from erp.services.stock.inputs import Key, MoveInput
from erp.services.stock.locking import LockedStock
from masterdata.models import Item

Running = dict[Key, tuple[Decimal, Decimal]]
"""What lies in each place of ours, in both units, as the moves go on."""


def weighed(item: Item, second_quantity: Decimal | None, *, line: int = 1) -> Decimal | None:
    """Return what a document says of goods in their second unit, checked before it is written down; None: nothing.

    Raises:
        NoSecondUnit: the item is kept in one unit only.
        QuantityNotPositive, QuantityTooFine: it is no quantity of that unit.
    """
    if second_quantity is None:
        return None
    uom = item.second_uom
    if uom is None:
        raise NoSecondUnit(item=item)
    if second_quantity <= 0:
        raise QuantityNotPositive(line=line, item=item)
    if round_quantity(second_quantity, uom.decimals) != second_quantity:
        raise QuantityTooFine(item=item, uom=uom, decimals=uom.decimals, quantity=second_quantity)
    return second_quantity


def second_quantities(
    moves: Sequence[MoveInput], stock: LockedStock, items: Mapping[int, Item]
) -> list[Decimal | None]:
    """Return the second quantity of each move, in order; None for items of one unit.

    What leaves without a second quantity takes its share of what lies there; the last of it takes all that is left, in
    whatever order the moves are given: a place that is empty afterwards holds nothing of the second unit.

    Raises:
        SecondQuantityMissing: goods come in and nothing says how much they are in the second unit.
        SecondQuantityTooMuch: more would leave than lies there.
    """
    found: list[Decimal | None] = [None] * len(moves)
    kept = [index for index, move in enumerate(moves) if items[move.item_id].second_uom_id]
    if not kept:
        return found
    running = {key: (row.on_hand, row.second_on_hand) for key, row in stock.balances.items()}
    for index in _in_turn(moves, kept, running, stock):
        move, item = moves[index], items[moves[index].item_id]
        leaves = stock.is_owned(move.from_location_id)
        second = _leaving(move, item, running) if leaves else _arriving(move, item, running.get(move.to_key))
        found[index] = second
        for key, sign in ((move.from_key, -1), (move.to_key, 1)):
            if stock.is_owned(key[1]):
                on_hand, second_on_hand = running[key]
                running[key] = (on_hand + sign * move.quantity, second_on_hand + sign * second)
    _send_on(moves, kept, running, found)
    return found


def _in_turn(moves: Sequence[MoveInput], kept: Sequence[int], running: Running, stock: LockedStock) -> Iterator[int]:
    """Yield the moves so that goods lie there when they leave: arrivals first, then what a place can give by now.

    ``running`` is brought up to date between the moves. Moves that no order makes possible come last, as they stand.
    """
    waiting = sorted(kept, key=lambda index: stock.is_owned(moves[index].from_location_id))
    while waiting:
        ready = (
            index
            for index in waiting
            if not stock.is_owned(moves[index].from_location_id)
            or running[moves[index].from_key][0] >= moves[index].quantity
        )
        index = next(ready, waiting[0])
        waiting.remove(index)
        yield index


def _send_on(moves: Sequence[MoveInput], kept: Sequence[int], running: Running, found: list[Decimal | None]) -> None:
    """Let what is left in the second unit of an empty place follow the goods that went from there.

    Only moves in a circle leave such a rest: A gives B more than lies there, and gets some of it back.
    """
    for key in [key for key, (on_hand, second) in running.items() if not on_hand and second]:
        way, rest = _way_out(key, moves, kept, running), running[key][1]
        for index in way:
            found[index] = (found[index] or ZERO) + rest
        if way:
            running[key] = (ZERO, ZERO)
            end = moves[way[-1]].to_key
            if end in running:
                running[end] = (running[end][0], running[end][1] + rest)


def _way_out(key: Key, moves: Sequence[MoveInput], kept: Sequence[int], running: Running) -> list[int]:
    """Return the moves by which goods of an empty place came to a place that has some, or left; shortest way first."""
    ways: list[tuple[Key, list[int]]] = [(key, [])]
    seen = {key}
    for here, way in ways:
        for index in kept:
            there = moves[index].to_key
            if moves[index].from_key != here or there in seen:
                continue
            if there not in running or running[there][0]:
                return [*way, index]
            seen.add(there)
            ways.append((there, [*way, index]))
    return []


def _leaving(move: MoveInput, item: Item, running: Running) -> Decimal:
    on_hand, second_on_hand = running[move.from_key]
    if move.quantity >= on_hand:
        return second_on_hand
    if move.second_quantity is None:
        return _rounded(second_on_hand * move.quantity / on_hand, item)
    weighed_out = _rounded(move.second_quantity, item)
    if weighed_out > second_on_hand:
        raise SecondQuantityTooMuch(item=item, wanted=weighed_out, available=second_on_hand, uom=item.second_uom)
    return weighed_out


def _arriving(move: MoveInput, item: Item, there: tuple[Decimal, Decimal] | None) -> Decimal:
    if move.second_quantity is not None:
        return _rounded(move.second_quantity, item)
    if there is not None and there[0] > 0:
        return _rounded(there[1] * move.quantity / there[0], item)
    if item.second_factor:
        return _rounded(item.second_factor * move.quantity, item)
    raise SecondQuantityMissing(item=item, uom=item.second_uom)


def _rounded(quantity: Decimal, item: Item) -> Decimal:
    decimals: int = item.second_uom.decimals if item.second_uom else 6
    return round_quantity(quantity, decimals)


def second_changes(
    moves: Sequence[MoveInput], seconds: Sequence[Decimal | None], stock: LockedStock
) -> dict[Key, Decimal]:
    """Return the net change in the second unit of every balance of ours that the moves touch."""
    changes: dict[Key, Decimal] = {}
    for move, second in zip(moves, seconds, strict=True):
        for key, sign in ((move.from_key, -1), (move.to_key, 1)):
            if second and stock.is_owned(key[1]):
                changes[key] = changes.get(key, ZERO) + sign * second
    return changes
