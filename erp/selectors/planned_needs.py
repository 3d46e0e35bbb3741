"""What the plan needs of items to make what customers ordered, and what was ordered since the plan was made.

Rules: docs/algorithms/promising.md, "What the plan has spoken for".
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from erp.models import PlannedOrder, PlanRun
from erp.selectors.usable import USABLE

LINES_EACH = 4
"""A plan of fewer orders for each item asked about is read whole, rather than by what the items go into."""

WANTED = f"""
WITH planned AS MATERIALIZED (
    SELECT p.item_id, p.due_date, p.sequence, greatest(p.start_date, %(today)s) AS start_date, p.quantity, p.demands
    FROM erp_plannedorder p
    WHERE p.slot = %(slot)s AND p.supply_type <> 'buy' AND p.flags & {{safety}} = 0
      AND (%(all)s OR p.item_id = ANY(ARRAY(
        SELECT DISTINCT b.item_id FROM unnest(%(items)s::bigint[]) AS k(id)
        JOIN erp_bomline l ON l.component_id = k.id AND l.line_kind = 'component'
        JOIN erp_bom b ON b.id = l.bom_id AND b.state = 'released')))
), pegged AS MATERIALIZED (
    SELECT p.item_id, p.due_date, p.sequence,
           COALESCE(sum(d.open_quantity) FILTER (WHERE {{is_real}}), 0) / NULLIF(sum(d.open_quantity), 0) AS share,
           bool_or(d.item_id <> p.item_id) AS is_for_others
    FROM planned p CROSS JOIN LATERAL unnest(p.demands) AS k(id) JOIN erp_demand d ON d.id = k.id
    GROUP BY 1, 2, 3
), known AS MATERIALIZED (
    SELECT * FROM unnest(%(known)s::bigint[], %(short)s::numeric[]) AS k(item_id, quantity)
), alone AS MATERIALIZED (
    SELECT array_agg(item_id) AS items FROM (
        SELECT item_id FROM pegged GROUP BY item_id HAVING NOT bool_or(is_for_others)
      EXCEPT SELECT item_id FROM known
    ) one
), short AS (
    SELECT item_id, quantity FROM known
  UNION ALL
    SELECT item_id, greatest(0, sum(quantity)) FROM (
        SELECT d.item_id, d.open_quantity AS quantity FROM erp_demand d
        WHERE d.item_id = ANY((SELECT items FROM alone)::bigint[]) AND d.open_quantity > 0
          AND d.kind <> 'hold' AND {{is_real}}
      UNION ALL
        SELECT s.item_id, -s.open_quantity FROM erp_supply s
        WHERE s.item_id = ANY((SELECT items FROM alone)::bigint[])
      UNION ALL
        SELECT b.item_id, -b.on_hand FROM erp_stockbalance b
        JOIN masterdata_location p ON p.id = b.location_id
        LEFT JOIN erp_lot l ON l.id = b.lot_id
        WHERE b.item_id = ANY((SELECT items FROM alone)::bigint[]) AND b.on_hand > 0 AND {USABLE}
    ) one GROUP BY item_id
), wanted AS (
    SELECT p.item_id, p.start_date,
           CASE WHEN s.item_id IS NULL THEN p.quantity * COALESCE(g.share, 0)
                ELSE least(p.quantity, s.quantity - (sum(p.quantity) OVER earlier - p.quantity)) END AS quantity
    FROM planned p
    LEFT JOIN pegged g USING (item_id, due_date, sequence)
    LEFT JOIN short s ON s.item_id = p.item_id
    WINDOW earlier AS (
        PARTITION BY p.item_id ORDER BY (COALESCE(g.share, 0) = 0), p.due_date, p.sequence
        ROWS UNBOUNDED PRECEDING)
)
SELECT b.id, w.start_date, w.quantity / b.quantity * 100 / i.yield_percent
FROM wanted w
JOIN masterdata_item i ON i.id = w.item_id
JOIN erp_bom b ON b.item_id = w.item_id AND b.state = 'released'
 AND b.valid_from <= w.start_date AND (b.valid_to IS NULL OR b.valid_to > w.start_date)
WHERE w.quantity > 0
""".format(
    safety=PlannedOrder.FOR_SAFETY_STOCK,
    is_real="d.kind NOT IN ('forecast', 'master')"
    " AND NOT (d.source_label = 'crm.salesorder' AND d.source_id = %(order)s) AND d.id <> ALL(%(own)s::bigint[])",
)
"""How much of planned orders is wanted by customers: of an item that is only sold, or was looked at before, what
stock and all expected supply leave short of real demand, its orders for such demand first; of any other, the share of
real demand in what each order is pegged to."""

NEEDS = """
SELECT n.item_id, n.start_date, ceil(round(n.quantity * u.steps, 4)) / u.steps
FROM (
    SELECT l.component_id AS item_id, w.start_date, sum(l.fixed_scrap_quantity + w.times * l.quantity
               * CASE WHEN (SELECT scrap_convention = 'yield' FROM erp_planningsettings)
                      THEN 100 / (100 - l.scrap_percent) ELSE 1 + l.scrap_percent / 100 END) AS quantity
    FROM unnest(%(boms)s::bigint[], %(starts)s::date[], %(times)s::numeric[]) AS w(bom_id, start_date, times)
    JOIN erp_bomline l ON l.bom_id = w.bom_id AND l.line_kind = 'component'
     AND (l.valid_from IS NULL OR l.valid_from <= w.start_date) AND (l.valid_to IS NULL OR l.valid_to > w.start_date)
    JOIN unnest(%(items)s::bigint[]) AS k(id) ON k.id = l.component_id
    GROUP BY 1, 2
) n
JOIN masterdata_item i ON i.id = n.item_id
JOIN (SELECT id, 10::numeric ^ decimals AS steps FROM masterdata_unitofmeasure OFFSET 0) u ON u.id = i.uom_id
"""
"""What bills of material, each used so many times from a day on, need of components."""

PLANNED = f"""
SELECT item_id, sum(quantity) FROM erp_plannedorder
WHERE slot = %s AND item_id = ANY(%s) AND flags & {PlannedOrder.FOR_SAFETY_STOCK} = 0 GROUP BY item_id
"""

UNSEEN = """
SELECT DISTINCT i.id FROM erp_planningevent e CROSS JOIN LATERAL unnest(e.item_ids) AS k(id)
JOIN masterdata_item i ON i.id = k.id AND i.supply_type <> 'buy'
WHERE EXISTS (
    SELECT FROM erp_demand d
    WHERE d.item_id = i.id AND d.open_quantity > 0 AND d.kind NOT IN ('forecast', 'master', 'hold'))
"""


@dataclass(frozen=True)
class Asking:
    """Who asks, and when: an order (0: none), or single demands, that are not to stand in their own way.

    run  whose plan is read.
    """

    day: dt.date
    run: PlanRun | None
    order_id: int = 0
    demand_ids: tuple[int, ...] = ()


def planned_needs(
    item_ids: Iterable[int], asking: Asking, *, short: Mapping[int, Decimal] | None = None
) -> list[tuple[int, dt.date, Decimal]]:
    """Return what planned orders for real demand need of items: item, day they start, quantity.

    short  of parents that were looked at already, what stock and all expected supply leave short.
    """
    wanted, run = sorted(item_ids), asking.run
    if run is None or not wanted:
        return []
    known = dict(short or {})
    values: dict[str, Any] = {
        "items": listed(wanted),
        "all": run.orders <= len(wanted) * LINES_EACH,
        "today": asking.day,
        "slot": run.slot,
        "known": listed(known),
        "short": listed(known.values()),
        "order": asking.order_id,
        "own": listed(asking.demand_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(WANTED, values)
        orders = cursor.fetchall()
        if not orders:
            return []
        columns = map(listed, zip(*orders, strict=True))
        values |= dict(zip(("boms", "starts", "times"), columns, strict=True))
        cursor.execute(NEEDS, values)
        return list(cursor.fetchall())


def listed(values: Iterable[Any]) -> str:
    """Return values as the text of an array: thousands of them are sent much sooner than one by one."""
    return "{" + ",".join(map(str, values)) + "}"


def planned_quantities(item_ids: Iterable[int], run: PlanRun | None) -> dict[int, Decimal]:
    """Return how much of items is planned, by item; what only the safety stock asks for is left out."""
    if run is None:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(PLANNED, [run.slot, listed(sorted(item_ids))])
        return dict(cursor.fetchall())


def unseen_items() -> list[int]:
    """Return the made items that customers or orders want and that changed since the plan read its inputs."""
    with connection.cursor() as cursor:
        cursor.execute(UNSEEN)
        return [pk for (pk,) in cursor.fetchall()]
