"""The queries a plan is read by: one row of arrays a source, quantities in micro-units, days as ordinals."""

import numpy as np

from erp.engines.mrp.problem import FIXED_LOT, LOT_FOR_LOT, MIN_MAX, MIXED, NEVER, PERIOD, TO_ORDER, TO_STOCK
from erp.selectors.plan_reading import AMONG, Source, Special, Watched
from erp.selectors.usable import PLANNED

ORDINAL = "(({0} - DATE '0001-01-01') + 1)::int"
MICRO = "(({0}) * 1000000)::bigint"
ALWAYS = f"COALESCE({ORDINAL.format('{0}')}, {NEVER})"
FROM = f"COALESCE({ORDINAL.format('{0}')}, 0)"

SUPPLY_TYPES = ("buy", "make", "subcontract", "phantom")
DEMAND_KINDS = ("sales", "work_order", "forecast", "subcontract", "master")


def _places(column: str, values: tuple[str, ...], default: int = 0) -> str:
    """Return SQL for the place of a code among ``values``."""
    cases = " ".join(f"WHEN '{value}' THEN {place}" for place, value in enumerate(values))
    return f"(CASE {column} {cases} ELSE {default} END)::int"


POLICIES = (
    f"CASE i.lot_policy WHEN 'fixed' THEN {FIXED_LOT} WHEN 'period' THEN {PERIOD} "
    f"WHEN 'min_max' THEN {MIN_MAX} ELSE {LOT_FOR_LOT} END::int"
)
ORDER_POLICIES = (
    f"CASE i.order_policy WHEN 'make_to_order' THEN {TO_ORDER} WHEN 'mixed' THEN {MIXED} ELSE {TO_STOCK} END::int"
)

ITEMS = f"""
SELECT array_agg(id), array_agg(safety), array_agg(lead), array_agg(low), array_agg(multiple), array_agg(high),
       array_agg(decimals), array_agg(kind), array_agg(lot_policy), array_agg(fixed_lot), array_agg(lot_days),
       array_agg(max_stock), array_agg(good), array_agg(fence), array_agg(order_policy), array_agg(is_phantom),
       array_agg(backward), array_agg(forward), array_agg(is_master_scheduled)
FROM (
    SELECT i.id, {MICRO.format("i.safety_stock")} AS safety,
           COALESCE(NULLIF(i.lead_time_days, 0), s.lead_time_days, 0)::int AS lead,
           {MICRO.format("i.min_lot")} AS low, {MICRO.format("i.lot_multiple")} AS multiple,
           {MICRO.format("COALESCE(i.max_lot, 0)")} AS high, u.decimals::int AS decimals,
           {_places("i.supply_type", SUPPLY_TYPES)} AS kind, ({POLICIES}) AS lot_policy,
           {MICRO.format("i.fixed_lot")} AS fixed_lot, i.lot_days::int AS lot_days,
           {MICRO.format("i.max_stock")} AS max_stock, (i.yield_percent * 10000)::bigint AS good,
           CASE WHEN i.is_master_scheduled THEN GREATEST(i.fence_days, %(frozen)s) ELSE i.fence_days END::int AS fence,
           i.is_master_scheduled, ({ORDER_POLICIES}) AS order_policy, i.is_phantom,
           i.forecast_backward_periods::int AS backward, i.forecast_forward_periods::int AS forward
    FROM masterdata_item i
    JOIN masterdata_unitofmeasure u ON u.id = i.uom_id
    LEFT JOIN (
        SELECT item_id, max(lead_time_days) AS lead_time_days FROM masterdata_supplieritem
        WHERE is_preferred AND is_active GROUP BY item_id
    ) s ON s.item_id = i.id AND i.supply_type <> 'make'
    WHERE {AMONG} ORDER BY i.id
) item
"""

STOCK = f"""
SELECT array_agg(item_id), array_agg(free) FROM (
    SELECT b.item_id, sum({MICRO.format("b.on_hand - b.reserved")})::bigint AS free
    FROM erp_stockbalance b
    JOIN masterdata_location p ON p.id = b.location_id
    LEFT JOIN erp_lot l ON l.id = b.lot_id
    WHERE b.on_hand > b.reserved AND {PLANNED} AND {AMONG}
    GROUP BY b.item_id ORDER BY b.item_id
) free
"""

DEMANDS = f"""
SELECT array_agg(id), array_agg(item_id), array_agg(day), array_agg(open), array_agg(priority), array_agg(kind),
       array_agg(source_id), array_agg(line_id)
FROM (
    SELECT d.id, d.item_id, {ORDINAL.format("d.due_date")} AS day, {MICRO.format("d.open_quantity")} AS open,
           d.priority::int AS priority, {_places("d.kind", DEMAND_KINDS)} AS kind,
           d.source_id, d.source_line_id AS line_id
    FROM erp_demand d
    WHERE d.open_quantity > 0 AND d.kind NOT IN ('hold', 'project') AND {AMONG}
) open_demand
"""

SPECIAL_DEMANDS = f"""
SELECT array_agg(id), array_agg(held), array_agg(is_weekly), array_agg(supplier_id), array_agg(project_id)
FROM (
    SELECT d.id, COALESCE(r.held, 0)::bigint AS held,
           (d.kind = 'master' OR COALESCE(f.bucket_size = 'week', false)) AS is_weekly,
           (CASE WHEN d.kind = 'subcontract' THEN COALESCE(d.partner_id, 0) ELSE 0 END)::bigint AS supplier_id,
           COALESCE(d.project_id, 0)::bigint AS project_id
    FROM erp_demand d
    LEFT JOIN erp_forecast f ON d.kind = 'forecast' AND f.id = d.source_id
    LEFT JOIN (SELECT demand_id, sum({MICRO.format("quantity")}) AS held FROM erp_reservation GROUP BY demand_id) r
      ON r.demand_id = d.id
    WHERE d.open_quantity > 0 AND d.kind NOT IN ('hold', 'project') AND {AMONG}
      AND (d.kind IN ('master', 'forecast', 'subcontract') OR r.held IS NOT NULL OR d.project_id IS NOT NULL)
) special_demand
"""

EXPECTED = f"""
SELECT array_agg(id), array_agg(item_id), array_agg(day), array_agg(open), array_agg(fixed), array_agg(work_order_id),
       array_agg(order_line_id), array_agg(material_of), array_agg(project_id)
FROM (
    SELECT s.id, s.item_id, {ORDINAL.format("s.due_date")} AS day, {MICRO.format("s.open_quantity")} AS open,
           s.is_begun OR COALESCE(w.state = 'in_progress', s.source_label = 'erp.workorder') AS fixed,
           COALESCE(w.id, 0)::bigint AS work_order_id, COALESCE(s.order_line_id, 0)::bigint AS order_line_id,
           COALESCE(s.material_source_id, 0)::bigint AS material_of, COALESCE(s.project_id, 0)::bigint AS project_id
    FROM erp_supply s
    LEFT JOIN erp_workorder w ON s.source_label = 'erp.workorder' AND w.id = s.source_id AND w.item_id = s.item_id
    WHERE {{among}} ORDER BY s.id
) expected
"""
"""What is expected, ``among`` those that a condition on erp_supply s names."""

SUPPLIES = EXPECTED.format(among="true")

LYING = 2**40
"""Keys of material that lies free begin so far below those of other arrivals."""

LIES_FREE = f"""
    SELECT w.id, w.item_id, w.order_line_id,
           least(w.wanted, w.free - (sum(w.wanted) OVER (PARTITION BY w.item_id ORDER BY w.id) - w.wanted))::bigint
               AS quantity
    FROM (
        SELECT min(a.id) AS id, a.item_id, a.order_line_id,
               greatest(0, {MICRO.format("sum(a.settled_quantity)")} - (
                   SELECT COALESCE(sum({MICRO.format("r.quantity")}), 0) FROM erp_workorder m
                   JOIN erp_demand d ON d.kind = 'work_order' AND d.source_id = m.id AND d.item_id = a.item_id
                   JOIN erp_reservation r ON r.demand_id = d.id
                   WHERE m.sales_order_line_id = a.order_line_id))::bigint AS wanted,
               (SELECT COALESCE(sum({MICRO.format("b.on_hand - b.reserved")}), 0) FROM erp_stockbalance b
                JOIN masterdata_location p ON p.id = b.location_id
                LEFT JOIN erp_lot l ON l.id = b.lot_id
                WHERE b.item_id = a.item_id AND b.on_hand > b.reserved AND {PLANNED})::bigint AS free
        FROM erp_boundarrival a
        JOIN masterdata_item i ON i.id = a.item_id AND i.order_policy = 'make_to_order'
        WHERE a.project_id IS NULL AND a.settled_quantity > 0 AND {{of_arrivals}} AND EXISTS (
            SELECT 1 FROM erp_demand s
            WHERE s.kind = 'sales' AND s.source_label = 'crm.salesorder' AND s.source_line_id = a.order_line_id
              AND s.item_id <> a.item_id AND s.open_quantity > 0)
        GROUP BY a.item_id, a.order_line_id
    ) w
"""
"""Of items made to order, what came for order lines as material before the orders that take it were there."""

SET_ASIDE = f"""
SELECT array_agg(id), array_agg(item_id), array_agg(%(day)s::int), array_agg(open), array_agg(true),
       array_agg(0::bigint), array_agg(order_line_id), array_agg(0::bigint), array_agg(project_id)
FROM (
    SELECT -2 * d.id AS id, d.item_id, {MICRO.format("d.open_quantity")} AS open, 0::bigint AS order_line_id,
           d.project_id
    FROM erp_demand d WHERE d.kind = 'project' AND d.open_quantity > 0 AND {{of_demands}}
  UNION ALL
    SELECT -2 * a.id - 1, a.item_id, {MICRO.format("a.quantity - a.settled_quantity")},
           COALESCE(a.order_line_id, 0)::bigint, COALESCE(a.project_id, 0)::bigint
    FROM erp_boundarrival a WHERE a.quantity > a.settled_quantity AND {{of_arrivals}}
  UNION ALL
    SELECT -2 * o.id - 1 - {LYING}, o.item_id, o.quantity, o.order_line_id, 0 FROM ({LIES_FREE}) o WHERE o.quantity > 0
    ORDER BY id
) set_aside
"""
"""What projects keep in stock, what came for an order line or a project and lies in inspection yet, and material of
order lines that lies free: columns as of what is expected, there on ``day``, so that only they can count on it.
"""

ALL_SET_ASIDE = SET_ASIDE.format(of_demands="true", of_arrivals="true")

BOMS = f"""
SELECT array_agg(id), array_agg(item_id), array_agg({MICRO.format("quantity")}),
       array_agg({ORDINAL.format("valid_from")}), array_agg({ALWAYS.format("valid_to")})
FROM (
    SELECT * FROM erp_bom WHERE state = 'released' AND (valid_to IS NULL OR valid_to > %(today)s) AND {AMONG}
    ORDER BY id
) b
"""

VALID_LINES = """
    FROM erp_bomline l JOIN erp_bom b ON b.id = l.bom_id
    WHERE b.state = 'released' AND (b.valid_to IS NULL OR b.valid_to > %(today)s)
      AND (l.valid_to IS NULL OR l.valid_to > %(today)s)
"""

LEFT_TOGETHER = """
    LEFT JOIN (
        SELECT bom_id, substitute_group, min(line_no)::int AS first_line FROM erp_bomline
        WHERE substitute_group <> '' GROUP BY bom_id, substitute_group
    ) g ON g.bom_id = l.bom_id AND g.substitute_group = l.substitute_group
    """
"""The number of each group of lines that are replaced together: that of its first line."""

AS_SET, ALWAYS_STARTS, NEVER_STARTS = 1, 2, 0
STARTS = (
    f"CASE WHEN l.line_kind <> 'co_product' THEN {NEVER_STARTS} ELSE CASE l.starts_order "
    f"WHEN 'always' THEN {ALWAYS_STARTS} WHEN 'never' THEN {NEVER_STARTS} ELSE {AS_SET} END END::int"
)
"""Whether what is short of an output starts an order of what it comes out beside."""

BOM_LINES = f"""
SELECT array_agg(id), array_agg(bom_id), array_agg(component_id), array_agg({MICRO.format("quantity")}),
       array_agg(line_no::int)
FROM (SELECT l.id, l.bom_id, l.component_id, l.quantity, l.line_no {VALID_LINES} AND {AMONG}) l
"""

SPECIAL_LINES = f"""
SELECT array_agg(id), array_agg((scrap_percent * 10000)::bigint), array_agg({FROM.format("valid_from")}),
       array_agg({ALWAYS.format("valid_to")}), array_agg({MICRO.format("fixed_scrap_quantity")}),
       array_agg(is_level_skipped), array_agg(line_kind <> 'component'), array_agg(together),
       array_agg(starts)
FROM (
    SELECT l.*, COALESCE(g.first_line, 0) AS together, ({STARTS}) AS starts
    {VALID_LINES.replace("JOIN", LEFT_TOGETHER + "JOIN", 1)} AND {AMONG}
      AND (l.scrap_percent <> 0 OR l.valid_from IS NOT NULL OR l.valid_to IS NOT NULL OR l.fixed_scrap_quantity <> 0
           OR l.is_level_skipped OR l.line_kind <> 'component' OR l.substitute_group <> '')
) l
"""

SUBSTITUTES = f"""
SELECT array_agg(bom_line_id), array_agg(item_id), array_agg({MICRO.format("ratio")}), array_agg(rank::int),
       array_agg({FROM.format("valid_from")}), array_agg({ALWAYS.format("valid_to")})
FROM (
    SELECT s.* FROM erp_bomsubstitute s JOIN erp_bomline g ON g.id = s.bom_line_id
    WHERE s.bom_line_id IN (SELECT l.id {VALID_LINES})
      AND (s.valid_to IS NULL OR s.valid_to > %(today)s OR g.substitute_group <> '')
    ORDER BY s.bom_line_id, s.rank, s.id
) s
"""

"""Of lines that are replaced together also those that are over: without one of them a rank replaces nothing."""

AT_SUPPLIERS = f"""
SELECT array_agg(item_id), array_agg(partner_id), array_agg(free) FROM (
    SELECT item_id, partner_id, sum(quantity)::bigint AS free FROM (
        SELECT b.item_id, p.partner_id, {MICRO.format("b.on_hand - b.reserved")} AS quantity
        FROM erp_stockbalance b
        JOIN masterdata_location p ON p.id = b.location_id
        LEFT JOIN erp_lot l ON l.id = b.lot_id
        WHERE p.kind = 'at_supplier' AND p.partner_id IS NOT NULL AND b.owner_id IS NULL AND b.on_hand > b.reserved
          AND (l.id IS NULL OR l.status = 'usable' AND (l.expiry_date IS NULL OR l.expiry_date >= %(today)s))
      UNION ALL
        SELECT item_id, partner_id, -{MICRO.format("placed_quantity")}
        FROM erp_demand WHERE kind = 'subcontract' AND partner_id IS NOT NULL AND placed_quantity <> 0
    ) one GROUP BY item_id, partner_id HAVING sum(quantity) > 0 ORDER BY item_id, partner_id
) unspoken
"""
"""What lies at subcontractors beyond what was sent there for their open orders and waits to be used."""

MAKERS = """
SELECT array_agg(item_id), array_agg(maker) FROM (
    SELECT s.item_id, (array_agg(s.partner_id ORDER BY s.is_preferred DESC, s.id))[1] AS maker
    FROM masterdata_supplieritem s
    JOIN masterdata_item i ON i.id = s.item_id AND i.supply_type = 'subcontract'
    JOIN masterdata_partner p ON p.id = s.partner_id AND p.is_active AND p.is_supplier AND p.merged_into_id IS NULL
    WHERE s.is_active GROUP BY s.item_id HAVING bool_or(s.is_preferred) OR count(*) = 1 ORDER BY s.item_id
) made
"""
"""Who makes an item to be subcontracted: the preferred supplier, else the only one there is."""


MOVES = f"""
SELECT array_agg(item_id), array_agg({ORDINAL.format("due_date")}), array_agg(sequence),
       array_agg({MICRO.format("quantity")}), array_agg({ORDINAL.format("start_date")}),
       array_agg({ORDINAL.format("finish_date")})
FROM (SELECT * FROM erp_plannedordertime ORDER BY item_id, due_date, sequence) moved
"""
"""Planned orders that somebody moved on the machines: their components are needed when they start."""


BILLS = (Watched("erp_bomline"), Watched("erp_bom"))

SOURCES = {
    "items": Source(
        ITEMS,
        (
            Watched("masterdata_item", "id"),
            Watched("masterdata_supplieritem", "item_id"),
            Watched("masterdata_unitofmeasure"),
        ),
        key="i.id",
    ),
    "stock": Source(
        STOCK,
        (Watched("erp_stockbalance", "item_id"), Watched("erp_lot", "item_id"), Watched("masterdata_location")),
        key="b.item_id",
    ),
    "supplies": Source(SUPPLIES),
    "demands": Source(
        DEMANDS,
        (Watched("erp_demand", "id"), Watched("erp_reservation", "demand_id"), Watched("erp_forecast")),
        key="d.id",
        block=256,
        order=(0,),
        special=Special(
            SPECIAL_DEMANDS, ((4, np.int64, 0), (9, np.bool_, False), (10, np.int64, 0), (11, np.int64, 0))
        ),
    ),
    "boms": Source(BOMS, (Watched("erp_bom", "id"),), key="erp_bom.id"),
    "lines": Source(
        BOM_LINES,
        (Watched("erp_bomline", "bom_id"), Watched("erp_bom", "id")),
        key="l.bom_id",
        place=1,
        order=(1, 4, 0),
        is_order_own=True,
        special=Special(
            SPECIAL_LINES,
            (
                (4, np.int64, 0),
                (5, np.int32, 0),
                (6, np.int32, NEVER),
                (7, np.int64, 0),
                (8, np.bool_, False),
                (9, np.bool_, False),
                (10, np.int32, 0),
                (11, np.int32, NEVER_STARTS),
            ),
        ),
    ),
    "substitutes": Source(SUBSTITUTES, (Watched("erp_bomsubstitute"), *BILLS)),
}
"""What a plan is read from, in the order of reading."""

BESIDE = ("lines", "boms", "stock")
"""What a second connection reads meanwhile: about half of it."""

ORDERED_FOR = ORDINAL.format("COALESCE(l.promised_date, l.ship_date, o.requested_date, o.document_date)")

ORDERED = f"""
SELECT array_agg(item_id), array_agg(day), array_agg(quantity)
FROM (
    SELECT l.item_id, {ORDERED_FOR} AS day,
           {MICRO.format("CASE WHEN l.is_closed THEN l.delivered_quantity ELSE l.stock_quantity END")} AS quantity
    FROM crm_salesorderline l JOIN crm_salesorder o ON o.id = l.order_id
    WHERE o.state IN ('confirmed', 'closed') AND l.item_id = ANY(%(items)s)
    ORDER BY l.id
) ordered
WHERE quantity > 0
"""
