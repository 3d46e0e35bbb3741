"""Reading forecasts: their lines and buckets, what they add up to, how right they were."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from core.fields import ZERO
from erp.models import DemandSettings, Forecast, ForecastBucket, ForecastLine
from erp.models.forecasts import bucket_start, bucket_starts
from erp.selectors.demand_history import demand_by_bucket
from masterdata.models import Item

HUNDRED = Decimal(100)
TENTH = Decimal("0.1")

SAID = """
SELECT DISTINCT ON (r.item_id, r.start_date) r.item_id, r.start_date, r.quantity
FROM erp_forecasteditionrow r JOIN erp_forecastedition e ON e.id = r.edition_id
WHERE e.forecast_id = %(forecast)s AND r.start_date < %(before)s AND r.start_date >= %(since)s
ORDER BY r.item_id, r.start_date, e.released_on > r.start_date,
         CASE WHEN e.released_on > r.start_date THEN e.number ELSE -e.number END
"""


def demand_rules() -> DemandSettings:
    """Return the demand settings (their defaults, while nobody has saved any)."""
    return DemandSettings.objects.first() or DemandSettings()


def forecasts() -> QuerySet[Forecast]:
    """Return the forecasts with how many items each has."""
    return Forecast.objects.select_related("category", "owner").annotate(items=Count("lines")).order_by("-pk")


def lines_of(forecast: Forecast) -> QuerySet[ForecastLine]:
    """Return the lines of a forecast with item and buckets."""
    return forecast.lines.select_related("item__uom").prefetch_related("buckets")


def starts_of(forecast: Forecast) -> list[dt.date]:
    """Return the first days of the forecast's buckets."""
    return bucket_starts(forecast.start_date, forecast.horizon, forecast.bucket_size)


def past_starts_of(forecast: Forecast) -> list[dt.date]:
    """Return the first days of the buckets of history it was calculated from."""
    return bucket_starts(forecast.start_date, -forecast.lookback, forecast.bucket_size)


@dataclass
class Total:
    """All items of a forecast in one bucket; quantities of different units are added, so it is a shape, not a fact."""

    start: dt.date
    quantity: Decimal = ZERO
    opportunity: Decimal = ZERO
    released: Decimal = ZERO


def totals_of(forecast: Forecast) -> list[Total]:
    """Return what the forecast says bucket by bucket, all items together."""
    rows = (
        ForecastBucket.objects.filter(line__forecast=forecast, start_date__gte=forecast.start_date)
        .values("start_date")
        .annotate(said=Sum(Coalesce("override", "statistical")), hoped=Sum("opportunity"), known=Sum("released"))
        .order_by("start_date")
    )
    return [Total(row["start_date"], row["said"], row["hoped"], row["known"]) for row in rows]


def unreleased(forecast: Forecast) -> int:
    """Return how many quantities differ from what planning knows."""
    said: Any = Coalesce("override", "statistical")
    if forecast.with_opportunities:
        said = said + F("opportunity")
    rows = ForecastBucket.objects.filter(line__forecast=forecast, start_date__gte=forecast.start_date)
    return rows.annotate(said=said).filter(~Q(said=F("released"))).count()


@dataclass
class Accuracy:
    """What was forecast of an item and what came, over the buckets that are over; stock unit.

    errors  sum of absolute differences bucket by bucket.   buckets  (first day, forecast, actual).
    """

    item: Item
    forecast: Decimal = ZERO
    actual: Decimal = ZERO
    errors: Decimal = ZERO
    buckets: list[tuple[dt.date, Decimal, Decimal]] = field(default_factory=list)

    @property
    def bias(self) -> Decimal:
        """Forecast less actual: above zero it said too much."""
        return self.forecast - self.actual

    @property
    def wape(self) -> Decimal | None:
        """Absolute differences in percent of what came; None when nothing came."""
        return (self.errors / self.actual * HUNDRED).quantize(TENTH, ROUND_HALF_UP) if self.actual else None

    @property
    def count(self) -> int:
        """How many buckets are compared."""
        return len(self.buckets)

    def get_absolute_url(self) -> str:
        """Return the item's availability."""
        return reverse("erp:item-availability", args=[self.item.pk])


def accuracy_of(forecast: Forecast, today: dt.date, item_ids: set[int] | None = None) -> list[Accuracy]:
    """Compare the last edition released before each bucket with what came in it, the worst error first.

    A bucket that no edition knew before it began is compared with the first one that knew it.
    """
    before = bucket_start(today, forecast.bucket_size)
    since = bucket_starts(today, -forecast.lookback, forecast.bucket_size)[0]
    with connection.cursor() as cursor:
        cursor.execute(SAID, {"forecast": forecast.pk, "before": before, "since": since})
        rows = [row for row in cursor.fetchall() if item_ids is None or row[0] in item_ids]
    if not rows:
        return []
    first = min(start for _item, start, _quantity in rows)
    came = demand_by_bucket(forecast.basis, forecast.bucket_size, first, before)
    said: dict[int, list[tuple[dt.date, Decimal, Decimal]]] = defaultdict(list)
    for item_id, start, quantity in rows:
        said[item_id].append((start, quantity, came.get(item_id, {}).get(start, ZERO)))
    items = Item.objects.select_related("uom").in_bulk(said)
    found = [
        Accuracy(
            item=items[item_id],
            forecast=sum((one[1] for one in buckets), ZERO),
            actual=sum((one[2] for one in buckets), ZERO),
            errors=sum((abs(one[1] - one[2]) for one in buckets), ZERO),
            buckets=buckets,
        )
        for item_id, buckets in said.items()
    ]
    return sorted(found, key=lambda one: (-one.errors, one.item.code))


def summed(rows: list[Accuracy]) -> tuple[Decimal | None, Decimal | None]:
    """Return (error, bias) of all rows together in percent of what came; None when nothing came."""
    actual = sum((one.actual for one in rows), ZERO)
    if not actual:
        return None, None
    errors, bias = sum((one.errors for one in rows), ZERO), sum((one.bias for one in rows), ZERO)
    return (
        (errors / actual * HUNDRED).quantize(TENTH, ROUND_HALF_UP),
        (bias / actual * HUNDRED).quantize(TENTH, ROUND_HALF_UP),
    )
