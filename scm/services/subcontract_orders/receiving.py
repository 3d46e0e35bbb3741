"""Goods from subcontractors: counted at the door, worth their material and the fee."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.errors import InvalidInput
from core.operations import operation
from masterdata.services.entry import check_quantity
from scm.errors import NotReleased
from scm.models import SubcontractOrder
from scm.services.goods_receipts.drafting import create_goods_receipt
from scm.services.goods_receipts.posting import post_receipt
from scm.services.subcontracting.consuming import Delivery, consume
from scm.services.subcontracting.locking import lock_subcontract
from scm.states import SubcontractState

NOTHING = Decimal(0)


@operation(permission="scm.receive_subcontractorder", document=(SubcontractOrder, "order_id"))
def receive_subcontract_order(
    *,
    order_id: int,
    quantity: Decimal = NOTHING,
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

    quantity, rejected_quantity  in the item's stock unit; rejected pieces bring no fee, their material is a loss, or
    is charged to the supplier (``charge_rejected``).
    lots       lot_code, quantity, expiry_date: for items kept by lot or serial number; they sum to ``quantity``.
    materials  material_id, quantity: what was really used (all others: what the bill asks for). What is beyond the
    order's allowance is a loss and charged to the supplier.

    Raises:
        NotReleased: the order is no draft any more, or not yet released.
        InvalidInput: nothing is received, or the lots do not add up.
        OverReceipt, LotMissing, WrongLocation and the other refusals of `create_goods_receipt`.
        ShortStock: the supplier does not hold the material.
    """
    purchase, order = lock_subcontract(order_id)
    if order.state != SubcontractState.RELEASED:
        raise NotReleased(document=order, state=order.get_state_display())
    if min(quantity, rejected_quantity) < 0 or not quantity + rejected_quantity:
        raise InvalidInput(message=_("Enter what was received or rejected."), field="quantity")
    check_quantity(order.item.uom, rejected_quantity)
    reported = {int(row["material_id"]): Decimal(row["quantity"]) for row in materials}
    delivery = Delivery(rejected_quantity, charge_rejected, reported)
    if not quantity:
        consume(order, None, [], delivery, date=date or business_date(at), actor=actor, at=at)
        return order
    line_id = purchase.lines.values_list("pk", flat=True).get()
    receipt = create_goods_receipt(
        order_id=purchase.pk,
        lines=_lines(line_id, quantity, lots, location_id),
        date=date,
        delivery_note=delivery_note,
        actor=actor,
        at=at,
    )
    post_receipt(purchase, receipt, delivery, actor=actor, at=at)
    return order


def _lines(
    line_id: int, quantity: Decimal, lots: Sequence[Mapping[str, Any]], location_id: int | None
) -> list[dict[str, Any]]:
    if not lots:
        return [{"order_line_id": line_id, "quantity": quantity, "location_id": location_id}]
    rows = [dict(row) | {"order_line_id": line_id, "location_id": location_id} for row in lots]
    if sum((Decimal(row["quantity"]) for row in rows), NOTHING) != quantity:
        raise InvalidInput(message=_("The lots must add up to the quantity received."), field="lots")
    return rows
