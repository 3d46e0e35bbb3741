"""Items made to order, compiled; the same rules as in `erp.engines.mrp.pegged`."""

import numpy as np

from erp.engines.mrp.compiled.arithmetic import sized
from erp.engines.mrp.compiled.layout import CANCEL, DECREASE, Array, Given, Made, Scratch, State, compiled, lean
from erp.engines.mrp.compiled.pooling import advise, advise_move, place, window_of
from erp.engines.mrp.problem import MIXED, POOL

LEVEL, LAST, FREE = range(3)


@compiled
def groups_of(scratch: Scratch, needs: int) -> tuple[Array, Array]:
    """Return the numbers of the grouped needs (each group's together, as served) and where each group begins."""
    group = np.empty(needs, np.int64)
    for need in range(needs):
        group[need] = scratch.needs[need].group
    grouped = np.nonzero(group != POOL)[0]
    by_group = grouped[np.argsort(group[grouped], kind="mergesort")]
    begins = [0]
    begins.clear()
    for at in range(len(by_group)):
        if at == 0 or scratch.needs[by_group[at]].group != scratch.needs[by_group[at - 1]].group:
            begins.append(at)
    begins.append(len(by_group))
    count = len(begins) - 1
    first_day = np.empty(count, np.int64)
    for number in range(count):
        first_day[number] = scratch.needs[by_group[begins[number]]].day
    numbers, starts, at = np.empty(len(by_group), np.int64), np.zeros(count + 1, np.int64), 0
    for place_, number in enumerate(np.argsort(first_day, kind="mergesort")):
        for need in by_group[begins[number] : begins[number + 1]]:
            numbers[at] = need
            at += 1
        starts[place_ + 1] = at
    return numbers, starts


@compiled
def pooled_needs(scratch: Scratch, needs: int) -> Array:
    """Return the numbers of the needs that belong to no group."""
    pooled, count = np.empty(needs, np.int64), 0
    for need in range(needs):
        if scratch.needs[need].group == POOL:
            pooled[count] = need
            count += 1
    return pooled[:count]


@compiled
def serve_groups(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, int]) -> int:
    """Plan the groups of an item made to order; return the free stock they leave. ``own``: item, number of needs."""
    item, needs = own
    free = given.items[item].free
    pool = np.zeros(3, np.int64)
    pool[FREE] = free if given.items[item].order_policy == MIXED else 0
    numbers, starts = groups_of(scratch, needs)
    for number in range(len(starts) - 1):
        _serve(given, made, state, scratch, (pool, item, numbers[starts[number] : starts[number + 1]]))
    for receipt in range(given.items[item].first_receipt, given.items[item + 1].first_receipt):
        if given.receipts[receipt].group != POOL:
            if given.receipts[receipt].left > 0:
                _give_back(given, made, state, receipt, given.receipts[receipt].quantity)
            given.receipts[receipt].left = 0
    return pool[FREE] if given.items[item].order_policy == MIXED else free


@lean
def _serve(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[Array, int, Array]) -> None:
    pool, item, needs = own
    group = scratch.needs[needs[0]].group
    pool[LEVEL], pool[LAST] = 0, -1
    at = 0
    while at < len(needs):
        day = scratch.needs[needs[at]].day
        while at < len(needs) and scratch.needs[needs[at]].day == day:
            pool[LEVEL] -= scratch.needs[needs[at]].quantity
            at += 1
        _cover(given, made, state, (pool, item, group, day))
    if pool[LAST] >= 0 and pool[LEVEL] > 0:
        step = given.items[item].step
        surplus = min(pool[LEVEL], given.receipts[pool[LAST]].quantity)
        _give_back(given, made, state, pool[LAST], surplus // step * step)


@lean
def _cover(given: Given, made: Made, state: State, own: tuple[Array, int, int, int]) -> None:
    pool, item, group, day = own
    now = max(day, given.knobs.today)
    receipts = given.receipts
    for receipt in range(given.items[item].first_receipt, given.items[item + 1].first_receipt):
        if pool[LEVEL] < 0 and receipts[receipt].group == group and given.receipts[receipt].left > 0:
            pool[LEVEL] += given.receipts[receipt].left
            given.receipts[receipt].left = 0
            pool[LAST] = receipt
            advise_move(given, made, state, receipt, now)
    taken = min(pool[FREE], max(-pool[LEVEL], 0))
    pool[FREE] -= taken
    pool[LEVEL] += taken
    _take_shared(given, made, state, (pool, item, now))
    if pool[LEVEL] < 0:
        tables = (given.items, made.orders, made.pulls, state.count)
        lot, count, rest = sized(-pool[LEVEL], 0, given.items[item].step, _cap(given, item))
        for _one in range(count):
            place(tables, given.calendar, (item, day, given.knobs.today), (lot, 0, group))
        if rest > 0:
            place(tables, given.calendar, (item, day, given.knobs.today), (rest, 0, group))
        pool[LEVEL] += lot * count + rest
        pool[LAST] = -1


@lean
def _cap(given: Given, item: int) -> int:
    if given.items[item].high == 0:
        return 0
    step = given.items[item].step
    return max(given.items[item].high // step * step, step)


@lean
def _take_shared(given: Given, made: Made, state: State, own: tuple[Array, int, int]) -> None:
    pool, item, now = own
    receipts, last = given.receipts, now + window_of(given, item)
    for receipt in range(given.items[item].first_receipt, given.items[item + 1].first_receipt):
        if pool[LEVEL] >= 0:
            return
        if receipts[receipt].group != POOL or given.receipts[receipt].left == 0:
            continue
        if receipts[receipt].day > last:
            return
        if given.receipts[receipt].left == receipts[receipt].quantity:
            advise_move(given, made, state, receipt, now)
        taken = min(given.receipts[receipt].left, -pool[LEVEL])
        pool[LEVEL] += taken
        given.receipts[receipt].left -= taken


@lean
def _give_back(given: Given, made: Made, state: State, receipt: int, surplus: int) -> None:
    if surplus > 0 and not given.receipts[receipt].fixed:
        kind = CANCEL if surplus == given.receipts[receipt].quantity else DECREASE
        advise(made, state, receipt, kind, (given.receipts[receipt].day, surplus))
