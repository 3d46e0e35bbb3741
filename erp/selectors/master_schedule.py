"""The master schedule: items by week with forecast, orders, receipts, projected stock, available to promise."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Sum

from core.fields import ZERO
from erp.engines.master_schedule import discrete_promise, projected_balances
from erp.engines.mrp.forecasts import Expectation, Ordered, consume, month_of, still_due, week_of
from erp.models import Demand, DemandSettings, PlanningSettings, Supply
from erp.models.forecasts import bucket_start, bucket_starts
from erp.selectors.demand_history import demand_by_bucket
from erp.selectors.forecasts import demand_rules
from erp.selectors.plan import planned_orders
from erp.selectors.usable import PLANNED
from erp.states import DemandKind, ForecastPeriod
from erp.states.demand import ForecastBasis, ForecastBucketSize
from masterdata.models import Item

WEEK = ForecastBucketSize.WEEK
MICRO = Decimal(1_000_000)
FROZEN, DEMAND, PLANNING, OPEN = "frozen", "demand", "planning", "open"

STOCK = f"""
SELECT b.item_id, sum(b.on_hand) FROM erp_stockbalance b
JOIN masterdata_location p ON p.id = b.location_id
LEFT JOIN erp_lot l ON l.id = b.lot_id
WHERE b.item_id = ANY(%(items)s) AND b.on_hand > 0 AND {PLANNED}
GROUP BY b.item_id
"""

Sums = dict[int, dict[dt.date, Decimal]]


@dataclass
class ScheduleItem:
    """One item of the master schedule; one figure per week in each row, stock unit.

    forecast   as released.   net_forecast   what orders have not consumed of it, as the planner sees it.
    orders     of customers, still open.   needs   components of work orders and holds.
    firm       supply that exists; ``promised`` the part of it that counts for promises.   planned   of the planner.
    projected  stock at the end of the week.   free   available to promise, by week of the receipt.
    """

    item: Item
    on_hand: Decimal
    forecast: list[Decimal]
    net_forecast: list[Decimal]
    orders: list[Decimal]
    needs: list[Decimal]
    firm: list[Decimal]
    promised: list[Decimal]
    planned: list[Decimal]
    projected: list[Decimal] = field(default_factory=list)
    free: list[Decimal] = field(default_factory=list)


@dataclass(frozen=True)
class Week:
    """A column: its Monday, and which fence it lies in. ``is_frozen``: nothing is changed here."""

    start: dt.date
    zone: str

    @property
    def is_frozen(self) -> bool:
        """Whether nothing is changed here any more."""
        return self.zone == FROZEN


def weeks_from(today: dt.date, count: int, settings: DemandSettings) -> list[Week]:
    """Return the weeks from the present one on with the fence each begins in."""
    return [Week(start, _zone(start, today, settings)) for start in bucket_starts(today, count, WEEK)]


def _zone(start: dt.date, today: dt.date, settings: DemandSettings) -> str:
    if start <= today + dt.timedelta(days=settings.frozen_days):
        return FROZEN
    if start <= today + dt.timedelta(days=settings.demand_fence_days):
        return DEMAND
    return PLANNING if start <= today + dt.timedelta(days=settings.planning_fence_days) else OPEN


def scheduled_items() -> QuerySet[Item]:
    """Return the items that customers order or that are forecast, by code."""
    wanted = Demand.objects.filter(kind__in=[DemandKind.SALES, DemandKind.FORECAST], open_quantity__gt=0)
    return Item.objects.select_related("uom").filter(pk__in=wanted.values("item")).order_by("code")


def master_schedule(items: Sequence[Item], today: dt.date, weeks: Sequence[Week]) -> list[ScheduleItem]:
    """Return the schedule of ``items``; what is due before today counts in the first week."""
    settings = demand_rules()
    keys = [item.pk for item in items]
    starts = [week.start for week in weeks]
    stock = _stock(keys, today)
    forecast, net = _forecasts(items, today, settings)
    rows = {
        "orders": _demands(keys, [DemandKind.SALES]),
        "needs": _demands(keys, [DemandKind.WORK_ORDER, DemandKind.HOLD]),
        "firm": _supplies(keys),
        "promised": _supplies(keys, is_firm=True),
        "planned": _planned(keys),
        "forecast": forecast,
        "net_forecast": net,
    }
    found = []
    for item in items:
        figures = {name: _by_week(sums.get(item.pk, {}), starts) for name, sums in rows.items()}
        one = ScheduleItem(item=item, on_hand=stock.get(item.pk, ZERO), **figures)
        demand = [sum(parts, ZERO) for parts in zip(one.net_forecast, one.orders, one.needs, strict=True)]
        receipts = [sum(parts, ZERO) for parts in zip(one.firm, one.planned, strict=True)]
        one.projected = projected_balances(one.on_hand, demand, receipts)
        promised = [sum(parts, ZERO) for parts in zip(one.orders, one.needs, strict=True)]
        one.free = discrete_promise(one.on_hand, promised, one.promised)
        found.append(one)
    return found


def _by_week(days: Mapping[dt.date, Decimal], starts: Sequence[dt.date]) -> list[Decimal]:
    sums = [ZERO] * len(starts)
    end = starts[-1] + dt.timedelta(days=7)
    for day, quantity in days.items():
        if day < end:
            sums[max(0, (day - starts[0]).days // 7)] += quantity
    return sums


def _stock(keys: Sequence[int], today: dt.date) -> dict[int, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(STOCK, {"items": list(keys), "today": today})
        return dict(cursor.fetchall())


def _sums(rows: QuerySet[Any], day: str, quantity: str) -> Sums:
    found: Sums = defaultdict(dict)
    for item_id, at, total in rows.values_list("item_id", day).annotate(total=Sum(quantity)).order_by():
        found[item_id][at] = total
    return found


def _demands(keys: Sequence[int], kinds: Iterable[str]) -> Sums:
    return _sums(
        Demand.objects.filter(item_id__in=keys, kind__in=list(kinds), open_quantity__gt=0), "due_date", "open_quantity"
    )


def _supplies(keys: Sequence[int], **only: Any) -> Sums:
    return _sums(Supply.objects.filter(item_id__in=keys, **only), "due_date", "open_quantity")


def _planned(keys: Sequence[int]) -> Sums:
    return _sums(planned_orders().filter(item_id__in=keys).select_related(None), "due_date", "quantity")


def _forecasts(items: Sequence[Item], today: dt.date, settings: DemandSettings) -> tuple[Sums, Sums]:
    """Return forecasts as released and what orders left of them, by day; inside the demand fence nothing is left."""
    rules = PlanningSettings.objects.first() or PlanningSettings()
    is_week = rules.forecast_period == ForecastPeriod.WEEK
    period_of = week_of if is_week else month_of
    said = _sums(
        Demand.objects.filter(item_id__in=[one.pk for one in items], kind=DemandKind.FORECAST, open_quantity__gt=0),
        "due_date",
        "open_quantity",
    )
    if not said:
        return said, {}
    first = bucket_start(today, WEEK if is_week else ForecastBucketSize.MONTH)
    last = max(day for days in said.values() for day in days) + dt.timedelta(days=62)
    ordered = demand_by_bucket(ForecastBasis.ORDERS, "day", first, last, list(said))
    fence = today + dt.timedelta(days=settings.demand_fence_days)
    left: Sums = {}
    for item in (one for one in items if one.pk in said):
        days = sorted(said[item.pk])
        rest = consume(
            [Expectation(day.toordinal(), int(said[item.pk][day] * MICRO)) for day in days],
            [Ordered(day.toordinal(), int(total * MICRO)) for day, total in ordered.get(item.pk, {}).items()],
            backward=item.forecast_backward_periods,
            forward=item.forecast_forward_periods,
            period_of=period_of,
        )
        counted: dict[dt.date, Decimal] = defaultdict(Decimal)
        for day, micro in zip(days, rest, strict=True):
            due = still_due(day.toordinal(), today.toordinal(), period_of)
            if due is not None and dt.date.fromordinal(due) > fence:
                counted[dt.date.fromordinal(due)] += micro / MICRO
        left[item.pk] = counted
    return said, left
