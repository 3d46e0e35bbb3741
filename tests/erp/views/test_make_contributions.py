"""What engineering, planning and production show on other pages: figures, queues, hits, imports."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core.contributions import (
    Chart,
    Fact,
    ImportTarget,
    Kpi,
    Navigation,
    Panel,
    RelatedDocuments,
    SearchSource,
    WorkItems,
)
from core.contributions import contributions as found
from core.counting import number
from core.errors import InvalidInput
from core.operations import perform
from erp.models import Bom, WorkOrder
from tests.erp.services.work_order_steps import receive
from tests.factories import core, erp_make, masterdata

pytestmark = pytest.mark.django_db
D = Decimal


def one(kind: type, key: str):
    return next(each for each in found(kind) if each.key == key)


def test_the_dashboard_figures_count_what_the_lists_behind_them_show(late_order, bicycle, factory) -> None:
    boss = core.superuser()
    values = {kpi.key: number(kpi.value(boss)) for kpi in found(Kpi) if kpi.key.startswith("erp.")}

    assert values["erp.late_lines"] == 1
    assert values["erp.to_firm"] == 4
    assert values["erp.late_work_orders"] == 0
    WorkOrder.objects.filter(pk=erp_make.work_order(bicycle["frame"], "1").pk).update(
        start_date=factory - dt.timedelta(days=9), due_date=factory - dt.timedelta(days=2)
    )
    assert number(one(Kpi, "erp.late_work_orders").value(boss)) == 1


def test_value_in_process_and_what_came_out_of_it(bench) -> None:
    boss = core.superuser()
    order = erp_make.issued_work_order(bench, "10")
    assert number(one(Kpi, "erp.value_in_process").value(boss)) == D(240)

    receive(order, "10")

    assert number(one(Kpi, "erp.value_in_process").value(boss)) == D(0)
    option = one(Chart, "erp.received").option(boss)
    assert D(option["series"][0]["data"][-1]) == D(240)
    assert len(option["xAxis"]["data"]) == 12


def test_the_chart_of_releases_stacks_kinds_by_week(late_order) -> None:
    option = one(Chart, "erp.releases").option(core.superuser())

    first = {series["name"]: series["data"][0] for series in option["series"]}
    assert first == {"Make": 2, "Buy": 2}  # what is overdue stands in the first week


def test_my_work_lists_what_waits_for_whom(late_order, bicycle, factory) -> None:
    boss = core.superuser()
    erp_make.work_order(bicycle["bike"], "1", due_date=factory + dt.timedelta(days=7))
    released = erp_make.released_work_order(bicycle["wheel"], "1", due_date=factory + dt.timedelta(days=7))
    queues = {each.key: each for each in found(WorkItems) if each.key.startswith("erp.")}

    for key, count in {
        "erp.tofirm": 4,
        "erp.latelines": 1,
        "erp.torelease": 1,
        "erp.tosupply": 1,
        "erp.toclose": 0,
    }.items():
        assert number(queues[key].waiting(boss)) == count, key
        assert len(queues[key].items(boss, 10)) == count, key
        assert queues[key].url().startswith("/")
    [waiting] = queues["erp.tosupply"].items(boss, 10)
    assert waiting.title.startswith(released.number)


def test_work_orders_and_boms_are_found_by_number(bicycle) -> None:
    boss = core.superuser()
    order = erp_make.work_order(bicycle["bike"], "1")
    bom = Bom.objects.get(item=bicycle["bike"])

    [hit] = one(SearchSource, "erp.workorder").search(order.number, boss, 5)
    [other] = one(SearchSource, "erp.bom").search(bom.number, boss, 5)

    assert (hit.url, hit.exact, other.url) == (order.get_absolute_url(), True, bom.get_absolute_url())


def test_an_item_counts_its_bills_orders_and_proposals(late_order, bicycle) -> None:
    boss = core.superuser()
    counts = {
        each.key: each.count(bicycle["wheel"], boss)
        for each in found(RelatedDocuments, page="masterdata.item")
        if each.key.startswith("erp.")
    }

    assert {key: count for key, count in counts.items() if count} == {"erp.structure": 2, "erp.planned": 1}


def test_navigation_and_facts_are_registered() -> None:
    planning = {entry.url_name for entry in found(Navigation) if entry.group in {"planning", "production"}}
    assert {"erp:plan", "erp:shortages", "erp:work-order-list", "erp:shop-floor", "erp:bom-list"} <= planning
    assert any(fact.app == "erp" and fact.step == 5 for fact in found(Fact))


def test_the_panel_of_a_sales_order_stays_in_its_budget(late_order, django_assert_max_num_queries) -> None:
    panel = next(each for each in found(Panel, page="crm.salesorder") if each.key == "erp.plan")
    boss = core.superuser()

    with django_assert_max_num_queries(panel.budget):
        context = panel.context(late_order, boss)

    [(row, warnings)] = context["rows"]
    assert (row.verdict.days_late, row.missing, warnings) == (17, row.demand.open_quantity, [])


def test_a_late_sales_order_says_above_all_what_is_short(late_order) -> None:
    client = Client()
    client.force_login(core.superuser())
    page = re.sub(r"\s+", " ", client.get(late_order.get_absolute_url()).content.decode())
    notice = page.index(f"10 {late_order.lines.get().item.uom} missing for")
    assert notice < page.index("panel-erp.plan")
    assert "panel-erp.late" not in page
    assert reverse("crm:sales-order-change", args=[late_order.pk]) in page[notice:][:1500]


def test_the_api_tells_the_progress_of_a_sales_order(late_order) -> None:
    client = Client()
    client.force_login(core.superuser())
    url = reverse("api:erp-sales-order-progress-detail", args=[late_order.pk])
    told = client.get(url).json()
    [line] = told["lines"]
    assert (told["progress"][:7], line["days_late"], line["work_orders"]) == ("17 days", 17, [])
    assert line["order_line"] == late_order.lines.get().pk
    client.force_login(core.user())
    assert client.get(url).status_code == 403


def test_boms_are_imported_with_end_dates_that_include_the_day(factory) -> None:
    target = one(ImportTarget, "erp.bom")
    top, part = erp_make.made("TOP"), masterdata.item("PART")
    row = {"parent": "TOP", "component": "PART", "quantity": D(2), "valid_until": dt.date(2026, 12, 31)}
    first = row | {"rows": [row, row | {"quantity": D(1), "material_kind": "辅料", "valid_until": None}]}

    arguments = target.arguments(first, core.superuser())
    bom = perform(target.service, actor=None, **arguments)
    again = perform(target.service, actor=None, **target.arguments(first, core.superuser()))

    assert target.group(row) == "TOP"
    assert (bom.item, bom.state, again) == (top, "released", bom)
    assert [(line.component, line.quantity, line.material_kind, line.valid_to) for line in bom.lines.all()] == [
        (part, D(2), "main", dt.date(2027, 1, 1)),
        (part, D(1), "auxiliary", None),
    ]


@pytest.mark.parametrize(
    "change",
    [{"parent": "NONE"}, {"component": "NONE"}, {"material_kind": "third"}],
    ids=["parent", "component", "kind"],
)
def test_an_import_row_that_names_nothing_is_refused_by_its_column(factory, change) -> None:
    erp_make.made("TOP")
    masterdata.item("PART")
    row = {"parent": "TOP", "component": "PART", "quantity": D(2)} | change

    with pytest.raises(InvalidInput) as caught:
        one(ImportTarget, "erp.bom").arguments(row, core.superuser())

    assert caught.value.params["field"] in change
