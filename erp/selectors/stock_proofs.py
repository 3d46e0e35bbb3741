"""What must always be true of counts and snapshots: (code, sentence, query that must return no row)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COUNT_DIFFERENCES = """
SELECT line.id AS line, line.counted_quantity - line.book_quantity AS difference, coalesce(moved.quantity, 0) AS posted
FROM erp_stocktakeline line
JOIN erp_stocktake stocktake ON stocktake.id = line.stocktake_id AND stocktake.state = 'posted'
LEFT JOIN (
  SELECT move.source_line_id, sum(CASE WHEN place.kind = 'count' THEN move.quantity ELSE -move.quantity END) AS quantity
  FROM erp_stockmove move JOIN masterdata_location place ON place.id = move.from_location_id
  WHERE move.source_label = 'erp.stocktake' GROUP BY 1
) moved ON moved.source_line_id = line.id
WHERE coalesce(line.counted_quantity - line.book_quantity, 0) <> coalesce(moved.quantity, 0)
"""

PROOFS: tuple[tuple[str, Any, str], ...] = (
    ("count_differences", _("A count posts counted less book at its snapshot"), COUNT_DIFFERENCES),
)
