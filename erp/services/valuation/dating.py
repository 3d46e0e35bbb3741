"""The days late value entries are booked on."""

import datetime as dt
from collections.abc import Sequence

from erp import ports


def adjustment_days(wanted: Sequence[dt.date]) -> list[dt.date]:
    """Return for each wanted day itself or the first open day after it; asks once a month: it is open as a whole."""
    answers: dict[tuple[int, int], tuple[dt.date, dt.date]] = {}
    for day in sorted(set(wanted)):
        if (day.year, day.month) not in answers:
            answers[day.year, day.month] = (day, ports.adjustment_date("stock", day))
    found = [(day, *answers[day.year, day.month]) for day in wanted]
    return [day if asked == answer else answer for day, asked, answer in found]
