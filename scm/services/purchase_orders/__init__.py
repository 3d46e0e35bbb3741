"""Purchase orders from draft to closed."""

from scm.services.purchase_orders.changes import change_purchase_order, confirm_purchase_order_dates
from scm.services.purchase_orders.drafting import create_purchase_order, update_purchase_order
from scm.services.purchase_orders.from_requisitions import create_purchase_orders_from_requisitions
from scm.services.purchase_orders.lifecycle import (
    approve_purchase_order,
    cancel_purchase_order,
    close_purchase_order,
    reopen_purchase_order,
)
from scm.services.purchase_orders.operations import order_operation
from scm.services.purchase_orders.progress import register_invoiced
from scm.services.purchase_orders.proposals import apply_purchase_order_change, withdraw_purchase_order_change
from scm.services.purchase_orders.take_over import record_closed_purchase_orders, take_over_open_purchase_orders

__all__ = [
    "apply_purchase_order_change",
    "approve_purchase_order",
    "cancel_purchase_order",
    "change_purchase_order",
    "close_purchase_order",
    "confirm_purchase_order_dates",
    "create_purchase_order",
    "create_purchase_orders_from_requisitions",
    "order_operation",
    "record_closed_purchase_orders",
    "register_invoiced",
    "reopen_purchase_order",
    "take_over_open_purchase_orders",
    "update_purchase_order",
    "withdraw_purchase_order_change",
]
