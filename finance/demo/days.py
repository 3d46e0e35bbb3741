"""The company's working days, read once for the whole story: hardly a line of it does without them."""

import datetime as dt

from masterdata.engines.calendars import WorkingDays
from masterdata.selectors.calendars import company_working_days

_known: list[WorkingDays] = []


def learn_working_days() -> None:
    """Read the calendar anew: a story begins."""
    _known[:] = [company_working_days()]


def add_working_days(date: dt.date, days: int) -> dt.date:
    """Return the ``days``-th working day after ``date`` (before it, when negative)."""
    return _known[0].add(date, days)
