"""Sales orders: written, made binding, followed to their end; changes are in order_changes."""

from crm.services.sales_orders.drafts import create_sales_order, update_sales_order
from crm.services.sales_orders.life import cancel_sales_order, close_sales_order, confirm_sales_order
from crm.services.sales_orders.progress import (
    register_delivery,
    register_invoiced,
    register_return,
    register_sign_off,
)
from crm.services.sales_orders.takeover import record_closed_sales_order, record_closed_sales_orders

__all__ = [
    "cancel_sales_order",
    "close_sales_order",
    "confirm_sales_order",
    "create_sales_order",
    "record_closed_sales_order",
    "record_closed_sales_orders",
    "register_delivery",
    "register_invoiced",
    "register_return",
    "register_sign_off",
    "update_sales_order",
]
