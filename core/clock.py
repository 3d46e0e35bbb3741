"""The company's calendar: the business date that follows from a moment."""

import datetime as dt
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.utils import timezone

from core.context import current_operation, forget, remembered
from core.models.company import Company

_CACHE_KEY = "core.company.clock"
_COMPANY = "core.company"
_day: ContextVar[dt.date | None] = ContextVar("business_day", default=None)


def company() -> Company | None:
    """Return the company's row, or None before set-up; for reading (it is loaded once in an operation)."""
    return remembered(_COMPANY, Company.objects.first)


def knowing(row: Company | None) -> dict[Hashable, Company]:
    """Return the memory of an operation that has read the company's row when it began."""
    return {} if row is None else {_COMPANY: row}


def _zone_and_pin() -> tuple[str, dt.date | None]:
    operation = current_operation()
    row: Company | None = operation.memory.get(_COMPANY) if operation else None
    if row is not None:
        return row.time_zone, row.pinned_date
    found = cache.get(_CACHE_KEY)
    if found is None:
        row = company()
        found = (row.time_zone, row.pinned_date) if row else ("Asia/Shanghai", None)
        cache.set(_CACHE_KEY, found, 5)
    return found


def forget_company() -> None:
    """Drop what is remembered of the company's row after it changed."""
    cache.delete(_CACHE_KEY)
    forget(_COMPANY)


@contextmanager
def on_day(day: dt.date) -> Iterator[None]:
    """Make ``day`` the business date: for history that is told through the services (demo company, take-over)."""
    token = _day.set(day)
    try:
        yield
    finally:
        _day.reset(token)


def moment(own: Company | None = None) -> dt.datetime:
    """Return the moment an operation that starts now happens at (aware, UTC).

    With a pinned business date it is that date at the present time of day in the company's zone.

    own  the company's row, where it has been read.
    """
    if own is not None:
        cache.add(_CACHE_KEY, (own.time_zone, own.pinned_date), 5)
    zone_name, pinned = (own.time_zone, own.pinned_date) if own is not None else _zone_and_pin()
    pinned = _day.get() or pinned
    now = timezone.now()
    if pinned is None:
        return now
    local = now.astimezone(ZoneInfo(zone_name))
    return dt.datetime.combine(pinned, local.time(), tzinfo=ZoneInfo(zone_name)).astimezone(dt.UTC)


def business_date(at: dt.datetime) -> dt.date:
    """Return the local date of ``at`` in the company's zone."""
    return at.astimezone(ZoneInfo(_zone_and_pin()[0])).date()


def today() -> dt.date:
    """Return the company's present business date, for pages and filters (operations use ``business_date(at)``)."""
    return business_date(moment())
