"""How a plan is stored: near orders as rows, far ones by item, and the little that changes in the current run."""

import datetime as dt
import sys
from decimal import Decimal
from importlib import import_module

import numpy as np
import pytest
from django.db import connection

from core.operations import perform
from erp.errors import PlanIsBehind
from erp.models import CurrentRun, Demand, PlannedOrder, PlannedTotal, PlanningEvent, PlanVerdict, WorkOrder
from erp.selectors.plan import near_orders, planned_orders, shortages
from erp.selectors.plan_inputs import read_snapshot
from erp.services import planning
from erp.services.planning import process, running, storing
from erp.services.planning.slots import COMPILED
from erp.services.work_orders import cancel_work_order
from masterdata.models import Item
from tests.factories import crm, erp_make, masterdata

D = Decimal
FIELDS = (
    "item_id",
    "due_date",
    "sequence",
    "start_date",
    "need_date",
    "finish_date",
    "quantity",
    "supply_type",
    "flags",
)


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)


def order_for(item: Item, quantity: str, due: dt.date):
    return crm.confirmed_order(None, crm.line(item, quantity, ship_date=due))


def stored(slot: int, *more: str) -> list[tuple]:
    return sorted(PlannedOrder.objects.filter(slot=slot).values_list(*FIELDS, *more))


@pytest.fixture
def lamp(factory) -> dict[str, Item]:
    """LAMP = 1 FOOT + 2 BULB; three orders near and far, one of them for two customers."""
    lamp, foot = erp_make.made("LAMP", lead_time_days=2, lot_multiple=D(5)), erp_make.made("FOOT", lead_time_days=3)
    bulb, rod = masterdata.item("BULB", lead_time_days=10), masterdata.item("ROD", lead_time_days=4)
    erp_make.bom(lamp, (foot, "1"), (bulb, "2"))
    erp_make.bom(foot, (rod, "0.3"))
    for number in (8, 60, 61, 150):
        order_for(lamp, "3", factory + days(number))
    return {"lamp": lamp, "foot": foot, "bulb": bulb, "rod": rod}


@pytest.fixture
def large(monkeypatch) -> None:
    """Treats any plan as a large one, with the usual near horizon."""
    monkeypatch.setattr(storing, "LISTED", 0)


def test_far_orders_lie_by_item_and_read_like_the_near_ones(lamp, monkeypatch) -> None:
    rows = stored(planning.run_plan().slot)
    monkeypatch.setattr(storing, "LISTED", 0)

    run = planning.run_plan()

    assert run.near_until == run.as_of_date + days(28)
    assert stored(run.slot) == rows
    near = near_orders()
    assert 0 < near.count() < planned_orders().count() == run.orders
    assert all(min(one.start_date, one.need_date) <= run.near_until for one in near)
    far = planned_orders().filter(is_near=False, item=lamp["lamp"]).order_by("due_date").first()
    first = Demand.objects.filter(due_date__gte=far.due_date).order_by("due_date", "pk").first()
    assert (far.demands, far.more_demands) == ([first.pk], True)
    assert shortages(run.as_of_date + days(20)).count() == 4


def test_both_planners_write_the_same_rows(lamp, monkeypatch, large) -> None:
    erp_make.bom(erp_make.made("BOX", is_phantom=True), (lamp["rod"], "1.25"))
    plain = planning.run_plan()
    rows = stored(plain.slot, "more_demands", "demands")
    monkeypatch.setattr(running, "LARGE", 0)

    fast = planning.run_plan(anew=True)

    assert fast.slot != plain.slot
    assert stored(fast.slot, "more_demands", "demands") == rows
    assert fast.digest == plain.digest


def compiled_for() -> dict[str, set]:
    """Of each function of the compiled planner, the types it is compiled for."""
    modules = {name: module for name, module in sys.modules.items() if name.startswith(f"{COMPILED}.")}
    return {
        f"{name}.{own}": set(function.signatures)
        for name, module in modules.items()
        for own, function in vars(module).items()
        if hasattr(function, "py_func")
    }


def test_nothing_is_left_to_compile_when_the_first_order_comes(lamp, factory, monkeypatch, large) -> None:
    monkeypatch.setattr(running, "LARGE", 0)
    planner = process.PlannerProcess()
    import_module(COMPILED)
    planner.make_ready()
    ready = compiled_for()
    assert planner.is_ready
    assert all(ready[f"{COMPILED}.{name}"] for name in ("driving.plan_items", "driving.halve", "carrying.plan_some"))

    planner.plan()
    planner.kept.planner.share = 2.0
    order_for(lamp["lamp"], "7", factory + days(30))
    planner.plan()

    assert planner.kept.planner.changed
    assert compiled_for() == ready


def test_a_far_order_is_firmed_out_of_its_arrays(lamp, factory, large) -> None:
    run = planning.run_plan()
    order = planned_orders().filter(item=lamp["lamp"], is_near=False).order_by("-due_date").first()

    done = perform(planning.firm_planned_orders, actor=None, identities=[order.identity])

    work_order = WorkOrder.objects.get(pk=done.work_order_ids[0])
    assert (work_order.quantity, work_order.due_date) == (order.quantity, order.due_date)
    assert not planned_orders().filter(item=lamp["lamp"], due_date=order.due_date).exists()
    after = planning.run_plan()
    assert (after.number, after.changes) == (run.number, 1)
    assert not planned_orders().filter(item=lamp["lamp"], due_date=order.due_date).exists()
    perform(cancel_work_order, actor=None, work_order_id=work_order.pk)
    planning.run_plan()
    assert planned_orders().filter(item=lamp["lamp"], due_date=order.due_date).exists()


def test_one_more_order_changes_only_its_items(lamp, factory) -> None:
    first = planning.run_plan()
    other = masterdata.item("OTHER")
    versions = _row_versions(first.slot)

    order_for(other, "7", factory + days(30))
    run = planning.run_plan()

    assert (run.number, run.changes, run.orders) == (first.number, 1, first.orders + 1)
    assert run.digest != first.digest
    assert run.input_digest != first.input_digest
    after = _row_versions(run.slot)
    assert {key: after[key] for key in versions} == versions  # rows of other items were not touched
    assert [key for key in after if key not in versions] == [other.pk]
    assert planning.run_plan(anew=True).digest == run.digest
    assert not PlanningEvent.objects.exists()


def _row_versions(slot: int) -> dict[int, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT item_id, array_agg(ctid::text ORDER BY ctid) FROM erp_plannedrow WHERE slot = %s GROUP BY 1", [slot]
        )
        return dict(cursor.fetchall())


def test_an_equal_plan_writes_nothing(lamp) -> None:
    first = planning.run_plan()
    rows, verdicts = _row_versions(first.slot), list(PlanVerdict.objects.order_by("pk").values())

    again = planning.run_plan()

    assert (again.number, again.changes, again.digest) == (first.number, 0, first.digest)
    assert _row_versions(again.slot) == rows
    assert list(PlanVerdict.objects.order_by("pk").values()) == verdicts


def test_an_order_firmed_meanwhile_is_not_brought_back_by_a_change(lamp, factory, monkeypatch) -> None:
    planning.run_plan()
    snapshot = read_snapshot(factory)  # a planner that read its inputs before the firming
    order = planned_orders().filter(item=lamp["lamp"]).first()
    perform(planning.firm_planned_orders, actor=None, identities=[order.identity])
    monkeypatch.setattr(running, "read_snapshot", lambda today, kept: snapshot)

    stale = planning.run_plan()

    assert stale.number == 2  # written whole, so that firming it again is refused
    with pytest.raises(PlanIsBehind):
        perform(planning.firm_planned_orders, actor=None, identities=[order.identity])


def test_an_item_that_is_no_longer_needed_leaves_the_run(lamp) -> None:
    planning.run_plan()
    Demand.objects.all().delete()

    run = planning.run_plan()

    assert (run.orders, PlannedOrder.objects.filter(slot=run.slot).count()) == (0, 0)
    assert CurrentRun.objects.get().run == run
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM erp_plannedseries WHERE slot = %s", [run.slot])
        assert cursor.fetchone()[0] == 0


def test_the_snapshot_reads_numbers_as_they_are(lamp, factory) -> None:
    columns = read_snapshot(factory).columns

    assert columns.items.lead_days.dtype == np.int32
    rod = columns.lines.quantity[columns.lines.component == len(columns.items.step) - 1]
    assert rod.tolist() == [300_000]
    assert columns.demands.quantity.tolist() == [3_000_000] * len(columns.demands.key) or columns.demands.reserved.any()


def test_the_sums_kept_of_a_plan_are_those_of_its_listed_orders(lamp, factory, large) -> None:
    planning.run_plan()
    order_for(lamp["foot"], "50", factory + days(9))

    run = planning.run_plan()

    sums: dict[int, list[Decimal]] = {}
    for one in PlannedOrder.objects.filter(slot=run.slot, is_near=True):
        if not one.is_for_safety_stock and not one.is_passed_through:
            row = sums.setdefault(one.item_id, [D(0), D(0)])
            row[0] += one.quantity
            row[1] += one.quantity if one.need_date <= run.as_of_date + days(30) else D(0)
    kept = PlannedTotal.objects.values_list("item_id", "total", "near")
    assert run.changes == 1
    assert {pk: [total, near] for pk, total, near in kept} == sums != {}
