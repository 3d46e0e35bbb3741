"""The queries a branch of the plan is read by; quantities in micro-units, days as ordinals."""

from erp.engines.mrp.problem import NEVER
from erp.selectors.plan_sources import EXPECTED, ORDER_POLICIES, SET_ASIDE
from erp.selectors.usable import PLANNED

PASS_THROUGH, FOR_ONE_ORDER = 32, 64
"""Flags of planned orders: no proposal, only what its components are pegged through; made for one order line alone."""

OPEN_ORDERS = "('draft', 'released', 'in_progress')"
VALID = "b.state = 'released' AND (b.valid_to IS NULL OR b.valid_to > %(today)s)"
DAY = "({0} - DATE '0001-01-01' + 1)"
MICRO = "({0} * 1000000)::bigint"

EXPLODES = """COALESCE(
    (SELECT true FROM erp_plannedorder o WHERE o.slot = %(slot)s AND o.item_id = b.item_id LIMIT 1),
    (SELECT true FROM erp_supply s WHERE s.item_id = b.item_id AND s.material_source_id IS NOT NULL LIMIT 1), false)"""
"""Something hangs on what goes into an item by its bill: planned orders, or material sent out for what is expected."""

BELOW = f"""
    SELECT unnest(%(roots)s::bigint[])
  UNION
    SELECT e.component_id FROM part p JOIN LATERAL (
        SELECT l.component_id FROM erp_bom b JOIN erp_bomline l ON l.bom_id = b.id AND l.line_kind = 'component'
        WHERE b.item_id = p.item_id AND {VALID} AND {EXPLODES}
      UNION ALL
        SELECT m.item_id FROM erp_workorder w JOIN erp_workordermaterial m ON m.work_order_id = w.id
        WHERE w.item_id = p.item_id AND w.state IN {OPEN_ORDERS}
    ) e ON true
"""

ALONE = "SELECT unnest(%(roots)s::bigint[])"

ABOVE = f"""
    SELECT unnest(%(roots)s::bigint[])
  UNION
    SELECT e.item_id FROM part p JOIN LATERAL (
        SELECT b.item_id FROM erp_bomline l JOIN erp_bom b ON b.id = l.bom_id AND {VALID}
        WHERE l.component_id = p.item_id
      UNION ALL
        SELECT w.item_id FROM erp_workordermaterial m JOIN erp_workorder w ON w.id = m.work_order_id
        WHERE m.item_id = p.item_id AND w.state IN {OPEN_ORDERS}
    ) e ON true
"""

PARENTS = f"""
  UNION
    SELECT b.item_id FROM part p JOIN erp_bomline l ON l.component_id = p.item_id
    JOIN erp_bom b ON b.id = l.bom_id AND {VALID}
"""

ORDERS = f"""
WITH RECURSIVE part(item_id) AS ({{part}})
SELECT (SELECT array_agg(item_id ORDER BY item_id) FROM part),
       array_agg(item_id), array_agg(sequence), array_agg(need), array_agg(due), array_agg(start), array_agg(finish),
       array_agg(quantity), array_agg(flags), array_agg(demand_id), array_agg(is_moved)
FROM (
    SELECT p.item_id, p.sequence, {DAY.format("p.need_date")} AS need, {DAY.format("p.due_date")} AS due,
           {DAY.format("p.start_date")} AS start, {DAY.format("p.finish_date")} AS finish,
           {MICRO.format("p.quantity")} AS quantity, p.flags::int AS flags,
           CASE WHEN p.flags & {FOR_ONE_ORDER} <> 0 THEN COALESCE(p.demands[1], 0) ELSE 0 END AS demand_id,
           t.finish_date IS NOT NULL AS is_moved
    FROM erp_plannedorder p
    LEFT JOIN erp_plannedordertime t
      ON t.item_id = p.item_id AND t.due_date = p.due_date AND t.sequence = p.sequence AND t.quantity = p.quantity
    WHERE p.slot = %(slot)s AND p.item_id = ANY(ARRAY(SELECT item_id FROM part {{around}}))
      AND p.start_date <= %(until)s
    ORDER BY p.item_id, p.due_date, p.sequence
) planned
"""
"""All items on the way and the planned orders, begun ``until`` a day, of these and, downwards, of their parents."""

UNSPOKEN = f"""
SELECT item_id, sum(quantity)::bigint AS free FROM (
    SELECT b.item_id, p.partner_id, {MICRO.format("(b.on_hand - b.reserved)")} AS quantity
    FROM erp_stockbalance b JOIN masterdata_location p ON p.id = b.location_id AND p.kind = 'at_supplier'
    WHERE b.item_id = ANY(%(inside)s) AND b.owner_id IS NULL
  UNION ALL
    SELECT item_id, partner_id, -{MICRO.format("placed_quantity")} FROM erp_demand
    WHERE item_id = ANY(%(inside)s) AND kind = 'subcontract' AND placed_quantity <> 0
) one GROUP BY item_id, partner_id HAVING sum(quantity) > 0
"""
"""What lies at subcontractors and no open order waits for: stock of this picture, for whoever needs it."""

ITEMS = f"""
SELECT array_agg(free), array_agg(safety), array_agg(lead), array_agg(decimals), array_agg(explodes), array_agg(good),
       array_agg(order_policy), array_agg(is_phantom)
FROM (
SELECT (COALESCE(f.free, 0) + COALESCE(o.free, 0))::bigint AS free, {MICRO.format("i.safety_stock")} AS safety,
       COALESCE(NULLIF(i.lead_time_days, 0), s.days, 0)::int AS lead, u.decimals::int AS decimals,
       i.supply_type <> 'buy' AS explodes, (i.yield_percent * 10000)::bigint AS good,
       {ORDER_POLICIES} AS order_policy, i.is_phantom
FROM masterdata_item i
JOIN masterdata_unitofmeasure u ON u.id = i.uom_id
LEFT JOIN LATERAL (
    SELECT max(lead_time_days) AS days FROM masterdata_supplieritem
    WHERE item_id = i.id AND is_preferred AND is_active
) s ON i.supply_type <> 'make' AND i.id = ANY(%(inside)s)
LEFT JOIN (
    SELECT b.item_id, sum({MICRO.format("(b.on_hand - b.reserved)")})::bigint AS free
    FROM erp_stockbalance b
    JOIN masterdata_location p ON p.id = b.location_id
    LEFT JOIN erp_lot l ON l.id = b.lot_id
    WHERE b.item_id = ANY(%(inside)s) AND b.on_hand > b.reserved AND {PLANNED}
    GROUP BY b.item_id
) f ON f.item_id = i.id
LEFT JOIN (SELECT item_id, sum(free)::bigint AS free FROM ({UNSPOKEN}) u GROUP BY item_id) o ON o.item_id = i.id
WHERE i.id = ANY(%(items)s) ORDER BY i.id
) item
"""

DEMANDS = f"""
SELECT d.id, d.item_id, {DAY.format("d.due_date")}, {MICRO.format("d.open_quantity")},
       COALESCE((SELECT sum({MICRO.format("r.quantity")}) FROM erp_reservation r WHERE r.demand_id = d.id), 0)::bigint,
       d.priority, d.kind, d.source_id, d.source_line_id, COALESCE(d.project_id, 0)
FROM erp_demand d
WHERE d.item_id = ANY(%(items)s) AND d.open_quantity > 0 AND d.kind NOT IN ('hold', 'project')
  AND NOT (d.kind = 'forecast' AND EXISTS (
      SELECT 1 FROM erp_demand m
      WHERE m.item_id = d.item_id AND m.kind = 'master' AND m.open_quantity > 0 AND m.due_date >= d.due_date))
ORDER BY d.id
"""

SUPPLIES = EXPECTED.format(among="s.item_id = ANY(%(items)s)")

KEPT = SET_ASIDE.format(of_demands="d.item_id = ANY(%(items)s)", of_arrivals="a.item_id = ANY(%(items)s)")

LINES = f"""
SELECT array_agg(bom_id), array_agg(item_id), array_agg(base), array_agg(bom_from), array_agg(bom_to),
       array_agg(component_id), array_agg(per), array_agg(scrap), array_agg(line_from), array_agg(line_to),
       array_agg(fixed), array_agg(is_level_skipped), array_agg(is_output), array_agg(has_substitutes)
FROM (
    SELECT l.bom_id, b.item_id, {MICRO.format("b.quantity")} AS base, {DAY.format("b.valid_from")} AS bom_from,
           COALESCE({DAY.format("b.valid_to")}, {NEVER}) AS bom_to, l.component_id,
           {MICRO.format("l.quantity")} AS per, (l.scrap_percent * 10000)::bigint AS scrap,
           COALESCE({DAY.format("l.valid_from")}, 0) AS line_from,
           COALESCE({DAY.format("l.valid_to")}, {NEVER}) AS line_to,
           {MICRO.format("l.fixed_scrap_quantity")} AS fixed, l.is_level_skipped,
           l.line_kind <> 'component' AS is_output,
           EXISTS (SELECT 1 FROM erp_bomsubstitute t WHERE t.bom_line_id = l.id) AS has_substitutes
    FROM erp_bom b JOIN erp_bomline l ON l.bom_id = b.id AND (l.valid_to IS NULL OR l.valid_to > %(today)s)
    WHERE b.item_id = ANY(%(items)s) AND {VALID} AND l.component_id = ANY(%(inside)s)
    ORDER BY b.id, l.line_no, l.id
) line
"""
