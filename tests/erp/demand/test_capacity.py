"""Capacity: plans of open operations, compared, changed by hand, accepted; load of work centres. Monday, 2 March."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.clock import moment
from core.errors import InvalidInput, InvalidTransition, StaleVersion
from core.operations import perform
from erp.engines.optimising import is_installed
from erp.errors.demand import (
    MachineIsTaken,
    NothingToPlan,
    OperationIsRunning,
    OperationsOverlap,
    OptimiserIsMissing,
    OutsideTheCalendar,
    PlanIsOutdated,
    PlanIsOver,
)
from erp.models import OperationSlot, SchedulePlanRow, Supply, WorkOrderOperation
from erp.selectors.capacity import center_loads, work_in
from erp.selectors.schedule_drift import drift_of
from erp.selectors.schedules import proposals_of, rows_of, shifts_of
from erp.services import planning, schedules, work_orders
from tests.factories import core, crm, erp_make, finance, masterdata

D = Decimal
pytestmark = pytest.mark.django_db
MONDAY = dt.date(2026, 3, 2)
ZONE = ZoneInfo("Asia/Shanghai")


def at(day, hour, minute=0):
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


@pytest.fixture
def shop(db, monkeypatch):
    """One saw (eight hours a day) and two drills; a table takes an hour of sawing and half an hour of drilling."""
    core.company(pinned_date=MONDAY)
    finance.open_books(years=[2026])
    erp_make.place()
    monkeypatch.setattr("core.operations.moment", lambda _own=None: at(2, 8))
    saw, drill = erp_make.work_center("SAW"), erp_make.work_center("DRILL", machines=2)
    table = erp_make.made("TABLE")
    erp_make.routing(
        table,
        (saw, "60", {"number": 10, "alternates": [{"work_center_id": drill.pk, "rank": 1, "run_minutes": D(600)}]}),
        (drill, "30", {"number": 20}),
    )
    return table


@pytest.fixture
def orders(shop):
    """Eight tables for Friday, then eight more urgent ones for the next."""
    first = erp_make.work_order(shop, "8", due_date=dt.date(2026, 3, 6), start_date=MONDAY)
    second = erp_make.work_order(shop, "8", due_date=dt.date(2026, 3, 13), start_date=MONDAY, priority=1)
    return first, second


def ordered(item, quantity, day):
    return crm.confirmed_order(None, crm.line(item, quantity, ship_date=day), warehouse_id=erp_make.place().pk)


def planned(**fields):
    return perform(schedules.create_schedule_plan, actor=None, **fields)


def times(plan):
    """{(order, operation): (day, hour it begins, day, hour it ends)} in March."""
    found = {}
    for row in plan.rows.select_related("operation"):
        start, end = row.starts_at.astimezone(ZONE), row.ends_at.astimezone(ZONE)
        found[row.operation.work_order_id, row.operation.number] = (start.day, start.hour, end.day, end.hour)
    return found


def operation(order, number):
    return WorkOrderOperation.objects.get(work_order=order, number=number)


def test_a_plan_puts_every_operation_on_a_machine(orders):
    first, second = orders
    plan = planned()
    assert times(plan) == {
        (second.pk, 10): (2, 8, 2, 16),
        (second.pk, 20): (3, 8, 3, 12),
        (first.pk, 10): (3, 8, 3, 16),
        (first.pk, 20): (4, 8, 4, 12),
    }
    assert (plan.state, plan.unplaced, OperationSlot.objects.count()) == ("draft", 0, 0)
    early = times(planned(rule="due"))
    assert early[first.pk, 10] == (2, 8, 2, 16)
    late = times(planned(direction="backward"))
    assert late[first.pk, 20] == (6, 12, 6, 16)
    assert late[second.pk, 20] == (13, 12, 13, 16)


def test_the_optimiser_where_it_is_installed(shop, client):
    """A long order that came first would make a short one late; without the extra the page says how to get it."""
    erp_make.work_order(shop, "30", due_date=dt.date(2026, 3, 20), start_date=MONDAY)
    short = erp_make.work_order(shop, "4", due_date=MONDAY, start_date=MONDAY)
    client.force_login(core.superuser("boss"))
    form = client.get(reverse("erp:schedule-plan-create")).content.decode()
    assert ("CONCORD_EXTRAS=scheduling" in form) is not is_installed()
    if not is_installed():
        with pytest.raises(OptimiserIsMissing):
            planned(rule="first", solver="optimiser")
        return
    assert times(planned(rule="first"))[short.pk, 20][2] > 2
    plan = planned(rule="first", solver="optimiser")
    assert times(plan)[short.pk, 20][2] == 2
    assert plan.is_proven


def test_accepting_gives_operations_their_times_and_moves_late_orders(orders):
    first, second = orders
    dates = {"start_date": MONDAY, "due_date": MONDAY}
    perform(work_orders.reschedule_work_order, actor=None, work_order_id=first.pk, quantity=D(8), **dates)
    plan = perform(schedules.accept_schedule_plan, actor=None, plan_id=planned().pk)
    assert plan.state == "accepted"
    slot = OperationSlot.objects.get(operation=operation(first, 20))
    assert (slot.starts_at, slot.ends_at) == (at(4, 8), at(4, 12))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.start_date, first.due_date) == (dt.date(2026, 3, 3), dt.date(2026, 3, 4))
    assert (second.start_date, second.due_date) == (MONDAY, dt.date(2026, 3, 13))
    assert Supply.objects.get(source_id=first.pk).due_date == dt.date(2026, 3, 4)
    with pytest.raises(PlanIsOver):
        perform(schedules.accept_schedule_plan, actor=None, plan_id=plan.pk)
    again = planned(rule="due")
    shift = next(one for one in shifts_of(rows_of(again)) if one.order == first)
    assert (shift.before, shift.ends, shift.days_moved) == (dt.date(2026, 3, 4), dt.date(2026, 3, 3), -1)


def test_what_is_late_for_a_customer_comes_first_and_is_warned_of_until_the_plan_is_discarded(shop, client):
    sold = ordered(shop, "8", MONDAY)
    [line] = sold.lines.all()
    erp_make.work_order(shop, "8", due_date=dt.date(2026, 3, 20))
    own = erp_make.work_order(shop, "8", due_date=dt.date(2026, 3, 20), sales_order_line_id=line.pk)
    plan = planned()
    worst, other = shifts_of(rows_of(plan))
    assert (worst.order, worst.breaks_promise, other.breaks_promise) == (own, True, False)
    client.force_login(core.superuser("planner"))
    assert "later than promised" in client.get(plan.get_absolute_url()).content.decode()
    perform(schedules.discard_schedule_plan, actor=None, plan_id=plan.pk)
    assert "later than promised" not in client.get(plan.get_absolute_url()).content.decode()


def test_an_order_waits_for_its_material(shop):
    leg = masterdata.item("LEG", lead_time_days=5)
    erp_make.bom(shop, (leg, "4"))
    erp_make.stock(leg, "32")
    orders = [erp_make.work_order(shop, "8", due_date=dt.date(2026, 3, 20)) for _ in range(2)]
    plan = planned()
    assert times(plan)[orders[0].pk, 10] == (2, 8, 2, 16)
    assert times(plan)[orders[1].pk, 10] == (9, 8, 9, 16)  # legs for the second come a week later
    assert SchedulePlanRow.objects.get(operation=operation(orders[1], 10)).material_date == dt.date(2026, 3, 9)
    assert times(planned(waits_for_material=False))[orders[1].pk, 10] == (3, 8, 3, 16)


def test_an_operation_is_moved_and_the_rest_goes_around_it(orders):
    first, second = orders
    plan = planned()
    move = {"plan_id": plan.pk, "operation_id": operation(second, 10).pk}
    plan = perform(schedules.move_operation, actor=None, starts_at=at(4, 10), version=plan.version, **move)
    assert times(plan)[second.pk, 10] == (4, 10, 5, 10)
    assert times(plan)[first.pk, 10] == (2, 8, 2, 16)  # the saw is free for it now
    assert plan.rows.get(is_pinned=True).operation_id == move["operation_id"]
    with pytest.raises(StaleVersion):
        perform(schedules.move_operation, actor=None, starts_at=at(4, 10), version=plan.version - 1, **move)
    other = {"plan_id": plan.pk, "operation_id": operation(first, 10).pk}
    with pytest.raises(MachineIsTaken):
        perform(schedules.move_operation, actor=None, starts_at=at(4, 12), **other)
    drilling = operation(first, 20).pk
    with pytest.raises(OperationsOverlap):
        perform(schedules.move_operation, actor=None, plan_id=plan.pk, operation_id=drilling, starts_at=at(2, 9))
    with pytest.raises(OutsideTheCalendar):
        perform(schedules.move_operation, actor=None, starts_at=at(4, 12) + dt.timedelta(days=600), **other)
    drill = operation(first, 20).work_center_id
    plan = perform(schedules.move_operation, actor=None, starts_at=at(2, 8), work_center_id=drill, **other)
    assert plan.rows.get(operation=operation(first, 10)).work_center_id == drill
    plan = perform(schedules.free_operation, actor=None, **move)
    assert times(plan)[second.pk, 10] == (2, 8, 2, 16)
    elsewhere = erp_make.work_center("PAINT").pk
    for wrong in ({"operation_id": 0}, {"work_center_id": elsewhere}):
        with pytest.raises(InvalidInput):
            perform(schedules.move_operation, actor=None, starts_at=at(4, 10), **move | wrong)


def test_begun_work_stays_and_finished_work_makes_a_plan_outdated(orders):
    first, _second = orders
    perform(schedules.accept_schedule_plan, actor=None, plan_id=planned(rule="due").pk)
    perform(work_orders.release_work_order, actor=None, work_order_id=first.pk)
    sawing = operation(first, 10)
    WorkOrderOperation.objects.filter(pk=sawing.pk).update(good_quantity=D(2))
    plan = planned()
    assert times(plan)[first.pk, 10] == (2, 8, 2, 16)  # begun: the urgent order does not push it away
    with pytest.raises(OperationIsRunning):
        perform(schedules.move_operation, actor=None, plan_id=plan.pk, operation_id=sawing.pk, starts_at=at(4, 10))
    perform(work_orders.cancel_work_order, actor=None, work_order_id=orders[1].pk)
    with pytest.raises(PlanIsOutdated):
        perform(schedules.accept_schedule_plan, actor=None, plan_id=plan.pk)
    perform(schedules.discard_schedule_plan, actor=None, plan_id=plan.pk)
    with pytest.raises(InvalidTransition):
        perform(schedules.discard_schedule_plan, actor=None, plan_id=plan.pk)


def test_what_changed_since_is_named_and_planned_again_before_it_is_accepted(orders, client):
    first, second = orders
    plan, other = planned(rule="due"), planned()
    client.force_login(core.superuser("planner"))
    dates = {"start_date": MONDAY, "due_date": first.due_date}
    perform(work_orders.reschedule_work_order, actor=None, work_order_id=first.pk, quantity=D(4), **dates)
    came = erp_make.work_order(first.item, "2", due_date=dt.date(2026, 3, 20), start_date=MONDAY)
    drift = client.get(plan.get_absolute_url()).context["drift"]
    assert (drift.orders, drift.came) == ([first], [came])
    with pytest.raises(PlanIsOutdated):
        perform(schedules.accept_schedule_plan, actor=None, plan_id=plan.pk)

    perform(schedules.renew_schedule_plan, actor=None, plan_id=plan.pk)
    assert {row.operation.work_order_id for row in rows_of(plan)} == {first.pk, second.pk, came.pk}
    perform(schedules.accept_schedule_plan, actor=None, plan_id=plan.pk)
    with pytest.raises(PlanIsOutdated):  # the other one was made from the times before
        perform(schedules.accept_schedule_plan, actor=None, plan_id=other.pk)
    perform(schedules.renew_schedule_plan, actor=None, plan_id=other.pk)
    perform(schedules.accept_schedule_plan, actor=None, plan_id=other.pk)


def test_an_order_moved_by_its_dates_alone_has_changed(orders, monkeypatch):
    first, _second = orders
    plan = planned()
    monkeypatch.setattr("core.operations.moment", lambda _own=None: at(2, 9))
    dates = {"start_date": MONDAY + dt.timedelta(days=1), "due_date": first.due_date}
    perform(work_orders.reschedule_work_order, actor=None, work_order_id=first.pk, quantity=D(8), **dates)
    assert drift_of(plan, moment()).orders == [first]
    with pytest.raises(PlanIsOutdated):
        perform(schedules.accept_schedule_plan, actor=None, plan_id=plan.pk)
    plan = perform(schedules.renew_schedule_plan, actor=None, plan_id=plan.pk)
    assert drift_of(plan, moment()).orders == []


def test_nothing_to_plan(shop):
    with pytest.raises(NothingToPlan):
        planned()
    erp_make.work_order(shop, "8")
    with pytest.raises(NothingToPlan):
        planned(with_drafts=False)


def test_load_against_capacity(orders):
    saw = operation(orders[0], 10).work_center
    [worst, *_rest] = center_loads(MONDAY, 4, "week")
    assert worst.center == saw
    assert (worst.cells[0].capacity, worst.cells[1].capacity) == (2400, 2400)
    assert sum(cell.firm for cell in worst.cells) == 960
    perform(schedules.accept_schedule_plan, actor=None, plan_id=planned().pk)
    days = center_loads(MONDAY, 5, "day", [saw.pk])[0]
    assert [cell.firm for cell in days.cells] == [480, 480, 0, 0, 0]
    assert [cell.percent for cell in days.cells][:3] == [100, 100, 0]
    [(work, minutes)] = work_in(saw.pk, MONDAY, MONDAY, "day")
    assert (work.label, minutes, work.is_scheduled) == (orders[1].number, 480, True)


def test_planned_orders_load_by_their_routing(shop):
    erp_make.bom(shop, (masterdata.item("LEG"), "4"))
    ordered(shop, "10", dt.date(2026, 3, 12))
    planning.run_plan()
    saw = next(one for one in center_loads(MONDAY, 4, "week") if one.center.code == "SAW")
    assert sum(cell.planned for cell in saw.cells) == 600
    assert sum(cell.firm for cell in saw.cells) == 0


def test_planned_orders_beside_work_orders(client, shop):
    """Ten tables planned for 12 March share the saw with a work order of eight; accepting leaves them alone."""
    erp_make.bom(shop, (masterdata.item("LEG"), "4"))
    sold = ordered(shop, "10", dt.date(2026, 3, 12))
    planning.run_plan()
    firm = erp_make.work_order(shop, "8", due_date=dt.date(2026, 3, 20), start_date=MONDAY)
    assert not planned().proposals.exists()
    plan = planned(rule="due", with_planned=True, waits_for_material=False)
    sawing, drilling = plan.proposals.order_by("number")
    assert (sawing.number, sawing.quantity, sawing.order_line_id) == (10, 10, sold.lines.get().pk)
    assert [sawing.starts_at, drilling.ends_at] == [at(2, 8), at(3, 15)]
    assert times(plan)[firm.pk, 10] == (3, 10, 4, 10)  # after the ten planned ones, which are due sooner
    shifts = shifts_of(rows_of(plan), proposals_of(plan))
    assert [(one.is_planned, one.days_late) for one in shifts] == [(True, 0), (False, 0)]
    client.force_login(core.superuser("boss"))
    shown = {
        show: client.get(plan.get_absolute_url(), {"show": show}).content.decode()
        for show in ("all", "firm", "planned")
    }
    assert [("is-planned" in page, firm.number in page) for page in shown.values()] == [
        (True, True),
        (False, True),
        (True, False),
    ]
    api = APIClient()
    api.force_authenticate(core.superuser("other"))
    rows = api.get("/api/v1/erp/schedule-plan-proposals/", {"plan": plan.pk}).json()["results"]
    assert {row["identity"] for row in rows} == {sawing.identity}
    loads = {show: api.get("/api/v1/erp/capacity/", {"show": show}).json()["results"] for show in ("firm", "planned")}
    saws = {show: next(row for row in rows if row["code"] == "SAW")["cells"] for show, rows in loads.items()}
    assert (
        {one["planned_minutes"] for one in saws["firm"]} == {"0.00"} == {one["firm_minutes"] for one in saws["planned"]}
    )
    perform(schedules.accept_schedule_plan, actor=None, plan_id=plan.pk)
    assert OperationSlot.objects.count() == 2
    live = client.get(reverse("erp:schedule"), {"show": "all"}).content.decode()
    assert ("is-planned" in live, "is-planned" in client.get(reverse("erp:schedule")).content.decode()) == (True, False)


def test_pages_and_api(client, orders):
    saw = operation(orders[0], 10).work_center
    plan = planned()
    urls = [
        reverse("erp:capacity"),
        f"{reverse('erp:capacity')}?by=day",
        reverse("erp:capacity-center", args=[saw.pk]),
        reverse("erp:schedule"),
        reverse("erp:schedule-plan-list"),
        reverse("erp:schedule-plan-create"),
        plan.get_absolute_url(),
    ]
    for url in urls:
        client.force_login(core.user())
        assert client.get(url).status_code == 403, url
    boss = core.superuser("boss")
    client.force_login(boss)
    for url in urls:
        assert client.get(url).status_code == 200, url
    assert "data-operation" in client.get(plan.get_absolute_url()).content.decode()
    moved = {"operation_id": operation(orders[1], 10).pk, "starts_at": "2026-03-04T10:00", "version": plan.version}
    move = reverse("erp:schedule-plan-move", args=[plan.pk])
    assert client.post(move, moved).status_code == 302
    assert client.post(move, moved).status_code == 409  # somebody moved since
    assert client.post(move, moved | {"starts_at": ""}).status_code == 422
    free = reverse("erp:schedule-plan-free", args=[plan.pk])
    assert client.post(free, {"operation_id": moved["operation_id"]}).status_code == 302
    assert client.post(reverse("erp:schedule-plan-accept", args=[plan.pk])).status_code == 302
    assert "gantt-op" in client.get(reverse("erp:schedule")).content.decode()
    form = {"direction": "backward", "rule": "ratio", "with_drafts": "on"}
    assert client.post(reverse("erp:schedule-plan-create"), form).status_code == 302
    api = APIClient()
    api.force_authenticate(boss)
    keys = ({"Idempotency-Key": str(number)} for number in range(99))
    made = api.post("/api/v1/erp/schedule-plans/", {"rule": "due"}, headers=next(keys)).json()
    rows = api.get("/api/v1/erp/schedule-plan-rows/", {"plan": made["id"]}).json()["results"]
    assert len(rows) == 4
    body = {"operation_id": operation(orders[1], 10).pk, "starts_at": "2026-03-05T08:00:00+08:00"}
    route = f"/api/v1/erp/schedule-plans/{made['id']}/"
    assert api.post(f"{route}move/", body, headers=next(keys)).status_code == 200
    assert api.post(f"{route}free/", {"operation_id": body["operation_id"]}, headers=next(keys)).status_code == 200
    assert api.post(f"{route}discard/", {}, headers=next(keys)).json()["state"] == "discarded"
    loads = api.get("/api/v1/erp/capacity/", {"by": "day", "buckets": 3}).json()["results"]
    assert len(loads[0]["cells"]) == 3
