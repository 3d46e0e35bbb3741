"""What must always be true of counts and snapshots: (code, sentence, query that must return no row)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COUNT_DIFFERENCES = """
SELECT line.id AS line, stocktake.state, line.counted_quantity - line.book_quantity AS difference,
  coalesce(moved.quantity, 0) AS posted
FROM erp_stocktakeline line
JOIN erp_stocktake stocktake ON stocktake.id = line.stocktake_id AND stocktake.state IN ('posted', 'reversed')
LEFT JOIN (
  SELECT move.source_line_id, sum(CASE WHEN place.kind = 'count' THEN move.quantity ELSE -move.quantity END) AS quantity
  FROM erp_stockmove move JOIN masterdata_location place ON place.id = move.from_location_id
  WHERE move.source_label = 'erp.stocktake' GROUP BY 1
) moved ON moved.source_line_id = line.id
WHERE CASE stocktake.state WHEN 'posted' THEN coalesce(line.counted_quantity - line.book_quantity, 0) ELSE 0 END
  <> coalesce(moved.quantity, 0)
"""

STOCK_SNAPSHOTS = """
WITH mark AS (SELECT coalesce(max(move_id), 0) AS move_id FROM erp_snapshotmark),
ends AS (SELECT max(month_end) AS day FROM erp_stocksnapshot),
moved AS (
  SELECT leg.item_id, leg.location_id, leg.lot_id, sum(leg.quantity) AS quantity
  FROM (
    SELECT item_id, to_location_id AS location_id, lot_id, quantity FROM erp_stockmove, mark, ends
    WHERE id <= mark.move_id AND moved_on <= ends.day AND owner_id IS NULL
    UNION ALL
    SELECT item_id, from_location_id, lot_id, -quantity FROM erp_stockmove, mark, ends
    WHERE id <= mark.move_id AND moved_on <= ends.day AND owner_id IS NULL
  ) leg
  JOIN masterdata_location place ON place.id = leg.location_id
    AND place.kind IN ('storage', 'line_side', 'transit', 'at_supplier')
  GROUP BY 1, 2, 3
)
SELECT ends.day AS month_end, coalesce(moved.item_id, stored.item_id) AS item, stored.quantity AS snapshot,
  moved.quantity AS moves
FROM ends CROSS JOIN moved
FULL JOIN (SELECT s.* FROM erp_stocksnapshot s JOIN ends ON ends.day = s.month_end) stored
  ON stored.item_id = moved.item_id AND stored.location_id = moved.location_id
  AND stored.lot_id IS NOT DISTINCT FROM moved.lot_id
WHERE coalesce(moved.quantity, 0) <> coalesce(stored.quantity, 0)
"""

VALUE_SNAPSHOTS = """
WITH mark AS (SELECT coalesce(max(entry_id), 0) AS entry_id FROM erp_snapshotmark),
ends AS (SELECT max(month_end) AS day FROM erp_valuesnapshot),
valued AS (
  SELECT item_id, sum(quantity) AS quantity, sum(amount) AS value FROM erp_valueentry, mark, ends
  WHERE id <= mark.entry_id AND booked_on <= ends.day GROUP BY 1
)
SELECT coalesce(valued.item_id, stored.item_id) AS item, stored.value AS snapshot, valued.value AS entries
FROM valued FULL JOIN (SELECT s.* FROM erp_valuesnapshot s JOIN ends ON ends.day = s.month_end) stored
  ON stored.item_id = valued.item_id
WHERE coalesce(valued.value, 0) <> coalesce(stored.value, 0)
  OR coalesce(valued.quantity, 0) <> coalesce(stored.quantity, 0)
"""

PROOFS: tuple[tuple[str, Any, str], ...] = (
    (
        "count_differences",
        _("A count posts counted less book at its snapshot, a reversed one nothing"),
        COUNT_DIFFERENCES,
    ),
    ("stock_snapshots", _("The latest month-end stock is the sum of its moves"), STOCK_SNAPSHOTS),
    ("value_snapshots", _("The latest month-end stock value is the sum of its value entries"), VALUE_SNAPSHOTS),
)
