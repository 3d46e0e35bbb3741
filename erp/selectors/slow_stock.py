"""Slow-moving and obsolete stock 呆滞料: how long it lies, what it is worth, why it lies, what it could be used for."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.fields import ZERO
from core.formats import readable
from core.money import round_amount
from erp.models import ProvisionBand
from erp.selectors.sources import url_of
from erp.selectors.stock_rules import stock_rules
from masterdata.models import Item

HUNDRED = Decimal(100)
USUAL_BANDS = ((180, Decimal(20)), (365, Decimal(50)), (730, Decimal(100)))
CONSUMING = ["issue", "shipment", "misc_issue", "subcontract_use"]
COMING = ["receipt", "production", "subcontract", "opening", "misc_receipt", "customer_return", "issue_return", "count"]
COMING_BACK = frozenset({"customer_return", "issue_return"})
LOOK_BACK = dt.timedelta(days=365)


class Cause(StrEnum):
    """Why stock lies, as the facts say."""

    RETURN = "return"
    CHANGE = "change"
    ENGINEERING = "engineering"
    MIN_LOT = "min_lot"
    NO_DEMAND = "no_demand"

    @property
    def label(self) -> Any:
        """Return the cause in words."""
        return CAUSES[self]


CAUSES = {
    Cause.RETURN: _("Return"),
    Cause.CHANGE: _("Cancelled or changed demand"),
    Cause.ENGINEERING: _("Engineering change"),
    Cause.MIN_LOT: _("Minimum lot"),
    Cause.NO_DEMAND: _("No demand"),
}

STANDS = "m.quantity > (SELECT coalesce(sum(r.quantity), 0) FROM erp_stockmove r WHERE r.reverses_id = m.id)"
"""Of a move: it was not taken back, or not all of it."""

ARRIVED = "(m.reverses_id IS NULL OR m.kind IN ('customer_return', 'issue_return'))"
"""Of a move that brought goods: it is no taking back of a move that took some; a return is, and brought them."""

LYING = f"""
SELECT held.item_id, held.on_hand,
       CASE WHEN %(warehouse)s::bigint IS NULL OR cost.quantity = 0 THEN coalesce(cost.value, 0)
            ELSE coalesce(cost.value * held.on_hand / cost.quantity, 0) END,
       first_in.moved_on, last_in.moved_on, last_in.kind,
       last_in.quantity, last_in.source_label, last_in.source_id, last_in.source_number, used.moved_on,
       coalesce(used.moved_on, first_in.moved_on),
       CASE WHEN later.quantity >= held.on_hand THEN later.since END
FROM (
  SELECT b.item_id, sum(b.on_hand) AS on_hand FROM erp_stockbalance b
  JOIN masterdata_location p ON p.id = b.location_id AND p.kind IN ('storage', 'line_side', 'transit', 'at_supplier')
  WHERE b.on_hand > 0 AND b.owner_id IS NULL AND (%(warehouse)s::bigint IS NULL OR p.warehouse_id = %(warehouse)s)
  GROUP BY 1
) held
LEFT JOIN (
  SELECT item_id, sum(quantity) AS quantity, sum(value) AS value FROM erp_itemcost GROUP BY 1
) cost ON cost.item_id = held.item_id
LEFT JOIN LATERAL (
  SELECT m.moved_on FROM erp_stockmove m
  WHERE m.item_id = held.item_id AND m.kind = ANY(%(coming)s) AND {ARRIVED} AND {STANDS}
  ORDER BY m.moved_on, m.id LIMIT 1
) first_in ON true
LEFT JOIN LATERAL (
  SELECT m.* FROM erp_stockmove m
  WHERE m.item_id = held.item_id AND m.kind = ANY(%(coming)s) AND {ARRIVED} AND {STANDS}
  ORDER BY m.moved_on DESC, m.id DESC LIMIT 1
) last_in ON true
LEFT JOIN LATERAL (
  SELECT m.moved_on FROM erp_stockmove m
  WHERE m.item_id = held.item_id AND m.kind = ANY(%(consuming)s) AND m.reverses_id IS NULL AND {STANDS}
  ORDER BY m.moved_on DESC, m.id DESC LIMIT 1
) used ON true
LEFT JOIN LATERAL (
  SELECT min(m.moved_on) AS since, sum(m.quantity) AS quantity FROM erp_stockmove m
  WHERE m.item_id = held.item_id AND m.kind = ANY(%(coming)s) AND m.moved_on > used.moved_on
) later ON true
"""

USES = """
WITH RECURSIVE above(item_id, top_id, depth) AS (
  SELECT l.component_id, b.item_id, 1 FROM erp_bomline l JOIN erp_bom b ON b.id = l.bom_id AND b.state = 'released'
  WHERE l.component_id = ANY(%(items)s) AND l.line_kind = 'component' AND (b.valid_to IS NULL OR b.valid_to > %(day)s)
  UNION
  SELECT above.item_id, b.item_id, above.depth + 1 FROM above
  JOIN erp_bomline l ON l.component_id = above.top_id JOIN erp_bom b ON b.id = l.bom_id AND b.state = 'released'
  WHERE above.depth < 12 AND l.line_kind = 'component' AND (b.valid_to IS NULL OR b.valid_to > %(day)s)
), using_it AS (
  SELECT DISTINCT item_id, top_id FROM above UNION SELECT i, i FROM unnest(%(items)s::bigint[]) AS i
)
SELECT u.item_id, u.top_id, i.code,
  (SELECT coalesce(sum(d.open_quantity), 0) FROM erp_demand d
   WHERE d.item_id = u.top_id AND d.kind NOT IN ('hold', 'project') AND d.open_quantity > 0),
  dropped.id, dropped.number, dropped.at
FROM using_it u JOIN masterdata_item i ON i.id = u.top_id
LEFT JOIN LATERAL (
  SELECT o.id, o.number, o.document_date AS at FROM crm_salesorderline l JOIN crm_salesorder o ON o.id = l.order_id
  WHERE l.item_id = u.top_id AND o.document_date >= %(since)s
    AND ((o.state = 'cancelled' AND o.confirmed_date IS NOT NULL)
      OR (l.is_closed AND l.delivered_quantity < l.stock_quantity)
      OR EXISTS (
        SELECT 1 FROM crm_orderchange c
        WHERE c.order_id = o.id AND (c.before #>> ARRAY['lines', l.line_no::text, 'quantity'])::numeric
          > coalesce((c.after #>> ARRAY['lines', l.line_no::text, 'quantity'])::numeric, 0)))
  ORDER BY o.document_date DESC, o.id DESC LIMIT 1
) dropped ON true
"""

ENGINEERING = """
SELECT l.component_id, max(b.id), (array_agg(b.number ORDER BY b.id DESC))[1]
FROM erp_bomline l JOIN erp_bom b ON b.id = l.bom_id AND b.state <> 'draft'
WHERE l.component_id = ANY(%(items)s) AND l.line_kind = 'component'
GROUP BY 1
HAVING NOT bool_or(b.state = 'released' AND (b.valid_to IS NULL OR b.valid_to > %(day)s)
  AND (l.valid_to IS NULL OR l.valid_to > %(day)s))
"""


@dataclass
class SlowItem:
    """One item that lies too long; quantities in its stock unit, values in base currency."""

    item: Item
    on_hand: Decimal
    value: Decimal
    first_receipt: dt.date | None
    last_receipt: dt.date | None
    last_consumption: dt.date | None
    idle_days: int
    age_days: int
    percent: Decimal
    provision: Decimal
    cause: Cause
    evidence: str = ""
    evidence_url: str = ""
    demand: Decimal = ZERO
    used_in: tuple[str, ...] = ()

    @property
    def proposal(self) -> str:
        """Return what could be done with it."""
        if self.demand:
            return gettext("Use for its own open demand of %(quantity)s") % {"quantity": readable(self.demand)}
        if self.used_in:
            return gettext("Use in %(products)s, which are in demand") % {"products": ", ".join(self.used_in[:3])}
        if self.cause == Cause.RETURN:
            return gettext("Offer it again, or return it to the supplier")
        return gettext("No use in sight: sell it off, return it or scrap it")

    def get_absolute_url(self) -> str:
        """Return the item's ledger since its first receipt."""
        start = f"?start={self.first_receipt.isoformat()}" if self.first_receipt else ""
        return f"{reverse('erp:item-ledger', args=[self.item.pk])}{start}"


def provision_bands() -> list[tuple[int, Decimal]]:
    """Return (from days without consumption, percent) by days; the usual ones while none are set."""
    return list(ProvisionBand.objects.values_list("from_days", "percent")) or list(USUAL_BANDS)


def slow_items(day: dt.date | None = None, warehouse_id: int | None = None) -> list[SlowItem]:
    """Return what lies without consumption for longer than the stock settings allow, the dearest first.

    Our own goods alone. Of one warehouse: what lies in it, at its share of the item's value.
    """
    now = day or today()
    limit, bands = stock_rules().slow_days, provision_bands()
    with connection.cursor() as cursor:
        cursor.execute(LYING, {"warehouse": warehouse_id, "coming": COMING, "consuming": CONSUMING})
        rows = [row for row in cursor.fetchall() if row[11] and (now - (row[12] or row[11])).days >= limit]
    items = Item.objects.select_related("uom", "category").in_bulk([row[0] for row in rows])
    known = _Facts(list(items), now)
    found = []
    for row in rows:
        idle = (now - (row[12] or row[11])).days
        value = round_amount(row[2])
        percent = max((share for start, share in bands if idle >= start), default=ZERO)
        slow = SlowItem(
            item=items[row[0]],
            on_hand=row[1],
            value=value,
            first_receipt=row[3],
            last_receipt=row[4],
            last_consumption=row[10],
            idle_days=idle,
            age_days=(now - row[3]).days if row[3] else idle,
            percent=percent,
            provision=round_amount(value * percent / HUNDRED),
            cause=Cause.NO_DEMAND,
        )
        known.explain(slow, last_kind=row[5], last_quantity=row[6], source=row[7:10])
        found.append(slow)
    return sorted(found, key=lambda one: (-one.value, one.item.code))


class _Facts:
    """What the documents say about some items, read in two statements."""

    def __init__(self, item_ids: list[int], day: dt.date) -> None:
        values: dict[str, Any] = {"items": item_ids, "day": day, "since": day - 2 * LOOK_BACK}
        with connection.cursor() as cursor:
            cursor.execute(USES, values)
            self.uses = cursor.fetchall()
            cursor.execute(ENGINEERING, values)
            self.changed = {row[0]: row[1:] for row in cursor.fetchall()}

    def explain(self, slow: SlowItem, *, last_kind: str | None, last_quantity: Decimal | None, source: Any) -> None:
        """Set cause, evidence and possible uses of ``slow``."""
        own = [row for row in self.uses if row[0] == slow.item.pk]
        slow.demand = sum((row[3] for row in own if row[1] == slow.item.pk), ZERO)
        slow.used_in = tuple(sorted(row[2] for row in own if row[1] != slow.item.pk and row[3] > 0))
        dropped = max((row for row in own if row[4]), key=lambda row: row[6], default=None)
        quantity = last_quantity or ZERO
        if last_kind in COMING_BACK and 2 * quantity >= slow.on_hand:
            slow.cause = Cause.RETURN
            slow.evidence, slow.evidence_url = source[2], url_of(source[0], source[1])
        elif slow.item.pk in self.changed:
            slow.cause = Cause.ENGINEERING
            bom_id, slow.evidence = self.changed[slow.item.pk]
            slow.evidence_url = url_of("erp.bom", bom_id)
        elif dropped is not None:
            slow.cause = Cause.CHANGE
            slow.evidence, slow.evidence_url = dropped[5], url_of("crm.salesorder", dropped[4])
        elif slow.item.min_lot and slow.on_hand < slow.item.min_lot <= quantity:
            slow.cause = Cause.MIN_LOT
            slow.evidence, slow.evidence_url = source[2], url_of(source[0], source[1])


def slow_value() -> Decimal:
    """Return what all slow-moving stock is worth, base currency."""
    return sum((one.value for one in slow_items()), ZERO)
