"""Pulling an item's needs together from its demands and its parents' planned orders, in the order they are served."""

import numpy as np

from erp.engines.mrp.compiled.arithmetic import needed, ratio_of
from erp.engines.mrp.compiled.layout import (
    LEADS,
    NO_BOM,
    PASS,
    PAST_DUE,
    Array,
    Given,
    Made,
    Records,
    Scratch,
    compiled,
    lean,
)
from erp.engines.mrp.problem import MICRO, POOL, TO_STOCK

NONE_YET = 1 << 30


@lean
def survey(given: Given, item: int) -> tuple[int, int, int, int, bool, bool]:
    """Return how many needs and by-products an item can have at most, the first and the last day of its needs (the
    last before the first: none), whether some are of skipped levels, whether a substitute may stand in for some.
    """
    uses, items, substitutes = given.uses, given.items, given.substitutes
    first, last = items[item].first_demand, items[item + 1].first_demand
    needs, outputs, skips, replaceable = last - first, 0, items[item].phantom, False
    low, high = NONE_YET, -NONE_YET
    if needs > 0:
        low, high = given.demands[first].day, given.demands[last - 1].day
    for use in range(items[item].first_use, items[item + 1].first_use):
        parent = items[uses[use].parent]
        orders = parent.last - parent.first
        if uses[use].output:
            outputs += orders
        elif orders > 0:
            needs += orders
            low, high = min(low, parent.earliest), max(high, parent.latest)
            skips |= uses[use].skip
            for number in range(uses[use].first_substitute, uses[use].last_substitute):
                replaceable |= items[substitutes[number].by].surplus > 0
    return needs, outputs, low, high, skips, replaceable


@lean
def _own_demands(given: Given, raw: Records, item: int, early: bool, at: int) -> int:
    demands, skip = given.demands, given.items[item].phantom
    for number in range(given.items[item].first_demand, given.items[item + 1].first_demand):
        if demands[number].early == early:
            need = raw[at]
            need.day = demands[number].day
            need.quantity = demands[number].quantity
            need.parent = -1 - demands[number].index
            need.use = -1
            need.group = demands[number].group
            need.skip = skip
            at += 1
    return at


@lean
def _of_line(
    made: Made, raw: Records, line: Records, where: tuple[int, int, int, int], what: tuple[int, int, bool]
) -> int:
    """Add what a parent's orders need by one line.

    where  the first and the last order, the next free place, the use.   what  the step, today, whether groups count.
    """
    first, last, at, use = where
    step, today, grouped = what
    bom, valid_from, valid_to, skip = line.bom, line.valid_from, line.valid_to, line.skip
    ratio = ratio_of(line)
    for number in range(first, last):
        pull = made.pulls[number]
        if pull.bom == bom and valid_from <= max(pull.start, today) < valid_to:
            need = raw[at]
            need.day = pull.start
            need.quantity = needed(ratio, pull.quantity, step)
            need.parent = number
            need.use = use
            need.group = made.orders[number].group if grouped else POOL
            need.skip = skip
            at += 1
    return at


@lean
def gather(given: Given, made: Made, scratch: Scratch, item: int) -> int:
    """Fill the raw needs of an item, those of one day in the order they are served; return how many there are."""
    raw, uses, items = scratch.raw, given.uses, given.items
    at = _own_demands(given, raw, item, True, 0)
    what = (items[item].step, given.knobs.today, items[item].order_policy != TO_STOCK)
    for use in range(items[item].first_use, items[item + 1].first_use):
        if not uses[use].output:
            parent = items[uses[use].parent]
            at = _of_line(made, raw, uses[use], (parent.first, parent.last, at, use), what)
    return _own_demands(given, raw, item, False, at)


@lean
def gather_outputs(given: Given, made: Made, scratch: Scratch, item: int) -> int:
    """Fill the by-products of an item by day; return how many there are."""
    uses, items, today = given.uses, given.items, given.knobs.today
    at, step = 0, items[item].step
    for use in range(items[item].first_use, items[item + 1].first_use):
        line, parent = uses[use], items[uses[use].parent]
        if not line.output:
            continue
        ratio = ratio_of(line)
        for number in range(parent.first, parent.last):
            pull = made.pulls[number]
            if pull.bom == line.bom and line.valid_from <= max(pull.start, today) < line.valid_to:
                quantity = needed(ratio, pull.quantity, step)
                if quantity > 0:
                    scratch.outputs[at].day = made.orders[number].due
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


@lean
def span_of(raw: Records, count: int) -> tuple[int, int]:
    """Return the first day of the raw needs and the days from it to the last."""
    low = high = raw[0].day
    for at in range(1, count):
        day = raw[at].day
        low, high = min(low, day), max(high, day)
    return low, high - low + 1


@lean
def sort_by_counting(raw: Records, needs: Records, places: Array, shape: tuple[int, int, int]) -> None:
    """Bring the raw needs in order by day, each day's as they are; ``shape``: how many, the first day, the days."""
    count, low, span = shape
    places[: span + 1] = 0
    for at in range(count):
        places[raw[at].day - low + 1] += 1
    for day in range(1, span + 1):
        places[day] += places[day - 1]
    for at in range(count):
        day = raw[at].day - low
        place = places[day]
        places[day] = place + 1
        needs[place] = raw[at]


@compiled
def sort_by_comparing(raw: Records, needs: Records, count: int) -> None:
    """Bring the raw needs in order by day, each day's as they are, when the days lie far apart."""
    days = np.empty(count, np.int64)
    for at in range(count):
        days[at] = raw[at].day
    for place, at in enumerate(np.argsort(days, kind="mergesort")):
        needs[place] = raw[at]


@lean
def list_days(scratch: Scratch, count: int) -> int:
    """Sum up the needs in order by day, those of groups left out; return how many days there are."""
    needs, daily = scratch.needs, scratch.daily
    days = at = 0
    while at < count:
        row = daily[days]
        row.day, row.normal, row.skipped, row.first = needs[at].day, 0, 0, at
        while at < count and needs[at].day == row.day:
            if needs[at].group == POOL:
                if needs[at].skip:
                    row.skipped += needs[at].quantity
                else:
                    row.normal += needs[at].quantity
            at += 1
        row.last = at
        if row.normal > 0 or row.skipped > 0:
            days += 1
    return days


@lean
def close_orders(given: Given, made: Made, item: int) -> None:
    """Bring the orders of an item in order by due day, number them, find their bills."""
    first, last = given.items[item].first, given.items[item].last
    in_order = True
    for order in range(first + 1, last):
        in_order &= made.orders[order - 1].due <= made.orders[order].due
    if not in_order:
        _sort_orders(made, first, last)
    only = given.items[item].first_bom
    is_single = given.items[item + 1].first_bom == only + 1 and given.items[item].explodes
    always = is_single and given.boms[only].valid_from <= given.knobs.today
    _number(made, given.items, item, only if always else -1)
    if given.items[item + 1].first_move > given.items[item].first_move:
        _move(given, made, item)
    if always and given.items[item].latest < given.boms[only].valid_to:
        return
    for order in range(first, last):
        pull = made.pulls[order]
        pull.bom = -1
        if given.items[item].explodes or made.orders[order].marks & PASS:
            pull.bom = _bom_of(given, item, max(pull.start, given.knobs.today))
            if pull.bom < 0:
                made.orders[order].marks |= NO_BOM


@lean
def _number(made: Made, items: Records, item: int, bom: int) -> None:
    """Number the orders of each due day, give them a bill, note when they start and how large they are."""
    sequence, due, most, odd = 0, -NONE_YET, 0, 0
    earliest, latest = NONE_YET, -NONE_YET
    for number in range(items[item].first, items[item].last):
        order, pull = made.orders[number], made.pulls[number]
        sequence = sequence + 1 if order.due == due else 1
        order.sequence, due, pull.bom = sequence, order.due, bom
        earliest, latest = min(earliest, pull.start), max(latest, pull.start)
        most, odd = max(most, pull.quantity), odd | pull.quantity % MICRO
    items[item].earliest, items[item].latest = earliest, latest
    items[item].most = most if odd == 0 else -1


@lean
def _move(given: Given, made: Made, item: int) -> None:
    """Give the orders of an item that somebody moved their own start, and note anew when its orders start."""
    items, moves = given.items, given.moves
    earliest, latest = NONE_YET, -NONE_YET
    for number in range(items[item].first, items[item].last):
        order, pull = made.orders[number], made.pulls[number]
        for at in range(items[item].first_move, items[item + 1].first_move):
            move = moves[at]
            same = move.due == order.due and move.sequence == order.sequence and move.quantity == pull.quantity
            if same and not order.marks & PASS:
                pull.start = move.start
                order.marks = order.marks & ~PAST_DUE | (PAST_DUE if move.start < given.knobs.today else 0)
                order.marks |= (move.lead + 1) << LEADS
        earliest, latest = min(earliest, pull.start), max(latest, pull.start)
    items[item].earliest, items[item].latest = earliest, latest


@lean
def _bom_of(given: Given, item: int, day: int) -> int:
    boms = given.boms
    for bom in range(given.items[item].first_bom, given.items[item + 1].first_bom):
        if boms[bom].valid_from <= day < boms[bom].valid_to:
            return bom
    return -1


@compiled
def _sort_orders(made: Made, first: int, last: int) -> None:
    days, planned = np.empty(last - first, np.int64), made.orders[first:last].copy()
    pulls = made.pulls[first:last].copy()
    for at in range(last - first):
        days[at] = planned[at].due
    for at, number in enumerate(np.argsort(days, kind="mergesort")):
        made.orders[first + at], made.pulls[first + at] = planned[number], pulls[number]
