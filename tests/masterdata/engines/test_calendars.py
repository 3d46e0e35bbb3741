import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masterdata.engines.calendars import WorkingDays

MONDAY, FRIDAY, SATURDAY, SUNDAY = (dt.date(2026, 11, day) for day in (2, 6, 7, 8))
PLAIN = WorkingDays("1111100", {})
# Monday the 9th is a holiday, Saturday the 7th is made up for it
SHIFTED = WorkingDays("1111100", {dt.date(2026, 11, 9): False, SATURDAY: True})


@pytest.mark.parametrize(
    ("days", "start", "wanted"),
    [
        (1, FRIDAY, dt.date(2026, 11, 9)),
        (5, MONDAY, dt.date(2026, 11, 9)),
        (1, SUNDAY, dt.date(2026, 11, 9)),
        (0, SATURDAY, dt.date(2026, 11, 9)),
        (0, FRIDAY, FRIDAY),
        (-1, dt.date(2026, 11, 9), FRIDAY),
        (-1, SUNDAY, FRIDAY),
        (-5, dt.date(2026, 11, 9), MONDAY),
        (300, MONDAY, dt.date(2027, 12, 27)),
    ],
)
def test_add(days, start, wanted):
    assert PLAIN.add(start, days) == wanted


def test_special_days_win_over_weekdays():
    assert SHIFTED.add(FRIDAY, 1) == SATURDAY
    assert SHIFTED.add(FRIDAY, 2) == dt.date(2026, 11, 10)
    assert SHIFTED.on_or_after(dt.date(2026, 11, 9)) == dt.date(2026, 11, 10)
    assert SHIFTED.on_or_before(dt.date(2026, 11, 9)) == SATURDAY
    assert not SHIFTED.is_working(dt.date(2026, 11, 9))


@pytest.mark.parametrize("days", [PLAIN, SHIFTED])
def test_days_laid_out_are_the_days_asked_one_by_one(days):
    first = dt.date(2026, 11, 4).toordinal()
    laid_out = days.laid_out(first, 20)
    assert laid_out == [days.is_working(dt.date.fromordinal(day)) for day in range(first, first + 20)]
    assert days.laid_out(first, 0) == []


def test_between_counts_the_end_and_not_the_start():
    assert PLAIN.between(MONDAY, FRIDAY) == 4
    assert PLAIN.between(FRIDAY, MONDAY) == -4
    assert PLAIN.between(FRIDAY, SUNDAY) == 0


def test_a_calendar_without_working_days_is_refused():
    with pytest.raises(ValueError, match="working weekday"):
        WorkingDays("0000000", {})


@given(st.dates(dt.date(2020, 1, 1), dt.date(2035, 1, 1)), st.integers(-400, 400))
def test_adding_is_undone_by_counting(date, days):
    start = SHIFTED.on_or_after(date)
    assert SHIFTED.between(start, SHIFTED.add(start, days)) == days
