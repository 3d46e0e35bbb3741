"""The company's working days."""

import datetime as dt

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import pgettext

from masterdata.engines.calendars import WorkingDays
from masterdata.errors import NoWorkCalendar
from masterdata.models import CalendarDay, WorkCalendar


def working_days(calendar: WorkCalendar) -> WorkingDays:
    """Return the working days of ``calendar``, to be asked many times without a query."""
    special = CalendarDay.objects.filter(calendar=calendar).values_list("date", "is_working")
    return WorkingDays(calendar.weekdays, dict(special))


def company_working_days() -> WorkingDays:
    """Return the working days of the company; hold on to it where many dates are asked.

    Raises:
        NoWorkCalendar: no calendar is marked as the company's.
    """
    days = WorkCalendar.objects.filter(is_company=True).values_list("weekdays", "days__date", "days__is_working")
    rows = list(days.order_by())
    if not rows:
        raise NoWorkCalendar()
    return WorkingDays(rows[0][0], {date: is_working for _weekdays, date, is_working in rows if date is not None})


def add_working_days(date: dt.date, days: int) -> dt.date:
    """Return the ``days``-th working day after ``date`` (before it, when negative) in the company's calendar."""
    return company_working_days().add(date, days)


def working_day_on_or_after(date: dt.date) -> dt.date:
    """Return ``date`` if the company works on it, else its next working day."""
    return company_working_days().on_or_after(date)


def working_day_on_or_before(date: dt.date) -> dt.date:
    """Return ``date`` if the company works on it, else the working day before it."""
    return company_working_days().on_or_before(date)


def worked_days(weekdays: str) -> str:
    """Return the worked days of seven digits from Monday as the reader calls them."""
    return pgettext("between the items of a list", ", ").join(
        str(WEEKDAYS_ABBR[day]) for day, digit in enumerate(weekdays) if digit == "1"
    )
