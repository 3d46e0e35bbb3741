"""What the pages of finance share."""

import datetime as dt
from typing import Any

from django.http import HttpRequest

from core.clock import today
from core.typed import day_typed, is_key
from core.views.base import OperationView


def posted_version(request: HttpRequest) -> int | None:
    """Return the version of the document that the user saw."""
    value = request.POST.get("version", "")
    return int(value) if is_key(value) else None


def asked_day(request: HttpRequest, name: str, otherwise: dt.date) -> dt.date:
    """Return a date from the address; what cannot be read counts as not given."""
    try:
        return day_typed(request.GET.get(name, "")) or otherwise
    except ValueError:
        return otherwise


def this_year() -> tuple[dt.date, dt.date]:
    """Return the first day of the business year and today."""
    day = today()
    return day.replace(month=1, day=1), day


def this_month() -> tuple[dt.date, dt.date]:
    """Return the first day of the month and today."""
    day = today()
    return day.replace(day=1), day


class VersionedOperation(OperationView):
    """A verb that is refused when the document has changed since the user saw it."""

    def arguments(self) -> dict[str, Any]:
        version = posted_version(self.request)
        return {} if version is None else {"version": version}
