"""Consumption by value: the ABC classification and the turnover of stock."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.http import urlencode

from core.fields import ZERO
from erp.selectors.stock_as_of import quantities_as_of, values_as_of
from erp.states import AbcClass
from masterdata.models import Item, ItemCategory, Warehouse

HUNDRED = Decimal(100)
CENT = Decimal("0.0001")
CONSUMING = ["issue", "issue_return", "shipment", "customer_return", "subcontract_use"]

CONSUMED = """
SELECT item_id, -sum(quantity), -sum(amount) FROM erp_valueentry
WHERE booked_on BETWEEN %(start)s AND %(end)s AND kind = ANY(%(kinds)s) GROUP BY 1
"""

CONSUMED_BY_WAREHOUSE = """
SELECT p.warehouse_id, e.item_id, -sum(e.quantity), -sum(e.amount) FROM erp_valueentry e
JOIN erp_stockmove m ON m.id = e.move_id
JOIN masterdata_location f ON f.id = m.from_location_id JOIN masterdata_location t ON t.id = m.to_location_id
JOIN masterdata_location p
  ON p.id = CASE WHEN f.kind IN ('storage', 'line_side', 'transit', 'at_supplier') THEN f.id ELSE t.id END
WHERE e.booked_on BETWEEN %(start)s AND %(end)s AND e.kind = ANY(%(kinds)s) GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Share:
    """What an item weighs in the value of consumption; percentages of the whole."""

    item_id: int
    consumption: Decimal
    share: Decimal
    cumulative: Decimal
    abc_class: str


def consumption(start: dt.date, end: dt.date) -> dict[int, tuple[Decimal, Decimal]]:
    """Return {item: (quantity, value)} that production, subcontractors and customers took, less what came back."""
    with connection.cursor() as cursor:
        cursor.execute(CONSUMED, {"start": start, "end": end, "kinds": CONSUMING})
        return {item: (quantity, value) for item, quantity, value in cursor.fetchall()}


def abc_shares(values: dict[int, Decimal], a_percent: Decimal, b_percent: Decimal) -> list[Share]:
    """Return the items by falling value, each in the class its place in the cumulated value gives it.

    An item belongs to A while the value before it is below ``a_percent`` of the whole, to B below ``b_percent``, else
    to C; so does what was not consumed. Source: Arnold, Introduction to Materials Management, ABC inventory control.
    """
    whole = sum((one for one in values.values() if one > 0), ZERO)
    before, rows = ZERO, []
    for item_id, value in sorted(values.items(), key=lambda one: (-one[1], one[0])):
        used = max(value, ZERO)
        place = before / whole * HUNDRED if whole else HUNDRED
        abc_class = AbcClass.C
        if used and place < b_percent:
            abc_class = AbcClass.A if place < a_percent else AbcClass.B
        before += used
        rows.append(
            Share(item_id, used, _percent(used, whole), _percent(before, whole) if whole else ZERO, str(abc_class))
        )
    return rows


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole * HUNDRED).quantize(CENT, ROUND_HALF_UP) if whole else ZERO


@dataclass(frozen=True)
class Turnover:
    """How often stock was turned over: consumption against the mean of opening and closing value, base currency."""

    label: str
    name: str
    opening: Decimal
    closing: Decimal
    consumed: Decimal
    days_in_span: int
    url: str = ""

    @property
    def average(self) -> Decimal:
        """Mean of opening and closing value."""
        return (self.opening + self.closing) / 2

    @property
    def turns(self) -> Decimal | None:
        """Times per year; None without stock."""
        if not self.average:
            return None
        return (self.consumed / self.average * 365 / self.days_in_span).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def days(self) -> Decimal | None:
        """Days the average stock lasts at this consumption; None without consumption."""
        if self.consumed <= 0:
            return None
        return (self.average / self.consumed * self.days_in_span).quantize(Decimal("0.1"), ROUND_HALF_UP)

    def get_absolute_url(self) -> str:
        """Return the list behind it."""
        return self.url


def turnover(start: dt.date, end: dt.date, group: str = "item", items: Iterable[Item] | None = None) -> list[Turnover]:
    """Return the turnover by ``item``, ``category`` or ``warehouse``, the slowest first."""
    keys = None if items is None else {item.pk for item in items}
    if group == "warehouse":
        return _sorted(_by_warehouse(start, end, keys))
    before, after = values_as_of(start - dt.timedelta(days=1), keys), values_as_of(end, keys)
    used = {pk: one[1] for pk, one in consumption(start, end).items() if keys is None or pk in keys}
    found = before.keys() | after.keys() | used.keys()
    known = Item.objects.select_related("category").in_bulk(found)
    sums: dict[Any, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for pk in found:
        key = pk if group == "item" else known[pk].category_id
        for place, one in enumerate((_value(before, pk), _value(after, pk), used.get(pk, ZERO))):
            sums[key][place] += one
    days = (end - start).days + 1
    if group == "item":
        span = urlencode({"start": start.isoformat(), "end": end.isoformat()})
        return _sorted(
            _row(known[pk].code, known[pk].label(), row, days, f"{reverse('erp:item-ledger', args=[pk])}?{span}")
            for pk, row in sums.items()
        )
    names = ItemCategory.objects.in_bulk([key for key in sums if key])
    return _sorted(
        _row(
            names[key].code if key else "—",
            names[key].label() if key else "",
            row,
            days,
            _summary_url(start, end, category=key or ""),
        )
        for key, row in sums.items()
    )


def _by_warehouse(start: dt.date, end: dt.date, keys: set[int] | None) -> list[Turnover]:
    values: dict[str, Any] = {"start": start, "end": end, "kinds": CONSUMING}
    sums: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for place, day in enumerate((start - dt.timedelta(days=1), end)):
        worth = values_as_of(day, keys)
        for item, warehouse, _place, _lot, quantity in quantities_as_of(day, group="warehouse", item_ids=keys):
            whole, value = worth.get(item, (ZERO, ZERO))
            sums[warehouse or 0][place] += value * quantity / whole if whole else ZERO
    with connection.cursor() as cursor:
        cursor.execute(CONSUMED_BY_WAREHOUSE, values)
        for warehouse, item, _quantity, value in cursor.fetchall():
            if keys is None or item in keys:
                sums[warehouse or 0][2] += value
    known = Warehouse.objects.in_bulk(sums)
    days = (end - start).days + 1
    return [
        _row(known[pk].code, known[pk].label(), row, days, _summary_url(start, end, warehouse=pk))
        for pk, row in sums.items()
        if pk in known
    ]


def _row(label: str, name: str, sums: list[Decimal], days: int, url: str) -> Turnover:
    opening, closing, consumed = sums
    return Turnover(label, name, opening, closing, consumed, days, url)


def _summary_url(start: dt.date, end: dt.date, **more: Any) -> str:
    return f"{reverse('erp:stock-summary')}?{urlencode({'start': start.isoformat(), 'end': end.isoformat(), **more})}"


def _value(values: dict[int, tuple[Decimal, Decimal]], pk: int) -> Decimal:
    return values[pk][1] if pk in values else ZERO


def _sorted(rows: Iterable[Turnover]) -> list[Turnover]:
    return sorted(rows, key=lambda row: (row.turns is None, row.turns or ZERO, row.label))
