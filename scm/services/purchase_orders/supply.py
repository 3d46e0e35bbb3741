"""Telling planning what purchase orders will bring, and when."""

import datetime as dt
from typing import Any

from django.db.models import F

from crm.models import SalesOrderLine
from erp.selectors.project_stock import project_for
from erp.services.project_stock import Arrived, set_arrived
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
    bound = _Bound(order)
    rows = []
    if order.state in {PurchaseOrderState.APPROVED, PurchaseOrderState.DRAFT}:
        is_firm = order.state == PurchaseOrderState.APPROVED
        outside = bound.outside
        rows = [
            ExpectedSupply(
                source_line_id=line.pk,
                item_id=line.item_id,
                open_quantity=line.open_quantity,
                due_date=line.expected_date,
                is_firm=is_firm,
                warehouse_id=order.warehouse_id,
                order_line_id=bound.order_line_id(line),
                project_id=bound.project_id(line),
                material_source_id=outside.pk if outside else None,
                is_begun=line.received_quantity > 0 or (outside is not None and _material_is_out(outside)),
            )
            for line in bound.lines
            if line.item_id is not None
            and not line.is_closed
            and line.open_quantity > 0
            and (is_firm or order.approved_at or line.requisition_line_id or (outside and outside.is_planned))
        ]
    arrived = [
        Arrived(line.pk, line.item_id, line.kept_quantity, bound.order_line_id(line), bound.project_id(line))
        for line in bound.lines
        if line.item_id is not None
    ]
    set_arrived(source_label="scm.purchaseorder", source_id=order.pk, rows=arrived)
    set_expected(source_label="scm.purchaseorder", source_id=order.pk, kind="purchase", rows=rows, actor=actor, at=at)
    reopen_with_purchase_order(order, actor=actor, at=at)
    purchase_order_followed.send(sender=PurchaseOrder, order=order, actor=actor, at=at)


def _material_is_out(outside: SubcontractOrder) -> bool:
    return outside.materials.filter(sent_quantity__gt=F("returned_quantity")).exists()


class _Bound:
    """The lines of an order with whose they are: a sales order line's alone, or a project's."""

    def __init__(self, order: PurchaseOrder) -> None:
        self.order = order
        self.lines = list(order.lines.select_related("item", "requisition_line__sales_order_line__order"))
        outside = SubcontractOrder.objects.select_related("sales_order_line__order").filter(purchase_order=order)
        self.outside = outside.first() if order.is_subcontract else None

    def order_line_id(self, line: PurchaseOrderLine) -> int | None:
        """The sales order line that alone gets the goods, if any."""
        made_for = self._made_for(line)
        return made_for.pk if made_for is not None else None

    def project_id(self, line: PurchaseOrderLine) -> int | None:
        """The project that alone gets the goods, if any."""
        return project_for(line.item, self._made_for(line), self.order.project_id) if line.item is not None else None

    def _made_for(self, line: PurchaseOrderLine) -> SalesOrderLine | None:
        if self.outside is not None:
            return self.outside.sales_order_line
        return line.requisition_line.sales_order_line if line.requisition_line else None
