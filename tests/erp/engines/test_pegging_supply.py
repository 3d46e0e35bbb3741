"""Promised supply: which lines are taken, and what a peg is worth when goods arrive and demands are served."""

import datetime as dt
from decimal import Decimal

from erp.engines.pegging_supply import Line, Peg, choose, standing

D = Decimal
DAY = dt.date(2026, 3, 1)


def day(number: int) -> dt.date:
    return DAY + dt.timedelta(days=number)


def test_the_latest_supply_in_time_is_taken_first_and_nothing_that_is_promised():
    lines = [Line("a", day(5), D(10)), Line("b", day(15), D(20)), Line("c", day(30), D(40))]
    assert choose(D(25), day(20), lines, {"b": D(5)}) == [("b", D(15)), ("a", D(10))]
    assert choose(D(50), day(20), lines, {}) == [("b", D(20)), ("a", D(10))]
    assert choose(D(5), day(4), lines, {}) == []


def test_what_arrives_is_for_the_first_and_counts_only_as_far_as_the_demand_lacks_it():
    pegs = [Peg(1, 100, "a", D(10)), Peg(2, 200, "a", D(8)), Peg(3, 200, "b", D(4))]

    def worth(lacking: dict, expected: dict) -> list[tuple[Decimal, Decimal]]:
        return [(one.coming, one.arrived) for one in standing(pegs, lacking, expected)]

    whole = {100: D(10), 200: D(12)}
    assert worth(whole, {"a": D(18), "b": D(4)}) == [(10, 0), (8, 0), (4, 0)]
    assert worth(whole, {"a": D(11), "b": D(4)}) == [(3, 7), (8, 0), (4, 0)]
    assert worth(whole, {}) == [(0, 10), (0, 8), (0, 4)]
    assert worth({100: D(3), 200: D(9)}, {"a": D(18), "b": D(4)}) == [(3, 0), (8, 0), (1, 0)]
    assert worth({}, {"a": D(18)}) == [(0, 0), (0, 0), (0, 0)]
