"""Subcontract orders made through their services."""

from decimal import Decimal
from typing import Any

from core.clock import today
from core.operations import perform
from masterdata.models import Item, Partner
from scm.models import SubcontractOrder
from scm.services import subcontract_orders
from tests.factories import erp, masterdata

D = Decimal


def draft(part: Item, supplier: Partner | None = None, quantity: str = "10", **fields: Any) -> SubcontractOrder:
    """A draft for FRAME, one ``part`` each, at a fee of 3.00."""
    frame = fields.pop("item", None) or Item.objects.filter(code="FRAME").first() or masterdata.item("FRAME")
    values: dict[str, Any] = {
        "partner_id": (supplier or masterdata.supplier("GALVANO")).pk,
        "item_id": frame.pk,
        "quantity": D(quantity),
        "fee": D(3),
        "due_date": today(),
        "warehouse_id": erp.place().pk,
        "materials": [{"item_id": part.pk, "required_quantity": D(quantity)}],
    }
    return perform(subcontract_orders.create_subcontract_order, actor=None, **values | fields)


def released(part: Item, supplier: Partner | None = None, quantity: str = "10", **fields: Any) -> SubcontractOrder:
    order = draft(part, supplier, quantity, **fields)
    return perform(subcontract_orders.release_subcontract_order, actor=None, order_id=order.pk)


def send(order: SubcontractOrder, quantity: str | None = None, **fields: Any) -> SubcontractOrder:
    """Send so much of every material (all that is open without a quantity)."""
    lines = [
        {"material_id": one.pk, "quantity": D(quantity) if quantity else one.open_quantity} | fields
        for one in order.materials.all()
    ]
    return perform(subcontract_orders.send_materials, actor=None, order_id=order.pk, lines=lines)


def sent(part: Item, supplier: Partner | None = None, quantity: str = "10", **fields: Any) -> SubcontractOrder:
    return send(released(part, supplier, quantity, **fields))


def received(order: SubcontractOrder, quantity: str = "0", **fields: Any) -> SubcontractOrder:
    return perform(
        subcontract_orders.receive_subcontract_order,
        actor=None,
        order_id=order.pk,
        quantity=D(quantity),
        **fields,
    )
