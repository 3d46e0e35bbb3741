"""What promising reads: stock, what changes it by day, bills of material with their substitutes, operations."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from erp.engines.outlook import Part, Replacement
from erp.engines.promising import MAX_DEPTH
from erp.selectors.planned_needs import Asking, listed
from erp.selectors.usable import USABLE

USABLE_STOCK = f"""
SELECT b.item_id, sum(b.on_hand) FROM erp_stockbalance b
JOIN masterdata_location p ON p.id = b.location_id
LEFT JOIN erp_lot l ON l.id = b.lot_id
WHERE b.item_id = ANY(%(items)s) AND b.on_hand > 0 AND {USABLE}
GROUP BY b.item_id
"""

CHANGES = """
WITH supply AS (
    SELECT s.item_id, s.due_date, s.open_quantity, CASE
        WHEN s.due_date < %(today)s THEN 0
        WHEN s.is_firm THEN s.open_quantity
        ELSE least(s.open_quantity, COALESCE((
            SELECT sum(least(g.quantity, greatest(0, d.open_quantity
                - COALESCE((SELECT sum(r.quantity) FROM erp_reservation r WHERE r.demand_id = d.id), 0)
                - COALESCE((SELECT sum(e.quantity) FROM erp_supplypeg e WHERE e.demand_id = d.id AND e.id < g.id), 0))))
            FROM erp_supplypeg g JOIN erp_demand d ON d.id = g.demand_id AND d.item_id = s.item_id
            WHERE g.source_label = s.source_label AND g.source_line_id = s.source_line_id), 0))
        END AS counted
    FROM erp_supply s WHERE s.item_id = ANY(%(items)s)
)
SELECT item_id, greatest(due_date, %(today)s), -sum(open_quantity) FROM erp_demand
WHERE item_id = ANY(%(items)s) AND open_quantity > 0 AND kind NOT IN ('forecast', 'master')
  AND NOT (source_label = 'crm.salesorder' AND source_id = %(order)s)
  AND NOT (source_label = 'crm.quotation' AND source_id = %(quotation)s) AND id <> ALL(%(own)s::bigint[])
  AND (expires_on IS NULL OR expires_on >= %(today)s)
GROUP BY 1, 2
UNION ALL
SELECT item_id, due_date, sum(counted) FROM supply WHERE counted > 0 GROUP BY 1, 2
UNION ALL
SELECT item_id, NULL, sum(open_quantity - counted) FROM supply
WHERE counted < open_quantity GROUP BY 1
"""
"""Demand and firm supply by day (of what is not firm, what is pegged to a demand and still wanted), and without a day
the supply that no promise counts on, though the plan does."""

EDGES = """
    SELECT l.component_id AS item_id FROM masterdata_item i
    JOIN erp_bom b ON b.item_id = i.id AND b.state = 'released'
     AND b.valid_from <= %(today)s AND (b.valid_to IS NULL OR b.valid_to > %(today)s)
    JOIN erp_bomline l ON l.bom_id = b.id AND l.line_kind = 'component'
     AND (l.valid_from IS NULL OR l.valid_from <= %(today)s) AND (l.valid_to IS NULL OR l.valid_to > %(today)s)
    WHERE i.id = p.item_id AND i.supply_type <> 'buy'
"""

BELOW = f"""
WITH RECURSIVE part(item_id) AS (
    SELECT unnest(%(roots)s::bigint[])
  UNION
    SELECT e.item_id FROM part p CROSS JOIN LATERAL ({EDGES}) e
)
SELECT item_id FROM part
"""

LEVELS = f"""
WITH RECURSIVE part(item_id, level) AS (
    SELECT unnest(%(roots)s::bigint[]), 0
  UNION
    SELECT e.item_id, p.level + 1 FROM part p CROSS JOIN LATERAL ({EDGES}
      UNION
        SELECT l.component_id FROM erp_bomsubstitute s JOIN erp_bomline l ON l.id = s.bom_line_id
        WHERE s.item_id = p.item_id
    ) e WHERE p.level < %(most)s
)
SELECT item_id, max(level) FROM part GROUP BY item_id
"""
"""The level of all that goes into items: the longest way from one of them; what may be replaced comes after what
replaces it."""

ITEMS = """
SELECT i.id, i.code, i.supply_type, COALESCE(NULLIF(i.lead_time_days, 0), s.days, 0), u.decimals, i.safety_stock,
       i.is_phantom
FROM masterdata_item i
JOIN masterdata_unitofmeasure u ON u.id = i.uom_id
LEFT JOIN LATERAL (
    SELECT max(lead_time_days) AS days FROM masterdata_supplieritem
    WHERE item_id = i.id AND is_preferred AND is_active
) s ON i.supply_type <> 'make'
WHERE i.id = ANY(%(items)s)
"""

COMPONENTS = """
SELECT b.item_id, l.component_id, u.decimals, l.quantity, b.quantity, l.scrap_percent, l.fixed_scrap_quantity,
       l.is_level_skipped, (
           SELECT array_agg(ARRAY[s.item_id, s.ratio, v.decimals, s.rank] ORDER BY s.rank, s.id)
           FROM erp_bomsubstitute s
           JOIN masterdata_item k ON k.id = s.item_id
           JOIN masterdata_unitofmeasure v ON v.id = k.uom_id
           WHERE s.bom_line_id = l.id
             AND (s.valid_from IS NULL OR s.valid_from <= %(today)s)
             AND (s.valid_to IS NULL OR s.valid_to > %(today)s) AND NOT EXISTS (
                 SELECT 1 FROM erp_bomline h JOIN erp_bomsubstitute o ON o.bom_line_id = h.id AND o.rank = s.rank
                 WHERE l.substitute_group <> '' AND h.bom_id = l.bom_id AND h.substitute_group = l.substitute_group
                   AND (o.valid_from > %(today)s OR o.valid_to <= %(today)s))
       ), NULLIF(l.substitute_group, '')
FROM erp_bom b
JOIN erp_bomline l ON l.bom_id = b.id AND l.line_kind = 'component'
 AND (l.valid_from IS NULL OR l.valid_from <= %(today)s) AND (l.valid_to IS NULL OR l.valid_to > %(today)s)
JOIN masterdata_item i ON i.id = l.component_id
JOIN masterdata_unitofmeasure u ON u.id = i.uom_id
WHERE b.item_id = ANY(%(items)s) AND b.state = 'released' AND EXISTS (
    SELECT 1 FROM masterdata_item m WHERE m.id = b.item_id AND m.supply_type <> 'buy')
  AND b.valid_from <= %(today)s AND (b.valid_to IS NULL OR b.valid_to > %(today)s)
ORDER BY b.item_id, l.line_no, l.id
"""

OPERATIONS = """
SELECT r.item_id, CASE WHEN c.is_finite THEN c.id ELSE 0 END, c.code, o.setup_minutes, o.run_minutes / o.base_quantity,
       c.hours_per_day * 60 * c.machines * c.efficiency_percent / 100
FROM erp_routing r
JOIN erp_routingoperation o ON o.routing_id = r.id
JOIN erp_workcenter c ON c.id = o.work_center_id
WHERE r.item_id = ANY(%(items)s) AND r.state = 'released'
  AND r.valid_from <= %(today)s AND (r.valid_to IS NULL OR r.valid_to > %(today)s)
ORDER BY r.item_id, o.number
"""

Line = tuple[Decimal, Decimal, Decimal, Decimal, bool]
"""Quantity of a component, quantity of its bill of material, scrap in percent, fixed scrap, its level is skipped."""


def usable_stock(item_ids: Iterable[int], day: dt.date) -> dict[int, Decimal]:
    """Return what is ours, in usable storage and not expired, by item."""
    with connection.cursor() as cursor:
        cursor.execute(USABLE_STOCK, {"items": listed(sorted(item_ids)), "today": day})
        return dict(cursor.fetchall())


class ItemFacts(NamedTuple):
    """What an item is, as the planner takes it; ``lead_days`` are those of its supplier where it has none itself."""

    code: str
    supply_type: str
    lead_days: int
    decimals: int
    safety_stock: Decimal
    is_phantom: bool


class Facts(NamedTuple):
    """Items, their stock, what changes it by day (item, day, quantity), and expected supply no promise counts on."""

    items: dict[int, ItemFacts]
    on_hand: dict[int, Decimal]
    changes: list[tuple[int, dt.date, Decimal]]
    uncounted: dict[int, Decimal]


def facts_of(item_ids: Iterable[int], asking: Asking) -> Facts:
    """Return items with their stock, demand and expected supply."""
    values: dict[str, Any] = {"items": listed(sorted(item_ids)), "today": asking.day, "order": asking.order_id}
    values |= {"quotation": asking.quotation_id, "own": listed(asking.demand_ids)}
    with connection.cursor() as cursor:
        cursor.execute(ITEMS, values)
        items = {pk: ItemFacts(*row) for pk, *row in cursor.fetchall()}
        cursor.execute(USABLE_STOCK, values)
        on_hand = dict(cursor.fetchall())
        cursor.execute(CHANGES, values)
        rows = cursor.fetchall()
    return Facts(items, on_hand, [row for row in rows if row[1]], {row[0]: row[2] for row in rows if not row[1]})


def levels_below(item_ids: Iterable[int], day: dt.date) -> dict[int, int]:
    """Return items and all that goes into them by level: each comes after all that it goes into."""
    with connection.cursor() as cursor:
        cursor.execute(LEVELS, {"roots": listed(sorted(item_ids)), "today": day, "most": MAX_DEPTH})
        return dict(cursor.fetchall())


def replacements_of(rows: list[list[Decimal]] | None) -> tuple[Replacement, ...]:
    """The substitutes of a component by rank, from rows of item, ratio, decimals of its unit and rank."""
    return tuple(
        Replacement(int(item_id), ratio, Decimal(1).scaleb(-int(decimals)), int(rank))
        for item_id, ratio, decimals, rank in rows or ()
    )


def part_of(
    component_id: int, line: Line, step: Decimal, stand_ins: tuple[tuple[Replacement, ...], Any], *, by_yield: bool
) -> Part:
    """A component with its scrap, by usage or by yield, as the planner counts it, and what stands in for it."""
    per, base, scrap, fixed, is_skipped = line
    if by_yield:
        return Part(component_id, per, step, base * (1 - scrap / 100), fixed, is_skipped, *stand_ins)
    return Part(component_id, per * (1 + scrap / 100), step, base, fixed, is_skipped, *stand_ins)
