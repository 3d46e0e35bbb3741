"""Every page of sales: anonymous, without the right, out of scope, with the right."""

import pytest
from django.urls import reverse

from core.operations import perform
from crm.services import campaigns
from crm.states import LostReason
from tests.factories import crm, masterdata
from tests.factories.core import make_user

LISTS = {
    "campaign-list": "crm.view_campaign",
    "stage-list": "crm.view_opportunitystage",
    "lead-list": "crm.view_lead",
    "opportunity-list": "crm.view_opportunity",
    "opportunity-board": "crm.view_opportunity",
    "quotation-list": "crm.view_quotation",
    "sales-order-list": "crm.view_salesorder",
    "delivery-request-list": "crm.view_deliveryrequest",
    "return-request-list": "crm.view_returnrequest",
}
NEW = {
    "campaign-create": "crm.add_campaign",
    "stage-create": "crm.add_opportunitystage",
    "lead-create": "crm.add_lead",
    "opportunity-create": "crm.add_opportunity",
    "quotation-create": "crm.add_quotation",
    "sales-order-create": "crm.add_salesorder",
}


def campaign():
    return perform(campaigns.create_campaign, actor=None, code="FAIR", name="Fair")


def delivered():
    return crm.delivered(crm.confirmed_order(), "5")


MAKERS = {
    "campaign-detail": (campaign, "crm.view_campaign"),
    "campaign-edit": (campaign, "crm.change_campaign"),
    "lead-detail": (crm.lead, "crm.view_lead"),
    "lead-edit": (crm.lead, "crm.change_lead"),
    "lead-qualify": (crm.lead, "crm.qualify_lead"),
    "lead-lose": (crm.lead, "crm.lose_lead"),
    "opportunity-detail": (crm.opportunity, "crm.view_opportunity"),
    "opportunity-edit": (crm.opportunity, "crm.change_opportunity"),
    "opportunity-lose": (crm.opportunity, "crm.lose_opportunity"),
    "quotation-detail": (crm.quotation, "crm.view_quotation"),
    "quotation-edit": (crm.quotation, "crm.change_quotation"),
    "quotation-lose": (crm.sent_quotation, "crm.lose_quotation"),
    "sales-order-detail": (delivered, "crm.view_salesorder"),
    "sales-order-edit": (crm.sales_order, "crm.change_salesorder"),
    "sales-order-change": (crm.confirmed_order, "crm.revise_salesorder"),
    "sales-order-deliver": (crm.confirmed_order, "crm.add_deliveryrequest"),
    "sales-order-return": (delivered, "crm.add_returnrequest"),
    "delivery-request-detail": (crm.delivery_request, "crm.view_deliveryrequest"),
    "delivery-request-edit": (crm.delivery_request, "crm.change_deliveryrequest"),
    "return-request-detail": (lambda: crm.return_request(delivered()), "crm.view_returnrequest"),
    "return-request-edit": (lambda: crm.return_request(delivered()), "crm.change_returnrequest"),
}


def signed_in(client, *rights, **fields):
    user = make_user("reader", rights=rights, **fields)
    client.force_login(user)
    return user


@pytest.mark.parametrize("name", [*LISTS, *NEW])
def test_lists_and_empty_forms_ask_for_their_right(client, day, name):
    url = reverse(f"crm:{name}")
    assert client.get(url).status_code == 302
    user = signed_in(client)
    assert client.get(url).status_code == 403
    client.force_login(make_user("entitled", rights=[(LISTS | NEW)[name]]))
    assert client.get(url).status_code == 200
    assert user


@pytest.mark.parametrize("name", list(MAKERS))
def test_document_pages_ask_for_their_right(client, day, name):
    make, right = MAKERS[name]
    url = reverse(f"crm:{name}", args=[make().pk])
    assert client.get(url).status_code == 302
    signed_in(client)
    assert client.get(url).status_code == 403
    client.force_login(make_user("entitled", rights=[right]))
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", list(MAKERS))
def test_document_pages_show_everything_to_who_may_see_everything(client, day, answers, name, language):
    make, _right = MAKERS[name]
    document = make()
    client.force_login(make_user("chief", superuser=True, language=language))
    assert client.get(reverse(f"crm:{name}", args=[document.pk])).status_code == 200


@pytest.mark.parametrize(
    "name", ["lead-detail", "opportunity-detail", "quotation-detail", "sales-order-detail", "delivery-request-detail"]
)
def test_documents_of_others_are_not_found_in_ones_own_scope(client, day, name):
    make, right = MAKERS[name]
    url = reverse(f"crm:{name}", args=[make().pk])
    signed_in(client, right, scope="own")
    assert client.get(url).status_code == 404


def test_lists_show_only_ones_own(client, day):
    seller = signed_in(client, "crm.view_salesorder", scope="own")
    mine = crm.sales_order(actor=make_user("boss", superuser=True), owner_id=seller.pk)
    other = crm.sales_order()
    page = client.get(reverse("crm:sales-order-list")).content.decode()
    assert mine.number in page
    assert other.number not in page


@pytest.mark.parametrize("name", ["quotation", "sales-order"])
@pytest.mark.parametrize(("language", "words"), [("zh", "人民币"), ("en", "Your contact")])
def test_prints(client, day, name, language, words):
    seller = signed_in(client, "crm.view_quotation", "crm.view_salesorder")
    make = crm.quotation if name == "quotation" else crm.confirmed_order
    document = make(None, crm.line(price="113"), owner_id=seller.pk)
    url = reverse(f"crm:{name}-print", args=[document.pk])
    page = client.get(url, {"language": language, "format": "html"})
    text = page.content.decode()
    assert page.status_code == 200
    assert document.number in text
    assert words in text
    assert ("壹仟壹佰叁拾元整" in text) == (language == "zh")


def test_print_shows_the_customers_own_code(client, day):
    signed_in(client, "crm.view_quotation")
    partner = masterdata.customer()
    alias = {"kind": "customer", "partner": partner, "code": "THEIR-9", "name": "Their name"}
    item = masterdata.item(aliases=[alias])
    quotation = crm.quotation(partner, crm.line(item))
    url = reverse("crm:quotation-print", args=[quotation.pk])
    text = client.get(url, {"language": "en", "format": "html"}).content.decode()
    assert "THEIR-9" in text
    assert "Their name" in text


def test_order_list_says_how_far_the_goods_are(client, day):
    signed_in(client, "crm.view_salesorder")
    waiting = crm.confirmed_order()
    partly = crm.delivered(crm.confirmed_order(), "3")
    shipped = crm.delivered(crm.confirmed_order(), "10")
    url = reverse("crm:sales-order-list")
    for code, order in [("waiting", waiting), ("partial", partly), ("shipped", shipped)]:
        page = client.get(url, {"fulfilment": code}).content.decode()
        others = {waiting, partly, shipped} - {order}
        assert order.number in page
        assert all(other.number not in page for other in others)


def test_overdue_orders_are_found(client, day):
    import datetime as dt

    signed_in(client, "crm.view_salesorder")
    late = crm.confirmed_order(requested_date=day - dt.timedelta(days=1))
    due = crm.confirmed_order(requested_date=day)
    page = client.get(reverse("crm:sales-order-list"), {"overdue": "true"}).content.decode()
    assert late.number in page
    assert due.number not in page


def test_search_finds_by_partner_pinyin_number_and_item(client, day):
    signed_in(client, "crm.view_quotation")
    partner = masterdata.customer(name="Shanghai Jinggong", name_zh="上海精工")
    item = masterdata.item("GRINDER-7")
    quotation = crm.quotation(partner, crm.line(item))
    other = crm.quotation()
    url = reverse("crm:quotation-list")
    for text in ("精工", "jinggong", quotation.number, "GRINDER"):
        page = client.get(url, {"q": text}).content.decode()
        assert quotation.number in page
        assert other.number not in page


def test_lost_quotation_says_why(client, day):
    signed_in(client, "crm.view_quotation", "crm.lose_quotation")
    quotation = crm.sent_quotation()
    url = reverse("crm:quotation-lose", args=[quotation.pk])
    answer = client.post(url, {"lost_reason": LostReason.PRICE, "reason": "10 % too dear"})
    assert answer.url == quotation.get_absolute_url()
    page = client.get(answer.url).content.decode()
    assert "10 % too dear" in page


def test_a_form_leads_back_and_a_page_beside_an_entry_lights_it(client, db):
    client.force_login(make_user("boss", superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    leads = reverse("crm:lead-list")
    new = client.get(reverse("crm:lead-create")).content.decode()
    assert new.count(f'href="{leads}"') >= 3  # navigation, crumb, Back
    board = client.get(reverse("crm:opportunity-list"))
    assert board.context["active_entry"]["url"] == reverse("crm:opportunity-board")


def test_columns_on_wish_come_when_they_are_chosen(client, db):
    client.force_login(make_user("boss", superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    masterdata.customer("ACME")
    page = reverse("masterdata:partner-list")
    first = client.get(page)
    assert "tax_number" not in [column.name for column in first.context["table"].columns]
    offered = {one["name"]: one for one in first.context["columns"]}
    assert (offered["tax_number"]["label"], offered["tax_number"]["shown"]) == ("Tax number", False)
    chosen = {"columns": ["code", "tax_number"], "path": page}
    client.post(reverse("core:columns-save", args=["masterdata.partner"]), chosen)
    assert [column.name for column in client.get(page).context["table"].columns] == ["code", "tax_number"]
    file = client.get(page, {"export": "csv"})
    assert b"".join(file.streaming_content).decode("utf-8-sig").splitlines()[0] == "Code,Tax number"
