"""Dates of work on the company's calendar."""

import datetime as dt

from masterdata.errors import NoWorkCalendar
from masterdata.models import Item
from masterdata.selectors.calendars import company_working_days


def start_for(item: Item, due: dt.date) -> dt.date:
    """Return the working day on which work must begin so that ``item`` is there on ``due``, by its lead time."""
    try:
        days = company_working_days()
    except NoWorkCalendar:
        return due - dt.timedelta(days=item.lead_time_days)
    last = days.on_or_before(due)
    return days.add(last, -item.lead_time_days) if item.lead_time_days else last


def same_span(start: dt.date, due: dt.date, new_due: dt.date, today: dt.date) -> dt.date:
    """Return the start that leaves as many working days until ``new_due`` as there were until ``due``.

    Not before ``today``, nor after the new due date.
    """
    try:
        days = company_working_days()
    except NoWorkCalendar:
        moved = start + (new_due - due)
    else:
        moved = days.add(days.on_or_before(new_due), -days.between(start, due))
    return min(max(moved, today), new_due)
