"""What a run found different from the run before, kept for the planner to decide on: advice, shortages, moved dates.

Compares what is stored, set by set, so it does not depend on how a plan was made. Runs inside the operation that made
the run current, before its events are forgotten.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection

from erp.models import PlannedTotal, PlanRun

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
    SELECT item_id, sum(quantity) AS total, min(need_date) AS needed, min(start_date) AS start,
           COALESCE(sum(quantity) FILTER (WHERE need_date <= %(until)s), 0) AS near
    FROM erp_plannedorder WHERE slot = %(slot)s AND (is_near OR %(whole)s) AND flags & 34 = 0 GROUP BY item_id
)"""
"""What is planned of each item, without safety stock (2) and levels that are only passed through (32): summed up once,
for all that follows in the same statement."""

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
"""The whole plan beside what was planned last: a shortage is new when more is planned in all *and* soon, so that one
which only comes nearer from day to day is not taken for new. One that settles is none that is new: it was more than
its old quantity when last seen, and would have to be more again."""

KEEP_TOTALS = """
, gone AS (
    DELETE FROM erp_plannedtotal t WHERE NOT EXISTS (SELECT 1 FROM now n WHERE n.item_id = t.item_id)
)
INSERT INTO erp_plannedtotal AS t (item_id, total, near) SELECT item_id, total, near FROM now
ON CONFLICT (item_id) DO UPDATE SET total = EXCLUDED.total, near = EXCLUDED.near
WHERE (t.total, t.near) IS DISTINCT FROM (EXCLUDED.total, EXCLUDED.near)
"""

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


def record_changes(run: PlanRun, event_ids: Sequence[int], at: dt.datetime) -> None:
    """Bring the changes to decide on to what ``run`` says now, beside what was planned when this was last called.

    What a later plan no longer has settles by itself; what was decided stays as it was decided and is not asked again
    as long as it does not grow. ``event_ids`` are the events the run has seen: the latest that concerns an item, or
    what it goes into, is named as the cause.
    """
    values: dict[str, Any] = {
        "run": run.number,
        "at": at,
        "slot": run.slot,
        "whole": run.near_until is None,
        "until": run.as_of_date + dt.timedelta(days=SHORTAGE_DAYS),
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
