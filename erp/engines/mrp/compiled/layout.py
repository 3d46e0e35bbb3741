"""What the compiled planner works on: tuples of arrays, days as int32, quantities as int64 micro-units."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

try:
    from numba import njit
except ImportError:  # pragma: no cover - the planner then runs these functions as they are, only slower
    njit = None

Array = NDArray[Any]
F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function over arrays; its machine code is kept beside it for the next process."""
    return function if njit is None else cast("F", njit(cache=True, error_model="numpy")(function))


PAST_DUE, SAFETY, LATE, NO_BOM, FENCED, PASS, PEGGED = 1, 2, 4, 8, 16, 32, 64
EXPEDITE, DEFER, INCREASE, DECREASE, CANCEL = range(5)
ON_TIME, OVERDUE, LEAD_TIME, LATE_SUPPLY, FENCE = range(5)
STOCK, OUTPUT, REPLACED, NOTHING, FIRST_RECEIPT = -1, -2, -3, -4, -10
"""Codes of sources beside orders (their number): stock, a by-product, a substitute's stock, none, and receipts from
FIRST_RECEIPT downwards."""

TOPS = 5
ORDERS, ADVICE, EDGES, SUBSTITUTIONS, NEEDS, SPAN, COUNTERS = range(7)
"""Places of the counters of what there is and, COUNTERS further, of how much room the next item needs."""


class Calendar(NamedTuple):
    """Working days between ``first`` and ``end``; ``before[i]``: how many lie before day first + i."""

    first: int
    end: int
    days: Array
    before: Array


class Knobs(NamedTuple):
    """Today and the rules of the company; ``substitutes``: the most that one line has."""

    today: int
    dependent_priority: int
    reschedule: int
    dampener: int
    increase: int
    net_phantoms: bool
    partly: bool
    substitutes: int


class Items(NamedTuple):
    """One row an item."""

    free: Array
    safety: Array
    lead: Array
    low: Array
    multiple: Array
    high: Array
    step: Array
    explodes: Array
    lot_policy: Array
    fixed_lot: Array
    lot_days: Array
    max_stock: Array
    fence: Array
    order_policy: Array
    phantom: Array


class Boms(NamedTuple):
    """Bills by item: those of item i are ``first[i]`` to ``first[i + 1]``."""

    first: Array
    valid_from: Array
    valid_to: Array


class Uses(NamedTuple):
    """Lines by component: those that name item i are ``first[i]`` to ``first[i + 1]``, by line number.

    number, divisor, mode  the ratio of steps needed, how it is rounded.   whole  micro-units per micro-unit, if whole.
    limit                  the largest quantity whose product with ``number`` (or ``whole``) fits 64 bits.
    """

    first: Array
    line: Array
    parent: Array
    bom: Array
    number: Array
    divisor: Array
    limit: Array
    whole: Array
    mode: Array
    fixed: Array
    valid_from: Array
    valid_to: Array
    skip: Array
    output: Array


class Substitutes(NamedTuple):
    """What may replace the component of line l: ``first[l]`` to ``first[l + 1]``, by rank."""

    first: Array
    item: Array
    ratio: Array
    valid_from: Array
    valid_to: Array


class Demands(NamedTuple):
    """Open demands by item in the order they are served; ``index`` is their place in the problem."""

    first: Array
    index: Array
    day: Array
    quantity: Array
    early: Array
    group: Array


class Receipts(NamedTuple):
    """Receipts by item and day; ``index`` is their place in the problem."""

    first: Array
    index: Array
    day: Array
    quantity: Array
    fixed: Array
    group: Array


class Given(NamedTuple):
    """The whole problem."""

    knobs: Knobs
    calendar: Calendar
    items: Items
    boms: Boms
    uses: Uses
    substitutes: Substitutes
    demands: Demands
    receipts: Receipts


class Made(NamedTuple):
    """What grows during a run: orders, advice, pegging edges, substitutions."""

    due: Array
    start: Array
    need: Array
    quantity: Array
    flags: Array
    sequence: Array
    bom: Array
    group: Array
    advised: Array
    advice: Array
    advice_day: Array
    advice_quantity: Array
    edge_parent: Array
    edge_line: Array
    edge_source: Array
    edge_day: Array
    replaced: Array
    replacing: Array
    replaced_day: Array
    replaced_quantity: Array
    replaced_used: Array


class State(NamedTuple):
    """What is known of each item, receipt and demand so far. Orders of item i: ``first[i]`` to ``last[i]``."""

    first: Array
    last: Array
    edge_first: Array
    edge_last: Array
    left: Array
    raised: Array
    surplus: Array
    from_stock: Array
    count: Array


class Scratch(NamedTuple):
    """Room for the needs of one item (as gathered, then in order), its by-products and its sources."""

    raw_day: Array
    raw_quantity: Array
    raw_parent: Array
    raw_use: Array
    raw_group: Array
    day: Array
    quantity: Array
    parent: Array
    use: Array
    group: Array
    output_day: Array
    output_quantity: Array
    days: Array
    source: Array
    source_key: Array
    source_quantity: Array
    source_day: Array


def room_for_needs(size: int, span: int) -> Scratch:
    """Return scratch arrays for so many needs and days."""
    i32, i64 = (lambda: np.empty(size, np.int32)), (lambda: np.empty(size, np.int64))
    raw = (i32(), i64(), i32(), i32(), i32())
    ordered = (i32(), i64(), i32(), i32(), i32())
    sources = (i32(), i64(), i64(), i32())
    return Scratch(*raw, *ordered, i32(), i64(), np.zeros(span, np.int64), *sources)
