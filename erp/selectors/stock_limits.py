"""Minimum and maximum of items per warehouse, and where stock and what is expected break them."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.urls import reverse

from core.fields import ZERO
from erp.models import StockLimit

BREACHES = """
SELECT * FROM (
  SELECT l.id, coalesce(held.on_hand, 0), coalesce(held.reserved, 0), coalesce(coming.quantity, 0),
         CASE WHEN coalesce(held.on_hand, 0) < l.minimum THEN 'low'
              WHEN coalesce(held.on_hand, 0) > l.maximum THEN 'high' END AS breach
  FROM erp_stocklimit l
  LEFT JOIN LATERAL (
    SELECT sum(b.on_hand) AS on_hand, sum(b.reserved) AS reserved FROM erp_stockbalance b
    JOIN masterdata_location p ON p.id = b.location_id AND p.kind = 'storage' AND p.warehouse_id = l.warehouse_id
    WHERE b.item_id = l.item_id AND b.owner_id IS NULL
  ) held ON true
  LEFT JOIN LATERAL (
    SELECT sum(s.open_quantity) AS quantity FROM erp_supply s
    WHERE s.item_id = l.item_id AND (s.warehouse_id = l.warehouse_id OR s.warehouse_id IS NULL)
  ) coming ON true
  WHERE %(limits)s::bigint[] IS NULL OR l.id = ANY(%(limits)s::bigint[])
) found WHERE breach IS NOT NULL OR %(limits)s::bigint[] IS NOT NULL
"""


@dataclass(frozen=True)
class LimitState:
    """A limit against what is there; stock unit. ``breach`` is low, high or None."""

    limit: StockLimit
    on_hand: Decimal
    reserved: Decimal
    expected: Decimal
    breach: str | None

    @property
    def projected(self) -> Decimal:
        """On hand and expected together."""
        return self.on_hand + self.expected

    @property
    def missing(self) -> Decimal:
        """What to ask for: the reorder quantity, else up to the maximum, else to the minimum; 0 when it is coming."""
        limit = self.limit
        if self.projected >= limit.minimum:
            return ZERO
        if limit.reorder_quantity:
            return max(limit.reorder_quantity, limit.minimum - self.projected)
        return (limit.maximum or limit.minimum) - self.projected

    def get_absolute_url(self) -> str:
        """Return the item's availability."""
        return reverse("erp:item-availability", args=[self.limit.item_id])


def limit_states(limit_ids: list[int] | None = None) -> list[LimitState]:
    """Return the limits that are broken, low ones first (of ``limit_ids``: those, broken or not)."""
    with connection.cursor() as cursor:
        cursor.execute(BREACHES, {"limits": limit_ids})
        rows = cursor.fetchall()
    known = StockLimit.objects.select_related("item__uom", "warehouse").in_bulk([row[0] for row in rows])
    states = [LimitState(known[pk], *rest) for pk, *rest in rows]
    return sorted(states, key=lambda one: (one.breach != "low", one.limit.item.code, one.limit.warehouse.code))


def low_states() -> list[LimitState]:
    """Return the limits that are broken from below while nothing that is expected mends it."""
    return [one for one in limit_states() if one.breach == "low" and one.missing > 0]
