"""The receiving door, typed receipts and returns in the browser."""

import json
from decimal import Decimal

import pytest
from django.urls import reverse

from masterdata.models import ItemBarcode
from scm.models import GoodsReceipt, SupplierReturn
from scm.states import GoodsReceiptState, SupplierReturnState
from tests.factories import masterdata
from tests.factories import scm as make
from tests.factories.core import make_user
from tests.scm.views.test_requisition_pages import grid

D = Decimal
HTMX = {"HX-Request": "true"}
CLERK = ["scm.add_goodsreceipt", "scm.post_goodsreceipt", "scm.view_goodsreceipt"]


@pytest.fixture
def clerk(made, client):
    user = make_user("clerk", rights=CLERK)
    client.force_login(user)
    return user


def said(response) -> dict:
    return json.loads(response.headers["HX-Trigger"])["scan"]


def test_an_order_is_found_by_its_number_or_an_item(client, made, clerk):
    order = make.approved_order(made)
    url = reverse("scm:receiving")
    assert order.number in client.get(url).content.decode()
    scanned = client.post(url, {"code": order.number.lower()}, headers=HTMX)
    assert scanned.headers["HX-Redirect"] == reverse("scm:receiving-order", args=[order.pk])
    by_item = client.post(url, {"code": "AL-77"})
    assert by_item.url == reverse("scm:receiving-order", args=[order.pk]) + "?code=AL-77"
    assert "Count it" in client.get(by_item.url).content.decode()


def test_unclear_and_unknown_codes_say_so(client, made, clerk):
    first, second = make.approved_order(made), make.approved_order(made)
    url = reverse("scm:receiving")
    unclear = said(client.post(url, {"code": "BOLT"}, headers=HTMX))
    assert unclear["ok"] is False
    assert first.number in unclear["text"]
    assert second.number in unclear["text"]
    unknown = said(client.post(url, {"code": "NOSUCH"}, headers=HTMX))
    assert unknown["ok"] is False
    assert "NOSUCH" in unknown["text"]
    assert client.post(url, {"code": "NOSUCH"}).status_code == 422


def test_scan_count_and_take_into_stock(client, made, clerk):
    order = make.approved_order(made)
    line = order.lines.get()
    url = reverse("scm:receiving-order", args=[order.pk])
    scanned = client.post(url, {"code": "BOLT"}, headers=HTMX)
    assert said(scanned)["ok"] is True
    assert 'value="10"' in scanned.content.decode()
    count = reverse("scm:receiving-count", args=[order.pk])
    counted = client.post(count, {"order_line_id": line.pk, "quantity": "4", "_key": "k"}, headers=HTMX)
    assert said(counted)["ok"] is True
    client.post(count, {"order_line_id": line.pk, "quantity": "4", "_key": "k"}, headers=HTMX)
    receipt = GoodsReceipt.objects.get()
    assert receipt.lines.count() == 1
    too_much = client.post(count, {"order_line_id": line.pk, "quantity": "7"}, headers=HTMX)
    assert said(too_much)["ok"] is False
    assert 'value="7"' in too_much.content.decode()
    client.post(reverse("scm:receiving-uncount", args=[receipt.pk]), {"line_id": "987654"}, headers=HTMX)
    posted = client.post(reverse("scm:receiving-post", args=[receipt.pk]), headers=HTMX)
    assert posted.headers["HX-Redirect"] == reverse("scm:receiving")
    receipt.refresh_from_db()
    assert (receipt.state, receipt.owner) == (GoodsReceiptState.POSTED, clerk)


def test_a_box_barcode_proposes_one_box(client, made, clerk):
    ItemBarcode.objects.create(item=made.bolt, barcode="6901234", uom=masterdata.uom("BOX"))
    order = make.approved_order(made, make.line(made.bolt, "500"))
    response = client.post(reverse("scm:receiving-order", args=[order.pk]), {"code": "6901234"}, headers=HTMX)
    assert 'value="100"' in response.content.decode()


def test_tracked_items_ask_for_their_number(client, made, clerk):
    order = make.approved_order(made, make.line(made.motor, "2", price=D(100)))
    line = order.lines.get()
    scanned = client.post(reverse("scm:receiving-order", args=[order.pk]), {"code": "MOTOR"}, headers=HTMX)
    assert "lot_code" in scanned.content.decode()
    count = reverse("scm:receiving-count", args=[order.pk])
    missing = client.post(count, {"order_line_id": line.pk, "quantity": "1"}, headers=HTMX)
    assert said(missing)["ok"] is False
    client.post(count, {"order_line_id": line.pk, "quantity": "1", "lot_code": "M-1"}, headers=HTMX)
    assert GoodsReceipt.objects.get().lines.get().lot_code == "M-1"


def test_it_works_without_script(client, made, clerk):
    order = make.approved_order(made)
    line = order.lines.get()
    url = reverse("scm:receiving-order", args=[order.pk])
    assert "Count it" in client.post(url, {"code": "BOLT"}).content.decode()
    assert client.post(url, {"code": "NOSUCH"}).status_code == 422
    counted = client.post(reverse("scm:receiving-count", args=[order.pk]), {"order_line_id": line.pk, "quantity": "10"})
    assert counted.url == url
    refused = client.post(reverse("scm:receiving-count", args=[order.pk]), {"order_line_id": line.pk, "quantity": "1"})
    assert refused.status_code == 409
    receipt = GoodsReceipt.objects.get()
    assert client.post(reverse("scm:receiving-uncount", args=[receipt.pk])).url == url
    assert GoodsReceipt.objects.get().state == GoodsReceiptState.CANCELLED


def test_a_closed_order_is_not_received(client, made, clerk):
    order = make.draft_order(made)
    response = client.get(reverse("scm:receiving-order", args=[order.pk]))
    assert response.url == order.get_absolute_url()


def test_a_receipt_is_typed_and_edited(client, made):
    order = make.approved_order(made, make.line(made.bolt, "10"), make.line(made.paint, "5", price=D(20)))
    first, second = order.lines.all()
    client.force_login(made.buyer)
    url = reverse("scm:goods-receipt-create", args=[order.pk])
    page = client.get(url).content.decode()
    assert 'value="10"' in page
    header = {"date": "2026-03-09", "warehouse": made.warehouse.pk, "delivery_note": "LS 1"}
    header["reason"] = "The note came a day later"
    rows = grid(
        {"order_line": first.pk, "quantity": "10"},
        {"order_line": second.pk, "quantity": "2", "lot_code": "P-1"},
        {"order_line": second.pk, "quantity": "3", "lot_code": "P-2", "expiry_date": "2027-01-01"},
        {"order_line": first.pk, "quantity": ""},
        initial=2,
    )
    response = client.post(url, header | rows)
    receipt = GoodsReceipt.objects.get()
    assert response.url == receipt.get_absolute_url()
    assert [(one.quantity, one.lot_code) for one in receipt.lines.all()] == [(D(10), ""), (D(2), "P-1"), (D(3), "P-2")]
    edit = reverse("scm:goods-receipt-edit", args=[receipt.pk])
    assert "P-2" in client.get(edit).content.decode()
    client.post(edit, header | grid({"order_line": first.pk, "quantity": "9"}, initial=3) | {"version": "0"})
    assert receipt.lines.get().quantity == D(9)
    client.post(reverse("scm:goods-receipt-post", args=[receipt.pk]), {"version": "1"})
    receipt.refresh_from_db()
    assert receipt.state == GoodsReceiptState.POSTED


def test_too_much_is_refused_in_the_form(client, made):
    order = make.approved_order(made)
    client.force_login(made.buyer)
    header = {"date": "2026-03-10", "warehouse": made.warehouse.pk, "note": "Broken pallet"}
    rows = grid({"order_line": order.lines.get().pk, "quantity": "11"}, initial=1)
    response = client.post(reverse("scm:goods-receipt-create", args=[order.pk]), header | rows)
    assert response.status_code == 409
    assert "Broken pallet" in response.content.decode()
    assert not GoodsReceipt.objects.exists()


def test_goods_are_sent_back_from_the_receipt(client, made):
    receipt = make.posted_receipt(made, make.approved_order(made))
    line = receipt.lines.get()
    client.force_login(made.buyer)
    url = reverse("scm:supplier-return-create", args=[receipt.pk])
    assert "BOLT" in client.get(url).content.decode()
    header = {"cause": "Rusty", "settlement": "credit"}
    rows = grid({"receipt_line": line.pk, "quantity": "3", "location": made.shelf.pk}, initial=1)
    client.post(url, header | rows)
    document = SupplierReturn.objects.get()
    assert (document.reason, document.lines.get().quantity) == ("Rusty", D(3))
    edit = reverse("scm:supplier-return-edit", args=[document.pk])
    rows = grid({"receipt_line": line.pk, "quantity": "2"}, initial=1)
    client.post(edit, header | rows | {"version": "0"})
    client.post(reverse("scm:supplier-return-post", args=[document.pk]), {"version": "1"})
    document.refresh_from_db()
    assert (document.state, document.lines.get().quantity) == (SupplierReturnState.POSTED, D(2))
    lists = client.get(reverse("scm:supplier-return-list") + f"?receipt={receipt.pk}").content.decode()
    assert document.number in lists
    receipts = client.get(reverse("scm:goods-receipt-list") + f"?q={receipt.order.number}").content.decode()
    assert receipt.number in receipts
