"""One regenerative run: read a snapshot, plan, then write the oldest slot of the ring or the little that differs."""

import gc
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import structlog
from django.db import connection
from django.utils import timezone

from core.clock import business_date, moment
from core.operations import perform
from erp.engines import mrp
from erp.engines.mrp.around import Planner, plan_around
from erp.engines.mrp.arrays import ArrayPlan, ArrayProblem
from erp.engines.mrp.problem import NEVER
from erp.errors import BomContainsItself
from erp.models import CurrentRun, PlanRun
from erp.selectors.plan_inputs import Snapshot, read_snapshot
from erp.selectors.plan_kept import KeptSources
from erp.services.planning.slots import COMPILED, IN_TWO, StoredPlan
from erp.services.planning.storing import change_plan, near_limit, store_plan
from masterdata.models import Item

log = structlog.get_logger(__name__)
SITE_LOCK = "erp.plan"

LARGE = 3_000
"""From so many items, demands and bill lines on the compiled planner is worth its second of loading."""


@dataclass
class Kept:
    """What a planner process keeps from one plan to the next: the sources it read, the planner with its last plan."""

    sources: KeptSources = field(default_factory=KeptSources)
    planner: Any = None


def run_plan(*, anew: bool = False, kept: Kept | None = None) -> PlanRun:
    """Plan everything as of the company's business date and make the result the current run.

    Called by the planner process, and directly where a plan is wanted at once (demo data, tests). One at a time: a
    second caller waits for the first. Where the plan hardly differs from the current run's of the same day, that one
    is changed and returned; ``anew``: planned and written whole in any case. ``kept``: what this process keeps of its
    last plan, so that only what changed is read and only what may differ is planned.

    Raises:
        BomContainsItself: the bills of material contain a circle; the current run stays.
    """
    with _alone():
        started = timezone.now()
        clock = time.perf_counter()
        snapshot = read_snapshot(business_date(moment()), kept.sources if kept else None)
        plan, is_compiled = _plan(snapshot, kept, anew=anew)
        stored = StoredPlan(
            snapshot=snapshot,
            plan=plan,
            started_at=started,
            milliseconds=int((time.perf_counter() - clock) * 1000),
            is_compiled=is_compiled,
            near_until=near_limit(len(plan.due), snapshot),
            in_two=is_compiled and len(plan.due) > IN_TWO and not connection.in_atomic_block,
        )
        run = (None if anew else _changed(stored)) or perform(store_plan, actor=None, stored=stored)
    log.info("planned", run=run.number, orders=run.orders, changes=run.changes, milliseconds=run.milliseconds)
    return run


def _changed(stored: StoredPlan) -> PlanRun | None:
    """Change the current run, if it is of the same day and cut at the same day; None: that is not to be done."""
    current = CurrentRun.objects.select_related("run").first()
    if current is None or current.run.as_of_date != stored.snapshot.today:
        return None
    near = current.run.near_until
    if (near.toordinal() if near else NEVER) != stored.near_until:
        return None
    run: PlanRun | None = perform(change_plan, actor=None, stored=stored, number=current.run_id)
    return run


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the site's planning lock for the length of the run (of the session: the planner connects directly)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 7))", [SITE_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 7))", [SITE_LOCK])


def _plan(snapshot: Snapshot, kept: Kept | None, *, anew: bool) -> tuple[ArrayPlan, bool]:
    """Plan by the compiled planner where the problem is large or it is loaded anyway, else by the plain one.

    Raises:
        BomContainsItself: named by item codes.
    """
    given = snapshot.columns
    size = len(given.items.step) + len(given.demands.key) + len(given.lines.bom)
    try:
        if (size >= LARGE and find_spec("numba")) or COMPILED in sys.modules:
            return plan_around(given, _planner(kept, anew=anew)), True
        return _plain(given), False
    except mrp.BomCycle as cycle:
        codes = Item.objects.in_bulk([snapshot.item_ids[item] for item in cycle.path])
        path = " → ".join(codes[snapshot.item_ids[item]].code for item in cycle.path)
        raise BomContainsItself(document=codes[snapshot.item_ids[cycle.path[0]]].code, path=path) from cycle


def _planner(kept: Kept | None, *, anew: bool) -> Planner:
    """Return the compiled planner; it is imported by need, as it takes a second and much memory."""
    compiled = import_module(COMPILED)
    if kept is None:
        plan: Planner = compiled.plan
        return plan
    kept.planner = kept.planner or compiled.KeptPlanner()
    kept.planner.begin(anew=anew)
    planner: Planner = kept.planner
    return planner


def _plain(given: ArrayProblem) -> ArrayPlan:
    """Plan with the garbage collector off: it would walk through live objects again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        return plan_around(given)
    finally:
        if was_on:
            gc.enable()
