"""The locks upstream of purchase orders that are for operations of work orders."""

from collections.abc import Iterable

from core.locks import lock_many
from erp.models import WorkOrder
from scm.models import PurchaseOrder


def lock_work_orders_of(order_ids: Iterable[int]) -> None:
    """Lock the work orders whose operations these purchase orders are for; upstream of all orders: call it first."""
    keys = PurchaseOrder.objects.filter(pk__in=list(order_ids), work_order__isnull=False)
    lock_many(WorkOrder, keys.values_list("work_order_id", flat=True))
