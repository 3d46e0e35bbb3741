"""Material on its way to subcontractors and back, and what a count there finds."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.errors import InvalidInput
from core.locks import lock
from core.operations import operation
from erp.models import StockBalance
from erp.services.stock import MoveInput, post_moves
from masterdata.models import Item, Location, Partner
from masterdata.selectors.places import default_location, virtual_location
from masterdata.selectors.units import InStockUnit, in_stock_units
from masterdata.services.places import supplier_place
from scm.errors import NothingEntered, NotReleased, ReturnsMoreThanSent
from scm.models import SubcontractMaterial, SubcontractOrder
from scm.services.subcontract_orders.expecting import expect_materials
from scm.services.subcontracting.locking import lock_subcontract
from scm.states import MaterialSource, SubcontractState


@dataclass(frozen=True)
class MaterialInput:
    """What is sent or brought back of one material: above zero.

    uom_id  the unit of ``quantity``; None: the stock unit, in which it is booked.   unit_factor  found for it.
    """

    material_id: int
    quantity: Decimal
    location_id: int | None = None
    lot_id: int | None = None
    uom_id: int | None = None
    unit_factor: Decimal | None = None


@operation(
    permission="scm.send_subcontractorder",
    document=(SubcontractOrder, "order_id"),
    backdating=("posting_date", "erp.backdate_stock"),
)
def send_materials(
    *,
    order_id: int,
    lines: Sequence[Mapping[str, Any]],
    posting_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> SubcontractOrder:
    """Send material to the supplier: it lies at his place from now on and is still ours (fields of MaterialInput).

    Without a location it comes from the default one of the order's warehouse; more than required may be sent.

    Raises:
        NotReleased: the order is no draft any more, or not yet released.
        NothingEntered, InvalidInput: no line, or one that is not material we send.
        UnitNotConvertible: the item has no such unit.
        ShortStock and the other refusals of `post_moves`.
    """
    _purchase, order = lock_subcontract(order_id)
    _require_released(order)
    materials, typed = _understood(order, lines)
    for one in typed:
        materials[one.material_id].sent_quantity += one.quantity
    _save(materials.values())
    expect_materials(order, actor=actor, at=at)
    there, here = supplier_place(order.partner), default_location(order.warehouse)
    moves = [_move(one, materials, one.location_id or here.pk, there.pk) for one in typed]
    date = posting_date or business_date(at)
    post_moves(moves=moves, source=order, kind="transfer", date=date, actor=actor, at=at)
    return order


@operation(
    permission="scm.send_subcontractorder",
    document=(SubcontractOrder, "order_id"),
    backdating=("posting_date", "erp.backdate_stock"),
)
def return_materials(
    *,
    order_id: int,
    lines: Sequence[Mapping[str, Any]],
    posting_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> SubcontractOrder:
    """Take material back from the supplier, also on an order that is closed (fields of MaterialInput).

    Raises:
        NotReleased: the order was never released.
        ReturnsMoreThanSent: more than was sent for this order and has not come back.
        NothingEntered, InvalidInput: no line, or one that is not material we send.
        ShortStock: the supplier does not hold so much.
    """
    _purchase, order = lock_subcontract(order_id)
    _require_released(order, or_closed=True)
    materials, typed = _understood(order, lines)
    for one in typed:
        line = materials[one.material_id]
        line.returned_quantity += one.quantity
        if line.returned_quantity > line.sent_quantity:
            raise ReturnsMoreThanSent(item=line.item, sent=line.sent_quantity)
    _save(materials.values())
    if order.state == SubcontractState.RELEASED:
        expect_materials(order, actor=actor, at=at)
    there, here = supplier_place(order.partner), default_location(order.warehouse)
    moves = [_move(one, materials, there.pk, one.location_id or here.pk) for one in typed]
    date = posting_date or business_date(at)
    post_moves(moves=moves, source=order, kind="transfer", date=date, actor=actor, at=at)
    return order


@operation(permission="scm.count_subcontractorder")
def count_materials(
    *, partner_id: int, lines: Sequence[Mapping[str, Any]], reason: str = "", actor: Any, at: dt.datetime
) -> Partner:
    """Bring what lies at a supplier to what was counted there; lines as item_id, lot_id, counted (in uom_id;
    None: stock unit), each item and lot once.

    Raises:
        NothingEntered: nothing was counted, or everything agrees.
        InvalidInput: a count below zero.
        UnitNotConvertible: an item has no such unit.
        and the refusals of `post_moves`.
    """
    partner = lock(Partner, partner_id)
    there, nowhere = supplier_place(partner), virtual_location(Location.Kind.COUNT)
    keys = _counted(lines)
    known = StockBalance.objects.filter(location=there, owner__isnull=True, item__in={key[0] for key in keys})
    booked = {(row.item_id, row.lot_id): row.on_hand for row in known}
    moves = []
    for (item_id, lot_id), counted in sorted(keys.items(), key=str):
        difference = counted.quantity - booked.get((item_id, lot_id), Decimal(0))
        if difference:
            ends = (nowhere.pk, there.pk) if difference > 0 else (there.pk, nowhere.pk)
            moves.append(
                MoveInput(
                    item_id=item_id,
                    from_location_id=ends[0],
                    to_location_id=ends[1],
                    quantity=abs(difference),
                    lot_id=lot_id,
                    uom_id=counted.uom_id,
                    unit_factor=counted.factor,
                )
            )
    if not moves:
        raise NothingEntered()
    post_moves(moves=moves, source=partner, kind="count", date=business_date(at), actor=actor, at=at, reason=reason)
    return partner


def _counted(lines: Sequence[Mapping[str, Any]]) -> dict[tuple[int, int | None], InStockUnit]:
    """What was counted by item and lot, in stock units."""
    if any(Decimal(row["counted"]) < 0 for row in lines):
        raise InvalidInput(message=_("The quantity must not be below zero."), field="counted")
    items = Item.objects.select_related("uom").in_bulk({int(row["item_id"]) for row in lines})
    if any(int(row["item_id"]) not in items for row in lines):
        raise InvalidInput(message=_("There is no such item."), field="item_id")
    booked = in_stock_units([(items[int(row["item_id"])], row.get("uom_id"), Decimal(row["counted"])) for row in lines])
    keys = [(int(row["item_id"]), row.get("lot_id") or None) for row in lines]
    return dict(zip(keys, booked, strict=True))


def _require_released(order: SubcontractOrder, *, or_closed: bool = False) -> None:
    fitting = {SubcontractState.RELEASED} | ({SubcontractState.CLOSED} if or_closed else set())
    if order.state not in fitting:
        raise NotReleased(document=order, state=order.get_state_display())


def _understood(
    order: SubcontractOrder, lines: Sequence[Mapping[str, Any]]
) -> tuple[dict[int, SubcontractMaterial], list[MaterialInput]]:
    rows = order.materials.filter(source=MaterialSource.SENT).select_related("item__uom")
    materials = {line.pk: line for line in rows}
    typed = [MaterialInput(**{name: value for name, value in line.items() if value is not None}) for line in lines]
    if not typed:
        raise NothingEntered()
    if any(one.material_id not in materials for one in typed):
        raise InvalidInput(message=_("One of the lines is not material that we send for this order."), field="lines")
    if any(one.quantity <= 0 for one in typed):
        raise InvalidInput(message=_("The quantity must be above zero."), field="lines")
    booked = in_stock_units([(materials[one.material_id].item, one.uom_id, one.quantity) for one in typed])
    return materials, [
        replace(one, quantity=stock.quantity, uom_id=stock.uom_id, unit_factor=stock.factor)
        for one, stock in zip(typed, booked, strict=True)
    ]


def _move(one: MaterialInput, materials: dict[int, SubcontractMaterial], start: int, end: int) -> MoveInput:
    return MoveInput(
        item_id=materials[one.material_id].item_id,
        from_location_id=start,
        to_location_id=end,
        quantity=one.quantity,
        lot_id=one.lot_id,
        source_line_id=one.material_id,
        uom_id=one.uom_id,
        unit_factor=one.unit_factor,
    )


def _save(materials: Any) -> None:
    SubcontractMaterial.objects.bulk_update(list(materials), ["sent_quantity", "returned_quantity"])
