"""Orders of the files: the open ones go on here, the finished ones are documents for statistics."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from core.operations import perform
from crm.models import SalesOrder
from crm.services import sales_orders
from crm.states import SalesOrderState
from erp.models import WorkOrder
from erp.services.work_orders.history import record_closed_work_orders
from finance.takeover.source import Row, Source, day, number
from masterdata.models import Item, Partner
from scm.models import PurchaseOrder
from scm.services.purchase_orders.take_over import record_closed_purchase_orders, take_over_open_purchase_orders
from scm.states import PurchaseOrderState

ORDERS_AT_ONCE = 1000
OPEN_AT_ONCE = 40
WORK_ORDERS_AT_ONCE = 5000


class _Keys:
    """Keys of items and partners, and the tax of each partner, by their codes."""

    def __init__(self) -> None:
        self.items = dict(Item.objects.values_list("code", "pk"))
        self.partners = dict(Partner.objects.values_list("code", "pk"))
        self.taxes = dict(Partner.objects.values_list("code", "tax_id"))


def _send(service: Callable[..., Any], orders: Iterable[dict[str, Any]], size: int) -> None:
    for some in _batches(orders, size):
        perform(service, actor=None, orders=some)


def _batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(rows)
    while some := list(islice(rest, size)):
        yield some


def load_open_purchases(source: Source) -> None:
    """What is pending or approved is expected in full; without tax, as the files have none for purchases by rate."""
    keys, lines = _Keys(), source.lines("purchase_order_lines", "po_no")
    known = set(PurchaseOrder.objects.values_list("number", flat=True))
    _send(
        take_over_open_purchase_orders,
        (
            {
                "number": row["po_no"],
                "date": day(row["order_date"]),
                "partner_id": keys.partners[row["vendor_code"]],
                "lines": [
                    {
                        "item_id": keys.items[line["item_code"]],
                        "quantity": number(line["ordered_qty"]),
                        "price": number(line["unit_price"]),
                        "due_date": day(line["due_date"]),
                        "tax_id": None,
                    }
                    for line in lines[row["po_no"]]
                ],
            }
            for row in source.open_purchases()
            if row["po_no"] not in known
        ),
        OPEN_AT_ONCE,
    )


def load_closed_purchases(source: Source) -> None:
    """Complete orders with what came and what was refused; rejected orders as cancelled."""
    keys, lines = _Keys(), source.lines("purchase_order_lines", "po_no")
    known = set(PurchaseOrder.objects.values_list("number", flat=True))
    _send(
        record_closed_purchase_orders,
        (
            {
                "number": row["po_no"],
                "partner_id": keys.partners[row["vendor_code"]],
                "date": day(row["order_date"]),
                "state": (PurchaseOrderState.CLOSED if row["status"] == "complete" else PurchaseOrderState.CANCELLED),
                "lines": [
                    {
                        "item_id": keys.items[line["item_code"]],
                        "quantity": number(line["ordered_qty"]),
                        "received_quantity": number(line["received_qty"]),
                        "returned_quantity": number(line["rejected_qty"]),
                        "price": number(line["unit_price"]),
                        "due_date": day(line["due_date"]),
                    }
                    for line in lines[row["po_no"]]
                ],
            }
            for row in source.closed_purchases()
            if row["po_no"] not in known
        ),
        ORDERS_AT_ONCE,
    )


def load_open_sales(source: Source) -> None:
    """Write and confirm what is still to be delivered; the source's number stays as the customer's reference."""
    keys, lines = _Keys(), source.lines("sales_order_lines", "order_no")
    known = dict(SalesOrder.objects.filter(is_history=False).values_list("customer_po", "pk"))
    confirmed = set(
        SalesOrder.objects.filter(is_history=False).exclude(state=SalesOrderState.DRAFT).values_list("pk", flat=True)
    )
    for row in source.open_sales():
        pk = known.get(row["order_no"]) or _draft(row, lines[row["order_no"]], keys)
        if pk not in confirmed:
            perform(sales_orders.confirm_sales_order, actor=None, order_id=pk)


def _draft(row: Row, lines: list[Row], keys: _Keys) -> int:
    order = perform(
        sales_orders.create_sales_order,
        actor=None,
        partner_id=keys.partners[row["customer_code"]],
        customer_po=row["order_no"],
        document_date=day(row["order_date"]),
        requested_date=day(row["due_date"]),
        tax_included=False,
        lines=list(_sold(lines, keys)),
    )
    return int(order.pk)


def _sold(lines: list[Row], keys: _Keys) -> Iterator[dict[str, Any]]:
    for line in lines:
        yield {
            "item_id": keys.items[line["item_code"]],
            "quantity": number(line["qty"]),
            "price": number(line["unit_price"]),
        }


def load_closed_sales(source: Source) -> None:
    """Finished orders with the tax of their customer."""
    keys, lines = _Keys(), source.lines("sales_order_lines", "order_no")
    known = set(SalesOrder.objects.filter(is_history=True).values_list("number", flat=True))
    _send(
        sales_orders.record_closed_sales_orders,
        (
            {
                "number": row["order_no"],
                "partner_id": keys.partners[row["customer_code"]],
                "document_date": day(row["order_date"]),
                "requested_date": day(row["due_date"]),
                "lines": [
                    line | {"tax_id": keys.taxes[row["customer_code"]]} for line in _sold(lines[row["order_no"]], keys)
                ],
            }
            for row in source.closed_sales()
            if row["order_no"] not in known
        ),
        ORDERS_AT_ONCE,
    )


def load_work_orders(source: Source) -> None:
    """Finished work orders with what was made and what was scrapped."""
    items = dict(Item.objects.values_list("code", "pk"))
    known = set(WorkOrder.objects.values_list("number", flat=True))
    fresh = (row for row in source.rows("work_orders") if row["work_order_no"] not in known)
    for some in _batches(fresh, WORK_ORDERS_AT_ONCE):
        perform(record_closed_work_orders, actor=None, rows=[_made(row, items) for row in some])


def _made(row: Row, items: dict[str, int]) -> dict[str, Any]:
    return {
        "number": row["work_order_no"],
        "item_id": items[row["item_code"]],
        "quantity": number(row["ordered_qty"]),
        "completed_quantity": number(row["stocked_qty"]),
        "scrapped_quantity": number(row["scrapped_qty"]),
        "start_date": day(row["start_date"]),
        "due_date": day(row["due_date"]),
        "closed_on": day(row["end_date"]),
    }
