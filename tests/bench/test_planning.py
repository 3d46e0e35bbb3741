"""Planning at size: the engine alone, with all rules, and whole runs against PostgreSQL beside COPY's own time."""

import dataclasses
import hashlib
import os
import resource
import time
from itertools import pairwise
from typing import Any

import numpy as np
import psycopg
import pytest

from core.clock import business_date, moment
from core.operations import perform
from erp.engines import mrp
from erp.engines.mrp import compiled
from erp.engines.mrp.arrays import ArrayPlan, ArrayProblem, arrays_of, problem_of
from erp.engines.mrp.compiled.encoding import encoded
from erp.engines.mrp.problem import MICRO
from erp.models import CurrentRun, Demand, PlannedOrder
from erp.selectors.plan_inputs import read_snapshot
from erp.services import planning
from erp.services.demand import DemandRow, set_demand
from erp.services.planning.storing import NEAR, SERIES, StoredPlan, near_limit, store_plan
from tests.bench.limits import measure
from tests.bench.mrp_planning import columns_from, columns_of_generated, with_all_rules
from tests.bench.mrp_problem import generate
from tests.bench.mrp_reference import Ways, bare_plan
from tests.bench.mrp_tables import fill
from tests.erp.engines.test_mrp_compiled import shape

SIZES = {"10k": (10_000, 5.0, 2), "T": (100_000, 8.34, 10)}
"""Items, bill lines an item, demands an end item; seed 1."""

PLANNED = {"10k": 122_242, "T": 4_143_259}
"""Orders that the reference planners made of these problems; `tests.bench.mrp_reference` says why ours differ."""

CHOSEN = os.environ.get("PLANNING_SIZES", "10k,T").split(",")


def clock(function: Any, *arguments: Any, turns: int = 3) -> tuple[float, Any]:
    """Return the best time of some turns, and the last result."""
    best, found = 9e9, None
    for _turn in range(turns):
        start = time.perf_counter()
        found = function(*arguments)
        best = min(best, time.perf_counter() - start)
    return best, found


def quantity_by_item(plan: ArrayPlan) -> Any:
    """Return the planned quantity of each item in whole pieces."""
    running = np.concatenate([[0], np.cumsum(plan.quantity // MICRO)])
    return (running[plan.last] - running[plan.first]).astype("<i8")


def quantity_digest(plan: ArrayPlan) -> str:
    """Return a short text that is equal when every item's planned quantity is."""
    return hashlib.sha256(quantity_by_item(plan).tobytes()).hexdigest()[:16]


def peak() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB peak"


def net_only(problem: ArrayProblem) -> float:
    """The best time of netting alone: orders, advice and start dates, without pegging."""
    best = 9e9
    for _turn in range(3):
        ready = compiled.make_ready(problem)
        start = time.perf_counter()
        compiled.net(ready, with_pegs=False)
        best = min(best, time.perf_counter() - start)
    return best


@pytest.mark.parametrize("size", CHOSEN)
def test_planning_engine_alone(size: str) -> None:
    given = generate(*SIZES[size], seed=1)
    problem = columns_from(given)
    start = time.perf_counter()
    compiled.plan(columns_of_generated(1_000))
    print(f"\nplanning {size}: first use of the compiled planner {time.perf_counter() - start:.1f} s, load {load()}")
    layout, _ready = clock(compiled.make_ready, problem)
    netting = net_only(problem)
    whole, plan = clock(compiled.plan, problem)
    orders = len(plan.due)
    print(f"  layout {layout:.3f} s, netting {netting:.3f} s ({orders:,} orders), with pegs and dates {whole:.3f} s")
    print(f"  {peak()}; planned quantity by item {quantity_digest(plan)}")
    _explain(given, plan, compiled.plan(_on_own_dates(problem)), size)
    if size == "10k":
        plain = arrays_of(problem_of(problem), mrp.make_plan(problem_of(problem)))
        assert shape(plan) == shape(plain)


def _on_own_dates(problem: ArrayProblem) -> ArrayProblem:
    """Return the problem with receipts counted on their own dates only."""
    return dataclasses.replace(problem, rules=dataclasses.replace(problem.rules, reschedule_days=-1))


def _explain(given: dict[str, Any], plan: ArrayPlan, on_own_dates: ArrayPlan, size: str) -> None:
    """Switch the three rules in which the reference differs one after the other, from its orders to ours."""
    bare, (orders, _quantity) = clock(bare_plan, given, Ways())
    assert orders.sum() == PLANNED[size]
    print(f"  the reference: {PLANNED[size]:,} orders, its bare arithmetic takes {bare:.3f} s here")
    apart, _quantity = bare_plan(given, Ways(overdue_apart=True))
    print(f"  with needs before today on their own days: {apart.sum():,}")
    for ways, ours in (
        (Ways(overdue_apart=True, safety_last=True), on_own_dates),
        (Ways(overdue_apart=True, safety_last=True, pull_in=True), plan),
    ):
        orders, quantity = bare_plan(given, ways)
        print(f"  {ways}: {orders.sum():,}")
        assert np.array_equal(orders, ours.last - ours.first)
        assert np.array_equal(quantity, quantity_by_item(ours))


@pytest.mark.parametrize("size", CHOSEN)
def test_planning_engine_with_all_rules(size: str) -> None:
    problem = with_all_rules(columns_of_generated(*SIZES[size]))
    compiled.plan(with_all_rules(columns_of_generated(1_000)))
    netting = net_only(problem)
    whole, plan = clock(compiled.plan, problem)
    print(
        f"\nplanning {size} with all rules: netting {netting:.3f} s, with pegs and dates {whole:.3f} s, load {load()}"
    )
    print(f"  {len(plan.due):,} orders, {len(plan.substitutions[0]):,} substitutions, {peak()}")
    if size == "10k":
        plain = arrays_of(problem_of(problem), mrp.make_plan(problem_of(problem)))
        assert shape(plan) == shape(plain)


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


@pytest.mark.parametrize("size", CHOSEN)
def test_planning_whole_run(committed, size: str) -> None:
    compiled.plan(columns_of_generated(1_000))
    encoded(0, _stored_of_small(), np.ones(20, np.bool_))
    end_item = fill(generate(*SIZES[size], seed=1), committed.owner_url)
    start = time.perf_counter()
    first = planning.run_plan()
    print(f"\nplanning {size}, whole run, load {load()}: the first {time.perf_counter() - start:.2f} s")
    for _turn in range(3):
        _one_run(committed.owner_url)
    print(
        f"  {first.orders:,} orders, {PlannedOrder.objects.filter(slot=current().slot, is_near=True).count():,} listed"
    )
    _after_one_order(end_item)
    before = current()
    again = planning.run_plan()
    assert (again.number, again.changes, again.digest) == (before.number, before.changes, before.digest)
    assert planning.run_plan(anew=True).digest == again.digest
    print(f"  {measure(committed.owner_url)}")


def _stored_of_small() -> Any:
    from erp.engines.mrp.rows import StoredRows

    plan = compiled.plan(columns_of_generated(20))
    keys = np.arange(1, 21)
    return StoredRows(
        plan, keys, np.zeros(20, np.int64), np.arange(1, 10_000), 740_050, ("buy", "make", "x", "phantom")
    )


def current() -> Any:
    return CurrentRun.objects.select_related("run").get().run


def _one_run(owner_url: str) -> None:
    """Read, plan, write a whole slot: each by itself, then COPY alone of the same bytes into bare tables."""
    times = [time.perf_counter()]
    snapshot = read_snapshot(business_date(moment()))
    times.append(time.perf_counter())
    plan = compiled.plan(snapshot.columns)
    times.append(time.perf_counter())
    near = near_limit(len(plan.due), snapshot)
    stored = StoredPlan(snapshot, plan, moment(), 0, True, near)
    perform(store_plan, actor=None, stored=stored)
    times.append(time.perf_counter())
    read, planned, written = (b - a for a, b in pairwise(times))
    alone = _copy_alone(stored, owner_url)
    whole = times[-1] - times[0]
    print(f"  read {read:.2f}, plan {planned:.2f}, write {written:.2f}: {whole:.2f} s; COPY alone {alone:.2f}")


def _copy_alone(stored: StoredPlan, owner_url: str) -> float:
    """COPY of the same bytes into tables without an index."""
    parts = encoded(0, stored.rows, np.ones(len(stored.snapshot.item_keys), np.bool_))
    total = 0.0
    with psycopg.connect(owner_url) as owner, owner.cursor() as cursor:
        for source, names, part in zip(("erp_plannedrow", "erp_plannedseries"), (NEAR, SERIES), parts, strict=True):
            cursor.execute(f"CREATE TABLE bench_bare AS SELECT * FROM {source} WITH NO DATA")
            start = time.perf_counter()
            with cursor.copy(f"COPY bench_bare ({names}) FROM STDIN WITH (FORMAT binary)") as copy:
                copy.write(part)
            total += time.perf_counter() - start
            cursor.execute("DROP TABLE bench_bare")
    return total


def _after_one_order(item_id: int) -> None:
    """The time from one more order to the changed plan that everybody sees."""
    row = DemandRow(99_000_001, item_id, Demand.objects.first().quantity, Demand.objects.first().quantity, _far())
    perform(set_demand, actor=None, source_label="crm.salesorder", source_id=99_000_001, kind="work_order", rows=[row])
    before = current()
    start = time.perf_counter()
    run = planning.run_plan()
    took = time.perf_counter() - start
    more = run.orders - before.orders
    print(f"  after one order {took:.2f} s: run {run.number}, changes {run.changes}, {more} more orders")
    assert (run.number, run.changes) == (before.number, before.changes + 1)


def _far() -> Any:
    return Demand.objects.order_by("-due_date").first().due_date
