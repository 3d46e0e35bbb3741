"""Working days of one calendar, looked up in memory."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Mapping

MARGIN = dt.timedelta(days=400)


class WorkingDays:
    """The working days that follow from the weekdays (``1111100`` from Monday) and the special days.

    The list of working days is built for the years asked about and searched by bisection, so that hundreds of
    thousands of questions of one planning run cost microseconds each.

    Raises:
        ValueError: no weekday is worked.
    """

    def __init__(self, weekdays: str, special: Mapping[dt.date, bool]) -> None:
        if "1" not in weekdays:
            raise ValueError("a calendar without a working weekday")
        self._worked = [digit == "1" for digit in weekdays]
        self._special = dict(special)
        self._days: list[dt.date] = []
        self._from = self._to = dt.date(1, 1, 1)

    def is_working(self, date: dt.date) -> bool:
        """Return whether ``date`` is worked."""
        return self._special.get(date, self._worked[date.weekday()])

    def laid_out(self, first: int, count: int) -> list[bool]:
        """Return, of each of ``count`` days from the ordinal ``first`` on, whether it is worked."""
        week = [self._worked[(first - 1 + day) % 7] for day in range(7)]
        days = (week * (count // 7 + 1))[:count]
        for date, is_working in self._special.items():
            place = date.toordinal() - first
            if 0 <= place < count:
                days[place] = is_working
        return days

    def on_or_after(self, date: dt.date) -> dt.date:
        """Return ``date`` itself if it is worked, else the next working day."""
        self._cover(date, date + MARGIN)
        return self._days[bisect_left(self._days, date)]

    def on_or_before(self, date: dt.date) -> dt.date:
        """Return ``date`` itself if it is worked, else the working day before it."""
        self._cover(date - MARGIN, date)
        return self._days[bisect_right(self._days, date) - 1]

    def add(self, date: dt.date, days: int) -> dt.date:
        """Return the ``days``-th working day after ``date`` (before it, when negative); 0 is `on_or_after`."""
        if days == 0:
            return self.on_or_after(date)
        reach = dt.timedelta(days=abs(days) * 7) + MARGIN
        if days > 0:
            self._cover(date, date + reach)
            return self._days[bisect_right(self._days, date) + days - 1]
        self._cover(date - reach, date)
        return self._days[bisect_left(self._days, date) + days]

    def between(self, start: dt.date, end: dt.date) -> int:
        """Return how many working days lie after ``start`` up to and including ``end`` (negative backwards)."""
        if end < start:
            return -self.between(end, start)
        self._cover(start, end)
        return bisect_right(self._days, end) - bisect_right(self._days, start)

    def _cover(self, first: dt.date, last: dt.date) -> None:
        if self._days and self._from <= first and last <= self._to:
            return
        first, last = first - MARGIN, last + MARGIN
        self._from = min(first, self._from) if self._days else first
        self._to = max(last, self._to) if self._days else last
        span = (self._to - self._from).days + 1
        days = (self._from + dt.timedelta(days=n) for n in range(span))
        self._days = [day for day in days if self.is_working(day)]
