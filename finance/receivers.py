"""What finance does when something happened upstream."""

from typing import Any

from finance.services import budgets
from finance.services.automatic import charges, production, purchases, sales, stock, value


def book_stock_on_stock_posted(sender: Any, signal: Any, **posted: Any) -> None:
    stock.book_stock(**posted)


def book_value_on_stock_value_adjusted(sender: Any, signal: Any, **adjusted: Any) -> None:
    value.book_value(**adjusted)


def record_delivery_on_shipment_shipped(sender: Any, signal: Any, **shipped: Any) -> None:
    sales.record_shipment(**shipped)


def recognise_revenue_on_shipment_signed(sender: Any, signal: Any, **signed: Any) -> None:
    sales.record_sign_off(**signed)


def take_back_delivery_on_shipment_reversed(sender: Any, signal: Any, **reversed_: Any) -> None:
    sales.reverse_shipment(**reversed_)


def take_back_revenue_on_return_received(sender: Any, signal: Any, **received: Any) -> None:
    sales.record_return(**received)


def book_labour_on_labour_reported(sender: Any, signal: Any, **reported: Any) -> None:
    production.book_labour(**reported)


def book_absorbed_on_overhead_absorbed(sender: Any, signal: Any, **absorbed: Any) -> None:
    production.book_absorbed(**absorbed)


def book_variance_on_work_order_closed(sender: Any, signal: Any, **closed: Any) -> None:
    production.book_variance(**closed)


def accrue_on_goods_receipt_posted(sender: Any, signal: Any, **posted: Any) -> None:
    purchases.record_receipt(**posted)


def drop_accrual_on_goods_receipt_reversed(sender: Any, signal: Any, **reversed_: Any) -> None:
    purchases.reverse_receipt(**reversed_)


def accrue_on_landed_cost_posted(sender: Any, signal: Any, **posted: Any) -> None:
    charges.record_charges(**posted)


def drop_accrual_on_landed_cost_reversed(sender: Any, signal: Any, **reversed_: Any) -> None:
    charges.drop_charges(**reversed_)


def reduce_accrual_on_supplier_return_posted(sender: Any, signal: Any, **posted: Any) -> None:
    purchases.record_supplier_return(**posted)


def restore_accrual_on_supplier_return_reversed(sender: Any, signal: Any, **reversed_: Any) -> None:
    purchases.reverse_supplier_return(**reversed_)


def follow_commitments_on_requisition_followed(sender: Any, signal: Any, **followed: Any) -> None:
    if followed["requisition"].origin == "typed":
        budgets.follow_document(document=followed["requisition"], actor=followed["actor"], at=followed["at"])


def follow_commitments_on_purchase_order_followed(sender: Any, signal: Any, **followed: Any) -> None:
    budgets.follow_document(document=followed["order"], actor=followed["actor"], at=followed["at"])
