"""Telling planning what purchase orders will bring, and when."""

import datetime as dt
from typing import Any

from django.db.models import F

from erp.services.supply import ExpectedSupply, set_expected
from scm.models import PurchaseOrder, PurchaseOrderLine, SubcontractOrder
from scm.services.subcontracting.following import reopen_with_purchase_order
from scm.signals import purchase_order_followed
from scm.states import PurchaseOrderState


def report_order_supply(order: PurchaseOrder, *, actor: Any, at: dt.datetime) -> None:
    """Report the open lines of an order as expected on the supplier's date, else on the date asked for.

    A draft made from requisitions or by the plan, or reopened after it was approved, is expected too (not firm), so
    that the plan does not ask a second time while the buyer is writing; a draft typed by hand is not.
    """
    rows = []
    if order.state in {PurchaseOrderState.APPROVED, PurchaseOrderState.DRAFT}:
        is_firm = order.state == PurchaseOrderState.APPROVED
        outside = SubcontractOrder.objects.filter(purchase_order=order).first() if order.is_subcontract else None
        rows = [
            ExpectedSupply(
                source_line_id=line.pk,
                item_id=line.item_id,
                open_quantity=line.open_quantity,
                due_date=line.expected_date,
                is_firm=is_firm,
                warehouse_id=order.warehouse_id,
                order_line_id=_made_for(line, outside),
                material_source_id=outside.pk if outside else None,
                is_begun=line.received_quantity > 0 or (outside is not None and _material_is_out(outside)),
            )
            for line in order.lines.filter(is_closed=False).select_related("requisition_line")
            if line.item_id is not None
            and line.open_quantity > 0
            and (is_firm or order.approved_at or line.requisition_line_id or (outside and outside.is_planned))
        ]
    set_expected(source_label="scm.purchaseorder", source_id=order.pk, kind="purchase", rows=rows, actor=actor, at=at)
    reopen_with_purchase_order(order, actor=actor, at=at)
    purchase_order_followed.send(sender=PurchaseOrder, order=order, actor=actor, at=at)


def _material_is_out(outside: SubcontractOrder) -> bool:
    return outside.materials.filter(sent_quantity__gt=F("returned_quantity")).exists()


def _made_for(line: PurchaseOrderLine, outside: SubcontractOrder | None) -> int | None:
    """The sales order line that alone gets the goods, if any."""
    if outside is not None:
        return outside.sales_order_line_id
    return line.requisition_line.sales_order_line_id if line.requisition_line else None
