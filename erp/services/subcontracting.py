"""Material at subcontractors: what he used becomes the cost of what he made, together with his fee."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from core.money import split_amount
from core.operations import operation
from erp.models import StockMove, SubcontractUse
from erp.services.stock import MoveInput, PostedMoves, lock_stock, post_moves, prices_follow_since, reversal_of
from erp.services.stock.valuing import base_decimals
from erp.states import SIDE_KINDS, MoveKind
from masterdata.models import Location
from masterdata.selectors.places import virtual_location


@dataclass(frozen=True)
class Consumed:
    """Material of one lot that left the supplier's place: ``used`` went into the goods, ``lost`` is nobody's product.

    line_id  the source document's line.   Quantities in the item's stock unit; unit and factor as they were typed in.
    """

    item_id: int
    used: Decimal
    lost: Decimal
    lot_id: int | None = None
    line_id: int | None = None
    uom_id: int | None = None
    unit_factor: Decimal | None = None


@dataclass(frozen=True)
class Made:
    """Goods received from a subcontractor: ``fee`` is his share of the cost, base currency."""

    item_id: int
    location_id: int
    quantity: Decimal
    fee: Decimal
    lot_id: int | None = None
    line_id: int | None = None
    second_quantity: Decimal | None = None
    uom_id: int | None = None
    unit_factor: Decimal | None = None


@dataclass(frozen=True)
class Processed:
    """What `receive_subcontracted` posted: moves by place in ``consumed`` (None: nothing of that kind), and values."""

    used: list[StockMove | None]
    lost: list[StockMove | None]
    lost_values: list[Decimal]
    received: list[StockMove]


@operation(permission=None)
def receive_subcontracted(
    *,
    place_id: int,
    consumed: Sequence[Consumed],
    made: Sequence[Made],
    order: Any,
    receipt: Any,
    date: dt.date,
    actor: Any,
    at: dt.datetime,
) -> Processed:
    """Consume material at ``place_id`` and take in what it became: worth the material used plus the fee.

    The material goes through subcontracted processing, which is empty again afterwards; what was lost is a loss of the
    period. Moves of material name ``order``, those of goods ``receipt``: both locked documents. A late cost of the
    material follows into the goods (SubcontractUse). Source: HARD_RULES §7.

    Raises:
        ShortStock: the supplier does not hold so much of the material.
        and the other refusals of `post_moves`.
    """
    used = _leaving(consumed, place_id, virtual_location(Location.Kind.PRODUCTION).pk, [one.used for one in consumed])
    lost = _leaving(consumed, place_id, virtual_location(Location.Kind.SCRAP).pk, [one.lost for one in consumed])
    supplier = virtual_location(Location.Kind.SUPPLIER)
    goods = [_arriving(one, supplier.pk, one.fee) for one in made]
    follows_since = prices_follow_since(goods, MoveKind.SUBCONTRACT, date, at)
    lock_stock(moves=[*used.values(), *lost.values(), *goods], follows_since=follows_since)
    who: dict[str, Any] = {"date": date, "actor": actor, "at": at}
    posted_use = _post(used, source=order, kind=MoveKind.SUBCONTRACT_USE, **who)
    posted_loss = _post(lost, source=order, kind=MoveKind.SCRAP, **who)
    received: list[StockMove] = []
    if made:
        material = sum(_values(posted_use).values(), ZERO)
        shares = split_amount(material, [one.quantity for one in made], base_decimals())
        goods = [_arriving(one, supplier.pk, one.fee + share) for one, share in zip(made, shares, strict=True)]
        received = post_moves(moves=goods, source=receipt, kind=MoveKind.SUBCONTRACT, **who).moves
    links = [SubcontractUse(used_move=a, receipt_move=b) for a in _moves(posted_use) for b in received]
    SubcontractUse.objects.bulk_create(links)
    by_use, by_loss = (
        dict(zip(used, _moves(posted_use), strict=True)),
        dict(zip(lost, _moves(posted_loss), strict=True)),
    )
    values = _values(posted_loss)
    losses = [by_loss.get(index) for index in range(len(consumed))]
    return Processed(
        used=[by_use.get(index) for index in range(len(consumed))],
        lost=losses,
        lost_values=[values.get(move.pk, ZERO) if move else ZERO for move in losses],
        received=received,
    )


@operation(permission=None)
def reverse_subcontracted(
    *,
    received: Sequence[StockMove],
    consumed: Sequence[StockMove],
    order: Any,
    receipt: Any,
    date: dt.date,
    actor: Any,
    at: dt.datetime,
    reason: str = "",
) -> None:
    """Take received goods back and give their material to the supplier's place again, all at the value it had.

    Raises:
        ShortStock: the goods are gone or reserved.
    """
    goods = reversal_of(received)
    by_kind = {
        kind: reversal_of([move for move in consumed if move.kind == kind])
        for kind in (MoveKind.SUBCONTRACT_USE, MoveKind.SCRAP)
    }
    lock_stock(
        moves=[*goods, *(move for moves in by_kind.values() for move in moves)],
        follows_since=prices_follow_since(goods, MoveKind.SUBCONTRACT, date, at),
    )
    who: dict[str, Any] = {"date": date, "actor": actor, "at": at, "reason": reason}
    if goods:
        post_moves(moves=goods, source=receipt, kind=MoveKind.SUBCONTRACT, **who)
    for kind, moves in by_kind.items():
        if moves:
            post_moves(moves=moves, source=order, kind=kind, **who)


def _leaving(
    consumed: Sequence[Consumed], place_id: int, to_id: int, quantities: Sequence[Decimal]
) -> dict[int, MoveInput]:
    return {
        index: MoveInput(
            item_id=one.item_id,
            from_location_id=place_id,
            to_location_id=to_id,
            quantity=quantity,
            lot_id=one.lot_id,
            source_line_id=one.line_id,
            uom_id=one.uom_id,
            unit_factor=one.unit_factor,
        )
        for index, (one, quantity) in enumerate(zip(consumed, quantities, strict=True))
        if quantity
    }


def _arriving(one: Made, supplier_id: int, amount: Decimal) -> MoveInput:
    return MoveInput(
        item_id=one.item_id,
        from_location_id=supplier_id,
        to_location_id=one.location_id,
        quantity=one.quantity,
        lot_id=one.lot_id,
        second_quantity=one.second_quantity,
        uom_id=one.uom_id,
        unit_factor=one.unit_factor,
        amount=amount,
        source_line_id=one.line_id,
    )


def _post(moves: Mapping[int, MoveInput], **who: Any) -> PostedMoves | None:
    return post_moves(moves=list(moves.values()), **who) if moves else None


def _moves(posted: PostedMoves | None) -> list[StockMove]:
    return posted.moves if posted else []


def _values(posted: PostedMoves | None) -> dict[int, Decimal]:
    """What left with each move, base currency."""
    found: dict[int, Decimal] = {}
    for entry in posted.entries if posted else ():
        if entry.kind not in SIDE_KINDS and entry.move_id is not None:
            found[entry.move_id] = found.get(entry.move_id, ZERO) - entry.amount
    return found
