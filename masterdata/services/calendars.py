"""Work calendars and their public holidays."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import holidays

from core.locks import lock
from core.operations import operation
from masterdata.errors import UnknownHolidays
from masterdata.models import CalendarDay, WorkCalendar
from masterdata.services.records import Grid, Record, operations

MAKE_UP_DAY = {"CN": "补班", "TW": "補班"}

CALENDAR = Record(
    WorkCalendar,
    "work_calendar",
    ("code", "name", "name_zh", "weekdays", "is_company", "is_active"),
    grids=(Grid("days", CalendarDay, "calendar", ("date", "is_working", "name")),),
    only_one=("is_company", ()),
)
create_work_calendar, update_work_calendar = operations(CALENDAR)


@operation(permission="masterdata.change_workcalendar", document=(WorkCalendar, "work_calendar_id"))
def load_holidays(*, work_calendar_id: int, year: int, country: str, actor: Any, at: dt.datetime) -> WorkCalendar:
    """Add the public holidays (and make-up working days, 调休) of a country and year; days already there stay.

    Years whose holidays the government has not announced yet are an estimate of the ``holidays`` package.

    Raises:
        UnknownHolidays: the package does not know the country.
    """
    calendar = lock(WorkCalendar, work_calendar_id)
    known = set(calendar.days.values_list("date", flat=True))
    fresh = [day for day in _public_days(calendar, [year], country) if day.date not in known]
    if fresh:
        CalendarDay.objects.bulk_create(fresh)
        calendar.version += 1
        calendar.save()
    return calendar


def holiday_rows(weekdays: str, years: Iterable[int], country: str) -> list[dict[str, Any]]:
    """Return the rows of the grid ``days`` for new calendars: free weekdays and worked weekends of ``country``.

    Raises:
        UnknownHolidays: the package does not know the country.
    """
    days = _public_days(WorkCalendar(weekdays=weekdays), years, country)
    return [{"date": day.date, "is_working": day.is_working, "name": day.name} for day in days]


def _public_days(calendar: WorkCalendar, years: Iterable[int], country: str) -> list[CalendarDay]:
    if country not in holidays.list_supported_countries():
        raise UnknownHolidays(country=country)
    wanted = set(years)
    language = getattr(holidays.country_holidays(country), "default_language", None)
    public = holidays.country_holidays(country, years=wanted, language=language)
    worked = [digit == "1" for digit in calendar.weekdays]
    free = [
        CalendarDay(calendar=calendar, date=date, is_working=False, name=name[:80])
        for date, name in sorted(public.items())
        if worked[date.weekday()]
    ]
    made_up = [
        CalendarDay(calendar=calendar, date=date, is_working=True, name=MAKE_UP_DAY.get(country, ""))
        for date in sorted(public.weekend_workdays)
        if date.year in wanted and not worked[date.weekday()]
    ]
    return free + made_up
