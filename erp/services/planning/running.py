"""One regenerative run: read a snapshot, plan, write the oldest slot of the ring, flip the current run."""

import gc
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.db import connection
from django.utils import timezone

from core.clock import business_date, moment
from core.operations import perform
from erp.engines import mrp
from erp.errors import BomContainsItself
from erp.models import PlanRun
from erp.selectors.plan_inputs import Snapshot, read_snapshot
from erp.services.planning.storing import StoredPlan, store_plan
from masterdata.models import Item

log = structlog.get_logger(__name__)
SITE_LOCK = "erp.plan"


def run_plan() -> PlanRun:
    """Plan everything as of the company's business date and make the result the current run.

    Called by the planner process, and directly where a plan is wanted at once (demo data, tests). One at a time: a
    second caller waits for the first.

    Raises:
        BomContainsItself: the bills of material contain a circle; the current run stays.
    """
    with _alone():
        started = timezone.now()
        clock = time.perf_counter()
        snapshot = read_snapshot(business_date(moment()))
        plan = _plan(snapshot)
        stored = StoredPlan(
            snapshot=snapshot,
            plan=plan,
            digest=_digest(plan, snapshot),
            started_at=started,
            milliseconds=int((time.perf_counter() - clock) * 1000),
        )
        run: PlanRun = perform(store_plan, actor=None, stored=stored)
    log.info("planned", run=run.number, orders=run.orders, milliseconds=run.milliseconds)
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


def _plan(snapshot: Snapshot) -> mrp.Plan:
    """Plan with the garbage collector off: it would walk through millions of live objects again and again.

    Raises:
        BomContainsItself: named by item codes.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        return mrp.make_plan(snapshot.problem)
    except mrp.BomCycle as cycle:
        codes = Item.objects.in_bulk([snapshot.item_ids[item] for item in cycle.path])
        path = " → ".join(codes[snapshot.item_ids[item]].code for item in cycle.path)
        raise BomContainsItself(document=codes[snapshot.item_ids[cycle.path[0]]].code, path=path) from cycle
    finally:
        if was_on:
            gc.enable()


def _digest(plan: mrp.Plan, snapshot: Snapshot) -> str:
    digest = hashlib.sha256()
    for order in plan.all_orders():
        row = (snapshot.item_ids[order.item], order.due, order.sequence, order.start, order.quantity, order.finish)
        digest.update(repr(row).encode())
    return digest.hexdigest()
