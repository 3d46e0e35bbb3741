"""The stock ledger summary 收发存汇总表: opening, in and out by kind, closing, in quantity and value."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.http import urlencode

from core.fields import ZERO
from core.money import round_amount
from erp.models import Lot
from erp.selectors.stock_as_of import quantities_as_of, values_as_of
from erp.selectors.stock_ledger import Span
from masterdata.models import Item, Warehouse

BUCKETS = {
    "receipt": "purchase",
    "supplier_return": "purchase",
    "production": "made",
    "subcontract": "made",
    "shipment": "sales",
    "customer_return": "sales",
    "issue": "material",
    "issue_return": "material",
    "subcontract_use": "material",
    "transfer": "transfer",
}
"""What the columns call the kinds of moves and value entries; the rest is ``other``."""

KEYS = {
    "item": "NULL::bigint, NULL::bigint",
    "warehouse": "p.warehouse_id, NULL::bigint",
    "lot": "NULL::bigint, m.lot_id",
}

MOVED = """
SELECT item_id, warehouse_id, lot_id, kind, coalesce(sum(net) FILTER (WHERE net > 0), 0),
       coalesce(-sum(net) FILTER (WHERE net < 0), 0)
FROM (
  SELECT m.item_id, {keys}, m.kind, m.id, sum(l.quantity)
  FROM erp_stockmove m
  CROSS JOIN LATERAL (VALUES (m.to_location_id, m.quantity), (m.from_location_id, -m.quantity))
    AS l(location_id, quantity)
  JOIN masterdata_location p ON p.id = l.location_id AND p.kind IN ('storage', 'line_side', 'transit', 'at_supplier')
  WHERE m.moved_on BETWEEN %(start)s AND %(end)s AND m.owner_id IS NULL
    AND (%(items)s::bigint[] IS NULL OR m.item_id = ANY(%(items)s::bigint[]))
    AND (%(warehouse)s::bigint IS NULL OR p.warehouse_id = %(warehouse)s)
    AND (%(location)s::bigint IS NULL OR p.id = %(location)s)
    AND (%(lot)s::bigint IS NULL OR m.lot_id = %(lot)s)
  GROUP BY 1, 2, 3, 4, 5
) moved(item_id, warehouse_id, lot_id, kind, id, net)
WHERE net <> 0 GROUP BY 1, 2, 3, 4
"""

VALUED = """
SELECT item_id, kind, coalesce(sum(amount) FILTER (WHERE amount > 0), 0),
       coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)
FROM erp_valueentry
WHERE booked_on BETWEEN %(start)s AND %(end)s
  AND (%(items)s::bigint[] IS NULL OR item_id = ANY(%(items)s::bigint[]))
GROUP BY 1, 2
"""

Key = tuple[int, int | None, int | None]


def _sums() -> dict[str, Decimal]:
    return defaultdict(lambda: ZERO)


@dataclass
class SummaryRow:
    """One item (warehouse, lot) of the summary; quantities in its stock unit, values in base currency.

    Values that came and went are known of all stock of an item together (None: of a part); those of a part at the
    beginning and the end are its quantity at the item's average cost.
    """

    item: Item
    span: Span
    warehouse: Warehouse | None = None
    lot: Lot | None = None
    opening: Decimal = ZERO
    opening_value: Decimal | None = None
    closing_value: Decimal | None = None
    received_value: Decimal | None = None
    issued_value: Decimal | None = None
    came: dict[str, Decimal] = field(default_factory=_sums)
    went: dict[str, Decimal] = field(default_factory=_sums)
    came_value: dict[str, Decimal] = field(default_factory=_sums)
    went_value: dict[str, Decimal] = field(default_factory=_sums)

    @property
    def received(self) -> Decimal:
        """Quantity that came in."""
        return sum(self.came.values(), ZERO)

    @property
    def issued(self) -> Decimal:
        """Quantity that went out."""
        return sum(self.went.values(), ZERO)

    @property
    def closing(self) -> Decimal:
        """Quantity at the end of the span."""
        return self.opening + self.received - self.issued

    @property
    def is_empty(self) -> bool:
        """Return whether there was nothing and nothing moved."""
        return not (
            self.opening or self.received or self.issued or self.opening_value or self.closing_value or self.came_value
        )

    def kinds(self) -> dict[str, Decimal]:
        """Return quantities and values by kind: ``in_purchase``, ``out_sales_value`` and so on."""
        parts = (("in_", "", self.came), ("out_", "", self.went))
        values = (("in_", "_value", self.came_value), ("out_", "_value", self.went_value))
        return {f"{before}{name}{after}": one for before, after, sums in parts + values for name, one in sums.items()}

    def get_absolute_url(self) -> str:
        """Return the item's ledger over the same span, of the same part."""
        warehouse = self.warehouse.pk if self.warehouse else self.span.warehouse_id
        lot = self.lot.pk if self.lot else self.span.lot_id
        chosen = {
            "start": self.span.start.isoformat(),
            "end": self.span.end.isoformat(),
            "warehouse": warehouse or "",
            "lot": lot or "",
        }
        return f"{reverse('erp:item-ledger', args=[self.item.pk])}?{urlencode(chosen)}"


def stock_summary(span: Span, items: Iterable[Item] | None = None, group: str = "item") -> list[SummaryRow]:
    """Return one row per item (and warehouse, or lot) that had or moved anything, by code; of ``items`` alone if given.

    What moves inside the part looked at is neither received nor issued; a reversal counts on the other side.
    """
    chosen = None if items is None else {item.pk: item for item in items}
    keys = None if chosen is None else list(chosen)
    is_part = span.is_part or group != "item"
    rows: dict[Key, SummaryRow] = {}
    moved = _moved(span, keys, group)
    opening = _opening(span, keys, group)
    before, after = values_as_of(span.start - timedelta(days=1), keys), values_as_of(span.end, keys)
    found = {key[0] for key in (*moved, *opening)} | (set() if is_part else before.keys() | after.keys())
    known = chosen if chosen is not None else Item.objects.select_related("uom", "category").in_bulk(found)
    every = {*moved, *opening} | (set() if is_part else {(pk, None, None) for pk in found})
    places = Warehouse.objects.in_bulk({key[1] for key in every if key[1]})
    lots = Lot.objects.in_bulk({key[2] for key in every if key[2]})
    for key in every:
        row = rows[key] = SummaryRow(known[key[0]], span, places.get(key[1] or 0), lots.get(key[2] or 0))
        row.opening = opening.get(key, ZERO)
        for kind, came, went in moved.get(key, ()):
            row.came[BUCKETS.get(kind, "other")] += came
            row.went[BUCKETS.get(kind, "other")] += went
        row.opening_value = _worth(before.get(key[0]), row.opening, is_part=is_part)
        row.closing_value = _worth(after.get(key[0]), row.closing, is_part=is_part)
    if not is_part:
        _add_values(rows, span, keys)
    return sorted(
        (row for row in rows.values() if not row.is_empty),
        key=lambda row: (row.item.code, str(row.warehouse or ""), str(row.lot or "")),
    )


def _opening(span: Span, keys: list[int] | None, group: str) -> dict[Key, Decimal]:
    """Return what there was before the span, by key; lots are read when one is asked for or grouped by."""
    fine = "lot" if group == "lot" or span.lot_id else group
    sums: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    rows = quantities_as_of(
        span.start - timedelta(days=1),
        group=fine,
        item_ids=keys,
        warehouse_id=span.warehouse_id,
        location_id=span.location_id,
    )
    for item, warehouse, _place, lot, quantity in rows:
        if span.lot_id is None or lot == span.lot_id:
            by_place = warehouse if group == "warehouse" else None
            sums[item, by_place, lot if group == "lot" else None] += quantity
    return dict(sums)


def _moved(span: Span, keys: list[int] | None, group: str) -> dict[Key, list[tuple[str, Decimal, Decimal]]]:
    found: dict[Key, list[tuple[str, Decimal, Decimal]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(MOVED.format(keys=KEYS[group]), span.values(keys))
        for item, warehouse, lot, kind, came, went in cursor.fetchall():
            found[item, warehouse, lot].append((kind, came, went))
    return dict(found)


def _add_values(rows: dict[Key, SummaryRow], span: Span, keys: list[int] | None) -> None:
    for row in rows.values():
        row.received_value = row.issued_value = ZERO
    with connection.cursor() as cursor:
        cursor.execute(VALUED, span.values(keys))
        for item, kind, came, went in cursor.fetchall():
            row = rows[item, None, None]
            row.came_value[BUCKETS.get(kind, "other")] += came
            row.went_value[BUCKETS.get(kind, "other")] += went
            row.received_value = (row.received_value or ZERO) + came
            row.issued_value = (row.issued_value or ZERO) + went


def _worth(valued: tuple[Decimal, Decimal] | None, quantity: Decimal, *, is_part: bool) -> Decimal:
    whole, value = valued or (ZERO, ZERO)
    if not is_part or whole == quantity:
        return value
    return round_amount(value * quantity / whole) if whole else ZERO


def totals_of(rows: Iterable[SummaryRow]) -> dict[str, Any]:
    """Return the sums of the four value columns (quantities of different items are never added)."""
    names = ("opening_value", "received_value", "issued_value", "closing_value")
    listed = list(rows)
    return {name: sum((getattr(row, name) or ZERO for row in listed), ZERO) for name in names}
