"""Summing stock up at month ends, so that any past date is a snapshot plus few moves.

The snapshots reach up to a mark, the highest key below which every transaction has ended. The job moves the mark: the
rows between the old and the new one are added to every month end they belong to, backdated ones too. Readers add what
lies above the mark, so they are exact whether or not the job has run.
"""

import datetime as dt
import time
from typing import Any

from django.db import connection

from core.clock import business_date
from core.locks import advisory_lock
from core.operations import operation
from erp.models import SnapshotMark

SETTLING = 20
"""How often to look, a tenth of a second apart, whether the transactions of the first look have ended."""

ADD_STOCK = """
INSERT INTO erp_stocksnapshot AS s (month_end, item_id, location_id, lot_id, quantity)
SELECT ends.day, leg.item_id, leg.location_id, leg.lot_id, sum(leg.quantity)
FROM (
  SELECT item_id, to_location_id AS location_id, lot_id, date_trunc('month', moved_on) AS month,
         sum(quantity) AS quantity
  FROM erp_stockmove WHERE id > %(since)s AND id <= %(until)s AND owner_id IS NULL GROUP BY 1, 2, 3, 4
  UNION ALL
  SELECT item_id, from_location_id, lot_id, date_trunc('month', moved_on), -sum(quantity)
  FROM erp_stockmove WHERE id > %(since)s AND id <= %(until)s AND owner_id IS NULL GROUP BY 1, 2, 3, 4
) leg
JOIN masterdata_location p ON p.id = leg.location_id AND p.kind IN ('storage', 'line_side', 'transit', 'at_supplier')
JOIN unnest(%(ends)s::date[]) AS ends(day) ON leg.month <= ends.day
GROUP BY 1, 2, 3, 4
ON CONFLICT (month_end, item_id, location_id, lot_id) DO UPDATE SET quantity = s.quantity + excluded.quantity
"""

ADD_VALUE = """
INSERT INTO erp_valuesnapshot AS s (month_end, item_id, quantity, value)
SELECT ends.day, e.item_id, sum(e.quantity), sum(e.value)
FROM (
  SELECT item_id, date_trunc('month', booked_on) AS month, sum(quantity) AS quantity, sum(amount) AS value
  FROM erp_valueentry WHERE id > %(since)s AND id <= %(until)s GROUP BY 1, 2
) e JOIN unnest(%(ends)s::date[]) AS ends(day) ON e.month <= ends.day
GROUP BY 1, 2
ON CONFLICT (month_end, item_id) DO UPDATE
  SET quantity = s.quantity + excluded.quantity, value = s.value + excluded.value
"""


def settled_marks() -> tuple[int, int] | None:
    """Return (move, value entry) keys below which every row is committed; None while an older transaction goes on.

    A posting changes balances before it writes moves, so the transaction of a key already taken is known to the
    server when the keys are read; once all transactions of that moment have ended, nothing below can appear any more.
    Asked outside of a transaction: inside one, the asking transaction itself would be waited for.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce((SELECT max(id) FROM erp_stockmove), 0),
            coalesce((SELECT max(id) FROM erp_valueentry), 0), pg_snapshot_xmax(pg_current_snapshot())::text::bigint"""
        )
        move_id, entry_id, horizon = cursor.fetchone()
        for _ in range(SETTLING):
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= %s", [horizon])
            if cursor.fetchone()[0]:
                return move_id, entry_id
            time.sleep(0.1)
    return None


@operation(permission=None)
def extend_snapshots(*, move_id: int, entry_id: int, actor: Any, at: dt.datetime) -> int:
    """Add the rows up to the settled keys to all month ends that are over; returns how many month ends there are."""
    advisory_lock("erp.stock_snapshots")
    mark = SnapshotMark.objects.first() or SnapshotMark(updated_at=at)
    ends = _month_ends(business_date(at))
    old = [day for day in ends if mark.month_end and day <= mark.month_end]
    new = [day for day in ends if day not in old]
    with connection.cursor() as cursor:
        for statement, since, until in (
            (ADD_STOCK, mark.move_id, max(move_id, mark.move_id)),
            (ADD_VALUE, mark.entry_id, max(entry_id, mark.entry_id)),
        ):
            cursor.execute(statement, {"ends": old, "since": since, "until": until})
            cursor.execute(statement, {"ends": new, "since": 0, "until": until})
        cursor.execute("DELETE FROM erp_stocksnapshot WHERE quantity = 0")
        cursor.execute("DELETE FROM erp_valuesnapshot WHERE quantity = 0 AND value = 0")
    mark.move_id = max(move_id, mark.move_id)
    mark.entry_id = max(entry_id, mark.entry_id)
    mark.month_end = ends[-1] if ends else None
    mark.updated_at = at
    mark.save()
    return len(ends)


def _month_ends(day: dt.date) -> list[dt.date]:
    """Return the ends of the months that are over, from that of the first move on."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (month + interval '1 month' - interval '1 day')::date FROM generate_series(
              date_trunc('month', (SELECT least((SELECT min(moved_on) FROM erp_stockmove),
                                                (SELECT min(booked_on) FROM erp_valueentry)))::timestamp),
              date_trunc('month', %s::timestamp) - interval '1 month', interval '1 month') AS month ORDER BY 1""",
            [day],
        )
        return [row[0] for row in cursor.fetchall()]
