"""The master schedule: items by week with forecast, orders, receipts, projected stock, available to promise."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from core.fields import ZERO
from erp.engines.master_schedule import discrete_promise, projected_balances
from erp.engines.mrp.forecasts import Expectation, Ordered, consume, end_of_week, month_of, still_due, week_of
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

    forecast   as released.   master   as set by hand, of an item in the master schedule.
    net_forecast   what orders have not consumed of both, as the planner sees it.
    orders     of customers, still open.   needs   components of work orders and holds.
    firm       supply that exists; ``promised`` the part of it that counts for promises.   planned   of the planner.
    projected  stock at the end of the week.   free   available to promise, by week of the receipt.
    """

    item: Item
    on_hand: Decimal
    forecast: list[Decimal]
    master: list[Decimal]
    net_forecast: list[Decimal]
    orders: list[Decimal]
    needs: list[Decimal]
    firm: list[Decimal]
    promised: list[Decimal]
    planned: list[Decimal]
    projected: list[Decimal] = field(default_factory=list)
    free: list[Decimal] = field(default_factory=list)
    messages: list["FrozenNeed"] = field(default_factory=list)


@dataclass(frozen=True)
class FrozenNeed:
    """What is missed within the frozen days: nothing new is proposed before they end.

    needed_date  when it is missed.   possible_date  when the order behind the frozen days can be there.
    """

    item_id: int
    needed_date: dt.date
    quantity: Decimal
    start_date: dt.date
    possible_date: dt.date
    identity: str


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


def frozen_until(item: Item, today: dt.date, rules: DemandSettings) -> dt.date:
    """Return the last of an item's frozen days: the company's, or its own where those are more."""
    return today + dt.timedelta(days=max(rules.frozen_days, item.fence_days))


def frozen_needs(items: Iterable[Item]) -> list[FrozenNeed]:
    """Return what items of the master schedule miss within their frozen days, by item and day.

    The planner moves such orders behind the frozen days (`PlannedOrder.FENCED`); somebody decides whether to firm one
    sooner, or to tell the customer.
    """
    wanted = [one.pk for one in items if one.is_master_scheduled]
    if not wanted:
        return []
    rows = planned_orders().filter(item_id__in=wanted).order_by("item_id", "need_date", "sequence")
    return [
        FrozenNeed(one.item_id, one.need_date, one.quantity, one.start_date, one.finish_date, one.identity)
        for one in rows
        if one.is_fenced
    ]


def scheduled_items() -> QuerySet[Item]:
    """Return the items that are in the master schedule, that customers order or that are forecast, by code."""
    kinds = [DemandKind.SALES, DemandKind.FORECAST, DemandKind.MASTER]
    wanted = Demand.objects.filter(kind__in=kinds, open_quantity__gt=0)
    is_wanted = Q(pk__in=wanted.values("item")) | Q(is_master_scheduled=True, is_active=True)
    return Item.objects.select_related("uom").filter(is_wanted).order_by("code")


def master_schedule(items: Sequence[Item], today: dt.date, weeks: Sequence[Week]) -> list[ScheduleItem]:
    """Return the schedule of ``items``; what is due before today counts in the first week."""
    settings = demand_rules()
    keys = [item.pk for item in items]
    starts = [week.start for week in weeks]
    stock = _stock(keys, today)
    expected = _expected(items, today, settings)
    needs: dict[int, list[FrozenNeed]] = defaultdict(list)
    for need in frozen_needs(items):
        needs[need.item_id].append(need)
    rows = {
        "orders": _demands(keys, [DemandKind.SALES]),
        "needs": _demands(keys, [DemandKind.WORK_ORDER, DemandKind.HOLD, DemandKind.PROJECT]),
        "firm": _supplies(keys),
        "promised": _supplies(keys, is_firm=True),
        "planned": _planned(keys),
        "forecast": expected.forecast,
        "master": expected.master,
        "net_forecast": expected.left,
    }
    found = []
    for item in items:
        figures = {name: _by_week(sums.get(item.pk, {}), starts) for name, sums in rows.items()}
        one = ScheduleItem(item=item, on_hand=stock.get(item.pk, ZERO), messages=needs[item.pk], **figures)
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


@dataclass(frozen=True)
class _Expected:
    """By item and day: the forecast as released, the quantities of the master schedule, what orders left of both."""

    forecast: Sums
    master: Sums
    left: Sums


def _expected(items: Sequence[Item], today: dt.date, settings: DemandSettings) -> _Expected:
    """Read forecasts and quantities of the master schedule, and what counts of them as the planner sees it.

    Of an item in the master schedule its quantities count, and forecast after the last week with one only; inside the
    demand fence nothing but orders does.
    """
    keys = [one.pk for one in items]
    forecast, master = _demands(keys, [DemandKind.FORECAST]), _demands(keys, [DemandKind.MASTER])
    left: Sums = defaultdict(dict)
    if not forecast and not master:
        return _Expected(forecast, master, left)
    rules = PlanningSettings.objects.first() or PlanningSettings()
    is_week = rules.forecast_period == ForecastPeriod.WEEK
    first = bucket_start(today, WEEK if is_week else ForecastBucketSize.MONTH)
    last = max(day for sums in (forecast, master) for days in sums.values() for day in days) + dt.timedelta(days=62)
    ordered = demand_by_bucket(ForecastBasis.ORDERS, "day", first, last, [*forecast, *master])
    fence = (today + dt.timedelta(days=settings.demand_fence_days)).toordinal()
    for item in items:
        said = master.get(item.pk, {}) if item.is_master_scheduled else {}
        end = end_of_week(max((day.toordinal() for day in said), default=0))
        later = {day: quantity for day, quantity in forecast.get(item.pk, {}).items() if day.toordinal() > end}
        orders = [Ordered(day.toordinal(), int(total * MICRO)) for day, total in ordered.get(item.pk, {}).items()]
        parts = (
            (said, [one for one in orders if one.day <= end], week_of),
            (later, [one for one in orders if one.day > end], week_of if is_week else month_of),
        )
        counted: dict[dt.date, Decimal] = defaultdict(Decimal)
        for days, consumers, period_of in parts:
            for due, quantity in _not_consumed(days, consumers, item, today, period_of).items():
                if due > fence:
                    counted[dt.date.fromordinal(due)] += quantity
        left[item.pk] = counted
    return _Expected(forecast, master, left)


def _not_consumed(
    days: Mapping[dt.date, Decimal],
    orders: Sequence[Ordered],
    item: Item,
    today: dt.date,
    period_of: Callable[[int], int],
) -> dict[int, Decimal]:
    """What is left by day (ordinal) after orders consumed it."""
    ordinals = sorted(day.toordinal() for day in days)
    rest = consume(
        [Expectation(day, int(days[dt.date.fromordinal(day)] * MICRO)) for day in ordinals],
        orders,
        backward=item.forecast_backward_periods,
        forward=item.forecast_forward_periods,
        period_of=period_of,
    )
    found: dict[int, Decimal] = defaultdict(Decimal)
    for day, micro in zip(ordinals, rest, strict=True):
        due = still_due(day, today.toordinal(), period_of)
        if due is not None:
            found[due] += micro / MICRO
    return found
