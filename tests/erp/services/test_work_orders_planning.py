"""Work orders are written, moved, released and ended."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import InvalidInput, InvalidTransition, MissingRight, StaleVersion
from core.operations import perform
from erp.errors import (
    NotInProduction,
    WorkOrderIsStarted,
)
from erp.models import (
    Demand,
    StockMove,
    Supply,
    WorkOrder,
)
from erp.services import work_orders
from erp.states import WorkOrderState
from masterdata.errors import ClosedForEntry, QuantityTooFine
from masterdata.models import Item
from tests.erp.services.work_order_steps import (
    fresh,
    in_state,
    issue,
    open_demand,
    open_supply,
    others,
)
from tests.factories import core, erp_make, masterdata

D = Decimal


def test_create_work_order_explodes_the_bom_and_tells_the_planner(bench) -> None:
    order = erp_make.work_order(bench, "10", due_date=dt.date(2026, 3, 20))

    assert (order.state, order.start_date, order.bom.item) == ("draft", dt.date(2026, 3, 18), bench)
    assert [(row.item.code, row.required_quantity, row.material_kind) for row in order.materials.all()] == [
        ("LEG", D(40), "main"),
        ("PAINT", D(2), "auxiliary"),
    ]
    assert open_demand() == {"LEG": D(40), "PAINT": D(2)}
    assert set(Demand.objects.values_list("due_date", flat=True)) == {dt.date(2026, 3, 18)}
    assert open_supply() == [("BENCH", D(10), False)]


def test_create_work_order_without_bom_has_no_material(factory) -> None:
    order = erp_make.work_order(erp_make.made("PLAIN"), "1")

    assert order.bom is None
    assert order.materials.count() == 0


def test_create_work_order_refuses_impossible_input(bench) -> None:
    other = erp_make.made("OTHER")
    for fields, refusal in (
        ({"quantity": "0"}, InvalidInput),
        ({"quantity": "-1"}, InvalidInput),
        ({"quantity": "1.5"}, QuantityTooFine),
        ({"start_date": dt.date(2026, 3, 21), "due_date": dt.date(2026, 3, 20)}, InvalidInput),
        ({"bom_id": erp_make.bom(other, (masterdata.item(), "1")).pk}, InvalidInput),
    ):
        with pytest.raises(refusal):
            erp_make.work_order(bench, **fields)
    Item.objects.filter(pk=bench.pk).update(is_active=False)
    with pytest.raises(ClosedForEntry):
        erp_make.work_order(bench)
    assert WorkOrder.objects.count() == 0


def test_update_work_order_makes_the_material_list_anew(bench) -> None:
    draft = erp_make.work_order(bench, "10")
    values = {"start_date": dt.date(2026, 4, 1), "due_date": dt.date(2026, 4, 3)}

    changed = perform(
        work_orders.update_work_order, actor=None, work_order_id=draft.pk, version=0, quantity=D(5), **values
    )

    assert (changed.quantity, changed.version) == (D(5), 1)
    assert open_demand() == {"LEG": D(20), "PAINT": D(1)}
    assert open_supply() == [("BENCH", D(5), False)]
    with pytest.raises(StaleVersion):
        perform(work_orders.update_work_order, actor=None, work_order_id=draft.pk, version=0, quantity=D(6), **values)


@pytest.mark.parametrize("state", others(WorkOrderState.DRAFT))
def test_update_work_order_refuses_every_other_state(bench, state) -> None:
    order = in_state(bench, state)

    with pytest.raises(InvalidTransition):
        perform(
            work_orders.update_work_order,
            actor=None,
            work_order_id=order.pk,
            quantity=D(5),
            start_date=order.start_date,
            due_date=order.due_date,
        )


def test_reschedule_moves_dates_of_an_open_order_and_quantity_only_before_anything_is_booked(bench) -> None:
    order = in_state(bench, WorkOrderState.RELEASED)
    later = {"start_date": dt.date(2026, 5, 4), "due_date": dt.date(2026, 5, 6)}

    moved = perform(work_orders.reschedule_work_order, actor=None, work_order_id=order.pk, quantity=D(8), **later)
    assert (moved.due_date, moved.quantity) == (dt.date(2026, 5, 6), D(8))
    assert open_demand() == {"LEG": D(32), "PAINT": D("1.6")}
    assert Supply.objects.get().due_date == dt.date(2026, 5, 6)

    issue(order, "4", "0")
    with pytest.raises(WorkOrderIsStarted):
        perform(work_orders.reschedule_work_order, actor=None, work_order_id=order.pk, quantity=D(9), **later)
    perform(work_orders.reschedule_work_order, actor=None, work_order_id=order.pk, **later)
    assert open_demand() == {"LEG": D(28), "PAINT": D("1.6")}


@pytest.mark.parametrize("state", [WorkOrderState.COMPLETED, WorkOrderState.CLOSED, WorkOrderState.CANCELLED])
def test_reschedule_refuses_ended_orders(bench, state) -> None:
    order = in_state(bench, state)

    with pytest.raises(NotInProduction):
        perform(
            work_orders.reschedule_work_order,
            actor=None,
            work_order_id=order.pk,
            start_date=order.start_date,
            due_date=order.due_date,
        )


def test_release_makes_the_supply_a_promise(bench) -> None:
    order = erp_make.released_work_order(bench, "10")

    assert order.state == WorkOrderState.RELEASED
    assert open_supply() == [("BENCH", D(10), True)]


@pytest.mark.parametrize(
    ("service", "allowed"),
    [
        (work_orders.release_work_order, {WorkOrderState.DRAFT}),
        (work_orders.complete_work_order, {WorkOrderState.IN_PROGRESS}),
        (work_orders.close_work_order, {WorkOrderState.COMPLETED}),
        (work_orders.cancel_work_order, {WorkOrderState.DRAFT, WorkOrderState.RELEASED}),
    ],
)
@pytest.mark.parametrize("state", WorkOrderState.values)
def test_a_verb_is_refused_in_every_other_state(bench, service, allowed, state) -> None:
    order = in_state(bench, state)

    if state in allowed:
        perform(service, actor=None, work_order_id=order.pk)
        return
    with pytest.raises((InvalidTransition, WorkOrderIsStarted)):
        perform(service, actor=None, work_order_id=order.pk)
    assert fresh(order).state == state


def test_cancel_ends_demand_and_supply(bench) -> None:
    order = erp_make.released_work_order(bench, "10")

    perform(work_orders.cancel_work_order, actor=None, work_order_id=order.pk, reason="customer changed his mind")

    assert (open_demand(), open_supply()) == ({}, [])


def test_record_closed_work_orders_writes_documents_and_nothing_else(bench) -> None:
    row = {
        "number": "OLD-1",
        "item_id": bench.pk,
        "quantity": D(10),
        "completed_quantity": D(9),
        "scrapped_quantity": D(1),
        "start_date": dt.date(2025, 1, 6),
        "due_date": dt.date(2025, 1, 10),
        "closed_on": dt.date(2025, 1, 9),
    }
    moves = StockMove.objects.count()

    first = perform(work_orders.record_closed_work_orders, actor=None, rows=[row, row | {"number": "OLD-2"}])
    again = perform(work_orders.record_closed_work_orders, actor=None, rows=[row])

    assert (first, again) == (2, 0)
    order = WorkOrder.objects.get(number="OLD-1")
    assert (order.state, order.completed_quantity, order.closed_on) == ("closed", D(9), dt.date(2025, 1, 9))
    assert (StockMove.objects.count(), Supply.objects.count(), Demand.objects.count()) == (moves, 0, 0)


@pytest.mark.parametrize(
    "service",
    [
        work_orders.create_work_order,
        work_orders.release_work_order,
        work_orders.issue_materials,
        work_orders.return_materials,
        work_orders.report_operation,
        work_orders.receive_production,
        work_orders.complete_work_order,
        work_orders.close_work_order,
        work_orders.cancel_work_order,
        work_orders.reschedule_work_order,
        work_orders.reverse_receipt,
        work_orders.reverse_report,
        work_orders.start_work,
        work_orders.finish_work,
        work_orders.record_closed_work_orders,
    ],
)
def test_every_verb_needs_its_right(factory, service) -> None:
    with pytest.raises(MissingRight):
        perform(service, actor=core.user("erp.view_workorder"))
