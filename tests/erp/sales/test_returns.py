"""Goods that come back: at the cost they left with."""

from decimal import Decimal

import pytest

from core.errors import InvalidTransition, MissingRight
from core.operations import perform
from crm.models import SalesOrderLine
from crm.services import returns as sales_returns
from erp.errors import NothingToPost, ReturnedTooMuch
from erp.models import ItemCost, ReturnReceipt, StockBalance, StockMove, ValueEntry
from erp.services import returns
from erp.states import ReturnReceiptState
from tests.factories import core, erp, masterdata

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    erp.place()
    made = masterdata.item("MOTOR")
    erp.opening(made, "10", "7")
    return made


@pytest.fixture
def order(item):
    sold = erp.confirmed(item, "4")
    erp.signed(sold)
    return type(sold).objects.get(pk=sold.pk)


def receive(receipt, *lines, **values):
    return perform(returns.receive_return, actor=None, receipt_id=receipt.pk, lines=list(lines), **values)


def test_goods_come_back_at_their_original_cost(item, order):
    erp.opening(item, "4", "20")
    receipt = receive(erp.expected_return(order, "2"))

    [line] = receipt.lines.all()
    assert (line.received_quantity, line.cost) == (D(2), D("14.00"))
    [move] = StockMove.objects.filter(kind="customer_return")
    assert (move.quantity, move.reverses.kind, move.from_location.kind) == (D(2), "shipment", "customer")
    assert ValueEntry.objects.get(kind="customer_return").amount == D("14.00")
    cost = ItemCost.objects.get(item=item)
    assert (cost.quantity, cost.value) == (D(12), D("136.00"))
    assert SalesOrderLine.objects.get(order=order).returned_quantity == 2
    assert receipt.return_request.__class__.objects.get().state == "received"


def test_what_did_not_come_stays_expected(order):
    receipt = erp.expected_return(order, "3")
    row = {"line_id": receipt.lines.get().pk, "quantity": D(1)}
    receive(receipt, row)
    rest = ReturnReceipt.objects.get(state="draft")
    assert rest.lines.get().quantity == 2
    assert rest.return_request.state == "approved"
    receive(rest)
    assert not ReturnReceipt.objects.filter(state="draft").exists()


def test_two_returns_of_one_shipment_take_its_whole_cost(item, order):
    first = receive(erp.expected_return(order, "1"))
    second = receive(erp.expected_return(order, "3"))
    assert (first.lines.get().cost, second.lines.get().cost) == (D("7.00"), D("21.00"))
    assert StockBalance.objects.get(item=item).on_hand == 10


def test_more_than_approved_and_nothing_are_refused(order):
    receipt = erp.expected_return(order, "1")
    line = receipt.lines.get()
    with pytest.raises(ReturnedTooMuch):
        receive(receipt, {"line_id": line.pk, "quantity": D(2)})
    with pytest.raises(NothingToPost):
        receive(receipt, {"line_id": line.pk, "quantity": D(0)})
    assert not StockMove.objects.filter(kind="customer_return").exists()


def test_a_received_return_is_final(order):
    receipt = receive(erp.expected_return(order, "1"))
    with pytest.raises(InvalidTransition):
        receive(receipt)
    with pytest.raises(InvalidTransition):
        perform(returns.cancel_return_receipt, actor=None, receipt_id=receipt.pk)


def test_a_withdrawn_request_is_not_expected_any_more(order):
    receipt = erp.expected_return(order, "1")
    perform(sales_returns.cancel_return_request, actor=None, request_id=receipt.return_request_id, reason="Keeps it")
    assert ReturnReceipt.objects.get().state == ReturnReceiptState.CANCELLED


def test_receiving_needs_its_right(order):
    receipt = erp.expected_return(order, "1")
    clerk = core.user("erp.view_returnreceipt")
    for verb in (returns.receive_return, returns.cancel_return_receipt):
        with pytest.raises(MissingRight):
            perform(verb, actor=clerk, receipt_id=receipt.pk)
