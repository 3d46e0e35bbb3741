"""What a run found different from the run before, kept for the planner to decide on: advice, shortages, moved dates.

Compares what is stored, set by set, and of the orders their sums by item, so it does not depend on how a plan was made.
Runs inside the operation that made the run current, before its events are forgotten.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from erp.engines.mrp.arrays import PASS, SAFETY
from erp.models import PlannedTotal, PlanRun
from erp.selectors.plan_reading import columns
from erp.services.planning.results import literal
from erp.services.planning.slots import StoredPlan

Array = NDArray[Any]

SHORTAGE_DAYS = 30
"""How far ahead of the run's day planned orders count as shortages."""

KEPT_DAYS = 90
"""How long changes that settled by themselves are kept."""

UNDECIDED = "('open', 'proposed')"
ADVICE = "('expedite', 'defer', 'increase', 'decrease', 'cancel')"

SETTLE_ADVICE = f"""
UPDATE erp_planchange c SET outcome = 'settled', decided_at = %(at)s
WHERE c.outcome IN {UNDECIDED} AND c.kind IN {ADVICE} AND NOT EXISTS (
    SELECT 1 FROM erp_supplyadvice a JOIN erp_supply s ON s.id = a.supply_id
    WHERE a.supply_id = c.supply_id AND a.kind = c.kind)
"""

REFRESH_ADVICE = f"""
UPDATE erp_planchange c SET old_date = s.due_date, new_date = a.advised_date, old_quantity = s.open_quantity,
       quantity = a.surplus_quantity
FROM erp_supplyadvice a JOIN erp_supply s ON s.id = a.supply_id
WHERE c.outcome IN {UNDECIDED} AND c.supply_id = a.supply_id AND c.kind = a.kind
  AND (c.old_date, c.new_date, c.old_quantity, c.quantity)
      IS DISTINCT FROM (s.due_date, a.advised_date, s.open_quantity, a.surplus_quantity)
"""

ADD_ADVICE = f"""
INSERT INTO erp_planchange (kind, outcome, run_number, item_id, supply_id, source_label, source_id, source_number,
    old_date, new_date, old_quantity, quantity, cause, cause_label, cause_number, created_at, note)
SELECT a.kind, 'open', %(run)s, s.item_id, s.id, s.source_label, s.source_id, s.source_number,
       s.due_date, a.advised_date, s.open_quantity, a.surplus_quantity, '', '', '', %(at)s, ''
FROM erp_supplyadvice a JOIN erp_supply s ON s.id = a.supply_id
WHERE NOT EXISTS (
    SELECT 1 FROM erp_planchange c
    WHERE c.supply_id = a.supply_id AND c.kind = a.kind AND (
        c.outcome IN {UNDECIDED}
        OR c.outcome = 'to_stock' AND a.surplus_quantity <= c.quantity
        OR c.outcome = 'dismissed' AND c.new_date IS NOT DISTINCT FROM a.advised_date
           AND a.surplus_quantity <= c.quantity))
"""

NOW = """
WITH now AS MATERIALIZED (
    SELECT item_id, total * 0.000001 AS total, near * 0.000001 AS near,
           DATE '0001-01-01' + (needed - 1) AS needed,
           CASE WHEN item_id IN (SELECT item_id FROM erp_plannedordertime) THEN (
               SELECT min(r.start_date) FROM erp_plannedrow r
               WHERE r.slot = %(slot)s AND r.item_id = planned.item_id AND r.flags & 34 = 0
           ) ELSE DATE '0001-01-01' + (start - 1) END AS start
    FROM unnest(%(items)s::bigint[], %(totals)s::bigint[], %(nears)s::bigint[], %(needs)s::int[], %(starts)s::int[])
      AS planned(item_id, total, near, needed, start)
)"""
"""What is planned of the items to look at (`_to_look_at`), for all that follows in the same statement. Of orders moved
on the machines the slot knows the start (without safety stock, 2, and what is passed through, 32)."""

SHORTAGES = """
, settled AS (
    UPDATE erp_planchange c SET outcome = 'settled', decided_at = %(at)s
    FROM erp_planchange o LEFT JOIN now n ON n.item_id = o.item_id
    WHERE o.id = c.id AND o.outcome = 'open' AND o.kind = 'shortage' AND COALESCE(n.near, 0) <= o.old_quantity
), refreshed AS (
    UPDATE erp_planchange c SET quantity = n.near, new_date = n.needed, old_date = n.start
    FROM now n WHERE c.outcome = 'open' AND c.kind = 'shortage' AND n.item_id = c.item_id AND n.near > c.old_quantity
      AND (c.quantity, c.new_date, c.old_date) IS DISTINCT FROM (n.near, n.needed, n.start)
), added AS (
    INSERT INTO erp_planchange (kind, outcome, run_number, item_id, source_label, source_number,
        old_date, new_date, old_quantity, quantity, cause, cause_label, cause_number, created_at, note)
    SELECT 'shortage', 'open', %(run)s, n.item_id, '', '', n.start, n.needed, COALESCE(t.near, 0), n.near,
           '', '', '', %(at)s, ''
    FROM now n LEFT JOIN erp_plannedtotal t ON t.item_id = n.item_id
    WHERE n.total > COALESCE(t.total, 0) AND n.near > COALESCE(t.near, 0) AND NOT EXISTS (
        SELECT 1 FROM erp_planchange c WHERE c.item_id = n.item_id AND c.kind = 'shortage' AND c.outcome = 'open')
)"""
"""The plan beside what was planned last: a shortage is new when more is planned in all *and* soon, so that one
which only comes nearer from day to day is not taken for new. One that settles is none that is new: it was more than
its old quantity when last seen, and would have to be more again."""

KEEP_TOTALS = """
, gone AS (
    DELETE FROM erp_plannedtotal WHERE item_id = ANY(%(gone)s::bigint[])
)
INSERT INTO erp_plannedtotal AS t (item_id, total, near) SELECT item_id, total, near FROM now
ON CONFLICT (item_id) DO UPDATE SET total = EXCLUDED.total, near = EXCLUDED.near
WHERE (t.total, t.near) IS DISTINCT FROM (EXCLUDED.total, EXCLUDED.near)
"""

TOTALS = """
SELECT array_agg(item_id), array_agg((total * 1000000)::bigint), array_agg((near * 1000000)::bigint)
FROM (SELECT * FROM erp_plannedtotal ORDER BY item_id) kept
"""

OPEN_SHORTAGES = "SELECT array_agg(item_id) FROM erp_planchange WHERE kind = 'shortage' AND outcome = 'open'"

SETTLE_MOVES = """
UPDATE erp_planchange c SET outcome = 'settled', decided_at = %(at)s
WHERE c.outcome = 'open' AND c.order_line_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM erp_planverdict v WHERE v.order_line_id = c.order_line_id)
"""

REFRESH_MOVES = """
UPDATE erp_planchange c SET
    new_date = v.planned_date,
    kind = CASE WHEN v.planned_date > c.old_date THEN 'later'
                WHEN v.planned_date < c.old_date THEN 'earlier'
                ELSE c.kind END,
    outcome = CASE WHEN v.planned_date = c.old_date THEN 'settled' ELSE 'open' END,
    decided_at = CASE WHEN v.planned_date = c.old_date THEN %(at)s::timestamptz END
FROM erp_planverdict v
WHERE c.outcome = 'open' AND c.order_line_id = v.order_line_id AND c.new_date IS DISTINCT FROM v.planned_date
"""

ADD_MOVES = """
INSERT INTO erp_planchange (kind, outcome, run_number, item_id, order_line_id, source_label, source_id, source_number,
    old_date, new_date, old_quantity, quantity, cause, cause_label, cause_number, created_at, note)
SELECT CASE WHEN v.planned_date > COALESCE(v.seen_date, v.due_date) THEN 'later' ELSE 'earlier' END, 'open', %(run)s,
       l.item_id, l.id, 'crm.salesorder', o.id, o.number, COALESCE(v.seen_date, v.due_date), v.planned_date, 0,
       COALESCE(d.open_quantity, 0), '', '', '', %(at)s, ''
FROM erp_planverdict v
JOIN crm_salesorderline l ON l.id = v.order_line_id
JOIN crm_salesorder o ON o.id = l.order_id
LEFT JOIN erp_demand d ON d.source_label = 'crm.salesorder' AND d.source_line_id = l.id
WHERE v.planned_date IS DISTINCT FROM v.seen_date AND v.planned_date <> COALESCE(v.seen_date, v.due_date)
  AND greatest(v.planned_date, COALESCE(v.seen_date, v.due_date)) > v.due_date
  AND NOT EXISTS (SELECT 1 FROM erp_planchange c WHERE c.order_line_id = l.id AND c.outcome = 'open')
"""

SEEN = "UPDATE erp_planverdict SET seen_date = planned_date WHERE seen_date IS DISTINCT FROM planned_date"

CAUSES = """
WITH RECURSIVE fresh AS (
    SELECT c.id, c.item_id FROM erp_planchange c WHERE c.created_at = %(at)s
  UNION
    SELECT c.id, v.blocking_item_id FROM erp_planchange c JOIN erp_planverdict v ON v.order_line_id = c.order_line_id
    WHERE c.created_at = %(at)s AND v.blocking_item_id IS NOT NULL
), event AS (
    SELECT e.id, e.reason, e.source_label, e.source_id, e.source_number, unnest(e.item_ids) AS item_id
    FROM erp_planningevent e WHERE e.id = ANY(%(events)s::bigint[])
), goes_into(item_id, root, depth) AS (
    SELECT DISTINCT item_id, item_id, 0 FROM fresh
  UNION
    SELECT b.item_id, g.root, g.depth + 1 FROM goes_into g
    JOIN erp_bomline l ON l.component_id = g.item_id AND l.line_kind = 'component'
    JOIN erp_bom b ON b.id = l.bom_id AND b.state = 'released'
    WHERE g.depth < 40
), found AS (
    SELECT DISTINCT ON (f.id) f.id AS change_id, e.reason, e.source_label, e.source_id, e.source_number
    FROM fresh f JOIN goes_into g ON g.root = f.item_id JOIN event e ON e.item_id = g.item_id
    ORDER BY f.id, (e.source_number = ''), g.depth, e.id DESC
)
UPDATE erp_planchange c SET cause = f.reason, cause_label = f.source_label, cause_id = f.source_id,
       cause_number = f.source_number
FROM found f WHERE f.change_id = c.id
"""

FORGET = "DELETE FROM erp_planchange WHERE outcome = 'settled' AND decided_at < %(forget)s"


class PlannedSums(NamedTuple):
    """Of each item with orders listed: its key, micro-units planned in all and soon, first days of need and release."""

    items: Array
    totals: Array
    nears: Array
    needs: Array
    starts: Array


def planned_sums(stored: StoredPlan, run: PlanRun) -> PlannedSums:
    """Add up the listed orders by item, without those for safety stock and levels that are only passed through."""
    plan, rows = stored.plan, stored.rows
    counted = np.nonzero(rows.is_near & (plan.flags & (SAFETY | PASS) == 0))[0]
    item = rows.item[counted]
    by_item = np.argsort(item, kind="stable")
    counted, item = counted[by_item], item[by_item]
    first = np.nonzero(np.diff(item, prepend=-1))[0]
    if not len(first):
        return PlannedSums(*(np.zeros(0, np.int64) for _column in PlannedSums._fields))
    quantity, need = plan.quantity[counted], plan.need[counted]
    until = (run.as_of_date + dt.timedelta(days=SHORTAGE_DAYS)).toordinal()
    return PlannedSums(
        items=stored.snapshot.item_keys[item[first]],
        totals=np.add.reduceat(quantity, first),
        nears=np.add.reduceat(np.where(need <= until, quantity, 0), first),
        needs=np.minimum.reduceat(need, first),
        starts=np.minimum.reduceat(plan.start[counted], first),
    )


def _to_look_at(planned: PlannedSums) -> tuple[PlannedSums, Array]:
    """Return the sums that differ from those kept or are of an open shortage, and the items that have none any more."""
    kept, totals, nears = columns(TOTALS)
    at = np.minimum(np.searchsorted(kept, planned.items), max(len(kept) - 1, 0))
    differs = np.ones(len(planned.items), np.bool_)
    if len(kept):
        differs = (kept[at] != planned.items) | (totals[at] != planned.totals) | (nears[at] != planned.nears)
    look = differs | np.isin(planned.items, columns(OPEN_SHORTAGES)[0])
    return PlannedSums(*(column[look] for column in planned)), np.setdiff1d(kept, planned.items, assume_unique=True)


def record_changes(run: PlanRun, planned: PlannedSums, event_ids: Sequence[int], at: dt.datetime) -> None:
    """Bring the changes to decide on to what ``run`` says now, beside what was planned when this was last called.

    What a later plan no longer has settles by itself; what was decided stays as it was decided and is not asked again
    as long as it does not grow. ``event_ids`` are the events the run has seen: the latest that concerns an item, or
    what it goes into, is named as the cause.
    """
    looked_at, gone = _to_look_at(planned)
    values: dict[str, Any] = {
        "run": run.number,
        "at": at,
        "slot": run.slot,
        **{name: literal(column) for name, column in looked_at._asdict().items()},
        "gone": literal(gone),
        "events": list(event_ids),
        "forget": at - dt.timedelta(days=KEPT_DAYS),
    }
    earlier = PlanRun.objects.filter(number__lt=run.number)
    is_first = not (run.changes or PlannedTotal.objects.exists() or earlier.exists())
    shortages = NOW + ("" if is_first else SHORTAGES) + KEEP_TOTALS
    steps = [SETTLE_ADVICE, REFRESH_ADVICE, ADD_ADVICE, shortages]
    steps += [SETTLE_MOVES, REFRESH_MOVES, ADD_MOVES, SEEN, CAUSES, FORGET]
    with connection.cursor() as cursor:
        for step in steps:
            cursor.execute(step, values)
