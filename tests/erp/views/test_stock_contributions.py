"""What stock shows on the pages of others, in My work, search, dashboard and import."""

from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from core.contributions import Kpi, Panel, RelatedDocuments, SearchSource, WorkItems, contributions
from core.counting import number
from core.errors import InvalidInput
from core.operations import perform
from erp.contributions.stock_imports import OPENING_STOCK
from erp.models import StockBalance
from tests.factories import core, erp, masterdata

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    erp.place()
    made = masterdata.item("MOTOR")
    erp.opening(made, "10", "7")
    return made


def mine(kind, **query):
    return {one.key: one for one in contributions(kind, **query) if one.key.startswith("erp.")}


def test_panels_render_within_their_budget(item, django_assert_max_num_queries):
    boss = core.make_user("boss", superuser=True)
    order = erp.confirmed(item, "4")
    shipment = erp.shipped(order)
    pages = {
        "masterdata.item": item,
        "masterdata.partner": order.partner,
        "crm.salesorder": order,
        "crm.deliveryrequest": shipment.delivery_request,
    }
    request = RequestFactory().get("/")
    request.user = boss
    for page, thing in pages.items():
        for key in ("erp.stock", "erp.deliveries", "erp.shipments"):
            panel = mine(Panel, page=page).get(key)
            if panel is None:
                continue
            with django_assert_max_num_queries(panel.budget + 5):
                html = render_to_string(panel.template, panel.context(thing, boss) | {"object": thing}, request)
            assert ("MAIN" if page == "masterdata.item" else shipment.number) in html


def test_the_delivery_request_offers_a_pick_list_when_none_is_open(item):
    from erp.selectors.panels import shipments_of
    from erp.services import shipments

    clerk = core.user_in_role("warehouse")
    shipment = erp.to_pick(erp.confirmed(item, "4"))
    request = shipment.delivery_request
    request.refresh_from_db()
    assert not shipments_of(request, clerk)["may_pick"]
    perform(shipments.cancel_shipment, actor=None, shipment_id=shipment.pk)
    assert shipments_of(request, clerk)["may_pick"]
    assert not shipments_of(request, core.user())["may_pick"]


def test_work_waits_where_it_should(item):
    clerk = core.user_in_role("warehouse")
    order = erp.confirmed(item, "2")
    shipment = erp.to_pick(order)
    queues = mine(WorkItems)
    counts = {key: number(one.waiting(clerk)) for key, one in queues.items()}
    assert counts["erp.shipment.draft"] == 1
    [work] = queues["erp.shipment.draft"].items(clerk, 5)
    assert shipment.number in work.title
    assert queues["erp.shipment.draft"].url().endswith("?state=draft")
    erp.draft("transfer", {"item_id": item.pk, "quantity": D(1)})
    assert number(queues["erp.stockdocuments"].waiting(clerk)) == 1
    assert len(queues["erp.stockdocuments"].items(clerk, 5)) == 1
    assert number(queues["erp.returns"].waiting(clerk)) == 0


def test_search_finds_shipments_documents_and_lots(item):
    clerk = core.user_in_role("warehouse")
    shipment = erp.shipped(erp.confirmed(item, "2"), tracking_number="SF99")
    tracked = masterdata.item("GLUE", tracking="lot")
    document = erp.opening(tracked, "1", lot_code="LOT-7")
    sources = mine(SearchSource)
    assert sources["erp.shipment"].search(shipment.number, clerk, 5)[0].exact
    assert sources["erp.shipment"].search("sf99", clerk, 5)[0].url == shipment.get_absolute_url()
    assert sources["erp.lot"].search("lot-7", clerk, 5)[0].exact
    assert sources["erp.stockdocument"].search(document.number, clerk, 5)[0].exact
    assert sources["erp.returnreceipt"].search("nothing", clerk, 5) == []


def test_figures_and_related_documents(item):
    boss = core.make_user("boss", superuser=True)
    order = erp.confirmed(item, "2")
    erp.to_pick(order)
    figures = mine(Kpi)
    assert number(figures["erp.stock_value"].value(boss)) == D(70)
    assert number(figures["erp.to_ship"].value(boss)) == 1
    related = mine(RelatedDocuments, page="crm.salesorder")
    assert related["erp.shipments"].count(order, boss) == 1
    assert related["erp.shipments"].url(order).endswith(f"?order={order.pk}")


def test_opening_stock_comes_from_a_file():
    warehouse = erp.place()
    item = masterdata.item("BOLT")
    row = {"item": "BOLT", "quantity": D(5), "unit_cost": D(2), "warehouse": warehouse.code}
    values = OPENING_STOCK.arguments(row | {"rows": [row, row | {"quantity": D(3)}]}, None)
    perform(OPENING_STOCK.service, actor=None, **values)
    assert StockBalance.objects.get(item=item).on_hand == 8
    for wrong in ({"item": "NOBODY"}, {"warehouse": "NOWHERE"}, {"location": "NOPLACE"}):
        with pytest.raises(InvalidInput):
            OPENING_STOCK.arguments(row | wrong, None)
