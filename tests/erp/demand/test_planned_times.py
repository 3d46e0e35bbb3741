"""Planned orders moved in a plan of capacity: dragged, accepted, kept by later runs, handed on when firmed."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from core.errors import InvalidInput
from core.operations import perform
from erp.errors.demand import MachineIsTaken, OperationsOverlap, PlanIsOutdated
from erp.models import Demand, OperationSlot, PlannedOrder, PlannedOrderTime, PlanningEvent, WorkOrder
from erp.selectors.plan import planned_orders
from erp.services import planning, schedules
from tests.erp.demand.test_capacity import MONDAY, at, ordered, planned, shop  # noqa: F401  the shop is a fixture
from tests.factories import core, erp_make, masterdata

D = Decimal
pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def plan(shop):  # noqa: F811
    """Ten tables planned for 12 March, ten for 20 March: each saws for ten hours and drills for five."""
    erp_make.bom(shop, (masterdata.item("LEG"), "4"))
    ordered(shop, "10", dt.date(2026, 3, 12))
    ordered(shop, "10", dt.date(2026, 3, 20))
    planning.run_plan()
    return planned(rule="due", with_planned=True, waits_for_material=False)


def of_day(plan, day: int, number: int = 10):
    return plan.proposals.get(due_date=dt.date(2026, 3, day), number=number)


def move(plan, row, starts_at, **fields):
    named = {"identity": row.identity, "number": row.number} | fields
    return perform(schedules.move_planned_operation, actor=None, plan_id=plan.pk, starts_at=starts_at, **named)


def order_of(day: int) -> PlannedOrder:
    return planned_orders().get(due_date=dt.date(2026, 3, day), item__code="TABLE")


def test_a_planned_operation_is_moved_and_freed_and_the_rest_goes_around_it(plan) -> None:
    early, late = of_day(plan, 12), of_day(plan, 20)
    assert (early.starts_at, late.starts_at) == (at(2, 8), at(3, 10))
    plan = move(plan, early, at(4, 8))
    assert (of_day(plan, 12).starts_at, of_day(plan, 12).is_pinned) == (at(4, 8), True)
    assert of_day(plan, 20).starts_at == at(2, 8)
    with pytest.raises(MachineIsTaken):
        move(plan, of_day(plan, 20), at(4, 9))
    with pytest.raises(OperationsOverlap):
        move(plan, of_day(plan, 12, 20), at(2, 9))
    with pytest.raises(InvalidInput):
        move(plan, early, at(4, 8), number=30)
    named = {"plan_id": plan.pk, "identity": early.identity, "number": 10}
    plan = perform(schedules.free_planned_operation, actor=None, **named)
    assert of_day(plan, 12).starts_at == at(2, 8)


def test_accepting_gives_the_moved_order_its_dates_in_this_run_and_the_next(plan) -> None:
    before = order_of(20).start_date
    plan = move(plan, of_day(plan, 12), at(11, 8))
    plan = move(plan, of_day(plan, 12, 20), at(13, 8))
    perform(schedules.accept_schedule_plan, actor=None, plan_id=plan.pk)

    def dates(day: int):
        order = order_of(day)
        return order.start_date, order.finish_date, order.is_late

    moved = (dt.date(2026, 3, 11), dt.date(2026, 3, 13), True)
    assert (dates(12), order_of(20).start_date) == (moved, before)
    masterdata.item("NUT")
    planning.run_plan()
    planning.run_plan(anew=True)
    assert dates(12) == moved

    made = perform(planning.firm_planned_orders, actor=None, identities=[order_of(12).identity])
    order = WorkOrder.objects.get(pk=made.work_order_ids[0])
    assert (order.start_date, order.due_date) == moved[:2]
    slots = OperationSlot.objects.filter(operation__work_order=order).order_by("starts_at")
    assert [(one.starts_at, one.is_pinned) for one in slots] == [(at(11, 8), True), (at(13, 8), True)]
    assert not PlannedOrderTime.objects.exists()


def test_components_are_needed_when_the_moved_order_starts(plan) -> None:
    def legs():
        return sorted((one.need_date, one.quantity) for one in planned_orders().filter(item__code="LEG"))

    early, late = order_of(12).start_date, order_of(20).start_date
    assert legs() == [(early, D(40)), (late, D(40))]
    plan = move(plan, of_day(plan, 12), at(3, 8))
    plan = move(plan, of_day(plan, 12, 20), at(5, 8))
    perform(schedules.accept_schedule_plan, actor=None, plan_id=plan.pk)
    assert PlanningEvent.objects.filter(reason="moved", source_number=plan.number).exists()
    for anew in (False, True):
        planning.run_plan(anew=anew)
        assert order_of(12).start_date == dt.date(2026, 3, 3) != early
        assert legs() == [(dt.date(2026, 3, 3), D(40)), (late, D(40))]

    made = perform(planning.firm_planned_orders, actor=None, identities=[order_of(12).identity])
    needed = Demand.objects.get(source_label="erp.workorder", source_id=made.work_order_ids[0])
    assert (needed.item.code, needed.due_date) == ("LEG", dt.date(2026, 3, 3))
    planning.run_plan()
    assert legs() == [(dt.date(2026, 3, 3), D(40)), (late, D(40))]


def test_what_is_planned_no_more_makes_the_plan_outdated_and_forgets_its_dates(plan, shop) -> None:  # noqa: F811
    kept = move(plan, of_day(plan, 12), at(4, 8))
    other = planned(rule="due", with_planned=True, waits_for_material=False)
    other = move(other, of_day(other, 12), at(5, 8))
    perform(schedules.accept_schedule_plan, actor=None, plan_id=other.pk)
    erp_make.stock(shop, "10")
    planning.run_plan()
    assert not PlannedOrderTime.objects.exists()
    with pytest.raises(PlanIsOutdated):
        perform(schedules.accept_schedule_plan, actor=None, plan_id=kept.pk)


def test_pages(plan, client) -> None:
    client.force_login(core.superuser("boss"))
    row = of_day(plan, 12)
    assert f'data-identity="{row.identity}"' in client.get(plan.get_absolute_url()).content.decode()
    sent = {"identity": row.identity, "number": 10, "starts_at": "2026-03-04T08:00", "version": plan.version}
    url = reverse("erp:schedule-plan-move-planned", args=[plan.pk])
    assert client.post(url, sent).status_code == 302
    assert client.post(url, sent).status_code == 409
    assert client.post(url, sent | {"identity": "", "version": ""}).status_code == 422
    free = reverse("erp:schedule-plan-free-planned", args=[plan.pk])
    assert client.post(free, {"identity": row.identity, "number": 10}).status_code == 302
    answer = client.post(
        f"/api/v1/erp/schedule-plans/{plan.pk}/move-planned/",
        {"identity": row.identity, "number": 10, "starts_at": "2026-03-04T08:00:00+08:00"},
        content_type="application/json",
        headers={"Idempotency-Key": "k"},
    )
    assert answer.status_code == 200
    perform(schedules.accept_schedule_plan, actor=None, plan_id=plan.pk)
    page = client.get(reverse("erp:planned-order", args=[row.identity])).content.decode()
    assert str(plan) in page
