"""Typing documents: what is posted becomes rows, what is wrong stays typed."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from crm.models import (
    DeliveryRequest,
    Lead,
    Opportunity,
    OpportunityStage,
    OrderChange,
    Quotation,
    ReturnRequest,
    SalesOrder,
)
from tests.factories import crm, masterdata
from tests.factories.approvals import policy
from tests.factories.core import make_user

D = Decimal


@pytest.fixture
def seller(client, day):
    user = make_user("seller", superuser=True)
    client.force_login(user)
    return user


def grid(*lines, initial=0):
    """What the lines grid posts."""
    data = {"lines-TOTAL_FORMS": str(len(lines)), "lines-INITIAL_FORMS": str(initial)}
    for number, line in enumerate(lines):
        data |= {f"lines-{number}-{name}": str(value) for name, value in line.items()}
    return data


def post(client, name, data, *args):
    return client.post(reverse(f"crm:{name}", args=args), data)


def test_quotation_is_made_from_the_form(client, seller):
    masterdata.warehouse()
    partner, item = masterdata.customer(), masterdata.item(tax=masterdata.tax())
    data = {"partner": partner.pk, "tax_included": "0", "valid_until": "2026-04-30"}
    answer = post(
        client,
        "quotation-create",
        data | grid({"item": item.pk, "quantity": "3", "price": "100", "discount_percent": "10"}, {}),
    )
    quotation = Quotation.objects.get()
    assert answer.url == quotation.get_absolute_url()
    assert (quotation.partner, quotation.valid_until) == (partner, dt.date(2026, 4, 30))
    assert (quotation.net_amount, quotation.gross_amount) == (D(270), D("305.10"))
    assert quotation.owner == seller


def test_unknown_item_is_refused_and_stays_typed(client, seller):
    masterdata.warehouse()
    data = {"partner": masterdata.customer().pk}
    lines = grid({"item": "", "item-text": "6204-ZZ", "quantity": "3", "price": "1"})
    answer = post(client, "quotation-create", data | lines)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "6204-ZZ" in text
    assert "No item answers to" in text
    assert not Quotation.objects.exists()


def test_refusal_of_the_service_keeps_what_was_typed(client, seller):
    masterdata.warehouse()
    item = masterdata.item()
    data = {"partner": masterdata.customer().pk, "customer_po": "KEEP-ME"}
    answer = post(client, "sales-order-create", data | grid({"item": item.pk, "item-text": "x", "quantity": "2"}))
    assert answer.status_code == 422
    assert "KEEP-ME" in answer.content.decode()
    assert "no price" in answer.content.decode()


def test_same_one_time_key_makes_one_order(client, seller):
    masterdata.warehouse()
    data = {"partner": masterdata.customer().pk, "_key": "k-1"}
    data |= grid({"item": masterdata.item().pk, "quantity": "1", "price": "5"})
    first, second = post(client, "sales-order-create", data), post(client, "sales-order-create", data)
    assert first.url == second.url
    assert SalesOrder.objects.count() == 1


def test_order_is_edited(client, seller):
    order = crm.sales_order()
    line = order.lines.get()
    row = {"id": line.pk, "item": line.item_id, "quantity": "4", "price": "100", "promised_date": "2026-04-02"}
    new = {"description": "Freight", "quantity": "1", "price": "80"}
    data = {"version": order.version, "customer_po": "B-2", "tax_included": "1"}
    answer = post(client, "sales-order-edit", data | grid(row, new, initial=1), order.pk)
    assert answer.status_code == 302
    order.refresh_from_db()
    assert (order.customer_po, order.gross_amount, order.lines.count()) == ("B-2", D(480), 2)
    assert order.ship_to is not None
    assert order.lines.first().promised_date == dt.date(2026, 4, 2)
    again = post(client, "sales-order-edit", data | grid(row, new, initial=1), order.pk)
    assert again.status_code == 409


def test_removed_row_is_dropped(client, seller):
    order = crm.sales_order(None, crm.line(), crm.line())
    first, second = order.lines.all()
    rows = [{"id": one.pk, "item": one.item_id, "quantity": "1", "price": "1"} for one in (first, second)]
    rows[1]["DELETE"] = "on"
    post(client, "sales-order-edit", {"version": 0} | grid(*rows, initial=2), order.pk)
    assert [line.pk for line in order.lines.all()] == [first.pk]


def test_confirm_by_click_and_refusal_in_place(client, seller, answers):
    order = crm.sales_order(masterdata.customer(credit_limit=D(999)))
    url = reverse("crm:sales-order-confirm", args=[order.pk])
    refused = client.post(url, {"version": order.version})
    assert refused.status_code == 409
    assert "credit limit" in refused.content.decode()
    by_htmx = client.post(url, {"version": order.version}, headers={"HX-Request": "true"})
    assert (by_htmx.status_code, by_htmx.headers["HX-Retarget"]) == (409, "#refusal")
    order.partner.credit_limit = None
    order.partner.save()
    assert client.post(url, {"version": order.version}).url == order.get_absolute_url()
    assert client.post(url, {"version": order.version + 1}).status_code == 409


@pytest.mark.parametrize("name", ["quotation", "sales-order"])
def test_recalculation_shows_price_stock_promise_cost_and_margin(client, seller, answers, name):
    masterdata.warehouse()
    partner, item = masterdata.customer(), masterdata.item()
    masterdata.price_list({"item": item, "price": D(100), "floor_price": D(90)})
    crm.confirmed_order(partner, crm.line(item, "2", "97"), tax_included=False)
    answers.costs, answers.on_hand = {item.pk: D(60)}, D(7)
    data = {"partner": partner.pk, "tax_included": "0"} | grid({"item": item.pk, "quantity": "10", "price": "80"}, {})
    text = post(client, f"{name}-recalculate", data).content.decode()
    _head, *pieces = re.split(r'<span id="lines-0-(\w+)" hx-swap-oob="true">', text)
    cells = dict(zip(pieces[::2], pieces[1::2], strict=True))
    plain = {name: re.sub("<[^>]+>", " ", cell.split("<div")[0]).split() for name, cell in cells.items()}
    assert plain["amount"] == ["800.00"]
    assert [word for word in plain["prices"] if word in {"100.00", "97.00", "90.00"}] == ["100.00", "97.00", "90.00"]
    assert any(word.startswith("LIST") for word in plain["prices"])
    assert plain["stock"] == ["On", "hand", "7", "Available", "7", "There", "on", "2026-03-10"]
    assert plain["margin"] == ["Cost", "60.00", "Margin", "25", "%"]
    assert "Below the floor price" in text
    assert "3 short" in text
    assert 'id="document-totals" hx-swap-oob="true"' in text
    assert not Quotation.objects.exists()


def test_recalculation_hides_cost_and_margin_from_others(client, day, answers):
    masterdata.warehouse()
    item = masterdata.item()
    answers.costs = {item.pk: D("61.37")}
    client.force_login(make_user("clerk", rights=["crm.view_quotation"]))
    data = {"partner": masterdata.customer().pk} | grid({"item": item.pk, "quantity": "10", "price": "80"})
    text = post(client, "quotation-recalculate", data).content.decode()
    assert "61.37" not in text
    assert "lines-0-margin" not in text
    assert "lines-0-amount" in text


def test_recalculation_of_half_typed_lines(client, seller):
    masterdata.warehouse()
    sold, dead = masterdata.item(), masterdata.item(is_sold=False)
    rows = [
        {"item": sold.pk, "quantity": "2", "price": "10"},
        {"item": dead.pk, "quantity": "1", "price": "10"},
        {"item": sold.pk, "quantity": "abc"},
    ]
    text = post(client, "quotation-recalculate", {"partner": masterdata.customer().pk} | grid(*rows)).content.decode()
    assert '<span id="lines-0-amount" hx-swap-oob="true">20.00</span>' in text
    assert "not for sale" in text
    assert post(client, "quotation-recalculate", grid({})).status_code == 204


def test_stored_quotation_does_not_compete_with_itself(client, seller, answers):
    quotation = crm.quotation()
    line = quotation.lines.get()
    row = {"id": line.pk, "item": line.item_id, "quantity": "10", "price": "80"}
    url = reverse("crm:quotation-recalculate") + f"?document={quotation.pk}"
    client.post(url, grid(row, initial=1))
    assert answers.asked[-1] == ("promise", None, quotation.pk)


def test_change_page_makes_a_revision(client, seller):
    order = crm.confirmed_order()
    line = order.lines.get()
    row = {"id": line.pk, "item": line.item_id, "quantity": "7", "price": "100", "uom": line.uom_id}
    data = {"version": order.version, "reason": "Customer called", "payment_term": order.payment_term_id}
    data |= {"warehouse": order.warehouse_id}
    answer = post(client, "sales-order-change", data | grid(row, initial=1), order.pk)
    assert answer.url == order.get_absolute_url()
    assert OrderChange.objects.get().reason == "Customer called"
    page = client.get(answer.url).content.decode()
    assert "Customer called" in page
    missing = post(client, "sales-order-change", data | {"reason": ""} | grid(row, initial=1), order.pk)
    assert missing.status_code == 422


def test_change_that_needs_approval_can_be_proposed_on_the_spot(client, seller):
    order = crm.confirmed_order()
    policy("crm.salesorder", "amount", "gt", "1500")
    line = order.lines.get()
    row = {"id": line.pk, "item": line.item_id, "quantity": "20", "price": "100"}
    data = {"version": order.version, "reason": "More", "warehouse": order.warehouse_id} | grid(row, initial=1)
    data |= {"payment_term": order.payment_term_id}
    refused = post(client, "sales-order-change", data, order.pk)
    propose = reverse("crm:sales-order-propose-change", args=[order.pk])
    assert refused.status_code == 409
    assert propose in refused.content.decode()
    assert client.post(propose, data).status_code == 302
    page = client.get(order.get_absolute_url()).content.decode()
    assert "Proposed change" in page
    assert "Request approval" in page


def test_delivery_and_return_forms(client, seller):
    order = crm.confirmed_order(requested_date=dt.date(2026, 3, 20))
    line = order.lines.get()
    page = client.get(reverse("crm:sales-order-deliver", args=[order.pk])).content.decode()
    assert 'value="10"' in page
    data = {"ship_date": "2026-03-12", "ship_to": order.ship_to_id, "warehouse": order.warehouse_id}
    data |= grid({"order_line_id": line.pk, "quantity": "4"}, initial=1)
    answer = post(client, "sales-order-deliver", data, order.pk)
    request = DeliveryRequest.objects.get()
    assert (answer.url, request.lines.get().quantity) == (request.get_absolute_url(), D(4))
    too_much = post(client, "sales-order-deliver", data | {"lines-0-quantity": "7"}, order.pk)
    assert too_much.status_code == 409
    crm.delivered(order, "4")
    data = {"reason": "Dented", "warehouse": order.warehouse_id}
    data |= grid({"order_line_id": line.pk, "quantity": "1", "reason": "Corner"}, initial=1)
    post(client, "sales-order-return", data, order.pk)
    back = ReturnRequest.objects.get()
    assert (back.reason, back.lines.get().reason, back.lines.get().quantity) == ("Dented", "Corner", D(1))


def test_lead_to_opportunity_to_quotation(client, seller):
    assert post(client, "lead-create", {"company_name": "Acme", "source": "phone"}).status_code == 302
    lead = Lead.objects.get()
    answer = post(client, "lead-qualify", {"title": "Grinders", "amount": "5000"}, lead.pk)
    one = Opportunity.objects.get()
    assert answer.url == one.get_absolute_url()
    into = client.get(reverse("crm:opportunity-quote", args=[one.pk]))
    page = client.get(into.url).content.decode()
    assert str(one.partner) in page
    assert f'value="{one.pk}"' in page


def test_possible_duplicate_is_asked_about(client, seller):
    masterdata.customer(name="Acme Tools")
    lead = crm.lead(company_name="ACME TOOLS")
    asked = post(client, "lead-qualify", {"title": "Grinders"}, lead.pk)
    assert asked.status_code == 409
    assert 'type="checkbox" name="accept_duplicates"' in asked.content.decode()
    assert post(client, "lead-qualify", {"title": "G", "accept_duplicates": "on"}, lead.pk).status_code == 302


def test_board_moves_cards(client, seller):
    one = crm.opportunity(amount=D(1000))
    stage = OpportunityStage.objects.get(code="proposal")
    page = client.get(reverse("crm:opportunity-board")).content.decode()
    assert one.title in page
    moved = post(client, "opportunity-move", {"id": one.pk, "to": stage.pk})
    one.refresh_from_db()
    assert (moved.status_code, one.stage) == (204, stage)
    assert post(client, "opportunity-move", {"id": one.pk, "to": "x"}).status_code == 422


def test_addresses_of_a_customer_are_offered(client, seller):
    partner = masterdata.customer()
    url = reverse("crm:address-lookup")
    [found] = client.get(url, {"partner": partner.pk, "q": ""}).json()["results"]
    assert found["id"] == partner.addresses.get().pk
    assert client.get(url, {"q": "x"}).json() == {"results": []}


def test_customer_page_shows_orders_quotations_opportunities(client, seller):
    order = crm.confirmed_order()
    quotation = crm.quotation(order.partner)
    one = crm.opportunity(order.partner)
    page = client.get(order.partner.get_absolute_url()).content.decode()
    assert all(str(document) in page for document in (order, quotation, one))
