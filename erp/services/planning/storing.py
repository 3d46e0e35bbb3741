"""Writing a plan: a whole slot of the ring, or the little that differs from the current run; then the flip."""

import datetime as dt
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from core.locks import LockRank, advisory_lock
from core.operations import operation
from erp.engines.mrp.problem import NEVER
from erp.models import CurrentRun, PlanningEvent, PlanRun, Routing
from erp.selectors.boms import valid_on
from erp.selectors.plan_inputs import Snapshot
from erp.services.planning.changes import planned_sums, record_changes
from erp.services.planning.results import write_advice, write_substitutions, write_verdicts
from erp.services.planning.slots import StoredPlan, difference, exchange, write_slot
from erp.services.planning.times import give_times
from erp.states.engineering import RoutingState
from masterdata.models import Item

FLIP = "erp.plan.flip"
"""Shared by those who firm planned orders, exclusive for the moment in which the current run changes."""

LISTED = 50_000
"""A plan of up to so many orders is listed order by order however far it reaches."""

DIFFERENCE = 20_000
"""Most orders of changed items that are exchanged inside the current run."""

RUNS_KEPT = 2000
PROBLEMS_KEPT = 200
TIMELESS_READ = 4 * PROBLEMS_KEPT


def near_limit(orders: int, snapshot: Snapshot) -> int:
    """Return the last release day whose orders are listed one by one."""
    return NEVER if orders <= LISTED else snapshot.columns.today + snapshot.near_days


@operation(permission=None)
def store_plan(*, stored: StoredPlan, actor: Any, at: dt.datetime) -> PlanRun:
    """Write a plan into the oldest slot and make it the current run. The caller holds the site's planning lock.

    The oldest slot waits for its last readers 200 ms at most; whoever comes later gets `Busy` and tries again.
    """
    snapshot = stored.snapshot
    number = (PlanRun.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    run = PlanRun(number=number, as_of_date=snapshot.today, started_at=stored.started_at)
    run.near_until = None if stored.near_until == NEVER else dt.date.fromordinal(stored.near_until)
    write_slot(run.slot, stored)
    write_advice(number, snapshot, stored.plan)
    write_verdicts(number, snapshot, stored.plan)
    write_substitutions(snapshot, stored.plan)
    _describe(run, stored)
    run.finished_at = timezone.now()
    run.save(force_insert=True)
    advisory_lock(FLIP, rank=LockRank.PROMISE)
    give_times(run.slot, run.as_of_date)
    CurrentRun.objects.update_or_create(pk=1, defaults={"run": run})
    record_changes(run, planned_sums(stored, run), snapshot.events, at)
    PlanRun.objects.filter(number__lt=number - RUNS_KEPT).delete()
    _forget_events(snapshot.events)
    return run


@operation(permission=None)
def change_plan(*, stored: StoredPlan, number: int, actor: Any, at: dt.datetime) -> PlanRun | None:
    """Bring the orders of the current run to a plan that hardly differs from it; None: it has to be written anew.

    That is when another run became current, an order was firmed that the plan does not know of, or too much differs.
    The caller holds the site's planning lock.
    """
    advisory_lock(FLIP, rank=LockRank.PROMISE)
    current = CurrentRun.objects.select_related("run").first()
    unseen = PlanningEvent.objects.filter(firmed_run__isnull=False).exclude(pk__in=stored.snapshot.events)
    if current is None or current.run_id != number or unseen.exists():
        return None
    run: PlanRun = current.run
    changed, gone = difference(run.slot, stored)
    orders = int((stored.plan.last - stored.plan.first)[changed].sum())
    if orders + len(gone) > DIFFERENCE:
        return None
    if changed.any() or gone:
        exchange(run.slot, stored, changed, gone)
        give_times(run.slot, run.as_of_date)
        run.changes += 1
        run.changed_at = timezone.now()
    write_advice(number, stored.snapshot, stored.plan)
    write_verdicts(number, stored.snapshot, stored.plan)
    write_substitutions(stored.snapshot, stored.plan)
    _describe(run, stored)
    run.save()
    record_changes(run, planned_sums(stored, run), stored.snapshot.events, at)
    _forget_events(stored.snapshot.events)
    return run


def _describe(run: PlanRun, stored: StoredPlan) -> None:
    snapshot = stored.snapshot
    run.items = len(snapshot.item_keys)
    run.demands = len(snapshot.columns.demands.key)
    run.supplies = len(snapshot.columns.receipts.key)
    run.orders = stored.orders
    run.milliseconds = stored.milliseconds
    run.problems = _problems(stored)
    run.input_digest = snapshot.digest
    run.digest = stored.digest


def _problems(stored: StoredPlan) -> list[dict[str, Any]]:
    """What keeps the plan from being carried out: items to make without a bill, and orders that take no time."""
    found = {
        "no_bom": stored.snapshot.item_keys[stored.plan.without_bom[:PROBLEMS_KEPT]].tolist(),
        "no_time": _without_time(stored),
    }
    codes = Item.objects.in_bulk({item_id for ids in found.values() for item_id in ids})
    return [
        {"code": code, "item_id": item_id, "item": codes[item_id].code}
        for code, ids in found.items()
        for item_id in ids
    ]


def _without_time(stored: StoredPlan) -> list[int]:
    """Return the items that are planned as if they took no time: no lead time, and no routing that says how long.

    Of those without a lead time the first are looked at, a few times as many as are kept.
    """
    items, plan = stored.snapshot.columns.items, stored.plan
    timeless = (items.lead_days == 0) & ~items.is_phantom & (plan.last > plan.first)
    keys = stored.snapshot.item_keys[np.nonzero(timeless)[0][:TIMELESS_READ]].tolist()
    if not keys:
        return []
    day = stored.snapshot.today
    routed = Routing.objects.filter(valid_on(day), item_id__in=keys, state=RoutingState.RELEASED)
    known = set(routed.exclude(item__supply_type=Item.SupplyType.BUY).values_list("item_id", flat=True))
    return [key for key in keys if key not in known][:PROBLEMS_KEPT]


def _forget_events(event_ids: list[int]) -> None:
    """Delete the events the snapshot has seen; later ones wait for the next run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM erp_planningevent WHERE id IN "
            "(SELECT id FROM erp_planningevent WHERE id = ANY(%s::bigint[]) FOR UPDATE SKIP LOCKED)",
            [event_ids],
        )
