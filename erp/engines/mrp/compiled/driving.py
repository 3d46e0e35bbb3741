"""The run itself: item after item by low-level code, with room made before each."""

import numpy as np

from erp.engines.mrp.compiled.arithmetic import cap_of
from erp.engines.mrp.compiled.connecting import connect
from erp.engines.mrp.compiled.gathering import (
    close_orders,
    count_needs,
    gather,
    gather_outputs,
    sort_by_comparing,
    sort_by_counting,
    span_of,
)
from erp.engines.mrp.compiled.layout import (
    ADVICE,
    COUNTERS,
    EDGES,
    NEEDS,
    ORDERS,
    REPLACEMENTS,
    SPAN,
    Array,
    Given,
    Made,
    Scratch,
    State,
    compiled,
)
from erp.engines.mrp.compiled.pegged import pooled_needs, serve_groups
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


@compiled
def plan_items(given: Given, made: Made, state: State, scratch: Scratch, way: tuple[Array, int, bool]) -> int:
    """Plan items from number ``at`` on; return where it had to stop for want of room, or their number.

    ``way``: the items by level, where to begin, whether edges are written.
    """
    items, at, with_edges = way
    while at < len(items):
        if not _plan_item(given, made, state, scratch, (items[at], with_edges)):
            return at
        at += 1
    return at


@compiled
def _asks(state: State, counter: int, room: int, has: int) -> bool:
    """Write down how much room is needed; return whether there is so much."""
    state.count[COUNTERS + counter] = room
    return room <= has


@compiled
def _most_orders(given: Given, scratch: Scratch, item: int, needs: int) -> int:
    """Return the most orders an item can get."""
    items, turns = given.items, 2 * needs + 3
    lot = items[item].fixed_lot if items[item].lot_policy == FIXED_LOT else cap_of(items, item)
    if lot <= 0:
        return turns
    total = items[item].safety
    for at in range(needs):
        total += scratch.raw[at].quantity
    if items[item].lot_policy == MIN_MAX:
        total += turns * items[item].max_stock
    return turns + min(total // lot, turns * SPLITS)


@compiled
def _has_room(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, int, int, bool]) -> bool:
    item, needs, outputs, with_edges = own
    receipts = given.items[item + 1].first_receipt - given.items[item].first_receipt
    orders, replaced = _most_orders(given, scratch, item, needs), needs * given.knobs.substitutes
    sources = orders + 2 * receipts + outputs + replaced + 4
    edges = needs + 2 * sources if with_edges else 0
    fits = _asks(state, ORDERS, state.count[ORDERS] + orders, len(made.orders))
    fits &= _asks(state, ADVICE, state.count[ADVICE] + 3 * receipts + needs + 4, len(made.advice))
    fits &= _asks(state, EDGES, state.count[EDGES] + edges, len(made.edges))
    fits &= _asks(state, REPLACEMENTS, state.count[REPLACEMENTS] + replaced, len(made.replaced))
    return fits & _asks(state, NEEDS, max(needs, sources, outputs), len(scratch.needs))


@compiled
def _in_order(scratch: Scratch, state: State, needs: int) -> bool:
    if needs == 0:
        return True
    low, span = span_of(scratch.raw, needs)
    if span > 4 * needs + 4096:
        sort_by_comparing(scratch.raw, scratch.needs, needs)
        return True
    if not _asks(state, SPAN, span + 2, len(scratch.days)):
        return False
    sort_by_counting(scratch.raw, scratch.needs, scratch.days, (needs, low, span))
    return True


@compiled
def _plan_item(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, bool]) -> bool:
    item, with_edges = own
    needs, outputs = count_needs(given, item)
    if not _asks(state, NEEDS, max(needs, outputs), len(scratch.needs)):
        return False
    needs = gather(given, made, scratch, item)
    if not _in_order(scratch, state, needs) or not _has_room(
        given, made, state, scratch, (item, needs, outputs, with_edges)
    ):
        return False
    outputs = gather_outputs(given, made, scratch, item) if outputs > 0 else 0
    given.items[item].first = state.count[ORDERS]
    replaced = state.count[REPLACEMENTS]
    _net(given, made, state, scratch, (item, needs, outputs))
    given.items[item].last = state.count[ORDERS]
    close_orders(given, made, item)
    given.items[item].edge_first = state.count[EDGES]
    if with_edges and needs > 0:
        connect(given, made, state, scratch, (item, needs, outputs, replaced))
    given.items[item].edge_last = state.count[EDGES]
    return True


@compiled
def _net(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, int, int]) -> None:
    item, needs, outputs = own
    if given.items[item].order_policy == TO_STOCK:
        serve_pool(given, made, state, scratch, (item, needs, outputs, given.items[item].free))
        return
    free = serve_groups(given, made, state, scratch, (item, needs))
    kept = scratch
    pooled = pooled_needs(scratch, needs)
    if len(pooled) < needs:
        kept = _only(scratch, pooled)
    serve_pool(given, made, state, kept, (item, len(pooled), outputs, free))


@compiled
def _only(scratch: Scratch, numbers: Array) -> Scratch:
    """Return the scratch with only some of its needs in order; the rest is shared with the original."""
    return Scratch(scratch.raw, scratch.needs[numbers], scratch.outputs, scratch.days, scratch.sources)
