"""Planning at size: the engine alone, with all rules, and whole runs against PostgreSQL beside COPY's own time."""

import dataclasses
import datetime as dt
import hashlib
import os
import resource
import time
from functools import partial
from typing import Any

import numpy as np
import psycopg
import pytest
from django.db import connection

from core.clock import business_date, moment
from core.memory import hold_memory
from core.operations import perform
from erp.engines import mrp
from erp.engines.mrp import compiled
from erp.engines.mrp.arrays import ArrayPlan, ArrayProblem, arrays_of, problem_of
from erp.engines.mrp.compiled.encoding import CompiledRows, near_chunks, series_chunks
from erp.engines.mrp.problem import MICRO
from erp.models import CurrentRun, Demand, PlannedOrder
from erp.selectors.pegging import pegs_of
from erp.selectors.plan_inputs import read_snapshot
from erp.selectors.plan_kept import KeptSources
from erp.services import planning
from erp.services.demand import DemandRow, set_demand
from erp.services.planning.slots import IN_TWO, NEAR, SERIES, StoredPlan
from erp.services.planning.storing import near_limit, store_plan
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


class Took:
    """Seconds of wall and of processor time."""

    def __init__(self, wall: float = 9e9, processor: float = 9e9) -> None:
        self.wall, self.processor = wall, processor

    @classmethod
    def since(cls, wall: float, processor: float) -> "Took":
        return cls(time.perf_counter() - wall, time.process_time() - processor)

    def best(self, other: "Took") -> "Took":
        return Took(min(self.wall, other.wall), min(self.processor, other.processor))

    def __str__(self) -> str:
        return f"{self.wall:.3f} s (processor {self.processor:.3f})"


def now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def clock(function: Any, *arguments: Any, turns: int = 3) -> tuple[Took, Any]:
    """Return the best times of some turns, and the last result."""
    best, found = Took(), None
    for _turn in range(turns):
        found = None  # two plans at once would count twice in the peak of memory
        start = now()
        found = function(*arguments)
        best = best.best(Took.since(*start))
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


def stages(problem: ArrayProblem) -> str:
    """The best times of netting alone (orders, advice, starts), with what each order is for, and of the verdicts."""
    netting, pegging, judging = Took(), Took(), Took()
    for _turn in range(3):
        ready, start = compiled.make_ready(problem), now()
        compiled.net(ready, with_pegs=False)
        netting = netting.best(Took.since(*start))
        ready, start = compiled.make_ready(problem), now()
        netted = compiled.net(ready)
        pegging = pegging.best(Took.since(*start))
        start = now()
        compiled.judge(problem, netted)
        judging = judging.best(Took.since(*start))
        del netted, ready
    return f"netting {netting}, with what orders are for {pegging}, dates and verdicts {judging}"


@pytest.mark.parametrize("size", CHOSEN)
def test_planning_engine_alone(size: str) -> None:
    given = generate(*SIZES[size], seed=1)
    problem = columns_from(given)
    start = now()
    compiled.plan(columns_of_generated(1_000))
    print(f"\nplanning {size}: first use of the compiled planner {Took.since(*start)}, load {load()}")
    layout, _ready = clock(compiled.make_ready, problem)
    print(f"  layout {layout}, {stages(problem)}")
    whole, plan = clock(compiled.plan, problem)
    print(f"  all of it {whole}: {len(plan.due):,} orders, {peak()}; quantity by item {quantity_digest(plan)}")
    _explain(given, plan, compiled.plan(_on_own_dates(problem)), size)
    if size == "10k":
        plain = arrays_of(problem_of(problem), mrp.make_plan(problem_of(problem)))
        assert shape(plan) == shape(plain)


def _on_own_dates(problem: ArrayProblem) -> ArrayProblem:
    """Return the problem with receipts counted on their own dates only."""
    return dataclasses.replace(problem, rules=dataclasses.replace(problem.rules, reschedule_days=-1))


def _explain(given: dict[str, Any], plan: ArrayPlan, on_own_dates: ArrayPlan, size: str) -> None:
    """Switch the three rules in which the reference differs one after the other, from its orders to ours."""
    orders, _quantity = bare_plan(given, Ways())
    assert orders.sum() == PLANNED[size]
    print(f"  the reference: {PLANNED[size]:,} orders")
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
    print(f"\nplanning {size} with all rules: {stages(problem)}, load {load()}")
    whole, plan = clock(compiled.plan, problem)
    print(f"  all of it {whole}: {len(plan.due):,} orders, {len(plan.substitutions[0]):,} substitutions, {peak()}")
    if size == "10k":
        plain = arrays_of(problem_of(problem), mrp.make_plan(problem_of(problem)))
        assert shape(plan) == shape(plain)


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


@pytest.mark.parametrize("size", CHOSEN)
def test_planning_whole_run(committed, size: str) -> None:
    hold_memory()  # as the planner process does
    compiled.plan(columns_of_generated(1_000))
    for chunks in (near_chunks, series_chunks):
        assert list(chunks(0, _stored_of_small(), np.ones(20, np.bool_)))
    end_item = fill(generate(*SIZES[size], seed=1), committed.owner_url)
    start = now()
    kept = planning.Kept()
    first = planning.run_plan(kept=kept)
    print(f"\nplanning {size}, whole run, load {load()}: the first {Took.since(*start)}")
    for _turn in range(3):
        _one_run(committed.owner_url, KeptSources(keeps=False), "everything")
        _one_run(committed.owner_url, kept.sources, "what changed")
    print(
        f"  {first.orders:,} orders, {PlannedOrder.objects.filter(slot=current().slot, is_near=True).count():,} listed"
    )
    for number in range(3):
        _after_one_order(end_item, 99_000_001 + number, kept)
    _order_lines_down()
    before = current()
    again = planning.run_plan()
    assert (again.number, again.changes, again.digest) == (before.number, before.changes, before.digest)
    assert planning.run_plan(anew=True).digest == again.digest
    print(f"  {measure(committed.owner_url)}")


def _stored_of_small() -> Any:
    plan = compiled.plan(columns_of_generated(20))
    keys = np.arange(1, 21)
    return CompiledRows(
        plan, keys, np.zeros(20, np.int64), np.arange(1, 10_000), 740_050, ("buy", "make", "x", "phantom")
    )


def current() -> Any:
    return CurrentRun.objects.select_related("run").get().run


class Statements:
    """Seconds by the beginning of a statement."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, parameters, many, context)
        finally:
            text = " ".join(sql.split())[:60]
            self.seconds[text] = self.seconds.get(text, 0.0) + time.perf_counter() - start

    def __str__(self) -> str:
        slowest = sorted(self.seconds.items(), key=lambda pair: -pair[1])[:6]
        return "; ".join(f"{took:.2f} {text}" for text, took in slowest)


def _one_run(owner_url: str, kept: KeptSources, asked: str) -> None:
    """Read everything or what changed, plan, write a whole slot: each by itself, then COPY alone of the same bytes."""
    begin, start = now(), now()
    snapshot = read_snapshot(business_date(moment()), kept)
    read, start = Took.since(*start), now()
    plan = compiled.plan(snapshot.columns)
    planned, start = Took.since(*start), now()
    near = near_limit(len(plan.due), snapshot)
    stored = StoredPlan(snapshot, plan, moment(), 0, True, near, in_two=len(plan.due) > IN_TWO)
    statements = Statements()
    with connection.execute_wrapper(statements):
        perform(store_plan, actor=None, stored=stored)
    written, whole = Took.since(*start), Took.since(*begin)
    alone, size = _copy_alone(stored, owner_url)
    print(f"  read {asked} {read}, plan {planned}, write {written}: {whole}, load {load()}, {peak()}")
    print(f"    the slowest statements of writing: {statements}")
    print(f"    COPY alone of the same {size / 1e6:.0f} MB {alone:.2f} s")


def _copy_alone(stored: StoredPlan, owner_url: str) -> tuple[float, int]:
    """COPY of the same bytes into tables without an index."""
    everything = np.ones(len(stored.snapshot.item_keys), np.bool_)
    parts = [b"".join(map(bytes, chunks(0, stored.rows, everything))) for chunks in (near_chunks, series_chunks)]
    total = 0.0
    with psycopg.connect(owner_url) as owner, owner.cursor() as cursor:
        for source, names, part in zip(("erp_plannedrow", "erp_plannedseries"), (NEAR, SERIES), parts, strict=True):
            cursor.execute(f"CREATE TABLE bench_bare AS SELECT * FROM {source} WITH NO DATA")
            start = time.perf_counter()
            with cursor.copy(f"COPY bench_bare ({names}) FROM STDIN WITH (FORMAT binary)") as copy:
                copy.write(part)
            total += time.perf_counter() - start
            cursor.execute("DROP TABLE bench_bare")
    return total, sum(len(part) for part in parts)


def _after_one_order(item_id: int, key: int, kept: planning.Kept) -> None:
    """The time from one more order to the changed plan that everybody sees."""
    row = DemandRow(key, item_id, Demand.objects.first().quantity, Demand.objects.first().quantity, _far())
    perform(set_demand, actor=None, source_label="crm.salesorder", source_id=key, kind="work_order", rows=[row])
    before = current()
    start = now()
    run = planning.run_plan(kept=kept)
    took = Took.since(*start)
    more = run.orders - before.orders
    print(f"  after one order {took}: run {run.number}, changes {run.changes}, {more} more orders")
    assert (run.number, run.changes) == (before.number, before.changes + 1)


def _order_lines_down() -> None:
    """Pegging of order lines due sooner and later, down to raw material."""
    for days in (5, 30, 90, 180):
        day = business_date(moment()) + dt.timedelta(days=days)
        demand = Demand.objects.filter(due_date__gte=day).order_by("due_date", "pk").first()
        took, pegs = clock(partial(pegs_of, demand.source_label, source_line_id=demand.source_line_id), turns=5)
        print(f"  an order line due in {days} days down through {len(pegs.rows())} nodes: {took}, load {load()}")


def _far() -> Any:
    return Demand.objects.order_by("-due_date").first().due_date
