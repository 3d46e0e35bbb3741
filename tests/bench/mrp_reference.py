"""The bare arithmetic of the published reference planners, and the three rules in which the program's differ.

A yardstick: whole numbers, one bill an item, every day a working day, no advice, pegs, dates or rules beyond lots.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

BEFORE, SPAN, MOST = 400, 1_200, 12_000_000
"""Days before today and in all, and orders, that there is room for."""


@dataclass(frozen=True)
class Ways:
    """What the program does and the reference planners do not.

    overdue_apart  what an order needs before today stays on its day, so that each such day has an order of its own
                   (HARD_RULES §1: a release before today is kept and flagged); else all of it is needed today.
    safety_last    safety stock is filled by an order of its own, after all that is needed up to today (§1: served
                   last); else it is missing together with what is needed today.
    pull_in        a receipt due within the item's lead time after a shortage is counted in instead of an order (§1: no
                   second purchase); else it counts on its own date only.
    """

    overdue_apart: bool = False
    safety_last: bool = False
    pull_in: bool = False


def bare_plan(given: dict[str, Any], ways: Ways) -> tuple[Any, Any]:
    """Return how many orders each item gets, and their quantity."""
    count = given["level"].size
    by_child = np.argsort(given["bom_child"], kind="stable")
    by_item = np.argsort(given["dem_item"], kind="stable")
    in_time = np.lexsort((given["rec_day"], given["rec_item"]))

    def starts(numbers: Any) -> Any:
        return np.searchsorted(numbers, np.arange(count + 1))

    return _plan(
        (given["lt"].astype(np.int64), *(given[name].astype(np.int64) for name in ("ss", "lotmin", "mult", "onhand"))),
        (
            given["bom_parent"][by_child].astype(np.int64),
            given["bom_qty"][by_child].astype(np.int64),
            starts(given["bom_child"][by_child]),
        ),
        (
            given["dem_day"][by_item].astype(np.int64),
            given["dem_qty"][by_item].astype(np.int64),
            starts(given["dem_item"][by_item]),
        ),
        (
            given["rec_day"][in_time].astype(np.int64),
            given["rec_qty"][in_time].astype(np.int64),
            starts(given["rec_item"][in_time]),
        ),
        (ways.overdue_apart, ways.safety_last, ways.pull_in),
    )


@njit
def _plan(items, uses, demands, receipts, ways):
    size = len(items[4])
    made = (np.empty(MOST, np.int32), np.empty(MOST, np.int64), np.zeros(1, np.int64))
    first = np.zeros(size + 1, np.int64)
    total = np.zeros(size, np.int64)
    needs = np.zeros(SPAN, np.int64)
    for item in range(size):
        first[item] = made[2][0]
        for at in range(demands[2][item], demands[2][item + 1]):
            needs[demands[0][at] + BEFORE] += demands[1][at]
        for use in range(uses[2][item], uses[2][item + 1]):
            for order in range(first[uses[0][use]], first[uses[0][use] + 1]):
                needs[made[0][order] + BEFORE] += made[1][order] * uses[1][use]
        total[item] = _net(item, needs, (items, receipts, made, ways))
        first[item + 1] = made[2][0]
    return np.diff(first), total


@njit
def _net(item, needs, world):
    """Go through the days of an item; ``pool``: what is there, the next receipt, what was ordered."""
    items, receipts, _made, ways = world
    pool = np.array([items[4][item], receipts[2][item], 0])
    for at in range(SPAN):
        day = at - BEFORE
        if day == 0 and not ways[1]:
            pool[0] -= items[1][item]
        pool[0] -= needs[at]
        needs[at] = 0
        if pool[0] < 0:
            _cover(item, day, pool, world)
        if day == 0 and ways[1]:
            pool[0] -= items[1][item]
            if pool[0] < 0:
                _cover(item, 0, pool, world)
    return pool[2]


@njit
def _cover(item, day, pool, world):
    items, receipts, made, ways = world
    lead, _safety, low, multiple, _stock = items
    window = lead[item] if ways[2] else 0
    while pool[0] < 0 and pool[1] < receipts[2][item + 1] and receipts[0][pool[1]] <= max(day, 0) + window:
        pool[0] += receipts[1][pool[1]]
        pool[1] += 1
    if pool[0] < 0:
        quantity = -(-max(-pool[0], low[item]) // multiple[item]) * multiple[item]
        start = day - lead[item]
        days, quantities, count = made
        days[count[0]] = start if ways[0] else max(start, 0)
        quantities[count[0]] = quantity
        count[0] += 1
        pool[0] += quantity
        pool[2] += quantity
