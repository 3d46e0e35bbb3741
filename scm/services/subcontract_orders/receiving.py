"""Goods from subcontractors: counted at the door, worth their material and the fee."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.errors import InvalidInput
from core.operations import operation
from masterdata.selectors.units import InStockUnit, in_stock_unit, in_stock_units
from masterdata.services.entry import check_quantity
from scm.errors import NotReleased
from scm.models import SubcontractOrder
from scm.services.goods_receipts.drafting import create_goods_receipt
from scm.services.goods_receipts.posting import post_receipt
from scm.services.subcontracting.consuming import Delivery, consume
from scm.services.subcontracting.locking import lock_subcontract
from scm.states import SubcontractState

NOTHING = Decimal(0)


@operation(
    permission="scm.receive_subcontractorder",
    document=(SubcontractOrder, "order_id"),
    backdating=("date", "erp.backdate_stock"),
)
def receive_subcontract_order(
    *,
    order_id: int,
    quantity: Decimal = NOTHING,
    uom_id: int | None = None,
    rejected_quantity: Decimal = NOTHING,
    charge_rejected: bool = False,
    lots: Sequence[Mapping[str, Any]] = (),
    materials: Sequence[Mapping[str, Any]] = (),
    location_id: int | None = None,
    date: dt.date | None = None,
    delivery_note: str = "",
    actor: Any,
    at: dt.datetime,
) -> SubcontractOrder:
    """Receive good pieces into stock and write off the material they and the rejected ones used.

    quantity, rejected_quantity  in ``uom_id`` (None: the item's stock unit); rejected pieces bring no fee,
    their material is a loss, or is charged to the supplier (``charge_rejected``).
    lots       lot_code, quantity, expiry_date: for items kept by lot or serial number; they sum to ``quantity``.
    materials  material_id, quantity (in uom_id; None: stock unit): what was really used (all others: what the bill asks
    for). What is beyond the order's allowance is a loss and charged to the supplier.

    Raises:
        NotReleased: the order is no draft any more, or not yet released.
        InvalidInput: nothing is received, or the lots do not add up.
        UnitNotConvertible: an item has no such unit.
        OverReceipt, LotMissing, WrongLocation and the other refusals of `create_goods_receipt`.
        ShortStock: the supplier does not hold the material.
    """
    purchase, order = lock_subcontract(order_id)
    if order.state != SubcontractState.RELEASED:
        raise NotReleased(document=order, state=order.get_state_display())
    if min(quantity, rejected_quantity) < 0 or not quantity + rejected_quantity:
        raise InvalidInput(message=_("Enter what was received or rejected."), field="quantity")
    rejected = in_stock_unit(order.item, uom_id, rejected_quantity).quantity
    check_quantity(order.item.uom, rejected)
    delivery = Delivery(rejected, charge_rejected, _reported(order, materials))
    if not quantity:
        consume(order, None, [], delivery, date=date or business_date(at), actor=actor, at=at)
        return order
    line_id = purchase.lines.values_list("pk", flat=True).get()
    receipt = create_goods_receipt(
        order_id=purchase.pk,
        lines=_lines(line_id, quantity, lots, {"location_id": location_id, "uom_id": uom_id}),
        date=date,
        delivery_note=delivery_note,
        actor=actor,
        at=at,
    )
    post_receipt(purchase, receipt, delivery, actor=actor, at=at)
    return order


def _lines(
    line_id: int, quantity: Decimal, lots: Sequence[Mapping[str, Any]], same: Mapping[str, Any]
) -> list[dict[str, Any]]:
    if not lots:
        return [{"order_line_id": line_id, "quantity": quantity, **same}]
    rows = [{**row, "order_line_id": line_id, **same} for row in lots]
    if sum((Decimal(row["quantity"]) for row in rows), NOTHING) != quantity:
        raise InvalidInput(message=_("The lots must add up to the quantity received."), field="lots")
    return rows


def _reported(order: SubcontractOrder, materials: Sequence[Mapping[str, Any]]) -> dict[int, InStockUnit]:
    """What the supplier says he used, in stock units, by material, with the unit he said it in."""
    known = order.materials.select_related("item__uom").in_bulk([int(row["material_id"]) for row in materials])
    if any(int(row["material_id"]) not in known for row in materials):
        raise InvalidInput(
            message=_("One of the lines is not material that we send for this order."), field="materials"
        )
    booked = in_stock_units(
        [(known[int(row["material_id"])].item, row.get("uom_id"), Decimal(row["quantity"])) for row in materials]
    )
    return {int(row["material_id"]): one for row, one in zip(materials, booked, strict=True)}
