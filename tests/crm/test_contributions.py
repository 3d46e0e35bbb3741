"""What sales shows elsewhere: figures, pictures, queues, search, panels, rights."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.contributions import Chart, Kpi, Panel, SearchSource, WorkItems, contributions
from core.counting import counted, number
from core.permissions import ROLES
from crm.states import OpportunityState
from tests.factories import crm, masterdata
from tests.factories.core import make_user

D = Decimal


def own(kind):
    """The contributions of sales of one kind, by key."""
    return {one.key: one for one in contributions(kind) if one.permission.startswith("crm.")}


@pytest.fixture
def chief(day):
    return make_user("chief", superuser=True)


def test_figures(chief, day):
    masterdata.exchange_rate("USD", "7", day)
    crm.quotation()
    crm.sent_quotation()
    crm.confirmed_order(None, crm.line(quantity="1", price="100"))
    crm.confirmed_order(masterdata.customer(currency="USD"), crm.line(quantity="1", price="10"), tax_included=False)
    crm.confirmed_order(requested_date=day - dt.timedelta(days=2))
    crm.sales_order()
    crm.opportunity(amount=D(1000))
    figures = own(Kpi)
    assert number(figures["open-quotations"].value(chief)) == 2
    assert number(figures["orders-this-month"].value(chief)) == D("88.50") + D("884.96") + D(10) * 7
    assert number(figures["overdue-deliveries"].value(chief)) == 1
    assert figures["pipeline"].value(chief) == D(100)


@pytest.mark.parametrize("key", ["open-quotations", "orders-this-month", "overdue-deliveries", "pipeline"])
def test_figures_open_the_list_behind_them(client, chief, key):
    client.force_login(chief)
    assert client.get(own(Kpi)[key].url()).status_code == 200


def test_funnel_shows_the_stages_with_their_lists(chief, day):
    crm.opportunity(amount=D("1000.40"))
    option = own(Chart)["sales-funnel"].option(chief)
    rows = option["series"][0]["data"]
    assert [row["value"] for row in rows] == [1000, 0, 0, 0]
    assert all(f"state={OpportunityState.OPEN}" in row["url"] for row in rows)


def test_queues_count_list_and_link(client, chief, day):
    client.force_login(chief)
    crm.lead(next_contact_date=day)
    crm.lead(next_contact_date=day + dt.timedelta(days=1))
    crm.sent_quotation(valid_until=day + dt.timedelta(days=7))
    crm.sent_quotation(valid_until=day + dt.timedelta(days=8))
    crm.sales_order()
    due = crm.confirmed_order(requested_date=day + dt.timedelta(days=3))
    crm.confirmed_order(requested_date=day + dt.timedelta(days=4))
    asked = crm.confirmed_order(requested_date=day)
    crm.delivery_request(asked)
    crm.return_request(crm.delivered(crm.confirmed_order(requested_date=day + dt.timedelta(days=9)), "2"))
    queues = own(WorkItems)
    counts = counted({key: queue.waiting(chief) for key, queue in queues.items()})
    assert counts == {
        "leads-to-follow": 1,
        "quotations-expiring": 1,
        "orders-to-confirm": 1,
        "orders-to-deliver": 1,
        "deliveries-to-release": 1,
        "returns-to-approve": 1,
    }
    [item] = queues["orders-to-deliver"].items(chief, 5)
    assert (item.title, item.due, item.overdue) == (due.number, dt.date(2026, 3, 13), False)
    for key, queue in queues.items():
        assert len(queue.items(chief, 5)) == counts[key]
        page = client.get(queue.url())
        assert page.status_code == 200
        assert len(page.context["table"].rows) == counts[key], key


def test_queues_keep_to_the_readers_scope(day):
    crm.sales_order()
    seller = make_user("seller", scope="own", rights=["crm.view_salesorder"])
    assert number(own(WorkItems)["orders-to-confirm"].waiting(seller)) == 0


def test_search_finds_documents_best_first(chief, day):
    partner = masterdata.customer(name="Shanghai Jinggong", name_zh="上海精工")
    order = crm.sales_order(partner, customer_po="THEIR-77")
    crm.sales_order(partner)
    search = own(SearchSource)["sales-orders"].search
    assert {hit.title for hit in search("精工", chief, 5)} >= {order.number}
    [first, *_rest] = search(order.number.lower(), chief, 5)
    assert (first.title, first.exact) == (order.number, True)
    assert [hit.title for hit in search("their-77", chief, 5)] == [order.number]
    assert search("x", chief, 5) == []
    seller = make_user("seller", scope="own", rights=["crm.view_salesorder"])
    assert search(order.number, seller, 5) == []


def test_panels_keep_their_budget(chief, day):
    order = crm.confirmed_order()
    crm.quotation(order.partner)
    crm.opportunity(order.partner)
    for panel in own(Panel).values():
        with CaptureQueriesContext(connection) as queries:
            context = panel.context(order.partner, chief)
            assert len(list(context["rows"])) == 1
        assert len(queries) <= panel.budget


def test_roles_name_rights_that_exist(day):
    from django.contrib.auth.models import Permission

    known = {
        f"crm.{codename}"
        for codename in Permission.objects.filter(content_type__app_label="crm").values_list("codename", flat=True)
    }
    wanted = {
        right for role in ROLES.values() for right in role.rights if right.startswith("crm.") and "*" not in right
    }
    assert wanted <= known
    assert "crm.view_margin" not in ROLES["sales"].rights


@pytest.mark.parametrize(
    ("name", "budget"),
    [("sales-order-list", 30), ("quotation-list", 25), ("lead-list", 25), ("opportunity-board", 30)],
)
def test_lists_do_not_ask_more_with_more_rows(client, chief, day, name, budget):
    client.force_login(chief)
    make = {"sales": crm.confirmed_order, "quotation": crm.quotation, "lead": crm.lead, "opportunity": crm.opportunity}[
        name.split("-", maxsplit=1)[0]
    ]
    url = reverse(f"crm:{name}")

    def statements():
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        return len(queries)

    make()
    one = statements()
    for _number in range(3):
        make()
    assert statements() <= one
    assert one <= budget
