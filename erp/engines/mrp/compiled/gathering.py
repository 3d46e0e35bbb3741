"""Pulling an item's needs together from its demands and its parents' planned orders, in the order they are served."""

import numpy as np

from erp.engines.mrp.compiled.arithmetic import needed
from erp.engines.mrp.compiled.layout import PASS, Given, Made, Scratch, State, compiled
from erp.engines.mrp.problem import POOL, TO_STOCK


@compiled
def count_needs(given: Given, state: State, item: int) -> tuple[int, int]:
    """Return how many needs and by-products an item can have at most."""
    uses = given.uses
    needs, outputs = given.demands.first[item + 1] - given.demands.first[item], 0
    for use in range(uses.first[item], uses.first[item + 1]):
        parent = uses.parent[use]
        orders = state.last[parent] - state.first[parent]
        if uses.output[use]:
            outputs += orders
        else:
            needs += orders
    return needs, outputs


@compiled
def is_used(given: Given, made: Made, use: int, order: int) -> bool:
    """Return whether a line is of the bill an order is made by, and valid then."""
    if made.bom[order] != given.uses.bom[use]:
        return False
    day = max(made.start[order], given.knobs.today)
    return given.uses.valid_from[use] <= day < given.uses.valid_to[use]


@compiled
def _own_demands(given: Given, scratch: Scratch, item: int, early: bool, at: int) -> int:
    demands = given.demands
    for number in range(demands.first[item], demands.first[item + 1]):
        if demands.early[number] == early:
            scratch.raw_day[at] = demands.day[number]
            scratch.raw_quantity[at] = demands.quantity[number]
            scratch.raw_parent[at] = -1 - demands.index[number]
            scratch.raw_use[at] = -1
            scratch.raw_group[at] = demands.group[number]
            at += 1
    return at


@compiled
def _of_parent(given: Given, made: Made, state: State, scratch: Scratch, where: tuple[int, int, int]) -> int:
    """Add what the orders of one parent need by one line; ``where``: the line, the item, the next free place."""
    use, item, at = where
    uses, parent = given.uses, given.uses.parent[where[0]]
    step, grouped = given.items.step[item], given.items.order_policy[item] != TO_STOCK
    for order in range(state.first[parent], state.last[parent]):
        if is_used(given, made, use, order):
            scratch.raw_day[at] = made.start[order]
            scratch.raw_quantity[at] = needed(uses, use, made.quantity[order], step)
            scratch.raw_parent[at] = order
            scratch.raw_use[at] = use
            scratch.raw_group[at] = made.group[order] if grouped else POOL
            at += 1
    return at


@compiled
def gather(given: Given, made: Made, state: State, scratch: Scratch, item: int) -> int:
    """Fill the raw needs of an item, those of one day in the order they are served; return how many there are."""
    at = _own_demands(given, scratch, item, True, 0)
    uses = given.uses
    for use in range(uses.first[item], uses.first[item + 1]):
        if not uses.output[use]:
            at = _of_parent(given, made, state, scratch, (use, item, at))
    return _own_demands(given, scratch, item, False, at)


@compiled
def gather_outputs(given: Given, made: Made, state: State, scratch: Scratch, item: int) -> int:
    """Fill the by-products of an item by day; return how many there are."""
    uses, at, step = given.uses, 0, given.items.step[item]
    for use in range(uses.first[item], uses.first[item + 1]):
        if not uses.output[use]:
            continue
        parent = uses.parent[use]
        for order in range(state.first[parent], state.last[parent]):
            if is_used(given, made, use, order):
                quantity = needed(uses, use, made.quantity[order], step)
                if quantity > 0:
                    scratch.output_day[at] = made.due[order]
                    scratch.output_quantity[at] = quantity
                    at += 1
    by_day = np.argsort(scratch.output_day[:at], kind="mergesort")
    scratch.output_day[:at] = scratch.output_day[:at][by_day]
    scratch.output_quantity[:at] = scratch.output_quantity[:at][by_day]
    return at


@compiled
def span_of(scratch: Scratch, count: int) -> tuple[int, int]:
    """Return the first day of the raw needs and the days from it to the last."""
    low = high = scratch.raw_day[0]
    for at in range(1, count):
        day = scratch.raw_day[at]
        low, high = min(low, day), max(high, day)
    return low, high - low + 1


@compiled
def sort_by_counting(scratch: Scratch, count: int, low: int, span: int) -> None:
    """Bring the raw needs in order by day, each day's as they are."""
    places = scratch.days
    places[: span + 1] = 0
    for at in range(count):
        places[scratch.raw_day[at] - low + 1] += 1
    for day in range(1, span + 1):
        places[day] += places[day - 1]
    for at in range(count):
        place = places[scratch.raw_day[at] - low]
        places[scratch.raw_day[at] - low] = place + 1
        _move(scratch, at, place)


@compiled
def sort_by_comparing(scratch: Scratch, count: int) -> None:
    """Bring the raw needs in order by day, each day's as they are, when the days lie far apart."""
    order = np.argsort(scratch.raw_day[:count], kind="mergesort")
    for place in range(count):
        _move(scratch, order[place], place)


@compiled
def _move(scratch: Scratch, at: int, place: int) -> None:
    scratch.day[place] = scratch.raw_day[at]
    scratch.quantity[place] = scratch.raw_quantity[at]
    scratch.parent[place] = scratch.raw_parent[at]
    scratch.use[place] = scratch.raw_use[at]
    scratch.group[place] = scratch.raw_group[at]


@compiled
def is_skip(given: Given, scratch: Scratch, at: int, item: int) -> bool:
    """Return whether a need is of a skipped level."""
    use = scratch.use[at]
    return given.uses.skip[use] if use >= 0 else given.items.phantom[item]


@compiled
def close_orders(given: Given, made: Made, state: State, item: int) -> bool:
    """Bring the orders of an item in order by due day, number them, find their bills; False: one has none."""
    first, last = state.first[item], state.last[item]
    in_order = True
    for order in range(first + 1, last):
        in_order &= made.due[order - 1] <= made.due[order]
    if not in_order:
        _sort_orders(made, first, last)
    complete, sequence = True, 0
    for order in range(first, last):
        sequence = sequence + 1 if order > first and made.due[order] == made.due[order - 1] else 1
        made.sequence[order] = sequence
        made.bom[order] = -1
        if given.items.explodes[item] or made.flags[order] & PASS:
            made.bom[order] = _bom_of(given, item, max(made.start[order], given.knobs.today))
            complete &= made.bom[order] >= 0
    return complete


@compiled
def _bom_of(given: Given, item: int, day: int) -> int:
    boms = given.boms
    for bom in range(boms.first[item], boms.first[item + 1]):
        if boms.valid_from[bom] <= day < boms.valid_to[bom]:
            return bom
    return -1


@compiled
def _sort_orders(made: Made, first: int, last: int) -> None:
    by_due = np.argsort(made.due[first:last], kind="mergesort")
    made.due[first:last] = made.due[first:last][by_due]
    made.start[first:last] = made.start[first:last][by_due]
    made.need[first:last] = made.need[first:last][by_due]
    made.quantity[first:last] = made.quantity[first:last][by_due]
    made.flags[first:last] = made.flags[first:last][by_due]
    made.group[first:last] = made.group[first:last][by_due]
