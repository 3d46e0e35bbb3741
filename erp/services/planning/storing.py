"""Writing a plan: the slot by TRUNCATE and COPY FREEZE, advice and verdicts where they differ, then the flip."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from core.locks import LockRank, advisory_lock
from core.operations import operation
from erp.engines import mrp
from erp.engines.mrp.problem import CANCEL, DECREASE, EXPEDITE
from erp.models import CurrentRun, PlannedOrder, PlanRun
from erp.selectors.plan_inputs import Snapshot
from erp.services.planning.changes import record_changes
from erp.states import LateReason
from masterdata.models import Item

FLIP = "erp.plan.flip"
"""Shared by those who firm planned orders, exclusive for the moment in which the current run changes."""

RUNS_KEPT = 2000
PROBLEMS_KEPT = 200
COLUMNS = (
    "slot, item_id, due_date, sequence, start_date, need_date, finish_date, quantity, supply_type, flags, "
    "more_demands, demands"
)


@dataclass(frozen=True)
class StoredPlan:
    """A plan and what it was made from; ``digest`` is equal for equal plans."""

    snapshot: Snapshot
    plan: mrp.Plan
    digest: str
    started_at: dt.datetime
    milliseconds: int


@operation(permission=None)
def store_plan(*, stored: StoredPlan, actor: Any, at: dt.datetime) -> PlanRun:
    """Write a plan and make it the current run. The caller holds the site's planning lock.

    The oldest slot waits for its last readers 200 ms at most; whoever comes later gets `Busy` and tries again.
    """
    snapshot, plan = stored.snapshot, stored.plan
    number = (PlanRun.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    run = PlanRun(
        number=number,
        as_of_date=snapshot.today,
        started_at=stored.started_at,
        items=len(snapshot.item_ids),
        demands=len(snapshot.problem.demands),
        supplies=len(snapshot.problem.receipts),
        orders=sum(len(orders) for orders in plan.orders),
        milliseconds=stored.milliseconds,
        problems=_problems(stored),
        input_digest=snapshot.digest,
        digest=stored.digest,
    )
    _write_slot(run.slot, stored)
    _write_advice(number, stored)
    _write_verdicts(number, stored)
    run.finished_at = timezone.now()
    run.save(force_insert=True)
    advisory_lock(FLIP, rank=LockRank.PROMISE)
    CurrentRun.objects.update_or_create(pk=1, defaults={"run": run})
    record_changes(run, snapshot.events, at)
    PlanRun.objects.filter(number__lt=number - RUNS_KEPT).delete()
    _forget_events(snapshot.events)
    return run


def _problems(stored: StoredPlan) -> list[dict[str, Any]]:
    """What keeps the plan from being carried out: items to make without a bill of material."""
    ids = [stored.snapshot.item_ids[item] for item in stored.plan.without_bom][:PROBLEMS_KEPT]
    codes = Item.objects.in_bulk(ids)
    return [{"code": "no_bom", "item_id": item_id, "item": codes[item_id].code} for item_id in ids]


def _write_slot(slot: int, stored: StoredPlan) -> None:
    table = f"{PlannedOrder._meta.db_table}_{slot}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        patience = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('lock_timeout', '200ms', true)")
        cursor.execute(f"TRUNCATE {table}")
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [patience])
        with cursor.copy(f"COPY {table} ({COLUMNS}) FROM STDIN (FREEZE)") as copy:
            for chunk in _rows(slot, stored):
                copy.write(chunk)
        cursor.execute(f"ANALYZE {table}")


class _Days(dict[int, str]):
    """ISO dates by ordinal, each made once."""

    def __missing__(self, day: int) -> str:
        self[day] = text = dt.date.fromordinal(min(max(day, 1), dt.date.max.toordinal())).isoformat()
        return text


def _rows(slot: int, stored: StoredPlan) -> Iterator[str]:
    """COPY's text format, one chunk per item."""
    iso = _Days()
    for item, orders in enumerate(stored.plan.orders):
        if not orders:
            continue
        item_id, kind = stored.snapshot.item_ids[item], stored.snapshot.supply_types[item]
        yield "".join(
            f"{slot}\t{item_id}\t{iso[one.due]}\t{one.sequence}\t{iso[one.start]}\t{iso[one.need]}\t{iso[one.finish]}\t"
            f"{one.quantity // mrp.MICRO}.{one.quantity % mrp.MICRO:06d}\t{kind}\t{_flags(one)}\t"
            f"{'t' if one.more else 'f'}\t{{{','.join(str(key) for _day, key in one.tops)}}}\n"
            for one in orders
        )


def _flags(order: mrp.Order) -> int:
    flags = PlannedOrder.PAST_DUE if order.past_due else 0
    flags |= PlannedOrder.FOR_SAFETY_STOCK if order.for_safety else 0
    flags |= PlannedOrder.LATE if order.finish > order.need else 0
    return flags | (0 if order.has_bom else PlannedOrder.WITHOUT_BOM)


def _write_advice(number: int, stored: StoredPlan) -> None:
    """Bring the advice table to what the plan says, touching only what differs."""
    by_receipt: dict[int, list[Any]] = {}
    for one in stored.plan.advice:
        row = by_receipt.setdefault(one.receipt, [one.kind, None, 0])
        if one.kind not in {DECREASE, CANCEL}:
            row[:2] = one.kind, max(one.day, stored.snapshot.problem.today if one.kind == EXPEDITE else one.day)
        row[2] = max(row[2], one.surplus)
    ids = [stored.snapshot.supply_ids[receipt] for receipt in by_receipt]
    kinds, days, surpluses = ([row[column] for row in by_receipt.values()] for column in range(3))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM erp_supplyadvice WHERE supply_id <> ALL(%s::bigint[])", [ids])
        cursor.execute(
            """
            INSERT INTO erp_supplyadvice AS a (supply_id, kind, advised_date, surplus_quantity, run_number)
            SELECT supply, kind, DATE '0001-01-01' + (day - 1), surplus / 1000000.0, %s
            FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::bigint[]) AS n(supply, kind, day, surplus)
            ON CONFLICT (supply_id) DO UPDATE SET kind = EXCLUDED.kind, advised_date = EXCLUDED.advised_date,
              surplus_quantity = EXCLUDED.surplus_quantity, run_number = EXCLUDED.run_number
            WHERE (a.kind, a.advised_date, a.surplus_quantity)
               IS DISTINCT FROM (EXCLUDED.kind, EXCLUDED.advised_date, EXCLUDED.surplus_quantity)
            """,
            [number, ids, kinds, days, surpluses],
        )


def _write_verdicts(number: int, stored: StoredPlan) -> None:
    """Bring the verdicts to what the plan says, touching only what differs; planned is never before due."""
    rows: list[tuple[Any, ...]] = []
    for demand, line_id in stored.snapshot.order_lines.items():
        verdict = stored.plan.verdicts[demand]
        if verdict is None:
            continue
        due = stored.snapshot.problem.demands[demand].day
        planned = max(due, verdict.day)
        blocking = None if verdict.item is None else stored.snapshot.item_ids[verdict.item]
        rows.append((line_id, due, planned, planned - due, verdict.from_stock, LateReason(verdict.reason), blocking))
    columns = [[row[column] for row in rows] for column in range(7)]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM erp_planverdict WHERE order_line_id <> ALL(%s::bigint[])", [columns[0]])
        cursor.execute(
            """
            INSERT INTO erp_planverdict AS v
              (order_line_id, due_date, planned_date, days_late, stock_quantity, reason, blocking_item_id, run_number)
            SELECT line, DATE '0001-01-01' + (due - 1), DATE '0001-01-01' + (planned - 1), late, stock / 1000000.0,
                   reason, blocking, %s
            FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::int[], %s::bigint[], %s::text[], %s::bigint[])
              AS n(line, due, planned, late, stock, reason, blocking)
            ON CONFLICT (order_line_id) DO UPDATE SET due_date = EXCLUDED.due_date,
              planned_date = EXCLUDED.planned_date, days_late = EXCLUDED.days_late,
              stock_quantity = EXCLUDED.stock_quantity, reason = EXCLUDED.reason,
              blocking_item_id = EXCLUDED.blocking_item_id, run_number = EXCLUDED.run_number
            WHERE (v.due_date, v.planned_date, v.days_late, v.stock_quantity, v.reason, v.blocking_item_id)
               IS DISTINCT FROM (EXCLUDED.due_date, EXCLUDED.planned_date, EXCLUDED.days_late,
                                 EXCLUDED.stock_quantity, EXCLUDED.reason, EXCLUDED.blocking_item_id)
            """,
            [number, *columns],
        )


def _forget_events(event_ids: list[int]) -> None:
    """Delete the events the snapshot has seen; later ones wait for the next run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM erp_planningevent WHERE id IN "
            "(SELECT id FROM erp_planningevent WHERE id = ANY(%s::bigint[]) FOR UPDATE SKIP LOCKED)",
            [event_ids],
        )
