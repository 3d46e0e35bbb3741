"""The month-end average: provisional issues brought to it, with what they went into; the close waits for it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.clock import on_day
from core.operations import perform
from erp.errors import MonthClosedForAverage, NoMonthAverage
from erp.models import AverageRun, ItemCost, StockDocument, StockMove, ValueEntry, WorkOrder
from erp.services import returns
from erp.services.valuation.month_average import run_month_average
from erp.services.work_orders import receiving
from finance.models import FiscalPeriod, JournalLine
from finance.selectors.close import reasons_against_closing
from finance.services.periods import close_period
from masterdata.errors import ValuationMethodFixed
from masterdata.models import Item, ItemCategory
from masterdata.services.items import update_item_category
from scm.services import landed_costs
from tests.factories import core, crm, erp, erp_make, masterdata, scm

D = Decimal
MONTH = dt.date(2026, 3, 1)


def balance(role):
    lines = JournalLine.objects.filter(account__mappings__role=role).distinct()
    return sum((line.amount for line in lines), D(0))


def value(item):
    return ItemCost.objects.get(item=item).value


def receipt(item, quantity, unit_cost, day):
    row = {"item_id": item.pk, "quantity": D(quantity), "unit_cost": D(unit_cost)}
    return erp.posted(erp.draft("misc_receipt", row), date=day)


def run(month=MONTH):
    return perform(run_month_average, actor=None, month=month)


@pytest.fixture
def averaged(books):
    """PART and MACHINE (2 parts each) under the month-end average: 100 parts from February at 10.00."""
    erp.place()
    category = ItemCategory.objects.create(code="AVG", name="Averaged", valuation_method="month_average")
    part, machine = masterdata.item("PART"), erp_make.made("MACHINE")
    Item.objects.update(category=category)
    erp_make.bom(machine, (part, "2"))
    receipt(part, "100", "10", dt.date(2026, 2, 20))
    return part, machine


def test_the_average_follows_the_goods_into_process_output_and_cost_of_sales(averaged):
    part, machine = averaged
    receipt(part, "100", "20", dt.date(2026, 3, 5))
    order = erp_make.issued_work_order(machine, "10")
    perform(receiving.receive_production, actor=None, work_order_id=order.pk, quantity=D(10))
    sold = crm.confirmed_order(
        masterdata.customer("ACME"), crm.line(machine, "4", "90", ship_date=erp.TODAY), warehouse_id=erp.place().pk
    )
    erp.signed(sold)
    issue = StockMove.objects.get(kind="issue")
    assert issue.entries.get().is_provisional
    before = (value(part), value(machine), balance("cost_of_sales"))
    assert before == (2800, 120, 80)

    done = run()

    assert [(one.item, one.average, one.booked_value, one.final_value) for one in done.lines.order_by("pk")] == [
        (part, D("15.0000000000"), 200, 300),
        (machine, D("30.0000000000"), 80, 120),
    ]
    assert (value(part), value(machine), balance("cost_of_sales"), balance("wip")) == (2700, 180, 120, 0)
    order.refresh_from_db()
    assert (order.material_cost, order.received_cost) == (300, 300)
    count = ValueEntry.objects.count()
    again = run()
    assert ValueEntry.objects.count() == count
    assert sum(one.difference for one in again.lines.all()) == 0


def test_an_unfinished_order_keeps_its_share_in_process(averaged):
    part, machine = averaged
    receipt(part, "100", "20", dt.date(2026, 3, 5))
    order = erp_make.issued_work_order(machine, "10")
    perform(receiving.receive_production, actor=None, work_order_id=order.pk, quantity=D(4))
    run()
    order = WorkOrder.objects.get(pk=order.pk)
    assert (order.material_cost, order.received_cost, balance("wip")) == (300, 120, 180)
    assert value(machine) == 120


def test_months_that_have_begun_follow_and_stock_used_up_meanwhile_leaves_no_value(averaged):
    part, _machine = averaged
    feb = dt.date(2026, 2, 25)
    receipt(part, "100", "20", dt.date(2026, 2, 24))
    issued = erp.posted(erp.draft("misc_issue", {"item_id": part.pk, "quantity": D(50)}), date=feb)
    erp.posted(erp.draft("misc_issue", {"item_id": part.pk, "quantity": D(150)}))
    assert value(part) == 0
    done = run(dt.date(2026, 2, 1))
    assert [(one.month.month, one.final_value) for one in done.lines.order_by("pk")] == [(2, 750), (3, 2250)]
    assert value(part) == 0
    assert not ValueEntry.objects.filter(kind="adjustment").exists()
    assert StockDocument.objects.filter(pk=issued.pk).exists()


def test_the_period_closes_after_the_run_only(averaged):
    part, _machine = averaged
    february = FiscalPeriod.objects.get(d0=dt.date(2026, 2, 1))
    day = dt.date(2026, 2, 26)
    erp.posted(erp.draft("misc_issue", {"item_id": part.pk, "quantity": D(10)}), date=day)
    for period in FiscalPeriod.objects.filter(d0__lt=february.d0).order_by("d0"):
        perform(close_period, actor=None, period_id=period.pk)
    assert len(reasons_against_closing(february)) == 1
    run(february.d0)
    receipt(part, "1", "500", dt.date(2026, 2, 27))
    assert len(reasons_against_closing(february)) == 1
    run(february.d0)
    perform(close_period, actor=None, period_id=february.pk)
    with pytest.raises(MonthClosedForAverage):
        run(february.d0)
    with pytest.raises(NoMonthAverage):
        run(dt.date(2026, 1, 1))


def test_the_method_stays_while_there_is_stock(averaged):
    assert averaged
    category = ItemCategory.objects.get(code="AVG")
    with pytest.raises(ValuationMethodFixed):
        perform(update_item_category, actor=None, item_category_id=category.pk, valuation_method="fifo")
    changed = perform(update_item_category, actor=None, item_category_id=category.pk, name="Parts")
    assert changed.name == "Parts"


def test_pages_and_api(averaged, client):
    part, _machine = averaged
    receipt(part, "100", "20", dt.date(2026, 3, 5))
    erp.posted(erp.draft("misc_issue", {"item_id": part.pk, "quantity": D(10)}))
    layers = reverse("erp:item-layers", args=[part.pk])
    pages = [reverse("erp:average-run-list"), reverse("erp:average-run-preview", args=["2026-03"]), layers]
    assert client.get(pages[0]).status_code == 302
    client.force_login(core.user())
    assert [client.get(page).status_code for page in pages] == [403, 403, 403]
    client.force_login(core.user("erp.view_averagerun", "erp.run_averagerun", "masterdata.view_cost"))
    assert b"2026-03" in client.get(pages[0]).content
    count = ValueEntry.objects.count()
    preview = client.get(pages[1])
    assert [one.final_value for one in preview.context["lines"]] == [150]
    assert (ValueEntry.objects.count(), AverageRun.objects.count()) == (count, 0)
    answer = client.post(reverse("erp:average-run"), {"month": "2026-03"})
    assert answer.status_code == 302
    assert client.get(answer.url).context["run"].difference == 50
    listed = client.get(layers)
    assert [layer.present_value for layer in listed.context["table"].data] == [1350, 1500]
    layer = listed.context["table"].data[0]
    assert b"2026" in client.get(reverse("erp:cost-layer", args=[layer.pk])).content
    refused = client.get(reverse("erp:average-run-preview", args=["2025-11"]))
    assert refused.status_code == 409
    api = APIClient()
    api.force_authenticate(core.user("erp.run_averagerun", "erp.view_averagerun", "masterdata.view_cost"))
    done = api.post("/api/v1/erp/average-runs/", {"month": "2026-03-31"}, headers={"Idempotency-Key": "k-1"})
    assert (done.status_code, done.json()["lines"][0]["final_value"]) == (201, "150.0000")


def bought(part, quantity, price):
    supplier = masterdata.supplier()
    company = scm.BuyingCompany(
        core.superuser(f"buyer-{supplier.pk}"), None, erp.place(), erp.shelf(), supplier, supplier, part, part, part
    )
    order = scm.approved_order(company, scm.line(part, quantity, price=D(price)), tax_included=False)
    return company, scm.posted_receipt(company, order)


def test_goods_sent_back_to_the_supplier_go_at_their_price_and_not_at_the_average(averaged):
    part, _machine = averaged
    company, receipt = bought(part, "100", "22")
    scm.posted_return(company, receipt, "50")
    erp.posted(erp.draft("misc_issue", {"item_id": part.pk, "quantity": D(30)}))
    run()
    assert (value(part), balance("grni"), balance("price_difference")) == (1680, -1100, 0)  # 2100 of 150; 30 left


def test_goods_of_last_month_that_came_back_before_its_run_cost_what_they_left_with(averaged):
    part, _machine = averaged
    february = dt.date(2026, 2, 20)
    with on_day(february):
        line = crm.line(part, "10", "90", ship_date=february)
        order = crm.confirmed_order(masterdata.customer("ACME"), line, warehouse_id=erp.place().pk)
        erp.signed(order)
    receipt(part, "100", "20", dt.date(2026, 2, 21))
    back = erp.expected_return(order, "4")
    perform(returns.receive_return, actor=None, receipt_id=back.pk)
    issued = erp.posted(erp.draft("misc_issue", {"item_id": part.pk, "quantity": D(1)}))
    assert balance("cost_of_sales") == 60
    run(dt.date(2026, 2, 1))
    assert (balance("cost_of_sales"), value(part)) == (90, D(2895))  # 15.00 each: 6 sold, 1 issued, 193 left
    assert StockDocument.objects.get(pk=issued.pk).state == "posted"
    count = ValueEntry.objects.count()
    run(dt.date(2026, 2, 1))
    assert ValueEntry.objects.count() == count


def test_a_late_cost_with_an_old_date_follows_what_left_in_a_closed_month(averaged):
    part, _machine = averaged
    day = dt.date(2026, 2, 25)
    with on_day(day):
        company, came = bought(part, "100", "10")
    erp.posted(erp.draft("misc_issue", {"item_id": part.pk, "quantity": D(200)}), date=day)
    run(dt.date(2026, 2, 1))
    for period in FiscalPeriod.objects.filter(d0__lte=day).order_by("d0"):
        perform(close_period, actor=None, period_id=period.pk)
    freight = scm.draft_landed_cost(company, came, date=day)
    perform(landed_costs.post_landed_cost, actor=None, landed_cost_id=freight.pk)
    assert (value(part), balance("misc_loss"), balance("stock_adjustment")) == (0, 2100, 0)
