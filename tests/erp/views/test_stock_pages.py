"""Pages of stock, shipments and returns: who may open them, what they show, what they do."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from erp.models import Demand, Shipment, StockDocument, StockMove
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
def clerk():
    return core.user_in_role("warehouse")


@pytest.fixture
def boss():
    return core.make_user("boss", superuser=True)


LISTS = {
    "erp:stock-balance-list": "erp.view_stockbalance",
    "erp:stock-move-list": "erp.view_stockmove",
    "erp:project-stock-list": "erp.view_projectstock",
    "erp:project-transfer-list": "erp.view_projectstock",
    "erp:lot-list": "erp.view_lot",
    "erp:stock-summary": "erp.view_stockmove",
    "erp:stock-document-list": "erp.view_stockdocument",
    "erp:shipment-list": "erp.view_shipment",
    "erp:return-receipt-list": "erp.view_returnreceipt",
}
FORMS = {
    "erp:opening-stock": "erp.post_opening_stock",
    "erp:project-stock-move": "erp.move_projectstock",
    "erp:stock-count-create": "erp.add_stockdocument",
}


@pytest.mark.parametrize(("name", "right"), [*LISTS.items(), *FORMS.items()])
def test_each_page_asks_for_its_right(client, item, name, right):
    url = reverse(name)
    assert client.get(url).status_code == 302
    client.force_login(core.user())
    assert client.get(url).status_code == 403
    client.force_login(core.user(right))
    assert client.get(url).status_code == 200


def test_document_pages_ask_for_their_right(client, item):
    order = erp.confirmed(item, "2")
    shipment = erp.signed(order)
    receipt = erp.expected_return(order, "1")
    document = erp.draft("misc_issue", {"item_id": item.pk, "quantity": D(1)})
    pages = [(shipment, "erp.view_shipment"), (receipt, "erp.view_returnreceipt"), (document, "erp.view_stockdocument")]
    for one, right in pages:
        url = one.get_absolute_url()
        client.logout()
        assert client.get(url).status_code == 302
        client.force_login(core.user())
        assert client.get(url).status_code == 403
        client.force_login(core.user(right))
        assert client.get(url).status_code == 200
    for name in ("erp:item-availability", "erp:item-ledger"):
        url = reverse(name, args=[item.pk])
        client.force_login(core.user())
        assert client.get(url).status_code == 403
        client.force_login(core.user("erp.view_stockbalance", "erp.view_stockmove"))
        assert client.get(url).status_code == 200
        assert client.get(reverse(name, args=[0])).status_code == 404


def test_values_are_for_those_who_may_see_costs(client, item):
    rights = ("erp.view_stockmove", "erp.view_stockbalance", "core.export_data")
    pages = [
        reverse("erp:stock-summary"),
        reverse("erp:stock-summary") + "?export=csv",
        reverse("erp:item-ledger", args=[item.pk]),
    ]
    client.force_login(core.user(*rights))
    for url in pages:
        assert "70.00" not in body(client.get(url))
    client.force_login(core.user(*rights, "masterdata.view_cost"))
    for url in pages:
        assert "70.00" in body(client.get(url))


def body(response):
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


def test_the_summary_adds_up_and_leads_to_the_ledger(client, boss, item):
    erp.shipped(erp.confirmed(item, "4"))
    client.force_login(boss)
    response = client.get(reverse("erp:stock-summary"), {"start": "2026-03-01", "end": "2026-03-31"})
    [row] = response.context["table"].data
    assert (row.opening, row.received, row.issued, row.closing) == (0, 10, 4, 6)
    assert (row.opening_value, row.received_value, row.issued_value, row.closing_value) == (0, 70, 28, 42)
    assert response.context["totals"]["closing_value"] == 42

    response = client.get(row.get_absolute_url())
    ledger = response.context["ledger"]
    assert [(one.received, one.issued, one.balance, one.amount, one.value) for one in ledger.rows] == [
        (10, 0, 10, 70, 70),
        (0, 4, 6, -28, 42),
    ]
    assert (ledger.opening, ledger.closing, ledger.closing_value) == (0, 6, 42)

    later = client.get(reverse("erp:stock-summary"), {"start": "2026-04-01", "end": "2026-04-30"})
    [row] = later.context["table"].data
    assert (row.opening, row.received, row.issued, row.closing_value) == (6, 0, 0, 42)


def test_the_summary_of_one_warehouse_counts_transfers_at_the_average_cost(client, boss, item):
    other = masterdata.warehouse("OTHER")
    erp.posted(erp.draft("transfer", {"item_id": item.pk, "quantity": D(3)}, to_warehouse_id=other.pk))
    client.force_login(boss)
    response = client.get(reverse("erp:stock-summary"), {"warehouse": other.pk})
    [row] = response.context["table"].data
    assert (row.received, row.closing, row.closing_value, row.received_value) == (3, 3, 21, None)
    [row] = client.get(reverse("erp:stock-summary"), {"q": "motor"}).context["table"].data
    assert (row.received, row.issued, row.closing) == (10, 0, 10)
    assert not client.get(reverse("erp:stock-summary"), {"q": "nothing"}).context["table"].data.data


def test_availability_shows_what_comes_and_goes(client, boss, item):
    order = erp.confirmed(item, "4")
    client.force_login(boss)
    response = client.get(reverse("erp:item-availability", args=[item.pk]))
    outlook = response.context["outlook"]
    assert (outlook.on_hand, outlook.reserved, outlook.available) == (10, 4, 6)
    [expected] = outlook.expected
    assert (expected.quantity, expected.reserved, expected.level, expected.available) == (-4, 4, 6, 6)
    assert order.number in response.content.decode()


def test_a_reservation_is_moved_from_its_page(client, boss, item):
    rich, poor = erp.confirmed(item, "10"), erp.confirmed(item, "4")
    giver, taker = (Demand.objects.get(source_id=one.pk) for one in (rich, poor))
    client.force_login(boss)
    url = reverse("erp:demand-reassign", args=[giver.pk])
    assert poor.number in client.get(url).content.decode()
    unexplained = client.post(url, {"to_demand": taker.pk, "quantity": "3"})
    assert unexplained.status_code == 422
    response = client.post(url, {"to_demand": taker.pk, "quantity": "3", "reason": "Due first"})
    assert response.status_code == 302
    assert [row.quantity for row in taker.reservations.all()] == [3]
    refused = client.post(url, {"to_demand": taker.pk, "quantity": "3", "reason": "Due first"})
    assert refused.status_code == 409
    assert 'value="3"' in refused.content.decode()


def lines(*rows, extra=0):
    form = {"lines-TOTAL_FORMS": len(rows) + extra, "lines-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        form |= {f"lines-{number}-{name}": value for name, value in row.items()}
    return form


def test_a_receipt_is_typed_posted_and_reversed(client, item):
    client.force_login(core.make_user("keeper", roles=["warehouse"], rights=["masterdata.view_cost"]))
    url = reverse("erp:stock-document-create", args=["misc_receipt"])
    assert client.get(url).status_code == 200
    header = {"warehouse": erp.place().pk, "reason_code": "found"}
    wrong = client.post(url, header | lines({"item": item.pk, "quantity": ""}))
    assert wrong.status_code == 422
    response = client.post(url, header | lines({"item": item.pk, "quantity": "5", "unit_cost": "3"}))
    document = StockDocument.objects.get(kind="misc_receipt")
    assert response.url == document.get_absolute_url()

    version = {"version": document.version}
    assert client.post(reverse("erp:stock-document-post", args=[document.pk]), version).status_code == 302
    again = client.post(reverse("erp:stock-document-post", args=[document.pk]), version)
    assert again.status_code == 409
    document.refresh_from_db()
    reverse_url = reverse("erp:stock-document-reverse", args=[document.pk])
    assert client.post(reverse_url, {"version": document.version, "reason": "Wrong"}).status_code == 302
    assert StockMove.objects.filter(kind="misc_receipt").count() == 2


def test_a_draft_is_changed_and_a_stale_one_refused(client, clerk, item):
    document = erp.draft("misc_issue", {"item_id": item.pk, "quantity": D(1)})
    client.force_login(clerk)
    url = reverse("erp:stock-document-edit", args=[document.pk])
    assert "MOTOR" in client.get(url).content.decode()
    header = {"warehouse": erp.place().pk, "reason_code": "sample", "version": document.version}
    assert client.post(url, header | lines({"item": item.pk, "quantity": "2"})).status_code == 302
    assert document.lines.get().quantity == 2
    stale = client.post(url, header | lines({"item": item.pk, "quantity": "3"}))
    assert stale.status_code == 409
    assert 'value="3"' in stale.content.decode()


def test_a_count_from_sheet_to_posting(client, clerk, item):
    client.force_login(clerk)
    client.post(reverse("erp:stock-count-create"), {"warehouse": erp.place().pk})
    document = StockDocument.objects.get(kind="count")
    url = reverse("erp:stock-count-enter", args=[document.pk])
    assert client.get(url).status_code == 200
    line = document.lines.get()
    form = {f"line-{line.pk}": "8", "version": document.version}
    assert client.post(url, form | lines()).status_code == 302
    document.refresh_from_db()
    client.post(reverse("erp:stock-document-post", args=[document.pk]), {"version": document.version})
    assert StockMove.objects.get(kind="count").quantity == 2


def test_a_shipment_from_scan_to_signature(client, clerk, item):
    shipment = erp.to_pick(erp.confirmed(item, "2"))
    client.force_login(clerk)
    scan = reverse("erp:shipment-scan", args=[shipment.pk])
    assert client.get(scan).status_code == 200
    code = reverse("erp:shipment-scan-code", args=[shipment.pk])
    answer = client.post(code, {"code": "MOTOR"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert '"ok": true' in answer.headers["HX-Trigger"]
    wrong = client.post(code, {"code": "PUMP"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    client.post(reverse("erp:shipment-scan-undo", args=[shipment.pk]), headers={"HX-Request": "true"})
    client.post(code, {"code": "MOTOR"})
    client.post(code, {"code": "MOTOR"})
    assert client.post(reverse("erp:shipment-scan-finish", args=[shipment.pk])).status_code == 302

    shipment.refresh_from_db()
    ship = reverse("erp:shipment-ship", args=[shipment.pk])
    assert client.get(ship).status_code == 200
    assert client.post(ship, {"version": shipment.version, "carrier": "SF"}).status_code == 302
    sign = reverse("erp:shipment-sign-off", args=[shipment.pk])
    assert client.get(sign).status_code == 200
    shipment.refresh_from_db()
    row = {"line": shipment.lines.get().pk, "signed": "1", "damaged": "1"}
    form = lines(row) | {"lines-INITIAL_FORMS": 1, "version": shipment.version, "signed_by": "Li"}
    assert client.post(sign, form).status_code == 302
    shipment.refresh_from_db()
    assert (shipment.state, shipment.signed_by) == ("signed", "Li")


def test_picking_by_list_starts_from_the_suggestion(client, clerk, item):
    shipment = erp.to_pick(erp.confirmed(item, "2"))
    client.force_login(clerk)
    url = reverse("erp:shipment-pick", args=[shipment.pk])
    formset = client.get(url).context["formset"]
    assert formset.initial == [
        {"line": shipment.lines.get().pk, "location": erp.shelf().pk, "lot": None, "quantity": D(2)}
    ]
    row = {"line": shipment.lines.get().pk, "location": erp.shelf().pk, "quantity": "2"}
    form = lines(row) | {"lines-INITIAL_FORMS": 1, "version": shipment.version}
    assert client.post(url, form).status_code == 302
    assert Shipment.objects.get().state == "picked"


def test_a_refused_verb_says_why_in_the_page(client, clerk, item):
    shipment = erp.to_pick(erp.confirmed(item, "2"))
    client.force_login(clerk)
    response = client.post(reverse("erp:shipment-reopen", args=[shipment.pk]), {"version": shipment.version})
    assert response.status_code == 409
    assert shipment.number in response.content.decode()


def test_a_return_is_received_from_its_page(client, clerk, item):
    order = erp.confirmed(item, "2")
    erp.signed(order)
    receipt = erp.expected_return(order, "2")
    client.force_login(clerk)
    url = reverse("erp:return-receipt-receive", args=[receipt.pk])
    assert client.get(url).status_code == 200
    form = lines({"line": receipt.lines.get().pk, "quantity": "1"}) | {"lines-INITIAL_FORMS": 1}
    assert client.post(url, form | {"version": receipt.version}).status_code == 302
    receipt.refresh_from_db()
    assert (receipt.state, receipt.lines.get().received_quantity) == ("received", 1)


@pytest.mark.parametrize(("language", "words"), [("en", "Delivery note"), ("zh", "送货单")])
def test_the_delivery_note_in_both_languages(client, clerk, item, language, words):
    shipment = erp.shipped(erp.confirmed(item, "2"))
    client.force_login(clerk)
    response = client.get(reverse("erp:shipment-print", args=[shipment.pk]), {"language": language, "format": "html"})
    text = response.content.decode()
    assert response.status_code == 200
    assert shipment.number in text
    assert "MOTOR" in text
    if language == "en":
        assert words in text


def test_a_pick_list_is_made_again_from_a_cancelled_one(client, clerk, item):
    shipment = erp.to_pick(erp.confirmed(item, "2"))
    client.force_login(clerk)
    client.post(reverse("erp:shipment-cancel", args=[shipment.pk]), {"version": shipment.version, "reason": "Later"})
    assert client.post(reverse("erp:shipment-again", args=[shipment.pk])).status_code == 302
    assert Shipment.objects.filter(state="draft").count() == 1


def test_a_document_is_posted_on_an_earlier_day_with_right_and_reason(client, clerk, item):
    document = erp.draft("misc_receipt", {"item_id": item.pk, "quantity": D(1), "unit_cost": D(5)})
    url = reverse("erp:stock-document-post-on-day", args=[document.pk])
    typed = {"date": str(erp.TODAY - dt.timedelta(days=1)), "version": document.version}
    keeper = core.make_user("keeper", rights=["erp.post_stockdocument", "erp.view_stockdocument"])
    client.force_login(keeper)
    assert client.post(url, typed | {"reason": "Late note"}).status_code == 403
    assert url not in client.get(document.get_absolute_url()).content.decode()
    client.force_login(core.make_user("chief", superuser=True))
    assert url in client.get(document.get_absolute_url()).content.decode()
    refused = client.post(url, typed)
    assert refused.status_code == 422
    assert client.post(url, typed | {"reason": "Late note"}).status_code == 302
    move = StockMove.objects.get(source_label="erp.stockdocument", source_id=document.pk)
    assert (move.moved_on, move.is_backdated) == (erp.TODAY - dt.timedelta(days=1), True)


def test_a_drill_down_names_what_it_filters_by(client, item, boss):
    client.force_login(boss)
    move = StockMove.objects.get()
    page = client.get(reverse("erp:stock-move-list"), {"item": item.pk, "location": move.from_location_id})
    assert [one["value"] for one in page.context["chips"]] == [str(item), str(move.from_location)]
    other = client.get(reverse("erp:stock-move-list"), {"item": 0, "location": move.to_location_id})
    assert (len(page.context["table"].rows), len(other.context["table"].rows)) == (1, 0)
    assert other.context["chips"][0]["value"] == "0"
