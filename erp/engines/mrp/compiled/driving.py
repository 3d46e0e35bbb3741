"""The run itself: item after item by low-level code, with room made before each."""

import numpy as np

from erp.engines.mrp.compiled.arithmetic import cap_of
from erp.engines.mrp.compiled.connecting import connect
from erp.engines.mrp.compiled.daily import edges_of, list_sums, sum_needs
from erp.engines.mrp.compiled.gathering import (
    close_orders,
    gather,
    gather_outputs,
    list_days,
    sort_by_comparing,
    sort_by_counting,
    survey,
)
from erp.engines.mrp.compiled.goals import begin_goals, look_down, note_since
from erp.engines.mrp.compiled.layout import (
    ADVICE,
    COUNTERS,
    EDGES,
    NEEDS,
    ORDERS,
    REPLACEMENTS,
    SPAN,
    WIDTH,
    Array,
    Given,
    Made,
    Scratch,
    State,
    compiled,
    lean,
)
from erp.engines.mrp.compiled.pegged import serve_groups
from erp.engines.mrp.compiled.pooling import serve_pool
from erp.engines.mrp.lots import SPLITS
from erp.engines.mrp.problem import FIXED_LOT, MIN_MAX, TO_STOCK


@compiled
def low_levels(first: Array, below: Array, count: int) -> tuple[Array, int]:
    """Return the low-level code of each item, and how many items have one; those in a circle have none.

    first, below  for item i its components ``below[first[i]:first[i + 1]]``.
    """
    above = np.zeros(count, np.int64)
    for item in below:
        above[item] += 1
    level = np.zeros(count, np.int64)
    queue = np.empty(count, np.int64)
    done = waiting = 0
    for item in range(count):
        if above[item] == 0:
            queue[waiting] = item
            waiting += 1
    while done < waiting:
        item = queue[done]
        done += 1
        for at in range(first[item], first[item + 1]):
            child = below[at]
            level[child] = max(level[child], level[item] + 1)
            above[child] -= 1
            if above[child] == 0:
                queue[waiting] = child
                waiting += 1
    return level, done


@lean
def plan_items(given: Given, made: Made, state: State, scratch: Scratch, way: tuple[Array, int, bool]) -> int:
    """Plan items from number ``at`` on; return where it had to stop for want of room, or their number.

    ``way``: the items by level, where to begin, whether it is found out what orders are for.
    """
    items, at, with_pegs = way
    while at < len(items):
        if not plan_item(given, made, state, scratch, (items[at], with_pegs)):
            return at
        at += 1
    return at


@lean
def halve(given: Given, items: Array, least: int) -> int:
    """Return where to part items, ``least`` at the earliest, so that both parts have about as much to do."""
    total = half = at = 0
    for item in items:
        total += _needs(given, item)
    while at < len(items) and (at < least or 2 * half < total):
        half += _needs(given, items[at])
        at += 1
    return at


@lean
def _needs(given: Given, item: int) -> int:
    """Return how much there is to do for an item: its needs, and about as much as ten of them in any case."""
    items, needs = given.items, 10
    for use in range(items[item].first_use, items[item + 1].first_use):
        parent = items[given.uses[use].parent]
        needs += parent.last - parent.first
    return needs


@lean
def _asks(state: State, counter: int, room: int, has: int) -> bool:
    """Write down how much room is needed; return whether there is so much."""
    state.count[COUNTERS + counter] = room
    return room <= has


@lean
def _most_orders(given: Given, item: int, turns: int, total: int) -> int:
    """Return the most orders an item can get that is short so many times and of so much."""
    items = given.items
    is_fixed = items[item].lot_policy == FIXED_LOT and items[item].fixed_lot > 0
    lot = items[item].fixed_lot if is_fixed else cap_of(items, item)
    if items[item].order_policy != TO_STOCK and items[item].high > 0:
        own = max(items[item].high // items[item].step * items[item].step, items[item].step)
        lot = min(lot, own) if lot > 0 else own
    if lot <= 0:
        return turns
    total += items[item].safety
    if items[item].lot_policy == MIN_MAX:
        total += turns * items[item].max_stock
    return turns + min(total // lot, turns * SPLITS)


@lean
def _total(scratch: Scratch, item: int, days: int) -> int:
    total = 0
    for at in range(days):
        total += scratch.daily[at].normal + scratch.daily[at].skipped
    return total


@lean
def has_room(given: Given, made: Made, state: State, own: tuple[int, int, int, int]) -> bool:
    """Ask for room for the results of an item; ``own``: the item, the most orders, substitutions and edges."""
    item, orders, replaced, edges = own
    receipts = given.items[item + 1].first_receipt - given.items[item].first_receipt
    room = state.count[ORDERS] + orders
    fits = _asks(state, ORDERS, room, len(made.orders))
    fits &= len(made.goals) == 0 or (len(given.receipts) + room) * WIDTH <= len(made.goals)
    fits &= _asks(state, ADVICE, state.count[ADVICE] + 3 * receipts + orders + 4, len(made.advice))
    fits &= _asks(state, EDGES, state.count[EDGES] + edges, len(made.edges))
    return fits & _asks(state, REPLACEMENTS, state.count[REPLACEMENTS] + replaced, len(made.replaced))


@lean
def plan_item(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, bool]) -> bool:
    item, with_pegs = own
    needs, outputs, low, high, skips, replaceable = survey(given, item)
    if not _asks(state, NEEDS, max(needs, outputs), len(scratch.needs)):
        return False
    given.items[item].advice_first = state.count[ADVICE]
    is_wide = high - low >= 4 * needs + 4096
    span = 0 if is_wide else max(high - low + 1, 0)
    if not _asks(state, SPAN, span + 2, len(scratch.days)):
        return False
    is_daily = given.items[item].order_policy == TO_STOCK and outputs == 0 and not replaceable and not is_wide
    given.items[item].daily = is_daily
    if is_daily:
        return _plan_daily(given, made, state, scratch, (item, needs, low, high, skips, with_pegs))
    return _plan_listed(given, made, state, scratch, (item, needs, outputs, low, span, replaceable, with_pegs))


@lean
def _plan_daily(
    given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, int, int, int, bool, bool]
) -> bool:
    """Plan an item whose needs are summed by day."""
    item, needs, low, high, skips, with_pegs = own
    sum_needs(given, made, scratch, (item, low, high))
    days = list_sums(scratch, low, high - low + 1, skips)
    receipts = given.items[item + 1].first_receipt - given.items[item].first_receipt
    orders = _most_orders(given, item, 2 * days + 3, _total(scratch, item, days))
    sources = orders + receipts + 1
    if not has_room(given, made, state, (item, orders, 0, 0)) or not _asks(
        state, NEEDS, needs + sources, len(scratch.needs)
    ):
        return False
    given.items[item].first = state.count[ORDERS]
    _net(given, made, state, scratch, (item, days, 0, given.items[item].free, False))
    if with_pegs:
        edges, sources = edges_of(given, made, state, scratch, (item, low, days, high))
        look_down(scratch.edges, made.goals, state, (0, edges, len(given.receipts)))
        note_since(made.goals, scratch, sources, len(given.receipts))
    return True


@lean
def _net(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, int, int, int, bool]) -> None:
    item = own[0]
    serve_pool(given, made, state, scratch, own)
    given.items[item].last, given.items[item].advice_last = state.count[ORDERS], state.count[ADVICE]
    close_orders(given, made, item)
    begin_goals(made.goals, given.items[item].first, given.items[item].last, len(given.receipts))


@lean
def _in_order(scratch: Scratch, needs: int, low: int, span: int) -> None:
    if needs == 0:
        return
    if span == 0:
        sort_by_comparing(scratch.raw, scratch.needs, needs)
    else:
        sort_by_counting(scratch.raw, scratch.needs, scratch.at, (needs, low, span))


@lean
def _plan_listed(
    given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, int, int, int, int, bool, bool]
) -> bool:
    """Plan an item whose needs are listed one by one: its by-products, groups and substitutes ask for it."""
    item, needs, outputs, low, span, replaceable, with_pegs = own
    needs = gather(given, made, scratch, item)
    _in_order(scratch, needs, low, span)
    days = list_days(scratch, needs)
    total, receipts = 0, given.items[item + 1].first_receipt - given.items[item].first_receipt
    for at in range(needs):
        total += scratch.needs[at].quantity
    orders = _most_orders(given, item, 2 * needs + 3, total)
    replaced = needs * given.knobs.substitutes if replaceable else 0
    sources = orders + 2 * receipts + outputs + replaced + 4
    edges = needs + 2 * sources if with_pegs else 0
    if not has_room(given, made, state, (item, orders, replaced, edges)) or not _asks(
        state, NEEDS, max(needs, sources), len(scratch.needs)
    ):
        return False
    outputs = gather_outputs(given, made, scratch, item) if outputs > 0 else 0
    given.items[item].first = state.count[ORDERS]
    replaced_from, free = state.count[REPLACEMENTS], given.items[item].free
    if given.items[item].order_policy != TO_STOCK:
        free = serve_groups(given, made, state, scratch, (item, needs))
    _net(given, made, state, scratch, (item, days, outputs, free, replaceable))
    given.items[item].edge_first = state.count[EDGES]
    if with_pegs and needs > 0:
        connect(given, made, state, scratch, (item, needs, outputs, replaced_from))
    given.items[item].edge_last = state.count[EDGES]
    if with_pegs:
        edged = (given.items[item].edge_first, given.items[item].edge_last, len(given.receipts))
        look_down(made.edges, made.goals, state, edged)
    return True
