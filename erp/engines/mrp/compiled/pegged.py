"""Items made to order, compiled; the same rules as in `erp.engines.mrp.pegged`."""

import numpy as np

from erp.engines.mrp.compiled.arithmetic import sized
from erp.engines.mrp.compiled.layout import CANCEL, DECREASE, Array, Given, Made, Scratch, State, compiled
from erp.engines.mrp.compiled.pooling import advise, advise_move, place, window_of
from erp.engines.mrp.problem import MIXED, POOL

LEVEL, LAST, FREE = range(3)


@compiled
def groups_of(scratch: Scratch, needs: int) -> tuple[Array, Array]:
    """Return the numbers of the grouped needs (each group's together, as served) and where each group begins."""
    grouped = np.nonzero(scratch.group[:needs] != POOL)[0]
    by_group = grouped[np.argsort(scratch.group[:needs][grouped], kind="mergesort")]
    begins = [0]
    begins.clear()
    for at in range(len(by_group)):
        if at == 0 or scratch.group[by_group[at]] != scratch.group[by_group[at - 1]]:
            begins.append(at)
    begins.append(len(by_group))
    count = len(begins) - 1
    first_day = np.empty(count, np.int64)
    for number in range(count):
        first_day[number] = scratch.day[by_group[begins[number]]]
    numbers, starts, at = np.empty(len(by_group), np.int64), np.zeros(count + 1, np.int64), 0
    for place_, number in enumerate(np.argsort(first_day, kind="mergesort")):
        for need in by_group[begins[number] : begins[number + 1]]:
            numbers[at] = need
            at += 1
        starts[place_ + 1] = at
    return numbers, starts


@compiled
def serve_groups(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, int]) -> int:
    """Plan the groups of an item made to order; return the free stock they leave. ``own``: item, number of needs."""
    item, needs = own
    free = given.items.free[item]
    pool = np.zeros(3, np.int64)
    pool[FREE] = free if given.items.order_policy[item] == MIXED else 0
    numbers, starts = groups_of(scratch, needs)
    for number in range(len(starts) - 1):
        _serve(given, made, state, scratch, (pool, item, numbers[starts[number] : starts[number + 1]]))
    for receipt in range(given.receipts.first[item], given.receipts.first[item + 1]):
        if given.receipts.group[receipt] != POOL:
            if state.left[receipt] > 0:
                _give_back(given, made, state, receipt, given.receipts.quantity[receipt])
            state.left[receipt] = 0
    return pool[FREE] if given.items.order_policy[item] == MIXED else free


@compiled
def _serve(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[Array, int, Array]) -> None:
    pool, item, needs = own
    group = scratch.group[needs[0]]
    pool[LEVEL], pool[LAST] = 0, -1
    at = 0
    while at < len(needs):
        day = scratch.day[needs[at]]
        while at < len(needs) and scratch.day[needs[at]] == day:
            pool[LEVEL] -= scratch.quantity[needs[at]]
            at += 1
        _cover(given, made, state, (pool, item, group, day))
    if pool[LAST] >= 0 and pool[LEVEL] > 0:
        step = given.items.step[item]
        surplus = min(pool[LEVEL], given.receipts.quantity[pool[LAST]])
        _give_back(given, made, state, pool[LAST], surplus // step * step)


@compiled
def _cover(given: Given, made: Made, state: State, own: tuple[Array, int, int, int]) -> None:
    pool, item, group, day = own
    now = max(day, given.knobs.today)
    receipts = given.receipts
    for receipt in range(receipts.first[item], receipts.first[item + 1]):
        if pool[LEVEL] < 0 and receipts.group[receipt] == group and state.left[receipt] > 0:
            pool[LEVEL] += state.left[receipt]
            state.left[receipt] = 0
            pool[LAST] = receipt
            advise_move(given, made, state, receipt, now)
    taken = min(pool[FREE], max(-pool[LEVEL], 0))
    pool[FREE] -= taken
    pool[LEVEL] += taken
    _take_shared(given, made, state, (pool, item, now))
    if pool[LEVEL] < 0:
        lot, count, rest = sized(-pool[LEVEL], 0, given.items.step[item], _cap(given, item))
        for _one in range(count):
            place(given, made, state, (item, day, lot, 0, group))
        if rest > 0:
            place(given, made, state, (item, day, rest, 0, group))
        pool[LEVEL] += lot * count + rest
        pool[LAST] = -1


@compiled
def _cap(given: Given, item: int) -> int:
    if given.items.high[item] == 0:
        return 0
    step = given.items.step[item]
    return max(given.items.high[item] // step * step, step)


@compiled
def _take_shared(given: Given, made: Made, state: State, own: tuple[Array, int, int]) -> None:
    pool, item, now = own
    receipts, last = given.receipts, now + window_of(given, item)
    for receipt in range(receipts.first[item], receipts.first[item + 1]):
        if pool[LEVEL] >= 0:
            return
        if receipts.group[receipt] != POOL or state.left[receipt] == 0:
            continue
        if receipts.day[receipt] > last:
            return
        if state.left[receipt] == receipts.quantity[receipt]:
            advise_move(given, made, state, receipt, now)
        taken = min(state.left[receipt], -pool[LEVEL])
        pool[LEVEL] += taken
        state.left[receipt] -= taken


@compiled
def _give_back(given: Given, made: Made, state: State, receipt: int, surplus: int) -> None:
    if surplus > 0 and not given.receipts.fixed[receipt]:
        kind = CANCEL if surplus == given.receipts.quantity[receipt] else DECREASE
        advise(made, state, receipt, kind, (given.receipts.day[receipt], surplus))
