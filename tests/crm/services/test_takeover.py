"""Finished orders of an earlier system: documents and statistics, nothing else."""

import datetime as dt
from decimal import Decimal

import pytest

from core.operations import perform
from crm.errors import HistoryNumberTaken
from crm.models import SalesOrder, SalesOrderLine
from crm.services import sales_orders
from crm.signals import sales_order_closed, sales_order_confirmed
from tests.crm.conftest import heard
from tests.factories import masterdata

D = Decimal


def finished(number, partner, *lines, **fields):
    return {"number": number, "partner_id": partner.pk, "document_date": dt.date(2025, 7, 1), "lines": lines} | fields


def test_batch_is_recorded_closed_and_complete(day):
    masterdata.warehouse()
    partner, item = masterdata.customer(), masterdata.item()
    tax = masterdata.tax()
    orders = [
        finished("H-1", partner, {"item_id": item.pk, "quantity": D(3), "price": D(10), "tax_id": tax.pk}),
        finished(
            "H-2",
            partner,
            {"item_id": item.pk, "quantity": D(1), "price": D(10), "discount_percent": D(50)},
            {"item_id": item.pk, "quantity": D(2), "price": D(1)},
            customer_po="P",
        ),
    ]
    with heard(sales_order_confirmed) as confirmed, heard(sales_order_closed) as closed:
        numbers = perform(sales_orders.record_closed_sales_orders, actor=None, orders=orders)
    assert (numbers, confirmed, closed) == (["H-1", "H-2"], [], [])
    first, second = SalesOrder.objects.order_by("number")
    assert (first.state, first.is_history, first.document_date) == ("closed", True, dt.date(2025, 7, 1))
    assert (first.net_amount, first.tax_amount, first.gross_amount) == (D(30), D("3.90"), D("33.90"))
    assert (second.gross_amount, second.customer_po, second.lines.count()) == (D(7), "P", 2)
    line = first.lines.get()
    assert (line.delivered_quantity, line.signed_quantity, line.invoiced_quantity) == (D(3), D(3), D(3))
    assert (line.stock_quantity, line.open_quantity) == (D(3), D(0))
    assert not first.payment_plan.exists()


def test_statements_do_not_grow_with_the_batch(day):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    masterdata.warehouse()
    partner, item = masterdata.customer(), masterdata.item()

    def cost(prefix, count):
        line = {"item_id": item.pk, "quantity": D(1), "price": D(1)}
        orders = [finished(f"{prefix}-{n}", partner, line) for n in range(count)]
        with CaptureQueriesContext(connection) as queries:
            perform(sales_orders.record_closed_sales_orders, actor=None, orders=orders)
        return len(queries)

    assert cost("A", 2) == cost("B", 40)


def test_numbers_are_unique(day):
    masterdata.warehouse()
    partner, item = masterdata.customer(), masterdata.item()
    one = finished("H-1", partner, {"item_id": item.pk, "quantity": D(1), "price": D(1)})
    with pytest.raises(HistoryNumberTaken):
        perform(sales_orders.record_closed_sales_orders, actor=None, orders=[one, one])
    perform(sales_orders.record_closed_sales_order, actor=None, order=one)
    with pytest.raises(HistoryNumberTaken):
        perform(sales_orders.record_closed_sales_order, actor=None, order=one)
    assert SalesOrderLine.objects.count() == 1
