"""Writing a plan: a whole slot of the ring, or the little that differs from the current run; then the flip."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib import import_module
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Max
from django.utils import timezone
from numpy.typing import NDArray

from core.locks import LockRank, advisory_lock
from core.operations import operation
from erp.engines.mrp.arrays import PASS, ArrayPlan
from erp.engines.mrp.problem import NEVER
from erp.engines.mrp.rows import StoredRows, near_text, series_text
from erp.models import CurrentRun, PlanningEvent, PlanRun
from erp.selectors.plan_inputs import Snapshot
from erp.selectors.plan_sources import SUPPLY_TYPES
from erp.services.planning.changes import record_changes
from erp.services.planning.results import write_advice, write_verdicts
from erp.services.planning.times import give_times
from masterdata.models import Item

FLIP = "erp.plan.flip"
"""Shared by those who firm planned orders, exclusive for the moment in which the current run changes."""

LISTED = 50_000
"""A plan of up to so many orders is listed order by order however far it reaches."""

DIFFERENCE = 20_000
"""Most orders of changed items that are exchanged inside the current run."""

COMPILED = "erp.engines.mrp.compiled"

RUNS_KEPT = 2000
PROBLEMS_KEPT = 200
NEAR = (
    "slot, item_id, due_date, sequence, start_date, need_date, finish_date, quantity, supply_type, flags, "
    "more_demands, demands"
)
SERIES = "slot, item_id, supply_type, digest, due, quantity, detail, demand"


@dataclass(frozen=True)
class StoredPlan:
    """A plan and what it was made from; ``is_compiled``: by the compiled planner, which also writes it out."""

    snapshot: Snapshot
    plan: ArrayPlan
    started_at: dt.datetime
    milliseconds: int
    is_compiled: bool
    near_until: int

    @cached_property
    def rows(self) -> StoredRows:
        """Return the plan as it is stored."""
        snapshot = self.snapshot
        rows: type[StoredRows] = StoredRows
        if self.is_compiled:
            rows = import_module(f"{COMPILED}.encoding").CompiledRows
        return rows(
            plan=self.plan,
            item_keys=snapshot.item_keys,
            kinds=snapshot.kinds,
            demand_keys=snapshot.columns.demands.key,
            near_until=self.near_until,
            kind_names=SUPPLY_TYPES,
        )

    @property
    def digest(self) -> str:
        """Return a text that is equal for equal plans."""
        held = self.rows.digests != 0
        return sha256(self.snapshot.item_keys[held].tobytes() + self.rows.digests[held].tobytes()).hexdigest()

    @property
    def orders(self) -> int:
        """Return how many orders are planned, phantoms and skipped levels left out."""
        return int((self.plan.flags & PASS == 0).sum())


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
    _write_slot(run.slot, stored)
    write_advice(number, snapshot, stored.plan)
    write_verdicts(number, snapshot, stored.plan)
    _describe(run, stored)
    run.finished_at = timezone.now()
    run.save(force_insert=True)
    advisory_lock(FLIP, rank=LockRank.PROMISE)
    give_times(run.slot, run.as_of_date)
    CurrentRun.objects.update_or_create(pk=1, defaults={"run": run})
    record_changes(run, snapshot.events, at)
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
    changed, gone = _difference(run.slot, stored)
    orders = int((stored.plan.last - stored.plan.first)[changed].sum())
    if orders + len(gone) > DIFFERENCE:
        return None
    if changed.any() or gone:
        _exchange(run.slot, stored, changed, gone)
        give_times(run.slot, run.as_of_date)
        run.changes += 1
        run.changed_at = timezone.now()
    write_advice(number, stored.snapshot, stored.plan)
    write_verdicts(number, stored.snapshot, stored.plan)
    _describe(run, stored)
    run.save()
    record_changes(run, stored.snapshot.events, at)
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
    """What keeps the plan from being carried out: items to make without a bill of material."""
    ids = stored.snapshot.item_keys[stored.plan.without_bom[:PROBLEMS_KEPT]].tolist()
    codes = Item.objects.in_bulk(ids)
    return [{"code": "no_bom", "item_id": item_id, "item": codes[item_id].code} for item_id in ids]


def _write_slot(slot: int, stored: StoredPlan) -> None:
    tables = (f"erp_plannedrow_{slot}", f"erp_plannedseries_{slot}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        patience = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('lock_timeout', '200ms', true)")
        cursor.execute(f"TRUNCATE {', '.join(tables)}")
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [patience])
        _copy(cursor, tables, slot, (stored, np.ones(len(stored.snapshot.item_keys), np.bool_)), freeze=True)
        for table in tables:
            cursor.execute(f"ANALYZE {table}")


def _copy(
    cursor: Any, tables: tuple[str, str], slot: int, chosen: tuple[StoredPlan, NDArray[np.bool_]], *, freeze: bool
) -> None:
    stored, items = chosen
    options = ["FREEZE"] if freeze else []
    contents: list[Iterable[Any]]
    if stored.is_compiled:
        options.append("FORMAT binary")
        contents = [[part] for part in import_module(f"{COMPILED}.encoding").encoded(slot, stored.rows, items)]
    else:
        contents = [near_text(slot, stored.rows, items), series_text(slot, stored.rows, items)]
    how = f" WITH ({', '.join(options)})" if options else ""
    for table, names, chunks in zip(tables, (NEAR, SERIES), contents, strict=True):
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN{how}") as copy:
            for chunk in chunks:
                copy.write(chunk)


def _difference(slot: int, stored: StoredPlan) -> tuple[NDArray[np.bool_], list[int]]:
    """Return which items (a mask) have other orders than the slot says, and keys of items that have none any more."""
    keys, digests = stored.snapshot.item_keys, stored.rows.digests
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(item_id), array_agg(COALESCE(digest, 0)) FROM erp_plannedseries WHERE slot = %s", [slot]
        )
        known_keys, known = (np.array(column or [], np.int64) for column in cursor.fetchone())
    place = np.minimum(np.searchsorted(keys, known_keys), max(len(keys) - 1, 0))
    is_there = keys[place] == known_keys if len(keys) else np.zeros(len(known_keys), np.bool_)
    before = np.zeros(len(keys), np.int64)
    before[place[is_there]] = known[is_there]
    had = np.zeros(len(keys), np.bool_)
    had[place[is_there]] = True
    changed: NDArray[np.bool_] = (digests != before) | (had & (before == 0))
    return changed, known_keys[~is_there].tolist()


def _exchange(slot: int, stored: StoredPlan, changed: NDArray[np.bool_], gone: list[int]) -> None:
    ids = [*stored.snapshot.item_keys[changed].tolist(), *gone]
    tables = (f"erp_plannedrow_{slot}", f"erp_plannedseries_{slot}")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table} WHERE slot = %s AND item_id = ANY(%s::bigint[])", [slot, ids])
        _copy(cursor, tables, slot, (stored, changed), freeze=False)


def _forget_events(event_ids: list[int]) -> None:
    """Delete the events the snapshot has seen; later ones wait for the next run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM erp_planningevent WHERE id IN "
            "(SELECT id FROM erp_planningevent WHERE id = ANY(%s::bigint[]) FOR UPDATE SKIP LOCKED)",
            [event_ids],
        )
