"""Pegging upwards, what is short for one order, and both as pictures."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core.clock import today
from core.operations import perform
from erp.models import PlannedOrder, Supply, WorkOrder
from erp.selectors.peg_pictures import sankey_option, tree_option
from erp.selectors.peg_uses import Uses, uses_of_planned_order, uses_of_stock, uses_of_supply
from erp.selectors.pegging import pegs_of_line, pegs_of_work_order
from erp.selectors.short_of import awaited_items, short_items
from erp.selectors.work_orders import material_supply
from erp.services.supply import ExpectedSupply, set_expected
from tests.erp.services.conftest import factory
from tests.factories import core, crm, erp_make, masterdata

__all__ = ["factory"]
pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def chain(factory):
    """TOP = 2 SUB, SUB = 3 RAW. ACME wants 10 TOP in 20 days, BETA 5 in 30; 60 RAW come in 25."""
    top, sub = erp_make.made("TOP", lead_time_days=1), erp_make.made("SUB", lead_time_days=1)
    raw = masterdata.item("RAW", lead_time_days=5)
    erp_make.bom(top, (sub, "2"))
    erp_make.bom(sub, (raw, "3"))
    erp_make.stock(raw, "12")
    orders = [
        crm.confirmed_order(
            masterdata.customer(code), crm.line(top, quantity, ship_date=factory + dt.timedelta(days=n))
        )
        for code, quantity, n in (("ACME", "10", 20), ("BETA", "5", 30))
    ]
    row = ExpectedSupply(1, raw.pk, D(60), factory + dt.timedelta(days=25))
    perform(set_expected, actor=None, source_label="crm.salesorder", source_id=1, kind="purchase", rows=[row])
    erp_make.plan()
    return top, sub, raw, orders


def served(uses: Uses) -> list[tuple]:
    return [(one.demand.source_number, one.quantity, one.depends) for one in uses.served()]


def test_a_purchase_serves_the_orders_its_goods_go_into(chain) -> None:
    """ACME needs 60 RAW: 12 lie there, 48 of the purchase; BETA needs 30: the last 12 of it."""
    _top, _sub, raw, (acme, beta) = chain
    uses = uses_of_supply(Supply.objects.get(item=raw))
    assert served(uses) == [(acme.number, D(8), D(48)), (beta.number, D(2), D(12))]
    assert (uses.quantity, uses.free) == (D(60), D(0))
    assert [one.days_late > 0 for one in uses.served()] == [True, False]
    assert [(node.depth, node.item.code, node.target) for node in uses.rows()][:3] == [
        (0, "RAW", "planned"),
        (1, "SUB", "planned"),
        (2, "TOP", "demand"),
    ]


def test_stock_and_planned_orders_are_followed_too(chain) -> None:
    top, _sub, raw, (acme, beta) = chain
    assert served(uses_of_stock(raw)) == [(acme.number, D(2), D(12))]
    assert uses_of_stock(top) is None
    planned = PlannedOrder.objects.filter(item=raw).get()
    assert served(uses_of_planned_order(planned)) == [(beta.number, D(3), D(18))]
    planned.sequence = 9
    assert uses_of_planned_order(planned) is None


def test_a_work_order_passes_on_what_its_material_is_for(chain, factory) -> None:
    top, _sub, _raw, (acme, _beta) = chain
    order = erp_make.released_work_order(top, "10", due_date=factory + dt.timedelta(days=15))
    erp_make.plan()
    uses = uses_of_supply(Supply.objects.get(source_label="erp.workorder", source_id=order.pk))
    assert served(uses) == [(acme.number, D(10), D(10))]
    assert pegs_of_work_order(order.pk).rows()[0].item.code == "SUB"
    assert pegs_of_work_order(0) is None


def test_what_nobody_needs_goes_to_stock(factory) -> None:
    raw = masterdata.item("RAW")
    erp_make.stock(raw, "7")
    uses = uses_of_stock(raw)
    assert (uses.free, uses.served()) == (D(7), [])


def test_late_nodes_say_what_they_wait_for(chain) -> None:
    _top, _sub, _raw, (acme, _beta) = chain
    late = {
        node.item.code: (node.why, node.why_item and node.why_item.code)
        for node in pegs_of_line(acme.lines.get().pk).rows()
        if node.is_late
    }
    assert late["TOP"] == ("parts", "SUB")
    assert late["SUB"] == ("parts", "RAW")
    assert late["RAW"] == ("late_supply", None)


def test_what_is_short_for_a_line_and_asking_for_it(chain) -> None:
    top, _sub, _raw, (_acme, beta) = chain
    line = beta.lines.get()
    rows = short_items(pegs_of_line(line.pk))
    assert [(row.item.code, row.quantity, len(row.orders)) for row in rows] == [
        ("RAW", D(18), 1),
        ("SUB", D(10), 1),
        ("TOP", D(5), 1),
    ]
    client = Client()
    client.force_login(core.superuser())
    page = client.get(reverse("erp:line-shortages", args=[line.pk]))
    assert [row.item.code for row in page.context["rows"]] == ["RAW", "SUB", "TOP"]
    identity = rows[2].orders[0].identity
    done = client.post(reverse("erp:request-short"), {"ids": [identity], "next": "/erp/plan/"})
    assert done.url == "/erp/plan/"
    assert WorkOrder.objects.get(item=top).quantity == D(5)
    work_order = WorkOrder.objects.get(item=top)
    assert client.get(reverse("erp:work-order-shortages", args=[work_order.pk])).status_code == 200
    client.force_login(core.user("erp.view_plannedorder"))
    assert client.post(reverse("erp:request-short"), {"ids": [identity]}).status_code == 403


def test_what_is_provided_for_but_not_there_is_said(factory) -> None:
    """20 of A come a week late, 3 of B lie in another warehouse, 5 of C are there; nothing has to be ordered."""
    top, a, b, c = erp_make.made("TOP"), *map(masterdata.item, "ABC")
    erp_make.bom(top, (a, "4"), (b, "1"), (c, "1"))
    erp_make.stock(b, "2")
    erp_make.stock(c, "5")
    other = masterdata.warehouse("OTHER")
    erp_make.stock(b, "3", warehouse=other)
    day = factory + dt.timedelta(days=17)
    row = ExpectedSupply(1, a.pk, D(20), day)
    perform(set_expected, actor=None, source_label="crm.salesorder", source_id=1, kind="purchase", rows=[row])
    order = erp_make.released_work_order(top, "5", due_date=factory + dt.timedelta(days=10))
    erp_make.plan()

    pegs = pegs_of_work_order(order.pk)
    assert short_items(pegs) == []
    rows = awaited_items(pegs, material_supply(order, today()))
    assert [(row.item.code, row.quantity, row.available) for row in rows] == [("A", D(20), day), ("B", D(3), None)]
    assert rows[0].days_late >= 7
    client = Client()
    client.force_login(core.superuser())
    page = client.get(reverse("erp:work-order-shortages", args=[order.pk])).content.decode()
    assert "Nothing is short" not in page
    assert "Nothing more has to be ordered" in page


def test_the_piece_of_a_rework_order_is_not_there_before_it_is_brought(factory) -> None:
    again = erp_make.released_work_order(erp_make.made("TOP"), "1", kind="rework")
    erp_make.plan()

    pegs = pegs_of_work_order(again.pk)
    assert short_items(pegs) == []  # nobody makes another one for it
    rows = awaited_items(pegs, material_supply(again, today()))
    assert [(row.item.code, row.quantity, row.available) for row in rows] == [("TOP", D(1), None)]
    client = Client()
    client.force_login(core.superuser())
    page = client.get(reverse("erp:work-order-shortages", args=[again.pk])).content.decode()
    assert "Nothing is short" not in page
    assert "nobody makes another" in page


def test_pages_of_pegging_as_table_tree_and_sankey(chain) -> None:
    _top, _sub, raw, (acme, _beta) = chain
    client = Client()
    client.force_login(core.superuser())
    line, supply = acme.lines.get(), Supply.objects.get(item=raw)
    planned = PlannedOrder.objects.filter(item=raw).get()
    for url in (
        reverse("erp:pegging", args=[line.pk]),
        reverse("erp:supply-uses", args=[supply.pk]),
        reverse("erp:planned-order-uses", args=[planned.identity]),
        reverse("erp:stock-uses", args=[raw.pk]),
    ):
        for view in ("table", "tree", "sankey"):
            page = client.get(url, {"view": view})
            assert page.status_code == 200
            assert (page.context["picture"] is None) == (view == "table")
    for gone in ("supply-uses", "stock-uses", "work-order-uses", "work-order-shortages"):
        assert client.get(reverse(f"erp:{gone}", args=[0])).status_code == 404
    assert client.get(reverse("erp:planned-order-uses", args=["no name"])).status_code == 404


def test_a_sankey_is_as_wide_as_what_hangs_on_it(chain) -> None:
    _top, _sub, _raw, (acme, _beta) = chain
    roots = pegs_of_line(acme.lines.get().pk).roots
    [series] = sankey_option("ACME", roots)["series"]
    bands = {link["target"].split(" · ")[0] + link["target"][-5:]: link["value"] for link in series["links"]}
    assert sum(link["value"] for link in series["links"] if link["source"] == "ACME") == 10_000
    assert {value for name, value in bands.items() if name.startswith("RAW")} == {2000, 8000}
    assert tree_option("ACME", roots)["series"][0]["data"][0]["children"]


def test_the_api_answers_both_ways(chain) -> None:
    _top, _sub, raw, (acme, beta) = chain
    client = Client()
    client.force_login(core.superuser())
    line = acme.lines.get()
    down = client.get(reverse("api:erp-pegging-line", args=[line.pk])).json()
    assert [(node["depth"], node["item_code"]) for node in down["nodes"]][:2] == [(0, "TOP"), (1, "SUB")]
    up = client.get(reverse("api:erp-pegging-supply", args=[Supply.objects.get(item=raw).pk])).json()
    assert [(row["number"], row["quantity"]) for row in up["served"]] == [
        (acme.number, "8.000000"),
        (beta.number, "2.000000"),
    ]
    short = client.get(reverse("api:erp-pegging-short", args=[line.pk])).json()
    assert {row["item_code"] for row in short} == {"SUB", "TOP"}
    assert client.get(reverse("api:erp-pegging-line", args=[0])).status_code == 404
