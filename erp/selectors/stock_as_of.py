"""Stock as of any date, quantity and value: the last month end before it, plus the moves since."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.http import urlencode

from core.fields import ZERO
from core.money import round_amount
from erp.models import Lot
from masterdata.models import Item, Location

GROUPS = ("item", "warehouse", "place", "lot")
"""How fine: by item, item and warehouse, item and place, item and place and lot."""

KEYS = {
    "item": "NULL::bigint, NULL::bigint, NULL::bigint",
    "warehouse": "p.warehouse_id, NULL::bigint, NULL::bigint",
    "place": "p.warehouse_id, p.id, NULL::bigint",
    "lot": "p.warehouse_id, p.id, held.lot_id",
}

BASE = """
SELECT mark.move_id, mark.entry_id,
       (SELECT max(month_end) FROM erp_stocksnapshot WHERE month_end <= %(day)s),
       (SELECT max(month_end) FROM erp_valuesnapshot WHERE month_end <= %(day)s)
FROM erp_snapshotmark mark
"""

QUANTITIES = """
WITH newer AS (
  SELECT m.item_id, m.from_location_id, m.to_location_id, m.lot_id, m.quantity FROM erp_stockmove m
  WHERE m.moved_on > %(base)s AND m.moved_on <= %(day)s AND m.owner_id IS NULL {of_items}
  UNION ALL
  SELECT m.item_id, m.from_location_id, m.to_location_id, m.lot_id, m.quantity FROM erp_stockmove m
  WHERE m.id > %(mark)s AND m.moved_on <= %(base)s AND m.owner_id IS NULL {of_items}
), held AS (
  SELECT item_id, location_id, lot_id, quantity FROM erp_stocksnapshot m WHERE month_end = %(base)s {of_items}
  UNION ALL SELECT item_id, to_location_id, lot_id, sum(quantity) FROM newer GROUP BY 1, 2, 3
  UNION ALL SELECT item_id, from_location_id, lot_id, -sum(quantity) FROM newer GROUP BY 1, 2, 3
)
SELECT held.item_id, {keys}, sum(held.quantity) FROM held
JOIN masterdata_location p
  ON p.id = held.location_id AND p.kind IN ('storage', 'line_side', 'transit', 'at_supplier') {places}
GROUP BY 1, 2, 3, 4 HAVING sum(held.quantity) <> 0
"""

VALUES = """
SELECT item_id, sum(quantity), sum(value) FROM (
  SELECT item_id, quantity, value FROM erp_valuesnapshot m WHERE month_end = %(base)s {of_items}
  UNION ALL
  SELECT m.item_id, m.quantity, m.amount FROM erp_valueentry m
  WHERE m.booked_on > %(base)s AND m.booked_on <= %(day)s {of_items}
  UNION ALL
  SELECT m.item_id, m.quantity, m.amount FROM erp_valueentry m
  WHERE m.id > %(mark)s AND m.booked_on <= %(base)s {of_items}
) held
GROUP BY 1 HAVING sum(quantity) <> 0 OR sum(value) <> 0
"""

LONG_AGO = dt.date(1, 1, 1)


@dataclass(frozen=True)
class _Base:
    """The month ends a date is read from, and up to which keys they are summed."""

    move_id: int = 0
    entry_id: int = 0
    stock: dt.date = LONG_AGO
    value: dt.date = LONG_AGO


def _base_of(day: dt.date) -> _Base:
    with connection.cursor() as cursor:
        cursor.execute(BASE, {"day": day})
        row = cursor.fetchone()
    return _Base(row[0], row[1], row[2] or LONG_AGO, row[3] or LONG_AGO) if row else _Base()


@dataclass(frozen=True)
class StockThen:
    """What of an item lay somewhere at the end of a day; stock unit, base currency.

    ``value`` of an item is exact; of a part of its stock it is the quantity at the item's average cost of that day.
    """

    day: dt.date
    item: Item
    warehouse_id: int | None
    location: Location | None
    lot: Lot | None
    quantity: Decimal
    value: Decimal

    def get_absolute_url(self) -> str:
        """Return the item's ledger up to that day, of the same part."""
        chosen: dict[str, Any] = {"start": self.day.replace(day=1).isoformat(), "end": self.day.isoformat()}
        chosen |= {"warehouse": self.warehouse_id or "", "lot": self.lot.pk if self.lot else ""}
        return f"{reverse('erp:item-ledger', args=[self.item.pk])}?{urlencode(chosen)}"


def quantities_as_of(
    day: dt.date,
    *,
    group: str = "item",
    item_ids: Iterable[int] | None = None,
    warehouse_id: int | None = None,
    location_id: int | None = None,
) -> list[tuple[int, int | None, int | None, int | None, Decimal]]:
    """Return (item, warehouse, location, lot, quantity) rows at the end of ``day``, as fine as ``group`` says."""
    base = _base_of(day)
    values: dict[str, Any] = {"day": day, "base": base.stock, "mark": base.move_id, "items": _listed(item_ids)}
    values |= {"warehouse": warehouse_id, "location": location_id}
    places = "AND p.warehouse_id = %(warehouse)s" if warehouse_id else ""
    places += " AND p.id = %(location)s" if location_id else ""
    sql = QUANTITIES.format(keys=KEYS[group], places=places, of_items=_of_items(item_ids))
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def values_as_of(day: dt.date, item_ids: Iterable[int] | None = None) -> dict[int, tuple[Decimal, Decimal]]:
    """Return {item: (valued quantity, value in base currency)} at the end of ``day``, of all places together."""
    base = _base_of(day)
    values: dict[str, Any] = {"day": day, "base": base.value, "mark": base.entry_id, "items": _listed(item_ids)}
    with connection.cursor() as cursor:
        cursor.execute(VALUES.format(of_items=_of_items(item_ids)), values)
        return {item: (quantity, value) for item, quantity, value in cursor.fetchall()}


def stock_as_of(
    day: dt.date,
    *,
    group: str = "item",
    items: Iterable[Item] | None = None,
    warehouse_id: int | None = None,
    location_id: int | None = None,
) -> list[StockThen]:
    """Return what lay where at the end of ``day``, by item code, as fine as ``group`` says (of ``items`` alone)."""
    chosen = None if items is None else {item.pk: item for item in items}
    keys = None if chosen is None else chosen.keys()
    rows = quantities_as_of(day, group=group, item_ids=keys, warehouse_id=warehouse_id, location_id=location_id)
    worth = values_as_of(day, keys)
    is_part = group != "item" or bool(warehouse_id or location_id)
    if not is_part:
        with_goods = {row[0] for row in rows}
        rows += [(item, None, None, None, ZERO) for item in worth if item not in with_goods]
    known = (
        chosen if chosen is not None else Item.objects.select_related("uom", "category").in_bulk({r[0] for r in rows})
    )
    places = Location.objects.select_related("warehouse").in_bulk({row[2] for row in rows if row[2]})
    lots = Lot.objects.in_bulk({row[3] for row in rows if row[3]})
    found = [
        StockThen(
            day,
            known[item],
            warehouse or warehouse_id,
            places.get(place) if place else None,
            lots.get(lot) if lot else None,
            quantity,
            _worth(worth.get(item), quantity, is_part=is_part),
        )
        for item, warehouse, place, lot, quantity in rows
    ]
    return sorted(
        found, key=lambda row: (row.item.code, row.warehouse_id or 0, str(row.location or ""), str(row.lot or ""))
    )


def _worth(valued: tuple[Decimal, Decimal] | None, quantity: Decimal, *, is_part: bool) -> Decimal:
    if valued is None:
        return ZERO
    whole, value = valued
    if not is_part or whole == quantity:
        return value
    return round_amount(value * quantity / whole) if whole else ZERO


def _of_items(item_ids: Iterable[int] | None) -> str:
    return "" if item_ids is None else "AND m.item_id = ANY(%(items)s::bigint[])"


def _listed(item_ids: Iterable[int] | None) -> list[int] | None:
    return None if item_ids is None else sorted(item_ids)
