"""The columns of a statement: the spans of days that are set beside each other."""

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from finance.models import FiscalPeriod
from finance.states import StatementKind

VIEWS: tuple[tuple[str, Any], ...] = (
    ("statutory", _("As the form asks")),
    ("month", _("Month beside month before and last year")),
    ("quarter", _("Quarter beside quarter before and last year")),
    ("year", _("Year to date beside last year")),
    ("months", _("All months of the year")),
)


@dataclass(frozen=True)
class Column:
    """Days from ``first`` to ``last``, both included. In a balance sheet only ``last`` counts: what stood that day."""

    key: str
    label: Any
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Calendar:
    """The fiscal year around a day: its first day, and the days of months and quarters counted from it."""

    year_first: dt.date

    def month(self, day: dt.date) -> tuple[dt.date, dt.date]:
        """First and last day of the month of ``day``."""
        return day.replace(day=1), month_end(day)

    def quarter(self, day: dt.date) -> tuple[dt.date, dt.date]:
        """First and last day of the quarter of ``day``, counted from the start of the fiscal year."""
        passed = (day.year - self.year_first.year) * 12 + day.month - self.year_first.month
        first = add_months(self.year_first, passed - passed % 3)
        return first, month_end(add_months(first, 2))


def month_end(day: dt.date) -> dt.date:
    """Return the last day of the month of ``day``."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the day ``months`` later, at the end of the month where there is no such day."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def year_start(day: dt.date) -> dt.date:
    """Return the first day of the fiscal year of ``day``; without periods, the first of January."""
    year = FiscalPeriod.objects.filter(d0__lte=day, d1__gte=day).values_list("year", flat=True).first()
    first = FiscalPeriod.objects.filter(year=year).order_by("d0").values_list("d0", flat=True).first()
    return first or day.replace(month=1, day=1)


def columns_of(kind: str, view: str, day: dt.date) -> list[Column]:
    """Return the columns of a statement of ``kind`` up to ``day`` in one of VIEWS (an unknown view is statutory)."""
    year_first = year_start(day)
    if kind == StatementKind.BALANCE_SHEET:
        return _balance_columns(view, day, year_first)
    return _flow_columns(view, day, year_first)


def _balance_columns(view: str, day: dt.date, year_first: dt.date) -> list[Column]:
    def on(key: str, label: Any, last: dt.date) -> Column:
        return Column(key, label, year_first, last)

    month_before = day.replace(day=1) - dt.timedelta(days=1)
    quarter_before = Calendar(year_first).quarter(day)[0] - dt.timedelta(days=1)
    year_before = year_first - dt.timedelta(days=1)
    now = on("now", _("Closing balance"), day)
    last_year = on("last_year", _("Same day last year"), _last_year(day))
    sets: dict[str, list[Column]] = {
        "month": [now, on("month_before", _("End of last month"), month_before), last_year],
        "quarter": [now, on("quarter_before", _("End of last quarter"), quarter_before), last_year],
        "year": [now, on("year_open", _("Opening of the year"), year_before), last_year],
        "months": [on(f"m{one:%m}", f"{one:%Y-%m}", min(month_end(one), day)) for one in _months(year_first, day)],
    }
    return sets.get(view, [now, on("year_open", _("Opening of the year"), year_before)])


def _flow_columns(view: str, day: dt.date, year_first: dt.date) -> list[Column]:
    fiscal = Calendar(year_first)
    month_first, quarter_first = day.replace(day=1), fiscal.quarter(day)[0]
    before = month_first - dt.timedelta(days=1)
    quarter_before = quarter_first - dt.timedelta(days=1)
    year = Column("year", _("Year to date"), year_first, day)
    month = Column("month", _("This month"), month_first, day)
    quarter = Column("quarter", _("This quarter"), quarter_first, day)
    sets: dict[str, list[Column]] = {
        "month": [
            month,
            Column("month_before", _("Last month"), before.replace(day=1), before),
            _year_before("month_last_year", _("Same month last year"), month),
        ],
        "quarter": [
            quarter,
            Column("quarter_before", _("Last quarter"), fiscal.quarter(quarter_before)[0], quarter_before),
            _year_before("quarter_last_year", _("Same quarter last year"), quarter),
        ],
        "year": [year, _year_before("last_year", _("Last year to the same day"), year)],
        "months": [
            *(Column(f"m{one:%m}", f"{one:%Y-%m}", one, min(month_end(one), day)) for one in _months(year_first, day)),
            year,
        ],
    }
    return sets.get(view, [year, month])


def _months(first: dt.date, day: dt.date) -> Sequence[dt.date]:
    found = [first]
    while (following := add_months(found[-1], 1)) <= day:
        found.append(following)
    return found


def _last_year(day: dt.date) -> dt.date:
    """The same day a year ago; the end of a month stays one."""
    before = add_months(day, -12)
    return month_end(before) if day == month_end(day) else before


def _year_before(key: str, label: Any, column: Column) -> Column:
    return Column(key, label, add_months(column.first, -12), _last_year(column.last))
