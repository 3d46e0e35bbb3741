"""What a run says about existing supply and order lines, brought up to date where it differs."""

from typing import Any

import numpy as np
from django.db import connection

from erp.engines.mrp.arrays import KINDS, REASONS, ArrayPlan
from erp.selectors.plan_inputs import Snapshot
from erp.states import AdviceKind, LateReason

QUANTITIES = frozenset({AdviceKind.INCREASE, AdviceKind.DECREASE, AdviceKind.CANCEL})


def literal(column: Any) -> str:
    """Return numbers as the text of an array of PostgreSQL: so many are sent much sooner than one by one."""
    return "{" + ",".join(map(str, column if isinstance(column, list) else column.tolist())) + "}"


def write_advice(number: int, snapshot: Snapshot, plan: ArrayPlan) -> None:
    """Bring the advice table to what the plan says, touching only what differs.

    Supply of which a part is promised is neither cancelled whole nor put off.
    """
    by_receipt: dict[int, list[Any]] = {}
    for receipt, place, day, quantity in zip(*(column.tolist() for column in plan.advice), strict=True):
        kind = AdviceKind(KINDS[place])
        if int(snapshot.supply_keys[receipt]) in snapshot.promised:
            kind = AdviceKind.DECREASE if kind == AdviceKind.CANCEL else kind
            if kind == AdviceKind.DEFER:
                continue
        row = by_receipt.setdefault(receipt, [kind, None, 0])
        if kind not in QUANTITIES:
            row[:2] = kind, max(day, snapshot.columns.today) if kind == AdviceKind.EXPEDITE else day
        row[2] = row[2] + quantity if kind == AdviceKind.INCREASE else max(row[2], quantity)
    ids = literal(snapshot.supply_keys[list(by_receipt)] if by_receipt else [])
    kinds, quantities = ([row[column] for row in by_receipt.values()] for column in (0, 2))
    days = literal(["NULL" if row[1] is None else row[1] for row in by_receipt.values()])
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
            [number, ids, literal(kinds), days, literal(quantities)],
        )


def write_verdicts(number: int, snapshot: Snapshot, plan: ArrayPlan) -> None:
    """Bring the verdicts to what the plan says, touching only what differs; planned is never before due."""
    day, reason, blocking, from_stock = plan.verdict
    rows = np.nonzero((snapshot.lines > 0) & (reason >= 0))[0]
    due = snapshot.columns.demands.day[rows]
    planned = np.maximum(due, day[rows])
    names = [LateReason(one).value for one in REASONS]
    item_keys = np.append(snapshot.item_keys, 0)
    columns = [
        snapshot.lines[rows].tolist(),
        due.tolist(),
        planned.tolist(),
        from_stock[rows].tolist(),
        [names[place] for place in reason[rows].tolist()],
        item_keys[blocking[rows]].tolist(),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM erp_planverdict v WHERE NOT EXISTS "
            "(SELECT FROM unnest(%s::bigint[]) AS n(line) WHERE n.line = v.order_line_id)",
            [columns[0]],
        )
        cursor.execute(
            """
            INSERT INTO erp_planverdict AS v
              (order_line_id, due_date, planned_date, days_late, stock_quantity, reason, blocking_item_id, run_number)
            SELECT n.* FROM (
              SELECT line, DATE '0001-01-01' + (due - 1) AS due_date, DATE '0001-01-01' + (planned - 1) AS planned_date,
                     planned - due AS days_late, (stock / 1000000.0)::numeric(18, 6) AS stock_quantity, reason,
                     NULLIF(blocking, 0) AS blocking_item_id, %s::bigint
              FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::bigint[], %s::text[], %s::bigint[])
                AS u(line, due, planned, stock, reason, blocking)
            ) n LEFT JOIN erp_planverdict old ON old.order_line_id = n.line
            WHERE (old.due_date, old.planned_date, old.days_late, old.stock_quantity, old.reason, old.blocking_item_id)
               IS DISTINCT FROM
                  (n.due_date, n.planned_date, n.days_late, n.stock_quantity, n.reason, n.blocking_item_id)
            ON CONFLICT (order_line_id) DO UPDATE SET due_date = EXCLUDED.due_date,
              planned_date = EXCLUDED.planned_date, days_late = EXCLUDED.days_late,
              stock_quantity = EXCLUDED.stock_quantity, reason = EXCLUDED.reason,
              blocking_item_id = EXCLUDED.blocking_item_id, run_number = EXCLUDED.run_number
            """,
            [number, *columns],
        )


def write_substitutions(snapshot: Snapshot, plan: ArrayPlan) -> None:
    """Bring the table of what substitutes stand in for to what the plan says, touching only what differs."""
    sums: dict[tuple[int, int, int], list[int]] = {}
    for item, substitute, day, quantity, used in zip(*(one.tolist() for one in plan.substitutions), strict=True):
        row = sums.setdefault((item, substitute, day), [0, 0])
        row[0] += quantity
        row[1] += used
    keys = np.array(list(sums), np.int64).reshape(-1, 3)
    columns = [literal(snapshot.item_keys[keys[:, 0]]), literal(snapshot.item_keys[keys[:, 1]]), literal(keys[:, 2])]
    columns += [literal([row[place] for row in sums.values()]) for place in (0, 1)]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH now AS (
                SELECT item, substitute, DATE '0001-01-01' + (day - 1) AS day,
                       (quantity / 1000000.0)::numeric(18, 6) AS quantity, (used / 1000000.0)::numeric(18, 6) AS used
                FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::bigint[], %s::bigint[])
                  AS n(item, substitute, day, quantity, used)
            ), gone AS (
                DELETE FROM erp_plansubstitution s WHERE NOT EXISTS (
                    SELECT FROM now n WHERE (n.item, n.substitute, n.day) = (s.item_id, s.substitute_id, s.day))
            )
            INSERT INTO erp_plansubstitution AS s (item_id, substitute_id, day, quantity, used) SELECT * FROM now
            ON CONFLICT (item_id, substitute_id, day) DO UPDATE SET quantity = EXCLUDED.quantity, used = EXCLUDED.used
            WHERE (s.quantity, s.used) IS DISTINCT FROM (EXCLUDED.quantity, EXCLUDED.used)
            """,
            columns,
        )
