"""What a work order was to cost, costs and will cost; overruns as they happen; actual cost follows the goods."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from core.notifications.models import Notification
from core.operations import perform
from erp.errors.costing import CostAboveBudget
from erp.models import AbsorbedCost, CostOverrun, ItemCost, OrderBaseline, WorkOrder, WorkSession
from erp.selectors.order_costs import cost_card
from erp.services import costing_settings, work_orders
from finance.models import AccountMapping
from finance.selectors.invariants import violations
from masterdata.models import Item
from tests.erp.services.work_order_steps import fresh, issue, receive, report
from tests.factories import crm, erp, erp_make, erp_making, masterdata
from tests.factories.core import superuser, user
from tests.factories.finance import balances

D = Decimal


@pytest.fixture
def machine(db) -> Item:
    """HARD_RULES §9: 2 kg at 5, half an hour at 20 and 10 of overhead: 25 a piece; a hundred of them."""
    erp.place()
    steel, machine = masterdata.item("STEEL"), erp_make.made("MACHINE")
    erp_make.bom(machine, (steel, "2"))
    erp_make.routing(machine, (erp_make.work_center("LATHE", rate=("20", "0", "10")), "30"))
    erp.opening(steel, "200", "5")
    return machine


def balance(role: str) -> Decimal:
    codes = set(AccountMapping.objects.filter(role=role).values_list("account__code", flat=True))
    return sum((amount for code, amount in balances().items() if code in codes), D(0))


def amounts(rows) -> dict[str, Decimal]:
    return {row.code: row.actual for row in rows}


def dearer(order: WorkOrder) -> WorkOrder:
    """Issue 210 kg worth 1 092.00, report 48 hours at 22.00."""
    erp.opening(Item.objects.get(code="STEEL"), "10", "9.2")
    steel = Item.objects.get(code="STEEL")
    line = [{"item_id": steel.pk, "quantity": D(210)}]
    perform(work_orders.issue_extra_materials, actor=None, work_order_id=order.pk, lines=line)
    report(order, "100", hours="48", employee=masterdata.employee(labour_rate=D(22)))
    return fresh(order)


def test_the_baseline_is_frozen_and_the_card_says_why_it_cost_more(machine):
    order = dearer(erp_make.released_work_order(machine, "100"))
    ItemCost.objects.filter(item__code="STEEL").update(standard_cost=99)
    card = cost_card(order)
    assert (card.planned, card.target, card.actual) == (D(2500), D(2500), D(2628))
    assert amounts(card.rows) == {"material": D(1092), "labour": D(1056), "machine": D(0), "overhead": D(480)}
    assert card.analysis.variances == {
        "price": D(42),
        "usage": D(50),
        "rate": D(96),
        "efficiency": D(-40),
        "overhead": D(-20),
    }
    assert (balance("wip"), balance("overhead_absorbed"), balance("labour_absorbed")) == (2628, -480, -1056)
    assert violations() == []


def test_actual_cost_follows_the_goods_when_the_order_is_settled(machine):
    """Received at 25.00, 30 sold: of 128.00 more 38.40 are cost of sales and 89.60 stock."""
    order = erp_make.released_work_order(machine, "101")
    issue(order, "200")
    report(order, "100", hours="50", employee=masterdata.employee(labour_rate=D(20)))
    receive(order, "100")
    assert ItemCost.objects.get(item=machine).value == D(2500)
    line = crm.line(machine, "30", "90", ship_date=erp.TODAY)
    erp.signed(crm.confirmed_order(masterdata.customer("ACME"), line, warehouse_id=erp.place().pk))
    before = balance("cost_of_sales")
    report(order, hours="6.4", employee=masterdata.employee(labour_rate=D(10)))
    perform(work_orders.complete_work_order, actor=None, work_order_id=order.pk)
    done = perform(work_orders.close_work_order, actor=None, work_order_id=order.pk)
    assert (done.variance, balance("wip"), balance("production_variance")) == (0, 0, 0)
    assert balance("cost_of_sales") - before == D("38.40")
    assert ItemCost.objects.get(item=machine).value == D(70) * D(25) + D("89.60")
    assert violations() == []


def test_an_order_without_goods_is_a_loss(machine):
    order = erp_make.released_work_order(machine, "10")
    issue(order, "20")
    report(order, scrap="10", scrap_reason="Cracked")
    perform(work_orders.close_work_order, actor=None, work_order_id=order.pk)
    assert (balance("scrap_loss"), balance("wip")) == (100, 0)
    assert violations() == []


def test_a_report_taken_back_takes_its_overhead_back(machine):
    order = erp_make.released_work_order(machine, "10")
    made = report(order, "5", hours="2.5")
    assert AbsorbedCost.objects.get().overhead_amount == 25
    perform(work_orders.reverse_report, actor=None, report_id=made.pk)
    assert [row.overhead_amount for row in AbsorbedCost.objects.order_by("pk")] == [25, -25]
    assert (fresh(order).labour_cost, balance("wip"), balance("overhead_absorbed")) == (0, 0, 0)
    assert violations() == []


def test_the_posting_that_runs_over_tells_those_responsible_once(machine):
    owner = user("erp.add_workorder", username="owner")
    order = erp_make.released_work_order(machine, "100")
    WorkOrder.objects.filter(pk=order.pk).update(owner=owner)
    report(order, "10", hours="5", employee=masterdata.employee(labour_rate=D(20)))
    assert not CostOverrun.objects.exists()
    report(order, "10", hours="25", employee=masterdata.employee(labour_rate=D(20)))
    overrun = CostOverrun.objects.get()
    assert (overrun.planned, overrun.projected, overrun.percent) == (2500, 3100, 24)
    assert Notification.objects.filter(user=owner).count() == 1
    report(order, "1", hours="0.5", employee=masterdata.employee(labour_rate=D(20)))
    assert CostOverrun.objects.count() == 1


def test_the_form_asks_before_the_posting_that_runs_over(machine, client):
    order = erp_make.released_work_order(machine, "10")
    worker = masterdata.employee(labour_rate=D(20))
    client.force_login(user("erp.view_workorder", "erp.report_workorder", username="clerk"))
    page = reverse("erp:work-order-report", args=[order.pk])
    typed = {"employee": worker.pk, "good_quantity": "5", "hours": "9"}
    asked = client.post(page, typed)
    assert "is projected to cost 78 % more than planned" in asked.content.decode()
    assert (fresh(order).labour_cost, CostOverrun.objects.count()) == (0, 0)
    key = asked.context["question"].key
    assert "is projected to cost" in client.post(page, typed | {"hours": "12", "_sure": key}).content.decode()
    assert client.post(page, typed | {"_sure": key}).status_code == 302
    assert (fresh(order).labour_cost, CostOverrun.objects.get().percent) == (270, 78)
    assert client.post(page, typed | {"good_quantity": "1", "hours": "0.5"}).status_code == 302


def test_the_form_asks_before_a_posting_on_an_earlier_day(machine, client):
    order = erp_make.released_work_order(machine, "10")
    rights = ("erp.view_workorder", "erp.report_workorder", "erp.backdate_workorder")
    client.force_login(user(*rights, username="clerk"))
    typed = {"employee": masterdata.employee(labour_rate=D(20)).pk, "good_quantity": "5", "hours": "9"}
    earlier = {"report_date": erp.TODAY - dt.timedelta(days=1), "reason": "the paper came today"}
    page = reverse("erp:work-order-report", args=[order.pk])
    asked = client.post(page, typed | earlier)
    assert "is projected to cost 78 % more than planned" in asked.content.decode()
    assert (fresh(order).labour_cost, CostOverrun.objects.count()) == (0, 0)
    assert client.post(page, typed | earlier | {"_sure": asked.context["question"].key}).status_code == 302


def test_the_shop_floor_asks_too_and_waiting_a_while_asks_no_second_time(machine, client):
    order = erp_make.released_work_order(machine, "10")
    worker, step = masterdata.employee(labour_rate=D(20)), order.operations.get()
    client.force_login(user("erp.report_workorder", username="clerk"))
    page = reverse("erp:shop-floor-step", args=[worker.pk, order.pk, step.pk])
    client.post(page, {"step": "start"})
    begun = WorkSession.objects.get().started_at
    WorkSession.objects.update(started_at=begun - dt.timedelta(hours=9))
    typed = {"step": "finish", "good_quantity": "5"}
    asked = client.post(page, typed)
    assert "78 % more than planned" in asked.content.decode()
    assert (fresh(order).labour_cost, CostOverrun.objects.count()) == (0, 0)
    key = asked.context["question"].key
    assert f'name="_sure" value="{key}"' in asked.content.decode()
    WorkSession.objects.update(started_at=begun - dt.timedelta(hours=9, minutes=3))
    assert client.post(page, typed | {"_sure": key}).status_code == 302
    assert (fresh(order).reported_quantity, CostOverrun.objects.count()) == (5, 1)


def test_a_merged_pick_asks_for_each_order_it_would_bring_above_its_budget(machine, client):
    orders = [erp_make.released_work_order(machine, quantity) for quantity in ("10", "20")]
    steel = Item.objects.get(code="STEEL")
    erp.opening(steel, "200", "25")
    pick = erp_making.pick_for(orders)
    client.force_login(superuser())
    page = reverse("erp:merged-pick-post", args=[pick.pk])
    given = client.get(page).context["formset"].forms[0].initial
    rows = {"lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0}
    rows |= {f"lines-0-{name}": value for name, value in given.items() if value}
    asked = client.post(page, rows)
    assert all(f"With this {order} is projected" in asked.content.decode() for order in orders)
    assert CostOverrun.objects.count() == 0
    assert client.post(page, rows | {"_sure": asked.context["question"].key}).status_code == 302
    assert CostOverrun.objects.count() == 2


def test_the_scanner_asks_before_it_issues_above_the_budget(machine, client):
    order = erp_make.released_work_order(machine, "10")
    erp.opening(Item.objects.get(code="STEEL"), "200", "25")
    pick = erp_making.pick_for([order])
    client.force_login(superuser())
    page = reverse("erp:merged-pick-scan", args=[pick.pk])
    asked = client.post(page, {"code": "20*STEEL"}, follow=True)
    assert f"With this {order} is projected" in asked.content.decode()
    assert (fresh(order).material_cost, CostOverrun.objects.count()) == (0, 0)
    context = asked.context
    typed = {"line": context["row"].line.pk, "balance": context["balance"].pk, "quantity": context["quantity"]}
    assert typed["quantity"] == "20"
    assert client.post(page, typed | {"_sure": context["question"]["key"]}).url == page
    assert (fresh(order).material_cost, CostOverrun.objects.count()) == (300, 1)


def test_what_was_typed_stays_when_the_posting_is_refused_after_the_question(machine, client):
    order = erp_make.released_work_order(machine, "10")
    client.force_login(user("erp.view_workorder", "erp.report_workorder", username="clerk"))
    page = reverse("erp:work-order-report", args=[order.pk])
    typed = {"employee": masterdata.employee(labour_rate=D(20)).pk, "good_quantity": "5", "hours": "9.25"}
    key = client.post(page, typed).context["question"].key
    perform(work_orders.cancel_work_order, actor=None, work_order_id=order.pk, reason="no")
    refused = client.post(page, typed | {"_sure": key})
    assert refused.status_code == 409
    assert 'value="9.25"' in refused.content.decode()
    assert (fresh(order).labour_cost, CostOverrun.objects.count()) == (0, 0)


def test_the_api_asks_before_a_posting_that_runs_over(machine, client):
    """409 with figures and nothing written; accepted it posts; the same request again is answered, not asked."""
    order = erp_make.released_work_order(machine, "10")
    clerk = user("erp.view_workorder", "erp.report_workorder", username="clerk")
    body = {"employee_id": masterdata.employee(labour_rate=D(20)).pk, "good_quantity": "5", "hours": "9"}

    def post(name, actor, key, **own):
        client.force_login(actor)
        url = reverse(f"api:erp-{name[0]}", args=[name[1]])
        return client.post(url, own, content_type="application/json", headers={"Idempotency-Key": key})

    report_url = ("work-order-report", order.pk)
    for_clerk = post(report_url, clerk, "a", **body).json()["errors"][0]
    asked = post(report_url, superuser(), "b", **body)
    [error] = asked.json()["errors"]
    assert (asked.status_code, error["code"]) == (409, "overrun_not_accepted")
    figures = {"work_order": order.pk, "number": order.number, "percent": "78"}
    assert for_clerk["params"]["overruns"] == [figures]
    assert "78 % more than planned" in for_clerk["message"]
    assert error["params"]["overruns"] == [figures | {"budget": "250", "projected": "445", "over": "195"}]
    assert (fresh(order).labour_cost, CostOverrun.objects.count()) == (0, 0)
    accepted = [post(report_url, clerk, "a", **body, accept_overrun=True) for _again in range(2)]
    assert [one.status_code for one in accepted] == [201, 201]
    assert post(report_url, clerk, "a", **body).json() == accepted[0].json()
    assert (fresh(order).labour_cost, CostOverrun.objects.get().percent) == (270, 78)


def test_the_api_of_issues_and_merged_picks_asks_too(machine, client):
    orders = [erp_make.released_work_order(machine, "10") for _one in range(2)]
    erp.opening(Item.objects.get(code="STEEL"), "200", "25")
    material = orders[0].materials.get()
    client.force_login(superuser())
    keys = iter(range(100))

    def post(name, pk, **own):
        headers = {"Idempotency-Key": f"over-{next(keys)}"}
        answer = client.post(
            reverse(f"api:erp-{name}", args=[pk]), own, content_type="application/json", headers=headers
        )
        return answer.json()["errors"][0]["code"] if answer.status_code == 409 else answer.status_code

    line = [{"material_id": material.pk, "quantity": "20"}]
    asked = "overrun_not_accepted"
    assert post("work-order-issue", orders[0].pk, lines=line) == asked
    assert post("work-order-issue-extra", orders[0].pk, lines=line) == asked
    assert post("work-order-issue-sets", orders[0].pk, sets="10") == asked
    assert post("work-order-issue-sets", orders[0].pk, sets="10", accept_overrun=True) == 200
    pick = erp_making.pick_for(orders[1:])
    found = [{"line_id": pick.lines.get().pk, "quantity": "20"}]
    assert post("merged-pick-post", pick.pk, found=found) == asked
    assert post("merged-pick-scan", pick.pk, code="20*STEEL") == asked
    assert CostOverrun.objects.count() == 1
    assert post("merged-pick-scan", pick.pk, code="20*STEEL", accept_overrun=True) == 200
    assert CostOverrun.objects.count() == 2


def test_above_the_budget_a_posting_may_be_refused(machine):
    perform(
        costing_settings.update_costing_settings,
        actor=superuser(),
        overrun_percent=D(5),
        overrun_action="refuse",
    )
    order = erp_make.released_work_order(machine, "10")
    clerk = user("erp.report_workorder", username="clerk")
    worker = masterdata.employee(labour_rate=D(20))
    typed = {"work_order_id": order.pk, "employee_id": worker.pk, "good_quantity": D(5), "hours": D(9)}
    with pytest.raises(CostAboveBudget):
        perform(work_orders.report_operation, actor=clerk, **typed)
    assert (fresh(order).labour_cost, CostOverrun.objects.count()) == (0, 0)
    boss = user("erp.report_workorder", "erp.exceed_workorder_cost", username="boss")
    perform(work_orders.report_operation, actor=boss, **typed)
    assert CostOverrun.objects.count() == 1


def test_a_changed_quantity_makes_a_new_baseline(machine):
    order = erp_make.released_work_order(machine, "10")
    dates = {"start_date": order.start_date, "due_date": order.due_date}
    perform(work_orders.reschedule_work_order, actor=None, work_order_id=order.pk, quantity=D(20), **dates)
    assert set(OrderBaseline.objects.values_list("edition", flat=True)) == {1, 2}
    assert cost_card(fresh(order)).planned == 500


def test_card_report_settings_and_api(machine, client):
    order = dearer(erp_make.released_work_order(machine, "100"))
    client.force_login(superuser())
    page = client.get(order.get_absolute_url()).content.decode()
    assert "Cost card" in page
    assert "Efficiency" in page
    report_page = client.get(reverse("erp:order-costs"), {"over": "true"})
    assert [card.actual for card in report_page.context["filter"].qs] == [D(2628)]
    assert client.get(reverse("erp:order-costs"), {"export": "csv"}).status_code == 200
    assert client.get(reverse("erp:costing-settings")).status_code == 200
    one = client.get(reverse("api:erp-order-cost-detail", args=[order.pk])).json()
    assert (one["actual"], one["variances"]["usage"]) == ("2628.0000", "50.00")
    assert client.get(reverse("api:erp-order-cost-list")).json()[0]["number"] == order.number
    client.force_login(user("erp.view_workorder", username="clerk"))
    assert "Cost card" not in client.get(order.get_absolute_url()).content.decode()
    assert client.get(reverse("erp:order-costs")).status_code == 403
    assert client.get(reverse("api:erp-order-cost-detail", args=[order.pk])).status_code == 403
