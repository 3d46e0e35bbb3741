"""What of expected supply is promised to whom: how much is still to come, how much has arrived and waits."""

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class Peg:
    """``quantity`` of the supply ``line`` was promised to ``demand``; pegs are in the order they were made."""

    key: int
    demand: int
    line: Hashable
    quantity: Decimal


@dataclass(frozen=True)
class Standing:
    """What a peg is worth now: ``coming`` is still expected, ``arrived`` waits to be kept in stock for the demand."""

    peg: Peg
    coming: Decimal
    arrived: Decimal


@dataclass(frozen=True)
class Line:
    """A line of expected supply with what is still to come of it."""

    key: Hashable
    day: dt.date
    quantity: Decimal


def standing(
    pegs: Sequence[Peg], lacking: Mapping[int, Decimal], expected: Mapping[Hashable, Decimal]
) -> list[Standing]:
    """Return what each peg is worth.

    lacking   of each demand, what is open and not reserved: its pegs count up to that.
    expected  of each line, what is still to come. What arrives is for the first who were promised it.
    """
    left_of_demand, left_of_line = dict(lacking), dict(expected)
    counted = []
    for peg in pegs:
        quantity = max(ZERO, min(peg.quantity, left_of_demand.get(peg.demand, ZERO)))
        left_of_demand[peg.demand] = left_of_demand.get(peg.demand, ZERO) - quantity
        counted.append((peg, quantity))
    found = []
    for peg, quantity in reversed(counted):
        coming = min(quantity, left_of_line.get(peg.line, ZERO))
        left_of_line[peg.line] = left_of_line.get(peg.line, ZERO) - coming
        found.append(Standing(peg, coming, quantity - coming))
    return found[::-1]


def choose(
    wanted: Decimal, due: dt.date, lines: Iterable[Line], promised: Mapping[Hashable, Decimal]
) -> list[tuple[Hashable, Decimal]]:
    """Return which lines ``wanted`` is taken from: what comes last in time first, so that earlier supply stays free.

    promised  of each line, what is promised to others already.
    """
    taken: dict[Hashable, Decimal] = defaultdict(Decimal)
    for line in sorted((one for one in lines if one.day <= due), key=lambda one: (one.day, str(one.key)), reverse=True):
        quantity = min(wanted, line.quantity - promised.get(line.key, ZERO))
        if quantity > 0:
            taken[line.key] += quantity
            wanted -= quantity
    return list(taken.items())
