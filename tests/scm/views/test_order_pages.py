"""What buyers do on the pages of purchase orders."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from core.approvals.models import ApprovalPolicy, ApprovalRequest
from masterdata.models import ItemAlias
from scm.models import PurchaseOrder
from scm.services import purchase_orders
from scm.states import PurchaseOrderState
from tests.factories import masterdata
from tests.factories import scm as make
from tests.factories.core import make_user
from tests.scm.views.test_requisition_pages import grid

D = Decimal


@pytest.fixture
def buyer(made, client):
    client.force_login(made.buyer)
    return made.buyer


def header(made, **fields) -> dict:
    return {"partner": made.supplier.pk, "warehouse": made.warehouse.pk} | fields


def test_a_typed_order_finds_its_price(client, made, buyer):
    rows = grid({"item": made.bolt.pk, "quantity": "100"}, {"description": "Freight", "quantity": "1", "price": "30"})
    response = client.post(reverse("scm:purchase-order-create"), header(made) | rows)
    order = PurchaseOrder.objects.get()
    assert response.url == order.get_absolute_url()
    assert [(one.what, one.price) for one in order.lines.all()] == [(str(made.bolt), D("2.5")), ("Freight", D(30))]
    page = client.get(response.url).content.decode()
    assert "AL-77" in page
    assert "316.40" in page or "316.4" in page  # 280 and 13 %


def test_a_wrong_cell_keeps_what_was_typed(client, made, buyer):
    rows = grid({"item": made.bolt.pk, "quantity": "many", "description": "urgent"})
    response = client.post(reverse("scm:purchase-order-create"), header(made, note="By truck") | rows)
    page = response.content.decode()
    assert response.status_code == 422
    assert "By truck" in page
    assert "urgent" in page
    assert not PurchaseOrder.objects.exists()


def test_a_draft_is_edited_in_place(client, made, buyer):
    order = make.draft_order(made)
    line = order.lines.get()
    url = reverse("scm:purchase-order-edit", args=[order.pk])
    page = client.get(url).content.decode()
    assert "S-ALPHA" in page
    assert 'value="2.5"' in page
    row = {"line_id": line.pk, "item": made.bolt.pk, "quantity": "20", "price": "2.4", "due_date": "2026-03-30"}
    client.post(url, header(made, version="0") | grid(row, initial=1))
    [line] = order.lines.all()
    assert (line.quantity, line.price, line.due_date) == (D(20), D("2.4"), dt.date(2026, 3, 30))


def test_the_grid_answers_while_one_types(client, made, buyer):
    make.approved_order(made, make.line(made.bolt, "5", price=D("2.3")))
    rows = grid(
        {"item": made.bolt.pk, "quantity": "100"},
        {"item": made.paint.pk, "quantity": "2"},
        {"item": "", "quantity": ""},
    )
    response = client.post(reverse("scm:purchase-order-recalculate"), header(made) | rows)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'id="lines-0-net"' in page
    assert "250.00" in page
    assert "Supplier&#x27;s catalogue" in page
    assert "AL-77" in page
    assert "2.30" in page
    assert "No price known" in page
    assert "282.50" in page
    assert PurchaseOrder.objects.count() == 1


def test_approve_and_close_from_the_page(client, made, buyer):
    order = make.draft_order(made)
    client.post(reverse("scm:purchase-order-approve", args=[order.pk]), {"version": "0", "_key": "a"})
    order.refresh_from_db()
    assert order.state == PurchaseOrderState.APPROVED
    close = reverse("scm:purchase-order-close", args=[order.pk])
    refused = client.post(close)
    assert refused.status_code == 422
    assert order.number in refused.content.decode()
    client.post(close, {"reason": "Discontinued"})
    order.refresh_from_db()
    assert order.state == PurchaseOrderState.CLOSED


def test_a_refused_verb_is_swapped_into_the_page_by_htmx(client, made, buyer):
    order = make.draft_order(made, make.line(made.paint, "1"))
    response = client.post(reverse("scm:purchase-order-approve", args=[order.pk]), headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert response.headers["HX-Retarget"] == "#refusal"
    assert "price" in response.content.decode()


def test_a_change_is_typed_with_its_reason(client, made, buyer):
    order = make.approved_order(made, make.line(made.bolt, "10"), make.line(made.paint, "5", price=D(20)))
    first, second = order.lines.all()
    url = reverse("scm:purchase-order-change", args=[order.pk])
    page = client.get(url).content.decode()
    assert "BOLT Item BOLT" in page
    rows = grid(
        {"line_id": first.pk, "quantity": "12", "price": "2.5", "due_date": first.due_date},
        {"line_id": second.pk, "quantity": "5", "price": "20", "due_date": second.due_date, "DELETE": "on"},
        {"item": made.motor.pk, "quantity": "1", "price": "100"},
        initial=2,
    )
    missing = client.post(url, rows | {"version": "1"})
    assert missing.status_code == 422
    response = client.post(url, rows | {"version": "1", "reason": "Motor instead of paint"})
    assert response.status_code == 302
    lines = order.lines.all()
    assert [(one.quantity, one.is_closed) for one in lines] == [(D(12), False), (D(5), True), (D(1), False)]
    page = client.get(order.get_absolute_url()).content.decode()
    assert "Motor instead of paint" in page
    assert '<s class="text-secondary">10</s> 12' in page
    assert "dropped" in page


def test_confirmed_dates_are_typed_for_all_lines_at_once(client, made, buyer):
    order = make.approved_order(made, make.line(made.bolt, "10"), make.line(made.paint, "5", price=D(20)))
    first, second = order.lines.all()
    url = reverse("scm:purchase-order-confirm-dates", args=[order.pk])
    assert str(made.paint) in client.get(url).content.decode()
    rows = grid(
        {"line_id": first.pk, "confirmed_date": "2026-03-20"}, {"line_id": second.pk, "confirmed_date": ""}, initial=2
    )
    client.post(url, rows | {"supplier_reference": "AB-1", "version": "1"})
    assert [one.confirmed_date for one in order.lines.all()] == [dt.date(2026, 3, 20), None]


@pytest.mark.parametrize(("language", "word"), [("en", "Purchase order"), ("zh", "采购订单")])
def test_the_order_is_printed_with_the_suppliers_codes(client, made, buyer, language, word):
    ItemAlias.objects.create(
        item=made.bolt, kind="supplier", partner=made.supplier, code="ALIAS-9", name="Hex bolt, their name"
    )
    order = make.approved_order(made)
    url = reverse("scm:purchase-order-print", args=[order.pk])
    page = client.get(f"{url}?language={language}&format=html").content.decode()
    assert order.number in page
    assert "ALIAS-9" in page
    assert "Hex bolt, their name" in page
    assert "28.25" in page
    if language == "en":
        assert word in page


def test_the_print_needs_orders_and_prices(client, made):
    order = make.approved_order(made)
    url = reverse("scm:purchase-order-print", args=[order.pk]) + "?format=html"
    client.force_login(make_user("clerk", rights=["scm.view_purchaseorder"]))
    assert client.get(url).status_code == 403
    client.force_login(make_user("pricing", rights=["masterdata.view_purchase_price"]))
    assert client.get(url).status_code == 404


def test_the_list_filters(client, made, buyer):
    late = make.approved_order(made, make.line(made.bolt, "10", due_date=dt.date(2026, 3, 2)))
    other = make.approved_order(made, make.line(made.paint, "10", price=D(1)), partner_id=made.other.pk)
    url = reverse("scm:purchase-order-list")
    for query, shown, hidden in (
        ("late=true", late, other),
        ("q=PAINT", other, late),
        (f"partner={made.other.pk}", other, late),
        (f"item={made.bolt.pk}", late, other),
        ("expected=2026-03-02", late, other),
        ("q=S-BETA", other, late),
    ):
        page = client.get(f"{url}?{query}").content.decode()
        assert shown.get_absolute_url() in page, query
        assert hidden.get_absolute_url() not in page, query


def test_pages_need_few_queries(client, made, buyer, django_assert_max_num_queries):
    for _ in range(12):
        order = make.approved_order(made, *[make.line(made.bolt, "1") for _ in range(5)])
    urls = (reverse("scm:purchase-order-list"), order.get_absolute_url(), reverse("scm:receiving"))
    for url in urls:
        client.get(url)
        with django_assert_max_num_queries(45):
            client.get(url)


def test_a_partner_from_the_address_is_chosen(client, made, buyer):
    url = reverse("scm:purchase-order-create")
    page = client.get(f"{url}?partner={made.other.pk}").content.decode()
    assert str(made.other) in page


def test_panels_on_the_pages_of_partner_and_item(client, made, buyer):
    order = make.approved_order(made)
    make.posted_receipt(made, order, "4")
    supplier = client.get(made.supplier.get_absolute_url()).content.decode()
    assert order.number in supplier
    item = client.get(made.bolt.get_absolute_url()).content.decode()
    assert order.number in item
    customer = masterdata.customer()
    page = client.get(customer.get_absolute_url())
    assert page.status_code == 200
    assert "panel-scm.supplier" not in page.content.decode()


def test_history_shows_the_reopened_order(client, made, buyer):
    from core.operations import perform

    order = make.approved_order(made)
    perform(purchase_orders.reopen_purchase_order, actor=made.buyer, order_id=order.pk, reason="Wrong colour")
    assert "Wrong colour" in client.get(order.get_absolute_url()).content.decode()


def test_a_dearer_change_is_shown_as_proposed_and_carried_out_by_the_approval(client, made, buyer):
    ApprovalPolicy.objects.create(
        document_label="scm.purchaseorder", name="Dear", fact="amount", threshold=D(50), by_manager=True
    )
    order = make.approved_order(made)
    line = order.lines.get()
    row = {"line_id": line.pk, "quantity": "30", "price": "2.5", "due_date": line.due_date}
    posted = grid(row, initial=1) | {"version": order.version, "reason": "Wheels sell"}
    client.post(reverse("scm:purchase-order-change", args=[order.pk]), posted)
    page = client.get(order.get_absolute_url()).content.decode()
    for text in (
        "Proposed change",
        "Wheels sell",
        "84.75",
        reverse("scm:purchase-order-withdraw-change", args=[order.pk]),
    ):
        assert text in page, text
    assert reverse("scm:purchase-order-apply-change", args=[order.pk]) not in page
    boss = make_user("boss", superuser=True)
    client.force_login(boss)
    question = ApprovalRequest.objects.get()
    assert "Dear" in client.get(order.get_absolute_url()).content.decode()
    client.post(reverse("core:approval-decide", args=[question.pk]), {"approve": "1", "comment": "Good"})
    page = client.get(order.get_absolute_url()).content.decode()
    assert "Proposed change" not in page
    assert order.lines.get().quantity == D(30)


@pytest.mark.parametrize(("language", "words"), [("en", ("Supplier return", "Reason")), ("zh", ("采购退货单", "原因"))])
def test_a_return_is_printed_with_the_suppliers_codes(client, made, buyer, language, words):
    order = make.approved_order(made, make.line(made.bolt, "10"), make.line(made.paint, "5", price=D(20)))
    lines = make.counted(order)
    lines[1]["lot_code"] = "L-77"
    document = make.posted_return(made, make.posted_receipt(made, order, lines=lines), "3", "2")
    url = reverse("scm:supplier-return-print", args=[document.pk])
    page = client.get(f"{url}?language={language}&format=html").content.decode()
    for text in (document.number, order.number, "AL-77", "L-77", "Scratched", *words):
        assert text in page, text
    assert url in client.get(document.get_absolute_url()).content.decode()
    client.force_login(make_user("nobody"))
    assert client.get(url).status_code == 403
