"""Reading work centres: rates of a day, and how much can be done on which day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.fields import ZERO
from erp.models import CapacityException, WorkCenter, WorkCenterRate
from masterdata.engines.calendars import WorkingDays
from masterdata.models import CalendarDay, WorkCalendar

SIXTY, HUNDRED = Decimal(60), Decimal(100)
WORKDAYS = "1111100"


@dataclass(frozen=True)
class Rate:
    """What an hour costs in base currency."""

    labour: Decimal = ZERO
    machine: Decimal = ZERO
    overhead: Decimal = ZERO


def rates_on(center_ids: Iterable[int], date: dt.date) -> dict[int, Rate]:
    """Return the rates per hour of work centres on ``date``; one that has none yet is left out."""
    rows = WorkCenterRate.objects.filter(work_center_id__in=set(center_ids), valid_from__lte=date)
    latest = rows.order_by("work_center_id", "-valid_from").distinct("work_center_id")
    return {one.work_center_id: Rate(one.labour_rate, one.machine_rate, one.overhead_rate) for one in latest}


def capacities(center_ids: Iterable[int], first: dt.date, last: dt.date) -> dict[int, dict[dt.date, Decimal]]:
    """Return the minutes of standard work each work centre offers on each day from ``first`` to ``last``; free days 0.

    hours × machines that run × efficiency on days its calendar works (the company's without one of its own; Monday to
    Friday without any). A closed one offers nothing. Of overlapping exceptions the machines down add up and the later
    hours count.
    """
    centers = list(WorkCenter.objects.filter(pk__in=set(center_ids)))
    calendars = _calendars({one.calendar_id for one in centers})
    exceptions = defaultdict(list)
    rows = CapacityException.objects.filter(work_center__in=centers, first_day__lte=last, last_day__gte=first)
    for row in rows.order_by("pk"):
        exceptions[row.work_center_id].append(row)
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    return {
        one.pk: {day: _minutes(one, day, calendars[one.calendar_id], exceptions[one.pk]) for day in days}
        for one in centers
    }


@dataclass(frozen=True)
class Week:
    """What a work centre offers in the seven days from ``start``: days with any capacity, hours of standard work."""

    start: dt.date
    days: int
    hours: Decimal


def weeks_of(center: WorkCenter, day: dt.date, count: int) -> list[Week]:
    """Return the capacity of ``count`` weeks, beginning with the Monday on or before ``day``."""
    monday = day - dt.timedelta(days=day.weekday())
    offered = capacities([center.pk], monday, monday + dt.timedelta(days=7 * count - 1))[center.pk]
    weeks = []
    for start in (monday + dt.timedelta(days=7 * n) for n in range(count)):
        minutes = [offered[start + dt.timedelta(days=n)] for n in range(7)]
        weeks.append(Week(start, sum(1 for one in minutes if one), sum(minutes, ZERO) / SIXTY))
    return weeks


def _minutes(center: WorkCenter, day: dt.date, calendar: WorkingDays, exceptions: list[CapacityException]) -> Decimal:
    if not center.is_active or not calendar.is_working(day):
        return ZERO
    now = [one for one in exceptions if one.first_day <= day <= one.last_day]
    machines = max(0, center.machines - sum(one.machines_down for one in now))
    hours = next((one.hours_per_day for one in reversed(now) if one.hours_per_day is not None), center.hours_per_day)
    return hours * machines * center.efficiency_percent / HUNDRED * SIXTY


def _calendars(keys: set[int | None]) -> dict[int | None, WorkingDays]:
    found = {one.pk: one for one in WorkCalendar.objects.all()}
    company = next((one for one in found.values() if one.is_company), None)
    used = {key: found[key] if key else company for key in keys}
    special: dict[int, dict[dt.date, bool]] = defaultdict(dict)
    wanted = [one.pk for one in used.values() if one is not None]
    for calendar_id, date, works in CalendarDay.objects.filter(calendar_id__in=wanted).values_list(
        "calendar_id", "date", "is_working"
    ):
        special[calendar_id][date] = works
    return {
        key: WorkingDays(one.weekdays, special[one.pk]) if one else WorkingDays(WORKDAYS, {})
        for key, one in used.items()
    }
