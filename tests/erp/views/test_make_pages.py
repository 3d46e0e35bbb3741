"""What the pages of engineering, planning and production show and do."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from core.operations import perform
from crm.models import SalesOrder
from erp.models import Bom, PlannedOrder, PlanningEvent, PlanningSettings, ProductionReport, WorkOrder, WorkSession
from erp.services import work_orders
from scm.models import RequisitionLine
from tests.erp.services.work_order_steps import fresh, receive, report
from tests.factories import core, crm, erp_make, masterdata

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def browser(signed_in):
    """A browser of somebody who may do everything."""
    return signed_in(user=core.superuser())


def text(response) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def grid(rows: list[dict], **header) -> dict:
    """A posted form with its lines."""
    body = {"lines-TOTAL_FORMS": len(rows), "lines-INITIAL_FORMS": 0, **header}
    for number, row in enumerate(rows):
        body |= {f"lines-{number}-{name}": value for name, value in row.items()}
    return body


# --- engineering -----------------------------------------------------------------------------------------------------


def test_a_bom_is_written_released_and_shown_with_its_tree(browser, bicycle) -> None:
    basket = erp_make.made("BASKET")
    lines = [{"component": bicycle["wheel"].pk, "quantity": "2", "material_kind": "main"}, {"material_kind": "main"}]

    made = browser.post(reverse("erp:bom-create"), grid(lines, item=basket.pk, quantity="1", valid_from="2026-01-01"))
    bom = Bom.objects.get(item=basket)
    assert made.url == bom.get_absolute_url()
    browser.post(reverse("erp:bom-release", args=[bom.pk]), {"version": "0"})
    page = browser.get(bom.get_absolute_url(), {"quantity": "3"})

    assert "Released" in text(page)
    assert [(node.item.code, node.quantity) for node in page.context["rows"]] == [
        ("BASKET", D(3)),
        ("WHEEL", D(6)),
        ("SPOKE", D(216)),
    ]


def test_a_bom_form_keeps_what_was_typed_and_says_what_is_wrong(browser, bicycle) -> None:
    lines = [{"component": "", "component-text": "NOSUCH", "quantity": "2", "material_kind": "main"}]

    page = browser.post(reverse("erp:bom-create"), grid(lines, item=bicycle["bike"].pk, quantity="1"))

    assert page.status_code == 422
    assert "No item answers to “NOSUCH”" in text(page)


def test_a_bom_that_contains_itself_is_refused_in_the_page(browser, bicycle) -> None:
    closing = erp_make.bom(bicycle["spoke"], (bicycle["bike"], "1"), release=False)

    page = browser.post(reverse("erp:bom-release", args=[closing.pk]), {"version": "0"})

    assert page.status_code == 409
    assert "SPOKE → BIKE → WHEEL → SPOKE" in text(page)


def test_edit_replaces_the_lines_of_a_draft_and_refuses_a_stale_form(browser, bicycle) -> None:
    draft = erp_make.bom(erp_make.made("TOP"), (bicycle["spoke"], "1"), release=False)
    url = reverse("erp:bom-edit", args=[draft.pk])
    assert 'value="SPOKE' in browser.get(url).content.decode()
    body = grid(
        [{"component": bicycle["frame"].pk, "quantity": "4", "material_kind": "auxiliary"}],
        quantity="1",
        valid_from="2026-01-01",
        revision="B",
        version="0",
    )

    assert browser.post(url, body).status_code == 302
    assert [(row.component, row.quantity) for row in draft.lines.all()] == [(bicycle["frame"], D(4))]
    assert browser.post(url, body).status_code == 409


def test_costs_of_the_tree_are_for_those_who_may_see_them(signed_in, bicycle) -> None:
    url = reverse("erp:item-structure", args=[bicycle["wheel"].pk])

    assert "Unit cost" not in text(signed_in("erp.view_bom").get(url))
    assert "18.00" in text(signed_in("erp.view_bom", "masterdata.view_cost").get(url))


def test_where_an_item_is_used(browser, bicycle) -> None:
    page = browser.get(reverse("erp:item-structure", args=[bicycle["spoke"].pk]))

    assert [(use.item.code, use.depth) for use in page.context["uses"]] == [("WHEEL", 1), ("BIKE", 2)]


# --- plan ------------------------------------------------------------------------------------------------------------


def test_the_plan_lists_orders_with_what_they_are_for_and_filters_them(browser, late_order, bicycle) -> None:
    page = browser.get(reverse("erp:plan"))
    assert late_order.number in text(page)
    assert page.context["table"].paginator.count == 4

    found = browser.get(reverse("erp:plan"), {"supply_type": "buy", "late": "1"})
    assert {row.record.item.code for row in found.context["table"].paginated_rows} == {"FRAME", "SPOKE"}


def test_chosen_orders_are_firmed_in_bulk(browser, late_order, bicycle) -> None:
    orders = PlannedOrder.objects.filter(item__in=[bicycle["bike"], bicycle["wheel"]])

    done = browser.post(reverse("erp:plan-firm"), {"ids": [order.identity for order in orders]}, follow=True)

    assert "2 work orders made" in text(done)
    assert WorkOrder.objects.count() == 2


def test_all_orders_that_match_the_filter_are_firmed(browser, late_order, bicycle) -> None:
    done = browser.post(reverse("erp:plan-firm") + "?supply_type=make", {"all": "1"}, follow=True)

    assert done.redirect_chain[0][0] == reverse("erp:plan") + "?supply_type=make"
    assert set(WorkOrder.objects.values_list("item__code", flat=True)) == {"BIKE", "WHEEL"}


def test_firming_what_is_gone_is_refused(browser, late_order, bicycle) -> None:
    order = PlannedOrder.objects.get(item=bicycle["bike"])
    browser.post(reverse("erp:plan-firm"), {"ids": [order.identity]})

    again = browser.post(reverse("erp:plan-firm"), {"ids": [order.identity]})

    assert again.status_code == 409
    assert WorkOrder.objects.count() == 1


def test_one_order_is_firmed_with_other_figures(browser, late_order, bicycle) -> None:
    order = PlannedOrder.objects.get(item=bicycle["bike"])
    url = reverse("erp:planned-order", args=[order.identity])
    assert "Late" in text(browser.get(url))

    done = browser.post(url, {"quantity": "12", "due_date": "2026-03-25"})

    work_order = WorkOrder.objects.get()
    assert done.url == work_order.get_absolute_url()
    assert (work_order.quantity, work_order.due_date) == (D(12), dt.date(2026, 3, 25))
    assert browser.get(url).status_code == 404


def test_shortages_say_what_by_when_for_whom(browser, late_order) -> None:
    page = browser.get(reverse("erp:shortages"))

    rows = {row.record["item__code"]: row.record for row in page.context["table"].paginated_rows}
    assert rows["SPOKE"]["quantity"] == D(720)
    assert rows["SPOKE"]["possible"] == dt.date(2026, 3, 16)
    assert late_order.number in text(page)
    none = browser.get(reverse("erp:shortages"), {"days": "0", "q": "BIKE"})
    assert len(none.context["table"].rows) == 0


def test_what_is_short_is_ordered_from_its_line(browser, late_order, bicycle) -> None:
    page = browser.get(reverse("erp:shortages")).content.decode()
    assert f'form="row-request" name="ids" value="{bicycle["bike"].pk}">Make work order' in page
    assert f'value="{bicycle["spoke"].pk}">Make requisition' in page

    done = browser.post(
        reverse("erp:shortages-request") + "?days=90", {"ids": [bicycle["bike"].pk, bicycle["spoke"].pk]}
    )

    assert done.url == reverse("erp:shortages") + "?days=90"
    assert WorkOrder.objects.get().item == bicycle["bike"]
    assert RequisitionLine.objects.get().item == bicycle["spoke"]
    again = browser.post(reverse("erp:shortages-request"), {"ids": [bicycle["bike"].pk]})
    assert (again.status_code, WorkOrder.objects.count()) == (409, 1)


def test_shortages_are_read_and_ordered_by_api(browser, late_order, bicycle) -> None:
    rows = browser.get(reverse("api:erp-shortage-list"), {"days": "90"}).json()["results"]
    assert {row["code"]: D(row["quantity"]) for row in rows}["SPOKE"] == D(720)
    body = {"item_ids": [bicycle["wheel"].pk], "until": "2026-12-31"}
    headers = {"Idempotency-Key": "short-1"}
    url = reverse("api:erp-shortage-request")
    done = browser.post(url, body, content_type="application/json", headers=headers)
    assert done.json() == {"work_order_ids": [WorkOrder.objects.get().pk], "announced": 0}


def test_late_orders_and_their_pegs_name_the_reason(browser, late_order) -> None:
    listed = browser.get(reverse("erp:late-lines"))
    assert "Too little time to buy or make it" in text(listed)
    pegging = reverse("erp:pegging", args=[late_order.lines.get().pk])
    assert f'data-href="{pegging}"' in listed.content.decode()
    assert f'<a href="{pegging}"' in listed.content.decode()

    page = browser.get(pegging)

    assert [
        (node.depth, node.item.code, node.quantity, node.source, node.is_late) for node in page.context["rows"]
    ] == [
        (0, "BIKE", D(10), "planned", True),
        (1, "WHEEL", D(20), "planned", True),
        (2, "SPOKE", D(720), "planned", True),
        (1, "FRAME", D(10), "planned", True),
    ]
    assert "17 days late" in text(page)


def test_a_salesperson_sees_the_late_lines_of_his_own_orders_only(signed_in, late_order) -> None:
    seller = core.user("erp.view_planverdict", scope="own")
    browser = signed_in(user=seller)
    url = reverse("erp:pegging", args=[late_order.lines.get().pk])
    assert browser.get(url).status_code == 404
    assert len(browser.get(reverse("erp:late-lines")).context["table"].rows) == 0

    SalesOrder.objects.filter(pk=late_order.pk).update(owner=seller)

    assert browser.get(url).status_code == 200
    assert len(browser.get(reverse("erp:late-lines")).context["table"].rows) == 1


def test_plan_now_asks_the_planner(browser, late_order) -> None:
    browser.post(reverse("erp:plan-run"))

    assert PlanningEvent.objects.filter(reason="asked").exists()


def test_planning_settings_are_changed(browser, factory) -> None:
    values = {"scrap_convention": "yield", "reschedule_days": "10", "dampener_days": "2", "default_lead_days": "1"}
    values |= {"near_days": "28", "forecast_period": "week", "increase_days": "", "promise_rule": "rlt"}

    assert browser.post(reverse("erp:planning-settings"), values).status_code == 302
    settings = PlanningSettings.objects.get()
    assert (settings.scrap_convention, settings.forecast_period, settings.net_phantoms) == ("yield", "week", False)


# --- work orders -----------------------------------------------------------------------------------------------------


def test_a_work_order_goes_through_its_pages(browser, bench) -> None:
    created = browser.post(
        reverse("erp:work-order-create"), {"item": bench.pk, "quantity": "10", "due_date": "2026-03-20"}
    )
    order = WorkOrder.objects.get()
    assert created.url == order.get_absolute_url()
    pages = {
        name: reverse(f"erp:work-order-{name}", args=[order.pk])
        for name in ("edit", "release", "reschedule", "issue", "report", "receive", "close")
    }
    edited = {"quantity": "8", "start_date": "2026-03-18", "due_date": "2026-03-20", "version": "0"}
    assert browser.post(pages["edit"], edited).status_code == 302
    browser.post(pages["release"], {"version": "1"})
    moved = {"quantity": "8", "start_date": "2026-03-19", "due_date": "2026-03-23", "version": "2"}
    assert browser.post(pages["reschedule"], moved).status_code == 302
    form = browser.get(pages["issue"]).context["formset"]
    lines = [dict(row.initial) for row in form.forms if row.initial]
    assert [(row["quantity"]) for row in lines] == [D(32), D("1.6")]
    rows = [{name: "" if value is None else value for name, value in row.items()} for row in lines]
    assert browser.post(pages["issue"], grid(rows)).status_code == 302
    worker = masterdata.employee(labour_rate=D(30))
    told = {"employee": worker.pk, "good_quantity": "8", "hours": "2"}
    over = browser.post(pages["report"], told).context["question"]
    assert browser.post(pages["report"], told | {"_sure": over.key}).status_code == 302
    assert browser.post(pages["receive"], {"quantity": "8"}).status_code == 302
    browser.post(pages["close"], {"version": str(fresh(order).version)})

    order = fresh(order)
    assert (order.state, order.received_cost, order.variance) == ("closed", D(252), D(0))
    page = text(browser.get(order.get_absolute_url()))
    assert "Closed" in page
    assert "252.00" in page


def test_the_issue_form_says_what_is_short(browser, bench) -> None:
    order = erp_make.released_work_order(bench, "30")

    page = browser.get(reverse("erp:work-order-issue", args=[order.pk]))

    assert "LEG (short 40" in text(page)


def test_issuing_too_much_is_refused_and_what_was_typed_stays(browser, bench) -> None:
    order = erp_make.released_work_order(bench, "10")
    rows = [{"material": order.materials.first().pk, "quantity": "41"}]

    page = browser.post(reverse("erp:work-order-issue", args=[order.pk]), grid(rows))

    assert page.status_code == 409
    assert "41 is more than the 40 still to be issued" in text(page)
    assert 'value="41"' in page.content.decode()


def test_extra_material_and_returns_have_their_forms(browser, bench) -> None:
    order = erp_make.released_work_order(bench, "10")
    glue = masterdata.item("GLUE")
    erp_make.stock(glue, "5", "1")

    extra = browser.post(
        reverse("erp:work-order-issue-extra", args=[order.pk]), grid([{"item": glue.pk, "quantity": "2"}])
    )
    back = browser.post(
        reverse("erp:work-order-return", args=[order.pk]),
        grid([{"material": order.materials.get(item=glue).pk, "quantity": "1"}]),
    )

    assert (extra.status_code, back.status_code) == (302, 302)
    assert order.materials.get(item=glue).issued_quantity == D(1)


def test_reports_and_receipts_are_taken_back_from_the_page(browser, bench) -> None:
    order = erp_make.issued_work_order(bench, "10")
    made = report(order, "4", "0", "1")
    receive(order, "4")
    page = browser.get(order.get_absolute_url())
    assert page.content.decode().count("Take back") == 2

    browser.post(reverse("erp:receipt-reverse", args=[order.receipts.get().pk]))
    browser.post(reverse("erp:report-reverse", args=[made.pk]))

    order = fresh(order)
    assert (order.completed_quantity, order.reported_quantity, order.labour_cost) == (D(0), D(0), D(0))
    assert "Take back" not in browser.get(order.get_absolute_url()).content.decode()


def test_costs_of_a_work_order_are_for_those_who_may_see_them(signed_in, bench) -> None:
    order = erp_make.issued_work_order(bench, "10")

    plain = signed_in("erp.view_workorder")
    assert "In process" not in text(plain.get(order.get_absolute_url()))
    assert "240.00" not in text(plain.get(reverse("erp:work-order-list")))
    seeing = signed_in("erp.view_workorder", "masterdata.view_cost")
    assert "240.00" in text(seeing.get(order.get_absolute_url()))


def test_lots_are_typed_one_per_line(browser, factory) -> None:
    order = erp_make.released_work_order(erp_make.made("TRACKED", tracking="lot"), "10")
    url = reverse("erp:work-order-receive", args=[order.pk])

    wrong = browser.post(url, {"quantity": "10", "lots": "L1 many"})
    done = browser.post(url, {"quantity": "10", "lots": "L1 4\nL2 6"})

    assert (wrong.status_code, done.status_code) == (422, 302)
    assert sorted(order.receipts.values_list("lot__code", "quantity")) == [("L1", D(4)), ("L2", D(6))]


@pytest.mark.parametrize(("language", "word"), [("en", "Work order"), ("zh", "工单")])
def test_the_work_order_on_paper(browser, bench, language, word) -> None:
    order = erp_make.released_work_order(bench, "10")

    page = browser.get(reverse("erp:work-order-print", args=[order.pk]), {"format": "html", "language": language})

    assert order.number in text(page)
    assert "STOCK: 40" in text(page)
    if language == "en":
        assert word in text(page)


# --- shop floor ------------------------------------------------------------------------------------------------------


def test_badge_order_start_and_finish_by_scanner(browser, bench) -> None:
    worker = masterdata.employee(badge="B-77", labour_rate=D(30))
    order = erp_make.released_work_order(bench, "10")

    who = browser.post(reverse("erp:shop-floor"), {"code": "B-77"})
    what = browser.post(who.url, {"code": order.number.lower()})
    started = browser.post(what.url, {"step": "start"})
    WorkSession.objects.update(started_at=WorkSession.objects.get().started_at - dt.timedelta(hours=2))
    typed = {"step": "finish", "good_quantity": "3", "scrap_quantity": ""}
    above_plan = browser.post(what.url, typed).context["question"].key
    finished = browser.post(what.url, typed | {"_sure": above_plan})

    assert who.url == reverse("erp:shop-floor-employee", args=[worker.pk])
    assert what.url == reverse("erp:shop-floor-order", args=[worker.pk, order.pk])
    assert started.url == what.url
    assert finished.url == who.url
    made = ProductionReport.objects.get()
    assert (made.good_quantity, made.hours, made.labour_amount) == (D(3), D(2), D(60))


def test_wrong_scans_are_said_on_the_scanner_page_and_without_script(browser, bench) -> None:
    worker = masterdata.employee(badge="B-77")

    plain = browser.post(reverse("erp:shop-floor"), {"code": "nobody"})
    by_script = browser.post(reverse("erp:shop-floor"), {"code": "nobody"}, headers={"HX-Request": "true"})
    no_order = browser.post(reverse("erp:shop-floor-employee", args=[worker.pk]), {"code": "WO-0"})

    assert plain.status_code == 422
    assert "No employee has the badge nobody" in text(plain)
    assert '"ok": false' in by_script.headers["HX-Trigger"]
    assert "There is no work order WO-0" in text(no_order)


def test_a_refusal_at_the_machine_is_said_there(browser, bench) -> None:
    worker = masterdata.employee(badge="B-77")
    order = erp_make.released_work_order(bench, "10")
    perform(work_orders.start_work, actor=None, work_order_id=order.pk, employee_id=worker.pk)

    page = browser.post(
        reverse("erp:shop-floor-order", args=[worker.pk, order.pk]), {"step": "finish", "good_quantity": "11"}
    )

    assert page.status_code == 409
    assert "11 is more than the 10 still to be reported" in text(page)


# --- on other pages --------------------------------------------------------------------------------------------------


def test_the_sales_order_shows_plan_and_production(browser, late_order, bicycle) -> None:
    line = late_order.lines.get()
    order = erp_make.released_work_order(bicycle["frame"], "1", sales_order_line_id=line.pk)

    page = browser.get(late_order.get_absolute_url())

    assert "17 days late" in text(page)
    assert order.number in text(page)
    assert "17 days late" in text(browser.get(reverse("crm:sales-order-list")))


def test_progress_on_the_order_list(browser, factory, bench) -> None:
    ready = crm.confirmed_order(None, crm.line(bench, "1", ship_date=factory + dt.timedelta(days=2)))
    assert "Not planned yet" in text(browser.get(reverse("crm:sales-order-list")))
    erp_make.plan()
    assert "Planned" in text(browser.get(reverse("crm:sales-order-list")))
    erp_make.issued_work_order(bench, "2", sales_order_line_id=ready.lines.get().pk)

    assert "In production, 0 %" in text(browser.get(reverse("crm:sales-order-list")))
