"""What items may have become since a day: which products material went into, at any depth."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection

MADE_OF = """
WITH RECURSIVE reached(item_id) AS (
  SELECT unnest(%(items)s::bigint[])
  UNION
  SELECT made.item_id
  FROM reached
  JOIN erp_valueentry used ON used.item_id = reached.item_id AND used.quantity < 0 AND used.booked_on >= %(since)s
  CROSS JOIN LATERAL (
    SELECT o.item_id FROM erp_workorder o WHERE o.id = used.work_order_id
    UNION ALL
    SELECT output.item_id FROM erp_workorderoutput output WHERE output.work_order_id = used.work_order_id
    UNION ALL
    SELECT received.item_id FROM erp_subcontractuse link
    JOIN erp_stockmove received ON received.id = link.receipt_move_id
    WHERE link.used_move_id = used.move_id
  ) made
)
SELECT item_id FROM reached
"""


def items_made_of(item_ids: Iterable[int], since: dt.date) -> set[int]:
    """Return the items themselves and all that work orders and subcontractors make of what left of them since a day."""
    with connection.cursor() as cursor:
        cursor.execute(MADE_OF, {"items": sorted(set(item_ids)), "since": since})
        return {row[0] for row in cursor.fetchall()}
