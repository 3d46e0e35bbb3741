"""Pegging the needs of one item to its sources, compiled; the same rules as in `erp.engines.mrp.pegging`."""

import numpy as np

from erp.engines.mrp.compiled.layout import (
    EDGES,
    FIRST_RECEIPT,
    OUTPUT,
    REPLACED,
    REPLACEMENTS,
    STOCK,
    Array,
    Given,
    Made,
    Records,
    Scratch,
    State,
    compiled,
    lean,
)
from erp.engines.mrp.compiled.pegged import groups_of, pooled_needs
from erp.engines.mrp.problem import MIXED, POOL, TO_STOCK

FIRST_OF_ALL = -(1 << 40)
RECEIPT_KIND, ORDER_KIND, OUTPUT_KIND, REPLACED_KIND, KINDS = 0, 1, 2, 3, 8


@compiled
def connect(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, int, int, int]) -> None:
    """Write the edges of an item; ``own``: the item, its needs and by-products, where its substitutions begin."""
    item, needs, outputs, replaced = own
    policy = given.items[item].order_policy
    if policy == TO_STOCK:
        count = lay_sources(given, made, scratch, (item, outputs, (replaced, state.count[REPLACEMENTS])))
        _peg(made, state, scratch, (np.arange(needs), count))
        return
    first, last = given.items[item].first_receipt, given.items[item + 1].first_receipt
    shared = np.zeros(last - first + 1, np.int64)
    shared[0] = given.items[item].free if policy == MIXED else 0
    for receipt in range(first, last):
        if given.receipts[receipt].group == POOL:
            shared[1 + receipt - first] = given.receipts[receipt].quantity + given.receipts[receipt].raised
    numbers, starts = groups_of(scratch, needs)
    for number in range(len(starts) - 1):
        of_group = numbers[starts[number] : starts[number + 1]]
        count = _add_group(given, made, state, scratch, (item, of_group, shared))
        _peg(made, state, scratch, (of_group, count))
    _connect_rest(given, made, state, scratch, (item, needs, outputs, replaced, shared))


@lean
def lay_sources(given: Given, made: Made, scratch: Scratch, own: tuple[int, int, tuple[int, int]]) -> int:
    """Lay out the sources of a pooled item in time, return how many; ``own``: the item, its by-products, where its
    substitutions begin and end.
    """
    item, outputs, replaced = own
    count = _add_stock(scratch, given.items[item].free, 0)
    count = _add_receipts(given, scratch, item, count)
    count = _add_orders(given, made, scratch, (item, POOL, count))
    count = _add_others(made, scratch, (outputs, replaced, count))
    _sort_sources(scratch.sources, count)
    return count


@compiled
def _connect_rest(
    given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, int, int, int, Array]
) -> None:
    """The pool of an item made to order: what its groups left."""
    item, needs, outputs, replaced, shared = own
    is_mixed = given.items[item].order_policy == MIXED
    count = _add_stock(scratch, shared[0] if is_mixed else given.items[item].free, 0)
    first = given.items[item].first_receipt
    for at in range(1, len(shared)):
        count = _add_receipt(given, scratch, first + at - 1, shared[at], count)
    count = _add_orders(given, made, scratch, (item, POOL, count))
    count = _add_others(made, scratch, (outputs, (replaced, state.count[REPLACEMENTS]), count))
    _peg(made, state, scratch, (pooled_needs(scratch, needs), count))


@lean
def _add_group(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, Array, Array]) -> int:
    """Lay out a group's own supply and the part of what is shared that it lacks; return how many sources."""
    item, needs, shared = own
    group, lack, count = scratch.needs[needs[0]].group, 0, 0
    first, last = given.items[item].first_receipt, given.items[item + 1].first_receipt
    for need in needs:
        lack += scratch.needs[need].quantity
    for receipt in range(first, last):
        if given.receipts[receipt].group == group:
            lack -= given.receipts[receipt].quantity + given.receipts[receipt].raised
    for order in range(given.items[item].first, given.items[item].last):
        if made.orders[order].group == group:
            lack -= made.pulls[order].quantity
    for at in range(len(shared)):
        taken = min(shared[at], max(lack, 0))
        lack -= taken
        shared[at] -= taken
        if at == 0:
            count = _add_stock(scratch, taken, count)
        else:
            count = _add_receipt(given, scratch, first + at - 1, taken, count)
    for receipt in range(first, last):
        if given.receipts[receipt].group == group:
            count = _add_receipt(given, scratch, receipt, given.receipts[receipt].quantity, count)
    return _add_orders(given, made, scratch, (item, group, count))


@lean
def _add(sources: Records, at: int, what: tuple[int, int, int, int]) -> int:
    """Lay out a source: its code, day, kind and quantity."""
    code, day, kind, quantity = what
    if quantity <= 0:
        return at
    source = sources[at]
    source.code, source.quantity, source.day = code, quantity, day
    source.key = day * KINDS + kind
    return at + 1


@lean
def _add_stock(scratch: Scratch, quantity: int, at: int) -> int:
    after = _add(scratch.sources, at, (STOCK, 0, 0, quantity))
    if after > at:
        scratch.sources[at].key = FIRST_OF_ALL
    return after


@lean
def _add_receipt(given: Given, scratch: Scratch, receipt: int, quantity: int, at: int) -> int:
    return _add(scratch.sources, at, (FIRST_RECEIPT - receipt, given.receipts[receipt].day, RECEIPT_KIND, quantity))


@lean
def _add_receipts(given: Given, scratch: Scratch, item: int, at: int) -> int:
    for receipt in range(given.items[item].first_receipt, given.items[item + 1].first_receipt):
        quantity = given.receipts[receipt].quantity + given.receipts[receipt].raised
        at = _add_receipt(given, scratch, receipt, quantity, at)
    return at


@lean
def _add_orders(given: Given, made: Made, scratch: Scratch, own: tuple[int, int, int]) -> int:
    item, group, at = own
    orders, sources = made.orders, scratch.sources
    for number in range(given.items[item].first, given.items[item].last):
        order = orders[number]
        if order.group == group:
            at = _add(sources, at, (number, order.due, ORDER_KIND, made.pulls[number].quantity))
    return at


@lean
def _add_others(made: Made, scratch: Scratch, own: tuple[int, tuple[int, int], int]) -> int:
    outputs, (begin, end), at = own
    for number in range(outputs):
        day = scratch.outputs[number].day
        at = _add(scratch.sources, at, (OUTPUT, day, OUTPUT_KIND, scratch.outputs[number].quantity))
    for number in range(begin, end):
        what = (REPLACED, made.replaced[number].day, REPLACED_KIND, made.replaced[number].quantity)
        at = _add(scratch.sources, at, what)
    return at


@compiled
def _sort_sources(sources: Records, count: int) -> None:
    in_order = True
    for at in range(1, count):
        in_order &= sources[at - 1].key <= sources[at].key
    if in_order:
        return
    keys, found = np.empty(count, np.int64), sources[:count].copy()
    for at in range(count):
        keys[at] = found[at].key
    for at, number in enumerate(np.argsort(keys, kind="mergesort")):
        sources[at] = found[number]


@lean
def _peg(made: Made, state: State, scratch: Scratch, own: tuple[Array, int]) -> None:
    needs, count = own
    _sort_sources(scratch.sources, count)
    state.count[EDGES] = _two_pointers(
        (scratch.needs, scratch.sources, made.edges), state.from_stock, needs, (count, state.count[EDGES])
    )


@lean
def _two_pointers(
    tables: tuple[Records, Records, Records], from_stock: Array, numbers: Array, own: tuple[int, int]
) -> int:
    """Give the sources to the needs in their order; return where the edges end."""
    needs, sources, edges = tables
    count, at = own
    source, left = 0, sources[0].quantity if count > 0 else 0
    for number in numbers:
        need = needs[number]
        wanted = need.quantity
        while wanted > 0 and source < count:
            taken = min(wanted, left)
            edge = edges[at]
            edge.parent, edge.use = need.parent, need.use
            edge.source, edge.day = sources[source].code, sources[source].day
            if need.parent < 0 and edge.source == STOCK:
                from_stock[-1 - need.parent] += taken
            at += 1
            wanted -= taken
            left -= taken
            if left == 0:
                source += 1
                left = sources[source].quantity if source < count else 0
    return at
