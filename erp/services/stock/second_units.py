"""The second quantity of moves of items that are kept in two units (pieces and kg)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from core.fields import ZERO
from core.money import round_quantity
from erp.errors import NoSecondUnit, QuantityNotPositive, QuantityTooFine, SecondQuantityMissing, SecondQuantityTooMuch
from erp.services.stock.inputs import Key, MoveInput
from erp.services.stock.locking import LockedStock
from masterdata.models import Item


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

    What leaves without a second quantity takes its share of what lies there; the last of it takes all that is left.

    Raises:
        SecondQuantityMissing: goods come in and nothing says how much they are in the second unit.
        SecondQuantityTooMuch: more would leave than lies there.
    """
    found: list[Decimal | None] = [None] * len(moves)
    if not any(items[move.item_id].second_uom_id for move in moves):
        return found
    running = {key: (row.on_hand, row.second_on_hand) for key, row in stock.balances.items()}
    order = sorted(range(len(moves)), key=lambda index: stock.is_owned(moves[index].from_location_id))
    for index in order:
        move, item = moves[index], items[moves[index].item_id]
        if not item.second_uom_id:
            continue
        leaves = stock.is_owned(move.from_location_id)
        second = _leaving(move, item, running) if leaves else _arriving(move, item, running.get(move.to_key))
        found[index] = second
        for key, sign in ((move.from_key, -1), (move.to_key, 1)):
            if stock.is_owned(key[1]):
                on_hand, second_on_hand = running[key]
                running[key] = (on_hand + sign * move.quantity, second_on_hand + sign * second)
    return found


def _leaving(move: MoveInput, item: Item, running: Mapping[Key, tuple[Decimal, Decimal]]) -> Decimal:
    on_hand, second_on_hand = running[move.from_key]
    if move.quantity >= on_hand:
        return second_on_hand
    if move.second_quantity is None:
        return _rounded(second_on_hand * move.quantity / on_hand, item)
    if move.second_quantity > second_on_hand:
        raise SecondQuantityTooMuch(
            item=item, wanted=move.second_quantity, available=second_on_hand, uom=item.second_uom
        )
    return move.second_quantity


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
