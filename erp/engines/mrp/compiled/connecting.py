"""Pegging the needs of one item to its sources, compiled; the same rules as in `erp.engines.mrp.pegging`."""

import numpy as np

from erp.engines.mrp.compiled.layout import (
    EDGES,
    FIRST_RECEIPT,
    OUTPUT,
    REPLACED,
    STOCK,
    SUBSTITUTIONS,
    Array,
    Given,
    Made,
    Scratch,
    State,
    compiled,
)
from erp.engines.mrp.compiled.pegged import groups_of
from erp.engines.mrp.problem import MIXED, POOL, TO_STOCK

FIRST_OF_ALL = -(1 << 40)
RECEIPT_KIND, ORDER_KIND, OUTPUT_KIND, REPLACED_KIND, KINDS = 0, 1, 2, 3, 8


@compiled
def connect(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, int, int, int]) -> None:
    """Write the edges of an item; ``own``: the item, its needs and by-products, where its substitutions begin."""
    item, needs, outputs, replaced = own
    policy = given.items.order_policy[item]
    if policy == TO_STOCK:
        count = _add_stock(scratch, given.items.free[item], 0)
        count = _add_receipts(given, state, scratch, item, count)
        count = _add_orders(made, state, scratch, (item, POOL, count))
        count = _add_others(given, made, state, scratch, (outputs, replaced, count))
        _peg(made, state, scratch, (np.arange(needs), count))
        return
    first, last = given.receipts.first[item], given.receipts.first[item + 1]
    shared = np.zeros(last - first + 1, np.int64)
    shared[0] = given.items.free[item] if policy == MIXED else 0
    for receipt in range(first, last):
        if given.receipts.group[receipt] == POOL:
            shared[1 + receipt - first] = given.receipts.quantity[receipt] + state.raised[receipt]
    numbers, starts = groups_of(scratch, needs)
    for number in range(len(starts) - 1):
        of_group = numbers[starts[number] : starts[number + 1]]
        count = _add_group(given, made, state, scratch, (item, of_group, shared))
        _peg(made, state, scratch, (of_group, count))
    _connect_rest(given, made, state, scratch, (item, needs, outputs, replaced, shared))


@compiled
def _connect_rest(
    given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, int, int, int, Array]
) -> None:
    """The pool of an item made to order: what its groups left."""
    item, needs, outputs, replaced, shared = own
    is_mixed = given.items.order_policy[item] == MIXED
    count = _add_stock(scratch, shared[0] if is_mixed else given.items.free[item], 0)
    first = given.receipts.first[item]
    for at in range(1, len(shared)):
        count = _add_receipt(given, scratch, first + at - 1, shared[at], count)
    count = _add_orders(made, state, scratch, (item, POOL, count))
    count = _add_others(given, made, state, scratch, (outputs, replaced, count))
    _peg(made, state, scratch, (np.nonzero(scratch.group[:needs] == POOL)[0], count))


@compiled
def _add_group(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, Array, Array]) -> int:
    """Lay out a group's own supply and the part of what is shared that it lacks; return how many sources."""
    item, needs, shared = own
    group, lack, count = scratch.group[needs[0]], 0, 0
    first, last = given.receipts.first[item], given.receipts.first[item + 1]
    for need in needs:
        lack += scratch.quantity[need]
    for receipt in range(first, last):
        if given.receipts.group[receipt] == group:
            lack -= given.receipts.quantity[receipt] + state.raised[receipt]
    for order in range(state.first[item], state.last[item]):
        if made.group[order] == group:
            lack -= made.quantity[order]
    for at in range(len(shared)):
        taken = min(shared[at], max(lack, 0))
        lack -= taken
        shared[at] -= taken
        if at == 0:
            count = _add_stock(scratch, taken, count)
        else:
            count = _add_receipt(given, scratch, first + at - 1, taken, count)
    for receipt in range(first, last):
        if given.receipts.group[receipt] == group:
            count = _add_receipt(given, scratch, receipt, given.receipts.quantity[receipt], count)
    return _add_orders(made, state, scratch, (item, group, count))


@compiled
def _add(scratch: Scratch, at: int, what: tuple[int, int, int, int]) -> int:
    """Lay out a source: its code, day, kind and quantity."""
    code, day, kind, quantity = what
    if quantity <= 0:
        return at
    scratch.source[at], scratch.source_quantity[at], scratch.source_day[at] = code, quantity, day
    scratch.source_key[at] = day * KINDS + kind
    return at + 1


@compiled
def _add_stock(scratch: Scratch, quantity: int, at: int) -> int:
    after = _add(scratch, at, (STOCK, 0, 0, quantity))
    if after > at:
        scratch.source_key[at] = FIRST_OF_ALL
    return after


@compiled
def _add_receipt(given: Given, scratch: Scratch, receipt: int, quantity: int, at: int) -> int:
    return _add(scratch, at, (FIRST_RECEIPT - receipt, given.receipts.day[receipt], RECEIPT_KIND, quantity))


@compiled
def _add_receipts(given: Given, state: State, scratch: Scratch, item: int, at: int) -> int:
    for receipt in range(given.receipts.first[item], given.receipts.first[item + 1]):
        quantity = given.receipts.quantity[receipt] + state.raised[receipt]
        at = _add_receipt(given, scratch, receipt, quantity, at)
    return at


@compiled
def _add_orders(made: Made, state: State, scratch: Scratch, own: tuple[int, int, int]) -> int:
    item, group, at = own
    for order in range(state.first[item], state.last[item]):
        if made.group[order] == group:
            at = _add(scratch, at, (order, made.due[order], ORDER_KIND, made.quantity[order]))
    return at


@compiled
def _add_others(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, int, int]) -> int:
    outputs, replaced, at = own
    for number in range(outputs):
        day = scratch.output_day[number]
        at = _add(scratch, at, (OUTPUT, day, OUTPUT_KIND, scratch.output_quantity[number]))
    for number in range(replaced, state.count[SUBSTITUTIONS]):
        what = (REPLACED, made.replaced_day[number], REPLACED_KIND, made.replaced_quantity[number])
        at = _add(scratch, at, what)
    return at


@compiled
def _sort_sources(scratch: Scratch, count: int) -> None:
    in_order = True
    for at in range(1, count):
        in_order &= scratch.source_key[at - 1] <= scratch.source_key[at]
    if in_order:
        return
    by_key = np.argsort(scratch.source_key[:count], kind="mergesort")
    scratch.source[:count] = scratch.source[:count][by_key]
    scratch.source_quantity[:count] = scratch.source_quantity[:count][by_key]
    scratch.source_day[:count] = scratch.source_day[:count][by_key]


@compiled
def _peg(made: Made, state: State, scratch: Scratch, own: tuple[Array, int]) -> None:
    """Give the sources to the needs in their order: two pointers."""
    needs, count = own
    _sort_sources(scratch, count)
    source, left = 0, scratch.source_quantity[0] if count > 0 else 0
    at = state.count[EDGES]
    for need in needs:
        wanted = scratch.quantity[need]
        while wanted > 0 and source < count:
            taken = min(wanted, left)
            made.edge_parent[at], made.edge_line[at] = scratch.parent[need], scratch.use[need]
            made.edge_source[at], made.edge_day[at] = scratch.source[source], scratch.source_day[source]
            if scratch.parent[need] < 0 and scratch.source[source] == STOCK:
                state.from_stock[-1 - scratch.parent[need]] += taken
            at += 1
            wanted -= taken
            left -= taken
            if left == 0:
                source += 1
                left = scratch.source_quantity[source] if source < count else 0
    state.count[EDGES] = at
