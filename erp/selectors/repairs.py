"""Pieces that a rework order takes in and gives back.

Such a piece is a given one, wherever it lies: nobody makes another for it, and what comes out of the order may not
count as the supply of what goes in. What lies in free stock is taken from there and comes back on the order's day; the
rest is left out of the plan on both sides.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Repair:
    """What an order still takes in of its own item, and expects of it; places of the demand and of the receipt."""

    demand: int
    receipt: int
    item_id: int
    missing: int
    expected: int


def left_out(repairs: Iterable[Repair], free: dict[int, int]) -> list[tuple[Repair, int]]:
    """Return how much of each is neither needed nor expected; ``free`` is the free stock by item, in the same unit."""
    free, found = dict(free), []
    for one in repairs:
        there = min(one.missing, free.get(one.item_id, 0))
        free[one.item_id] = free.get(one.item_id, 0) - there
        given = min(one.missing - there, one.expected)
        if given > 0:
            found.append((one, given))
    return found
