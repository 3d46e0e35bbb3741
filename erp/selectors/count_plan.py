"""The counting plan: which items of which warehouse are due to be counted, by their ABC class."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from core.clock import today
from erp.selectors.stock_rules import stock_rules

DUE = """
SELECT * FROM (
    SELECT held.item_id, held.warehouse_id, coalesce(nullif(c.abc_class, ''), 'C') AS abc_class, held.on_hand,
           counted.last_on,
           coalesce(counted.last_on + CASE coalesce(nullif(c.abc_class, ''), 'C')
             WHEN 'A' THEN %(days_a)s WHEN 'B' THEN %(days_b)s ELSE %(days_c)s END, held.since) AS due_on
    FROM (
        SELECT b.item_id, p.warehouse_id, sum(b.on_hand) AS on_hand, %(day)s::date AS since
        FROM erp_stockbalance b JOIN masterdata_location p ON p.id = b.location_id AND p.kind = 'storage'
        WHERE b.on_hand > 0 AND (%(warehouse)s::bigint IS NULL OR p.warehouse_id = %(warehouse)s)
        GROUP BY 1, 2
    ) held
    LEFT JOIN erp_itemclass c ON c.item_id = held.item_id
    LEFT JOIN (
        SELECT l.item_id, s.warehouse_id, max(s.posting_date) AS last_on
        FROM erp_stocktakeline l JOIN erp_stocktake s ON s.id = l.stocktake_id AND s.state = 'posted'
        GROUP BY 1, 2
    ) counted ON counted.item_id = held.item_id AND counted.warehouse_id = held.warehouse_id
) plan
WHERE due_on <= %(day)s AND NOT EXISTS (
    SELECT 1 FROM erp_stocktakeline l JOIN erp_stocktake s ON s.id = l.stocktake_id
      AND s.state IN ('counting', 'review') AND s.warehouse_id = plan.warehouse_id WHERE l.item_id = plan.item_id)
"""


@dataclass(frozen=True)
class DueItem:
    """An item of a warehouse whose count is due: never counted, or longer ago than its class allows."""

    item_id: int
    warehouse_id: int
    abc_class: str
    on_hand: Decimal
    last_on: dt.date | None
    due_on: dt.date


def due_items(day: dt.date | None = None, warehouse_id: int | None = None) -> list[DueItem]:
    """Return what is due on ``day`` (today), the longest due first; an item without a class counts as C."""
    with connection.cursor() as cursor:
        cursor.execute(f"{DUE} ORDER BY due_on, abc_class, item_id", _values(day, warehouse_id))
        return [DueItem(*row) for row in cursor.fetchall()]


def due_count() -> int:
    """Return how many items are due today."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({DUE}) due", _values(None, None))
        return int(cursor.fetchone()[0])


def _values(day: dt.date | None, warehouse_id: int | None) -> dict[str, Any]:
    rules = stock_rules()
    return {
        "day": day or today(),
        "warehouse": warehouse_id,
        "days_a": rules.count_days_a,
        "days_b": rules.count_days_b,
        "days_c": rules.count_days_c,
    }
