"""Load of work centres against what they offer, by day or week: open operations, and planned orders by routing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from core.fields import ZERO
from erp.models import OperationSlot, WorkCenter, WorkOrderOperation
from erp.models.forecasts import bucket_start
from erp.selectors.planned_work import orders_to_make, with_operations_of
from erp.selectors.schedule_inputs import company_zone, remaining_minutes
from erp.selectors.work_centers import capacities
from erp.states import WorkOrderState
from erp.states.demand import ForecastBucketSize
from erp.states.making import OperationState

OPEN = (WorkOrderState.DRAFT, WorkOrderState.RELEASED, WorkOrderState.IN_PROGRESS)
DAY, WEEK = "day", "week"
SIXTY, HUNDRED = Decimal(60), Decimal(100)
TENTH = Decimal("0.1")
MOST_PLANNED = 5000
ALL, FIRM, PLANNED = "all", "firm", "planned"
SHOWN = (ALL, FIRM, PLANNED)


@dataclass(frozen=True)
class Work:
    """Standard minutes of one operation in a work centre, in equal parts on the days ``first`` to ``last``."""

    center_id: int
    first: dt.date
    last: dt.date
    minutes: Decimal
    label: str
    detail: str
    url: str
    is_planned: bool
    is_scheduled: bool = False


@dataclass
class Cell:
    """One work centre in one bucket, in standard minutes."""

    start: dt.date
    capacity: Decimal = ZERO
    firm: Decimal = ZERO
    planned: Decimal = ZERO

    @property
    def load(self) -> Decimal:
        """All work together."""
        return self.firm + self.planned

    @property
    def percent(self) -> Decimal | None:
        """Load in percent of the capacity; None where nothing is offered."""
        return (self.load / self.capacity * HUNDRED).quantize(TENTH, ROUND_HALF_UP) if self.capacity else None

    @property
    def colour(self) -> str:
        """free, full (above 85 %) or over."""
        if not self.load:
            return "none"
        if self.percent is None or self.percent > HUNDRED:
            return "over"
        return "full" if self.percent > 85 else "free"

    @property
    def hours(self) -> Decimal:
        """Load in hours."""
        return (self.load / SIXTY).quantize(TENTH, ROUND_HALF_UP)

    @property
    def capacity_hours(self) -> Decimal:
        """Capacity in hours."""
        return (self.capacity / SIXTY).quantize(TENTH, ROUND_HALF_UP)


@dataclass
class CenterLoad:
    """A work centre with its buckets; what was due earlier and is not done lies in the first one."""

    center: WorkCenter
    cells: list[Cell] = field(default_factory=list)

    @property
    def worst(self) -> Decimal:
        """The highest percentage; a bucket with work and no capacity counts as a thousand."""
        return max((one.percent if one.percent is not None else Decimal(1000 if one.load else 0)) for one in self.cells)


def starts_from(today: dt.date, count: int, size: str) -> list[dt.date]:
    """Return the first days of buckets: days from today on, or weeks from this week's Monday on."""
    if size == DAY:
        return [today + dt.timedelta(days=place) for place in range(count)]
    monday = bucket_start(today, ForecastBucketSize.WEEK)
    return [monday + dt.timedelta(weeks=place) for place in range(count)]


def work_of_centers(
    today: dt.date, until: dt.date, center_ids: Iterable[int] | None = None, *, show: str = ALL
) -> list[Work]:
    """Return the work that falls before ``until`` (not included), of open orders and of the plan, or of one of them."""
    keys = None if center_ids is None else set(center_ids)
    found = [*(_of_orders(today) if show != PLANNED else ()), *(_of_plan(until) if show != FIRM else ())]
    return [one for one in found if one.first < until and (keys is None or one.center_id in keys)]


def _of_orders(today: dt.date) -> list[Work]:
    rows = (
        WorkOrderOperation.objects.filter(work_order__state__in=OPEN)
        .exclude(state=OperationState.DONE)
        .select_related("work_order__item")
        .order_by("work_order", "number")
    )
    own: dict[int, list[WorkOrderOperation]] = defaultdict(list)
    for row in rows:
        own[row.work_order_id].append(row)
    slots = {one.operation_id: one for one in OperationSlot.objects.filter(operation__in=list(rows))}
    zone = company_zone()
    found = []
    for operations in own.values():
        order = operations[0].work_order
        minutes = [remaining_minutes(one, order.quantity) for one in operations]
        spans = _shares(minutes, max(order.start_date, today), max(order.due_date, today))
        for one, work, usual in zip(operations, minutes, spans, strict=True):
            slot = slots.get(one.pk)
            center_id = slot.work_center_id if slot else one.work_center_id
            if center_id is None or not work:
                continue
            found.append(
                Work(
                    center_id,
                    *(_scheduled(slot, zone, today) if slot is not None else usual),
                    work,
                    label=order.number,
                    detail=f"{order.item.code} · {one}",
                    url=order.get_absolute_url(),
                    is_planned=False,
                    is_scheduled=slot is not None,
                )
            )
    return found


def _scheduled(slot: OperationSlot, zone: ZoneInfo, today: dt.date) -> tuple[dt.date, dt.date]:
    days = [moment.astimezone(zone).date() for moment in (slot.starts_at, slot.ends_at)]
    return max(days[0], today), max(days[1], today)


def _of_plan(until: dt.date) -> list[Work]:
    found = []
    for order, steps in with_operations_of(list(orders_to_make(until)[:MOST_PLANNED])):
        operations = [one for one in steps if one.work_center_id is not None]
        minutes = [one.setup_minutes + one.run_minutes * order.quantity / one.base_quantity for one in operations]
        spans = _shares(minutes, order.start_date, max(order.start_date, order.due_date))
        found += [
            Work(
                one.work_center_id,  # type: ignore[arg-type]
                *span,
                work,
                label=f"{order.item.code} {order.due_date.isoformat()}",
                detail=str(one),
                url=reverse("erp:planned-order", args=[order.identity]),
                is_planned=True,
            )
            for one, work, span in zip(operations, minutes, spans, strict=True)
            if work
        ]
    return found


def _shares(minutes: Sequence[Decimal], first: dt.date, last: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Return when each operation of an order is done when nobody scheduled it: one after the other, by their work."""
    days, whole = (last - first).days, sum(minutes, ZERO)
    spans, done = [], ZERO
    for one in minutes:
        begin = int(days * done / whole) if whole else 0
        done += one
        end = int(days * done / whole) if whole else days
        spans.append((first + dt.timedelta(days=begin), first + dt.timedelta(days=end)))
    return spans


def center_loads(
    today: dt.date, count: int, size: str, center_ids: Iterable[int] | None = None, *, show: str = ALL
) -> list[CenterLoad]:
    """Return every active work centre with its load in ``count`` buckets, the fullest first."""
    starts = starts_from(today, count, size)
    span = dt.timedelta(days=1 if size == DAY else 7)
    until = starts[-1] + span
    centers = WorkCenter.objects.filter(is_active=True).order_by("code")
    rows = list(centers if center_ids is None else centers.filter(pk__in=list(center_ids)))
    offered = capacities([one.pk for one in rows], today, until - dt.timedelta(days=1))
    loads = {one.pk: CenterLoad(one, [Cell(start) for start in starts]) for one in rows}
    for one in rows:
        for day, minutes in offered[one.pk].items():
            loads[one.pk].cells[(day - starts[0]).days // span.days].capacity += minutes
    for work in work_of_centers(today, until, loads, show=show):
        for place, minutes in spread(work, starts[0], span, count, offered[work.center_id]).items():
            cell = loads[work.center_id].cells[place]
            if work.is_planned:
                cell.planned += minutes
            else:
                cell.firm += minutes
    return sorted(loads.values(), key=lambda one: (-one.worst, one.center.code))


def spread(
    work: Work, first: dt.date, span: dt.timedelta, count: int, offered: Mapping[dt.date, Decimal]
) -> dict[int, Decimal]:
    """Return {bucket: minutes} of a work: in equal parts on the working days of its time, all of them when none is."""
    days = [work.first + dt.timedelta(days=place) for place in range((work.last - work.first).days + 1)]
    worked = [day for day in days if offered.get(day)] or [day for day in days if day not in offered] or days
    found: dict[int, Decimal] = defaultdict(Decimal)
    for day in worked:
        place = max(0, (day - first).days // span.days)
        if place < count:
            found[place] += work.minutes / len(worked)
    return found


def free_minutes(center_ids: Iterable[int], today: dt.date, days: int, *, show: str = ALL) -> dict[int, list[Decimal]]:
    """Return the minutes of standard work that work centres have still free on each day from today on."""
    keys = set(center_ids)
    last = today + dt.timedelta(days=days - 1)
    offered = capacities(keys, today, last)
    free = {key: [offered[key][today + dt.timedelta(days=place)] for place in range(days)] for key in keys}
    one = dt.timedelta(days=1)
    for work in work_of_centers(today, last + one, keys, show=show):
        for place, minutes in spread(work, today, one, days, offered[work.center_id]).items():
            free[work.center_id][place] = max(ZERO, free[work.center_id][place] - minutes)
    return free


def work_in(
    center_id: int, today: dt.date, start: dt.date, size: str, *, show: str = ALL
) -> list[tuple[Work, Decimal]]:
    """Return what loads a work centre in the bucket from ``start`` on, with its minutes there, the largest first."""
    span = dt.timedelta(days=1 if size == DAY else 7)
    offered = capacities([center_id], today, start + span)[center_id]
    first = starts_from(today, 1, size)[0]
    place, found = (start - first).days // span.days, []
    for work in work_of_centers(today, start + span, [center_id], show=show):
        minutes = spread(work, first, span, place + 1, offered).get(place)
        if minutes:
            found.append((work, minutes))
    return sorted(found, key=lambda one: -one[1])


def load_picture(load: CenterLoad, urls: Sequence[str], words: Mapping[str, Any]) -> dict[str, Any]:
    """Return the load of one work centre as an ECharts option; ``urls`` open the work behind each bar."""

    def hours(minutes: Decimal) -> str:
        return str((minutes / SIXTY).quantize(TENTH, ROUND_HALF_UP))

    def bars(name: str) -> list[dict[str, Any]]:
        return [{"value": hours(getattr(cell, name)), "url": url} for cell, url in zip(load.cells, urls, strict=True)]

    return {
        "tooltip": {"trigger": "axis"},
        "legend": {},
        "xAxis": {"type": "category", "data": [cell.start.strftime("%m-%d") for cell in load.cells]},
        "yAxis": {"type": "value", "name": str(words["hours"])},
        "series": [
            {"type": "bar", "stack": "load", "name": str(words["firm"]), "data": bars("firm")},
            {"type": "bar", "stack": "load", "name": str(words["planned"]), "data": bars("planned")},
            {
                "type": "line",
                "step": "middle",
                "name": str(words["capacity"]),
                "data": [hours(cell.capacity) for cell in load.cells],
                "symbol": "none",
            },
        ],
    }
