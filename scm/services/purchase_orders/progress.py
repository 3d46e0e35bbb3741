"""How far purchase orders are: received and returned from their documents, invoiced as finance reports it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.documents import lock, transition
from core.fields import QuantityField
from core.locks import lock_many
from core.operations import operation
from scm.models import GoodsReceiptLine, PurchaseOrder, PurchaseOrderLine, SupplierReturnLine
from scm.services.purchase_orders.locking import lock_work_orders_of
from scm.services.purchase_orders.supply import report_order_supply
from scm.services.requisitions.progress import lock_requisitions_of, recompute_requisition_lines
from scm.services.subcontracting.following import follow_purchase_order
from scm.signals import purchase_order_closed
from scm.states import GoodsReceiptState, PurchaseOrderState, Settlement, SubcontractState, SupplierReturnState


def lock_order(order_id: int, *, version: int | None = None) -> PurchaseOrder:
    """Lock the work order of its operation and the requisitions an order was made from, then the order; return it.

    Raises:
        StaleVersion: somebody changed the order since the user saw it.
    """
    lock_work_orders_of([order_id])
    lock_requisitions_of(PurchaseOrderLine.objects.filter(order_id=order_id).values_list("pk", flat=True))
    return lock(PurchaseOrder, order_id, version=version)


def recompute_order(order: PurchaseOrder, *, actor: Any, at: dt.datetime) -> None:
    """Derive received and returned of an order's lines anew; pass it on to requisitions and planning; close or reopen.

    The caller holds the locks taken by `lock_order`.
    """
    order.lines.update(
        received_quantity=_summed(
            GoodsReceiptLine.objects.filter(order_line=OuterRef("pk"), receipt__state=GoodsReceiptState.POSTED),
            "order_line",
        ),
        returned_quantity=_summed(_returned(), "receipt_line__order_line"),
        to_replace_quantity=_summed(
            _returned().filter(supplier_return__settlement=Settlement.REPLACE), "receipt_line__order_line"
        ),
    )
    follow_order(order, actor=actor, at=at)


def _returned() -> QuerySet[SupplierReturnLine]:
    return SupplierReturnLine.objects.filter(
        receipt_line__order_line=OuterRef("pk"), supplier_return__state=SupplierReturnState.POSTED
    )


def _summed(rows: QuerySet[Any], group: str) -> Coalesce:
    sums = rows.order_by().values(group).annotate(total=Sum("stock_quantity")).values("total")
    return Coalesce(Subquery(sums, output_field=QuantityField()), 0, output_field=QuantityField())


def follow_order(order: PurchaseOrder, *, actor: Any, at: dt.datetime) -> None:
    """Close an order that is complete and invoiced, reopen one that expects goods again; report what is expected."""
    sources = order.lines.filter(requisition_line__isnull=False).values_list("requisition_line_id", flat=True)
    recompute_requisition_lines(list(sources), actor=actor, at=at)
    expects = _expecting(order).exists()
    if order.state == PurchaseOrderState.APPROVED and not expects and not _uninvoiced(order).exists():
        close_order(order, actor=actor, at=at)
    elif order.state == PurchaseOrderState.CLOSED and expects:
        transition(order, PurchaseOrderState.APPROVED, actor=actor, at=at)
    report_order_supply(order, actor=actor, at=at)


def _expecting(order: PurchaseOrder) -> QuerySet[PurchaseOrderLine]:
    return order.lines.filter(is_closed=False, stock_quantity__gt=F("received_quantity") - F("to_replace_quantity"))


def _uninvoiced(order: PurchaseOrder) -> QuerySet[PurchaseOrderLine]:
    return order.lines.filter(Q(invoiced_quantity__lt=F("received_quantity") - F("returned_quantity")))


def close_order(order: PurchaseOrder, *, actor: Any, at: dt.datetime, reason: str = "") -> None:
    """Close a locked order and announce it."""
    transition(order, PurchaseOrderState.CLOSED, actor=actor, at=at, reason=reason)
    follow_purchase_order(order, SubcontractState.CLOSED, actor=actor, at=at)
    purchase_order_closed.send(sender=PurchaseOrder, order=order, actor=actor, at=at)


@operation(permission=None)
def register_invoiced(*, quantities: Mapping[int, Decimal], actor: Any, at: dt.datetime) -> None:
    """Add what supplier invoices say: {purchase order line id: quantity in the stock unit}, negative for a credit.

    Called by finance when it posts an invoice or a credit, its orders locked first.
    """
    lines = PurchaseOrderLine.objects.filter(pk__in=quantities)
    order_ids = set(lines.values_list("order_id", flat=True))
    lock_work_orders_of(order_ids)
    lock_requisitions_of(PurchaseOrderLine.objects.filter(order_id__in=order_ids).values_list("pk", flat=True))
    orders = lock_many(PurchaseOrder, order_ids)
    changed = list(lines)
    for line in changed:
        line.invoiced_quantity += quantities[line.pk]
    PurchaseOrderLine.objects.bulk_update(changed, ["invoiced_quantity"])
    for order in orders.values():
        follow_order(order, actor=actor, at=at)


def has_progress(lines: Iterable[PurchaseOrderLine]) -> bool:
    """Return whether anything of these lines is received or invoiced."""
    return any(line.received_quantity or line.invoiced_quantity for line in lines)
