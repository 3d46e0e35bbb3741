"""What customers wanted in the past, bucket by bucket, and what opportunities may bring."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from core.fields import ZERO
from erp.models.forecasts import bucket_starts
from erp.states.demand import ForecastBasis
from masterdata.models import ItemCategory

SHIPPED = """
SELECT COALESCE(i.merged_into_id, i.id), date_trunc(%(size)s, m.moved_on)::date,
       sum(CASE WHEN t.kind = 'customer' THEN m.quantity ELSE -m.quantity END)
FROM erp_stockmove m
JOIN masterdata_item i ON i.id = m.item_id
JOIN masterdata_location t ON t.id = m.to_location_id
WHERE m.kind = 'shipment' AND m.moved_on >= %(start)s AND m.moved_on < %(end)s
  AND (%(items)s::bigint[] IS NULL OR COALESCE(i.merged_into_id, i.id) = ANY(%(items)s::bigint[]))
GROUP BY 1, 2
"""

ORDERED = """
SELECT item_id, date_trunc(%(size)s, day)::date, sum(quantity) FROM (
    SELECT COALESCE(i.merged_into_id, i.id) AS item_id, l.stock_quantity AS quantity,
           COALESCE(l.ship_date, o.requested_date, o.document_date) AS day
    FROM crm_salesorderline l
    JOIN crm_salesorder o ON o.id = l.order_id
    JOIN masterdata_item i ON i.id = l.item_id
    WHERE o.state IN ('confirmed', 'closed')
) ordered
WHERE day >= %(start)s AND day < %(end)s
  AND (%(items)s::bigint[] IS NULL OR item_id = ANY(%(items)s::bigint[]))
GROUP BY 1, 2
"""

OPPORTUNITIES = """
SELECT COALESCE(i.merged_into_id, i.id),
       date_trunc(%(size)s, GREATEST(p.expected_date, %(today)s))::date,
       sum(l.quantity * COALESCE(u.factor, 1) * p.probability / 100)
FROM crm_opportunityline l
JOIN crm_opportunity p ON p.id = l.opportunity_id
JOIN masterdata_item i ON i.id = l.item_id
LEFT JOIN masterdata_itemunit u ON u.item_id = i.id AND u.uom_id = l.uom_id AND l.uom_id <> i.uom_id
WHERE p.state = 'open' AND p.expected_date IS NOT NULL AND p.probability > 0
  AND (l.uom_id IS NULL OR l.uom_id = i.uom_id OR u.factor IS NOT NULL)
GROUP BY 1, 2
"""

USED_BY_WEEK = """
SELECT m.item_id, ((m.moved_on - %(start)s) / 7)::int,
       sum(CASE WHEN t.kind IN ('customer', 'production', 'supplier') THEN m.quantity ELSE -m.quantity END)
FROM erp_stockmove m
JOIN masterdata_location t ON t.id = m.to_location_id
WHERE m.kind IN ('shipment', 'issue', 'issue_return', 'subcontract_use')
  AND m.moved_on >= %(start)s AND m.moved_on < %(end)s
GROUP BY 1, 2
"""

Buckets = dict[int, dict[dt.date, Decimal]]


def demand_by_bucket(
    basis: str, size: str, start: dt.date, end: dt.date, item_ids: Sequence[int] | None = None
) -> Buckets:
    """Return {item: {first day of its bucket: quantity}} from ``start`` up to (not including) ``end``, stock unit.

    Shipments are counted on the day they left, less what was reversed; customers' returns do not make a demand undone.
    Orders are counted on the day the customer wanted them.
    """
    sql = SHIPPED if basis == ForecastBasis.SHIPMENTS else ORDERED
    items = None if item_ids is None else list(item_ids)
    return _buckets(sql, {"size": size, "start": start, "end": end, "items": items})


def opportunity_demand(size: str, today: dt.date) -> Buckets:
    """Return the quantities of open opportunities weighted by their probability, in the bucket they are expected in.

    What should have come already is expected now; an opportunity without a date or an item is in no bucket.
    """
    return _buckets(OPPORTUNITIES, {"size": size, "today": today})


def _buckets(sql: str, values: dict[str, Any]) -> Buckets:
    found: Buckets = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for item_id, start, quantity in cursor.fetchall():
            found[item_id][start] = max(ZERO, quantity)
    return dict(found)


def history_of(
    basis: str, size: str, *, before: dt.date, count: int, item_ids: Sequence[int] | None = None
) -> tuple[list[dt.date], dict[int, list[Decimal]]]:
    """Return the last ``count`` whole buckets before a day: their first days, and the items' quantities."""
    starts = bucket_starts(before, -count, size)
    found = demand_by_bucket(basis, size, starts[0], bucket_starts(before, 1, size)[0], item_ids)
    rows = {item_id: [row.get(start, ZERO) for start in starts] for item_id, row in found.items()}
    return starts, {item_id: row for item_id, row in rows.items() if any(row)}


def weekly_use(end: dt.date, weeks: int) -> dict[int, list[Decimal]]:
    """Return what customers, production, subcontractors took of each item in each of the ``weeks`` before ``end``."""
    start = end - dt.timedelta(weeks=weeks)
    found: dict[int, list[Decimal]] = {}
    with connection.cursor() as cursor:
        cursor.execute(USED_BY_WEEK, {"start": start, "end": end})
        for item_id, week, quantity in cursor.fetchall():
            found.setdefault(item_id, [ZERO] * weeks)[week] = max(ZERO, quantity)
    return found


def category_branch(category_id: int | None) -> set[int] | None:
    """Return a category and all below it; None for all categories."""
    if category_id is None:
        return None
    children: dict[int, list[int]] = defaultdict(list)
    for pk, parent in ItemCategory.objects.filter(parent__isnull=False).values_list("pk", "parent_id"):
        children[parent].append(pk)
    branch, waiting = set(), [category_id]
    while waiting:
        one = waiting.pop()
        branch.add(one)
        waiting += children[one]
    return branch
