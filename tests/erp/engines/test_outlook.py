"""An outlook that is asked and changed by turns answers as its rule says, whatever it has kept from before."""

import datetime as dt
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from erp.engines.outlook import Outlook

TODAY = dt.date(2026, 3, 1)
DAYS = [TODAY + dt.timedelta(days=number) for number in range(6)]


def by_the_rule(on_hand: int, changes: list[tuple[dt.date, int]], day: dt.date) -> int:
    """The least of what is there from a day on, and never less than nothing."""
    days = [day, *(at for at, _quantity in changes if at > day)]
    return max(0, min(on_hand + sum(quantity for at, quantity in changes if at <= until) for until in days))


@settings(max_examples=60)
@given(
    st.integers(-5, 20), st.lists(st.tuples(st.sampled_from(DAYS), st.integers(-9, 9)), max_size=12), st.integers(1, 15)
)
def test_it_answers_by_the_rule_after_every_change(on_hand, changes, wanted):
    outlook = Outlook(Decimal(on_hand))
    for number, (at, quantity) in enumerate(changes, start=1):
        outlook.add(at, Decimal(quantity))
        there = {day: by_the_rule(on_hand, changes[:number], day) for day in DAYS}
        assert {day: outlook.available(day) for day in DAYS} == there
        assert outlook.first_day(Decimal(wanted), TODAY) == next((day for day in DAYS if there[day] >= wanted), None)
        rises = [day for before, day in pairwise(DAYS) if there[day] > there[before]]
        assert outlook.increases(TODAY) == rises
