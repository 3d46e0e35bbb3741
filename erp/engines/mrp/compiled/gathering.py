"""Pulling an item's needs together from its demands and its parents' planned orders, in the order they are served."""

import numpy as np

from erp.engines.mrp.compiled.arithmetic import needed
from erp.engines.mrp.compiled.layout import PASS, Given, Made, Scratch, State, compiled
from erp.engines.mrp.problem import POOL, TO_STOCK


@compiled
def count_needs(given: Given, state: State, item: int) -> tuple[int, int]:
    """Return how many needs and by-products an item can have at most."""
    uses = given.uses
    needs, outputs = given.items[item + 1].first_demand - given.items[item].first_demand, 0
    for use in range(given.items[item].first_use, given.items[item + 1].first_use):
        parent = uses[use].parent
        orders = given.items[parent].last - given.items[parent].first
        if uses[use].output:
            outputs += orders
        else:
            needs += orders
    return needs, outputs


@compiled
def is_used(given: Given, made: Made, use: int, order: int) -> bool:
    """Return whether a line is of the bill an order is made by, and valid then."""
    if made.orders[order].bom != given.uses[use].bom:
        return False
    day = max(made.orders[order].start, given.knobs.today)
    return given.uses[use].valid_from <= day < given.uses[use].valid_to


@compiled
def _own_demands(given: Given, scratch: Scratch, item: int, early: bool, at: int) -> int:
    demands = given.demands
    for number in range(given.items[item].first_demand, given.items[item + 1].first_demand):
        if demands[number].early == early:
            scratch.raw[at].day = demands[number].day
            scratch.raw[at].quantity = demands[number].quantity
            scratch.raw[at].parent = -1 - demands[number].index
            scratch.raw[at].use = -1
            scratch.raw[at].group = demands[number].group
            at += 1
    return at


@compiled
def _of_parent(given: Given, made: Made, state: State, scratch: Scratch, where: tuple[int, int, int]) -> int:
    """Add what the orders of one parent need by one line; ``where``: the line, the item, the next free place."""
    use, item, at = where
    uses, parent = given.uses, given.uses[where[0]].parent
    step, grouped = given.items[item].step, given.items[item].order_policy != TO_STOCK
    for order in range(given.items[parent].first, given.items[parent].last):
        if is_used(given, made, use, order):
            scratch.raw[at].day = made.orders[order].start
            scratch.raw[at].quantity = needed(uses, use, made.orders[order].quantity, step)
            scratch.raw[at].parent = order
            scratch.raw[at].use = use
            scratch.raw[at].group = made.orders[order].group if grouped else POOL
            at += 1
    return at


@compiled
def gather(given: Given, made: Made, state: State, scratch: Scratch, item: int) -> int:
    """Fill the raw needs of an item, those of one day in the order they are served; return how many there are."""
    at = _own_demands(given, scratch, item, True, 0)
    uses = given.uses
    for use in range(given.items[item].first_use, given.items[item + 1].first_use):
        if not uses[use].output:
            at = _of_parent(given, made, state, scratch, (use, item, at))
    return _own_demands(given, scratch, item, False, at)


@compiled
def gather_outputs(given: Given, made: Made, state: State, scratch: Scratch, item: int) -> int:
    """Fill the by-products of an item by day; return how many there are."""
    uses, at, step = given.uses, 0, given.items[item].step
    for use in range(given.items[item].first_use, given.items[item + 1].first_use):
        if not uses[use].output:
            continue
        parent = uses[use].parent
        for order in range(given.items[parent].first, given.items[parent].last):
            if is_used(given, made, use, order):
                quantity = needed(uses, use, made.orders[order].quantity, step)
                if quantity > 0:
                    scratch.outputs[at].day = made.orders[order].due
                    scratch.outputs[at].quantity = quantity
                    at += 1
    _sort_outputs(scratch, at)
    return at


@compiled
def _sort_outputs(scratch: Scratch, count: int) -> None:
    days, gathered = np.empty(count, np.int64), scratch.outputs[:count].copy()
    for at in range(count):
        days[at] = gathered[at].day
    for at, number in enumerate(np.argsort(days, kind="mergesort")):
        scratch.outputs[at] = gathered[number]


@compiled
def span_of(scratch: Scratch, count: int) -> tuple[int, int]:
    """Return the first day of the raw needs and the days from it to the last."""
    low = high = scratch.raw[0].day
    for at in range(1, count):
        day = scratch.raw[at].day
        low, high = min(low, day), max(high, day)
    return low, high - low + 1


@compiled
def sort_by_counting(scratch: Scratch, count: int, low: int, span: int) -> None:
    """Bring the raw needs in order by day, each day's as they are."""
    places = scratch.days
    places[: span + 1] = 0
    for at in range(count):
        places[scratch.raw[at].day - low + 1] += 1
    for day in range(1, span + 1):
        places[day] += places[day - 1]
    for at in range(count):
        place = places[scratch.raw[at].day - low]
        places[scratch.raw[at].day - low] = place + 1
        scratch.needs[place] = scratch.raw[at]


@compiled
def sort_by_comparing(scratch: Scratch, count: int) -> None:
    """Bring the raw needs in order by day, each day's as they are, when the days lie far apart."""
    days = np.empty(count, np.int64)
    for at in range(count):
        days[at] = scratch.raw[at].day
    for place, at in enumerate(np.argsort(days, kind="mergesort")):
        scratch.needs[place] = scratch.raw[at]


@compiled
def is_skip(given: Given, scratch: Scratch, at: int, item: int) -> bool:
    """Return whether a need is of a skipped level."""
    use = scratch.needs[at].use
    return given.uses[use].skip if use >= 0 else given.items[item].phantom


@compiled
def close_orders(given: Given, made: Made, state: State, item: int) -> bool:
    """Bring the orders of an item in order by due day, number them, find their bills; False: one has none."""
    first, last = given.items[item].first, given.items[item].last
    in_order = True
    for order in range(first + 1, last):
        in_order &= made.orders[order - 1].due <= made.orders[order].due
    if not in_order:
        _sort_orders(made, first, last)
    complete, sequence = True, 0
    for order in range(first, last):
        sequence = sequence + 1 if order > first and made.orders[order].due == made.orders[order - 1].due else 1
        made.orders[order].sequence = sequence
        made.orders[order].bom = -1
        if given.items[item].explodes or made.orders[order].marks & PASS:
            made.orders[order].bom = _bom_of(given, item, max(made.orders[order].start, given.knobs.today))
            complete &= made.orders[order].bom >= 0
    return complete


@compiled
def _bom_of(given: Given, item: int, day: int) -> int:
    boms = given.boms
    for bom in range(given.items[item].first_bom, given.items[item + 1].first_bom):
        if boms[bom].valid_from <= day < boms[bom].valid_to:
            return bom
    return -1


@compiled
def _sort_orders(made: Made, first: int, last: int) -> None:
    days, planned = np.empty(last - first, np.int64), made.orders[first:last].copy()
    for at in range(last - first):
        days[at] = planned[at].due
    for at, number in enumerate(np.argsort(days, kind="mergesort")):
        made.orders[first + at] = planned[number]
