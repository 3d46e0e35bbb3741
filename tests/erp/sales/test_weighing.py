"""Goods kept in two units on their way to the customer: weighed by scan, by list, and in the stock list."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.operations import perform
from erp.errors import NoSecondUnit, QuantityTooFine, SecondQuantityTooMuch
from erp.models import ShipmentPick, StockBalance, StockMove
from erp.services import returns, shipments
from finance.selectors.invariants import violations
from masterdata.models import UnitOfMeasure
from tests.factories import core, erp, masterdata

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def fish():
    erp.place()
    kg = UnitOfMeasure.objects.create(code="KGM", name="kilogram", decimals=3)
    made = masterdata.item("FISH", second_uom=kg, second_factor=D("4.5"))
    erp.opening(made, "10", "7", second_quantity=D("47.5"))
    return made


def left(item):
    return StockBalance.objects.values_list("on_hand", "second_on_hand").get(item=item, location=erp.shelf())


def row(shipment, quantity, **values):
    return {"line_id": shipment.lines.get().pk, "location_id": erp.shelf().pk, "quantity": D(quantity)} | values


def test_what_was_weighed_leaves_at_its_own_factor_and_comes_back_with_it(fish):
    shipment = erp.to_pick(erp.confirmed(fish, "4"))
    erp.picked(shipment, row(shipment, "3", second_quantity=D("13.2")), row(shipment, "1"))
    assert list(ShipmentPick.objects.order_by("pk").values_list("quantity", "second_quantity")) == [
        (D(3), D("13.2")),
        (D(1), None),
    ]
    perform(shipments.ship_shipment, actor=None, shipment_id=shipment.pk)
    moved = StockMove.objects.filter(kind="shipment").order_by("pk").values_list("quantity", "second_quantity")
    assert list(moved) == [(D(3), D("13.2")), (D(1), D("4.9"))]  # the unweighed piece: (47.5 - 13.2) / 7
    assert left(fish) == (D(6), D("29.4"))
    perform(shipments.reverse_shipment, actor=None, shipment_id=shipment.pk)
    assert left(fish) == (D(10), D("47.5"))
    assert not violations()


def test_an_impossible_weight_is_refused(fish):
    shipment = erp.to_pick(erp.confirmed(fish, "4"))
    with pytest.raises(QuantityTooFine):
        erp.picked(shipment, row(shipment, "4", second_quantity=D("1.2345")))
    erp.picked(shipment, row(shipment, "4", second_quantity=D(48)))
    with pytest.raises(SecondQuantityTooMuch, match=r"47\.5"):
        perform(shipments.ship_shipment, actor=None, shipment_id=shipment.pk)
    bolt = masterdata.item("BOLT")
    erp.opening(bolt, "5")
    other = erp.to_pick(erp.confirmed(bolt, "2"))
    with pytest.raises(NoSecondUnit):
        erp.picked(other, row(other, "2", second_quantity=D(1)))


def test_the_scanner_page_asks_for_the_weight_of_each_scan(client, fish):
    client.force_login(core.make_user("clerk", rights=["erp.view_shipment", "erp.pick_shipment", "erp.ship_shipment"]))
    shipment = erp.to_pick(erp.confirmed(fish, "2"))
    url, htmx = reverse("erp:shipment-scan", args=[shipment.pk]), {"HX-Request": "true"}
    assert "To weigh" not in client.get(url).content.decode()
    assert "To weigh" in client.post(url + "code/", {"code": "FISH"}, headers=htmx).content.decode()
    pick = ShipmentPick.objects.get()
    answer = client.post(url + "weigh/", {"pick_id": pick.pk, "second_quantity": "4.812"}, headers=htmx)
    assert 'value="4.812"' in answer.content.decode()
    assert client.post(url + "weigh/", {"pick_id": pick.pk, "second_quantity": "x"}, headers=htmx).status_code == 422
    client.post(url + "finish/")
    assert "4.812" in client.get(reverse("erp:shipment-detail", args=[shipment.pk])).content.decode()
    initial = client.get(reverse("erp:shipment-pick", args=[shipment.pk])).context["formset"].initial
    assert initial[0]["second_quantity"] == D("4.812")
    assert "4.812" in client.get(reverse("erp:shipment-print", args=[shipment.pk]) + "?format=html").content.decode()


def test_the_stock_list_says_nothing_of_a_second_unit_that_is_not_there(client, fish):
    bolt = masterdata.item("BOLT")
    erp.opening(bolt, "5")
    client.force_login(core.make_user("clerk", rights=["erp.view_stockbalance"]))
    table = client.get(reverse("erp:stock-balance-list")).context["table"]
    cells = {str(one.record.item.code): one.get_cell("second_on_hand") for one in table.rows}
    assert cells == {"BOLT": "", "FISH": "47.5"}
    found = client.get("/api/v1/erp/stock-balances/").json()["results"]
    assert {one["item"]: one["second_on_hand"] for one in found} == {bolt.pk: None, fish.pk: "47.500000"}


def test_a_returned_piece_is_weighed_again_and_the_others_keep_their_own_weight(client, fish):
    """Three left with 13.2 kg; one comes back lighter, the two others as they left."""
    order = erp.confirmed(fish, "3")
    shipment = erp.to_pick(order)
    erp.picked(shipment, row(shipment, "3", second_quantity=D("13.2")))
    perform(shipments.ship_shipment, actor=None, shipment_id=shipment.pk)
    perform(shipments.sign_off_shipment, actor=None, shipment_id=shipment.pk)
    receipt = erp.expected_return(order, "1")
    line = receipt.lines.get()
    keys = {"receipt_id": receipt.pk}
    bad = [{"line_id": line.pk, "quantity": D(1), "second_quantity": D("4.12345")}]
    with pytest.raises(QuantityTooFine):
        perform(returns.receive_return, actor=None, lines=bad, **keys)
    client.force_login(core.make_user("clerk", rights=["erp.view_returnreceipt", "erp.receive_returnreceipt"]))
    page = reverse("erp:return-receipt-receive", args=[receipt.pk])
    assert "KGM" in client.get(page).content.decode()
    grid = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "1", "lines-0-line": line.pk, "lines-0-quantity": "1"}
    assert client.post(page, grid | {"lines-0-second_quantity": "4.1"}).status_code == 302
    assert "4.1" in client.get(receipt.get_absolute_url()).content.decode()
    assert left(fish) == (D(8), D("38.4"))  # 47.5 - 13.2 + 4.1
    rest = erp.expected_return(order, "2")
    perform(returns.receive_return, actor=None, receipt_id=rest.pk)
    assert left(fish) == (D(10), D("47.2"))  # the other two as they left: 8.8
    erp.posted(erp.draft("misc_issue", {"item_id": fish.pk, "quantity": D(10)}))
    assert left(fish) == (D(0), D(0))
    assert not violations()
