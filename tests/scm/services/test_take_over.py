"""Purchase orders of another system."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import InvalidInput, MissingRight
from core.operations import perform
from erp.models import StockMove, Supply
from scm.models import PurchaseOrder
from scm.services import purchase_orders
from scm.states import PurchaseOrderState
from tests.factories.core import make_user

D = Decimal


def old_order(made, number: str, **fields):
    line = {
        "item_id": made.bolt.pk,
        "quantity": D(100),
        "price": D("1.5"),
        "due_date": dt.date(2025, 2, 1),
        "received_quantity": D(100),
        "returned_quantity": D(5),
        "tax_id": None,
    }
    return {
        "number": number,
        "partner_id": made.supplier.pk,
        "date": dt.date(2025, 1, 15),
        "state": "closed",
        "lines": [line],
    } | fields


def test_finished_orders_are_documents_and_nothing_else(made):
    rows = [old_order(made, "4001"), old_order(made, "4002", state="cancelled")]
    assert perform(purchase_orders.record_closed_purchase_orders, actor=made.buyer, orders=rows) == 2
    closed, cancelled = PurchaseOrder.objects.order_by("number")
    assert (closed.state, closed.document_date, closed.net_amount) == ("closed", dt.date(2025, 1, 15), D(150))
    line = closed.lines.get()
    assert (line.received_quantity, line.returned_quantity, line.invoiced_quantity) == (D(100), D(5), D(95))
    assert line.open_quantity == D(0)
    assert (cancelled.state, cancelled.lines.get().received_quantity) == ("cancelled", D(0))
    assert closed.history.count() == 1
    assert not Supply.objects.exists()
    assert not StockMove.objects.exists()


def test_a_second_run_changes_nothing(made):
    rows = [old_order(made, "4001")]
    perform(purchase_orders.record_closed_purchase_orders, actor=made.buyer, orders=rows)
    assert perform(purchase_orders.record_closed_purchase_orders, actor=made.buyer, orders=rows) == 0
    assert PurchaseOrder.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"partner_id": 987654}, {"state": "approved"}])
def test_rows_that_name_nothing_are_refused(made, wrong):
    with pytest.raises(InvalidInput):
        perform(
            purchase_orders.record_closed_purchase_orders, actor=made.buyer, orders=[old_order(made, "4001", **wrong)]
        )
    assert not PurchaseOrder.objects.exists()


def test_open_orders_are_expected_whole(made):
    row = old_order(made, "4003")
    del row["state"]
    [key] = perform(purchase_orders.take_over_open_purchase_orders, actor=made.buyer, orders=[row])
    order = PurchaseOrder.objects.get(pk=key)
    assert (order.number, order.state, order.is_imported) == ("4003", PurchaseOrderState.APPROVED, True)
    assert order.document_date == dt.date(2025, 1, 15)
    [supply] = Supply.objects.all()
    assert (supply.open_quantity, supply.due_date) == (D(100), dt.date(2025, 2, 1))
    assert perform(purchase_orders.take_over_open_purchase_orders, actor=made.buyer, orders=[row]) == []


@pytest.mark.parametrize("service", ["record_closed_purchase_orders", "take_over_open_purchase_orders"])
def test_taking_over_needs_its_right(made, service):
    with pytest.raises(MissingRight):
        perform(getattr(purchase_orders, service), actor=make_user("nobody"), orders=[])
