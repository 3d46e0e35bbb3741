"""What shipping, signing for, reversing and returning books at each revenue point.

One order of ten pieces at 100.00 with 13 % tax; the goods cost 10.00 each.
"""

from decimal import Decimal

import pytest

from core.clock import forget_company
from core.models import Company
from core.operations import perform
from erp.services import returns, shipments
from finance.models import UnbilledLine
from tests.factories import core, crm, erp, masterdata
from tests.factories.finance import balances, booked, open_books, posted_invoice

D = Decimal
DISPATCHED, STOCK, COST, REVENUE, UNBILLED, LOSS = "1406", "1405", "540101", "5001", "112202", "560101"


@pytest.fixture
def sold(books):
    """Return a confirmed order of ten pieces at the given revenue point."""

    def make(point: str, quantity: str = "10", **header):
        core.company()
        Company.objects.update(revenue_point=point)
        forget_company()
        erp.place()
        open_books()
        item = masterdata.item("GRINDER", tax=masterdata.tax("VAT13"))
        erp.opening(item, "20", "10")
        line = crm.line(item, quantity, "100", ship_date=erp.TODAY)
        return crm.confirmed_order(None, line, warehouse_id=erp.place().pk, tax_included=False, **header)

    return make


def moved() -> dict[str, Decimal]:
    """Balances without the opening of the stock."""
    found = balances()
    found.pop("3199", None)
    found[STOCK] = found.get(STOCK, D(0)) - 200
    return {code: amount for code, amount in found.items() if amount}


@pytest.mark.parametrize(
    ("point", "earned"),
    [
        ("shipment", {STOCK: D(-100), COST: D(100), UNBILLED: D(1000), REVENUE: D(-1000)}),
        ("sign_off", {STOCK: D(-100), DISPATCHED: D(100)}),
        ("invoice", {STOCK: D(-100), DISPATCHED: D(100)}),
    ],
)
def test_shipping(sold, point, earned):
    shipment = erp.shipped(sold(point))
    assert moved() == earned
    row = UnbilledLine.objects.get(shipment=shipment)
    assert (row.revenue_point, row.shipped_quantity, row.shipped_cost) == (point, D(10), D(100))
    assert row.open_quantity == (D(0) if point == "sign_off" else D(10))


@pytest.mark.parametrize(
    ("point", "earned"),
    [
        ("shipment", {STOCK: D(-100), COST: D(100), UNBILLED: D(1000), REVENUE: D(-1000)}),
        ("sign_off", {STOCK: D(-100), COST: D(100), UNBILLED: D(1000), REVENUE: D(-1000)}),
        ("invoice", {STOCK: D(-100), DISPATCHED: D(100)}),
    ],
)
def test_signing_for_all(sold, point, earned):
    erp.signed(sold(point))
    assert moved() == earned
    assert UnbilledLine.objects.get().open_quantity == 10


@pytest.mark.parametrize("point", ["shipment", "sign_off", "invoice"])
def test_damaged_and_missing_goods_are_a_loss_and_no_revenue(sold, point):
    shipment = erp.shipped(sold(point))
    line = shipment.lines.get()
    rows = [{"line_id": line.pk, "signed": D(7), "damaged": D(2), "short": D(1)}]
    perform(shipments.sign_off_shipment, actor=None, shipment_id=shipment.pk, lines=rows)
    kept = {DISPATCHED: D(70)} if point == "invoice" else {COST: D(70), UNBILLED: D(700), REVENUE: D(-700)}
    assert moved() == {STOCK: D(-100), LOSS: D(30)} | kept
    row = UnbilledLine.objects.get(shipment=shipment)
    assert (row.lost_quantity, row.lost_cost, row.open_quantity) == (D(3), D(30), D(7))


@pytest.mark.parametrize("point", ["shipment", "sign_off", "invoice"])
def test_a_reversed_shipment_leaves_nothing(sold, point):
    shipment = erp.shipped(sold(point))
    perform(shipments.reverse_shipment, actor=None, shipment_id=shipment.pk)
    assert moved() == {}
    row = UnbilledLine.objects.get(shipment=shipment)
    assert (row.shipped_quantity, row.open_quantity, row.open_amount, row.dispatched_cost) == (0, 0, 0, 0)


@pytest.mark.parametrize("point", ["shipment", "sign_off"])
def test_returned_goods_take_their_revenue_and_cost_back(sold, point):
    order = sold(point)
    erp.signed(order)
    receipt = erp.expected_return(order, "4")
    perform(returns.receive_return, actor=None, receipt_id=receipt.pk)
    assert moved() == {STOCK: D(-60), COST: D(60), UNBILLED: D(600), REVENUE: D(-600)}
    row = UnbilledLine.objects.get()
    assert (row.returned_quantity, row.returned_cost, row.recognised_quantity, row.open_quantity) == (4, 40, 6, 6)


def test_goods_returned_before_anything_was_recognised_leave_dispatched(sold):
    order = sold("invoice")
    erp.signed(order)
    receipt = erp.expected_return(order, "4")
    perform(returns.receive_return, actor=None, receipt_id=receipt.pk)
    assert moved() == {STOCK: D(-60), DISPATCHED: D(60)}
    assert UnbilledLine.objects.get().open_quantity == 6


def test_the_sign_off_books_revenue_and_cost_in_one_entry(sold):
    shipment = erp.signed(sold("sign_off"))
    assert booked(shipment, "signed") == [
        (UNBILLED, D(1000)),
        (REVENUE, D(-1000)),
        (COST, D(100)),
        (DISPATCHED, D(-100)),
    ]
    assert booked(shipment, "stock") == [(STOCK, D(-100)), (DISPATCHED, D(100))]
    assert booked(shipment, "shipped") == []


def test_an_order_cut_into_deliveries_earns_its_net_amount(sold):
    """10.00 over three pieces: 3.33 + 3.34 + 3.33."""
    order = sold("sign_off", "3")
    order.lines.update(net_amount=D("10"))
    for _part in range(3):
        request = crm.delivery_request(order, lines=[{"order_line_id": order.lines.get().pk, "quantity": D(1)}])
        from crm.services import deliveries
        from erp.models import Shipment

        perform(deliveries.release_delivery_request, actor=None, request_id=request.pk)
        shipment = erp.picked(Shipment.objects.get(delivery_request=request, state="draft"))
        perform(shipments.ship_shipment, actor=None, shipment_id=shipment.pk)
        perform(shipments.sign_off_shipment, actor=None, shipment_id=shipment.pk)
    amounts = UnbilledLine.objects.order_by("pk").values_list("recognised_amount", flat=True)
    assert list(amounts) == [D("3.33"), D("3.34"), D("3.33")]


def test_a_foreign_order_is_recognised_at_the_rate_of_the_day(books):
    erp.place()
    item = masterdata.item("GRINDER")
    erp.opening(item, "20", "10")
    masterdata.exchange_rate("USD", "7.1", erp.TODAY)
    buyer = masterdata.customer("ACME", currency="USD")
    order = crm.confirmed_order(
        buyer, crm.line(item, "10", "100", ship_date=erp.TODAY), warehouse_id=erp.place().pk, tax_included=False
    )
    erp.signed(order)
    row = UnbilledLine.objects.get()
    assert (row.recognised_currency_amount, row.recognised_amount) == (D(1000), D(7100))


@pytest.mark.parametrize("point", ["shipment", "sign_off", "invoice"])
def test_goods_returned_after_the_invoice_leave_a_credit_due(sold, point):
    order = sold(point)
    erp.signed(order)
    posted_invoice(order)
    receipt = erp.expected_return(order, "4")
    perform(returns.receive_return, actor=None, receipt_id=receipt.pk)
    found = moved()
    assert (found[STOCK], found[COST], found[REVENUE], found[UNBILLED]) == (D(-60), D(60), D(-600), D(-400))
    assert UnbilledLine.objects.get().open_quantity == -4
