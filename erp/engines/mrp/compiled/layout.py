"""What the compiled planner works on: arrays of records, days as int32, quantities as int64 micro-units.

Records, because a function compiled for two hundred separate arrays takes minutes to compile.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import llvmlite
import numba
import numpy as np
from numba import njit
from numpy.typing import NDArray

from erp.engines.mrp.compiled.keeping import keep
from erp.engines.mrp.source_text import SOURCE_TEXT

Array = NDArray[Any]
Records = Any
"""An array of records: numba reads ``records[i].field``, which numpy's types do not know."""

F = TypeVar("F", bound=Callable[..., Any])


def _machine_code() -> str:
    """Return where machine code is kept: a folder of its own for each text of the engine and what compiles it."""
    here = Path(__file__).parent
    base = here / "__pycache__" if os.access(here, os.W_OK) else Path.home() / ".cache" / "concord"
    versions = (sys.version, numba.__version__, llvmlite.__version__, np.__version__)
    return str(base / f"kernel-{SOURCE_TEXT.digest(*versions)}")


MACHINE_CODE = _machine_code()


def _compile(function: F, **options: Any) -> F:
    """Compile; the code runs without the interpreter's lock, so that another thread can do the other half."""
    found = njit(nogil=True, error_model="numpy", **options)(function)
    keep(found, MACHINE_CODE, SOURCE_TEXT)
    return cast("F", found)


def compiled(function: F) -> F:
    """Compile a function over arrays; its machine code is kept for the next process."""
    return _compile(function, _nrt=True)


def lean(function: F) -> F:
    """Compile a function that makes no array: it leaves out the counting of references, which costs most of a call."""
    return _compile(function, _nrt=False)


PAST_DUE, SAFETY, LATE, NO_BOM, FENCED, PASS, PEGGED = 1, 2, 4, 8, 16, 32, 64
EXPEDITE, DEFER, INCREASE, DECREASE, CANCEL = range(5)
ON_TIME, OVERDUE, LEAD_TIME, LATE_SUPPLY, FENCE = range(5)
STOCK, OUTPUT, REPLACED, NOTHING, FIRST_RECEIPT = -1, -2, -3, -4, -10
"""Codes of sources beside orders (their number): stock, a by-product, a substitute's stock, none, and receipts from
FIRST_RECEIPT downwards."""

MARKS, LEADS = 255, 8
"""The marks of an order that are flags of the plan; above LEADS bits, one more than the days a moved order takes."""

TOPS = 5
MORE, SINCE, WIDTH = TOPS, TOPS + 1, TOPS + 2
"""Places of the goals of an order or receipt: the ranks of the first TOPS demands it is for, lowest first (NO_RANK: no
more), 1 when there are others, the first day it serves."""

NO_RANK = (1 << 31) - 1

ORDERS, ADVICE, EDGES, REPLACEMENTS, NEEDS, SPAN, COUNTERS = range(7)
"""Places of the counters of what there is and, COUNTERS further, of how much room the next item needs."""

I1, I4, I8, YES = np.int8, np.int32, np.int64, np.bool_


def _record(**fields: Any) -> np.dtype[Any]:
    return np.dtype(list(fields.items()), align=True)


ITEM = _record(
    free=I8,
    safety=I8,
    low=I8,
    multiple=I8,
    high=I8,
    step=I8,
    fixed_lot=I8,
    max_stock=I8,
    spare=I8,
    surplus=I8,
    first_bom=I8,
    first_use=I8,
    first_demand=I8,
    first_receipt=I8,
    first_move=I8,
    edge_first=I8,
    edge_last=I8,
    advice_first=I8,
    advice_last=I8,
    first=I8,
    last=I8,
    most=I8,
    earliest=I4,
    latest=I4,
    lead=I4,
    lot_days=I4,
    fence=I4,
    lot_policy=I1,
    order_policy=I1,
    explodes=YES,
    phantom=YES,
    daily=YES,
)
"""An item. Bills, uses, demands, receipts, moves: from first_… to that of the next item (one more row ends it).

spare    free stock it does not need itself.   surplus  what substitution has left of it.
first, last  its orders so far.   earliest, latest  the days they start.   most  the largest of them, -1 when one is
not of whole pieces.
daily    its needs were summed by day, not listed.   edge_first, edge_last  the pegging edges of one that is not.
advice_first, advice_last  what is advised of its receipts.
"""

BOM = _record(valid_from=I4, valid_to=I4)
USE = _record(
    number=I8,
    divisor=I8,
    limit=I8,
    whole=I8,
    fixed=I8,
    line=I4,
    parent=I4,
    bom=I4,
    valid_from=I4,
    valid_to=I4,
    first_substitute=I4,
    last_substitute=I4,
    mode=I1,
    skip=YES,
    output=YES,
    always=YES,
)
"""A line seen from its component: ``line`` is its number, ``parent`` and ``bom`` what it is of.

number, divisor, mode  the ratio of steps needed, how it is rounded.   whole  micro-units per micro-unit, if whole.
limit                  the largest quantity whose product with ``number`` and ``whole`` fits 64 bits.
always                 it is valid on every day there is, and so is its bill, the only one of its parent.
"""

SUBSTITUTE = _record(ratio=I8, by=I4, valid_from=I4, valid_to=I4)
DEMAND = _record(quantity=I8, index=I4, day=I4, group=I4, early=YES)
RECEIPT = _record(quantity=I8, left=I8, raised=I8, index=I4, day=I4, group=I4, fixed=YES)
ORDER = _record(due=I4, need=I4, marks=I4, sequence=I4, group=I4)
PULL = _record(quantity=I8, start=I4, bom=I4)
"""What the components of an order see of it; a table of its own, as each of them goes through it."""

MOVE = _record(quantity=I8, due=I4, sequence=I4, start=I4, lead=I4)
ADVISED = _record(quantity=I8, receipt=I4, kind=I4, day=I4)
EDGE = _record(parent=I4, use=I4, source=I4, day=I4)
"""A need and one of its sources: ``parent`` an order, or -1 - the demand; ``use`` its place, -1 of a demand."""

REPLACEMENT = _record(quantity=I8, used=I8, main=I4, substitute=I4, day=I4)
SEAT = _record(there=I4, line=I4, main=I4, source=I4, finish=I4, blocked=YES)
"""When an order or receipt is there at last, and the component it waits for: day, line, item, source."""

NEED = _record(quantity=I8, day=I4, parent=I4, use=I4, group=I4, skip=YES)
DAY = _record(normal=I8, skipped=I8, day=I4, first=I4, last=I4)
"""What is needed on a day, and of what is skipped there; its needs in order are those from ``first`` to ``last``."""

BESIDE = _record(quantity=I8, day=I4)
SOURCE = _record(key=I8, quantity=I8, end=I8, code=I4, day=I4, since=I4)
"""A source; the needs in order that it serves lie below ``end``, counted in quantity; the first day it serves."""


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


class Given(NamedTuple):
    """The whole problem, and what is known of its items and receipts so far."""

    knobs: Knobs
    calendar: Calendar
    items: Records
    boms: Records
    uses: Records
    substitutes: Records
    demands: Records
    receipts: Records
    moves: Records


class Made(NamedTuple):
    """What grows during a run: orders (in two tables), advice, pegging edges, substitutions, the goals of receipts and
    then orders.
    """

    orders: Records
    pulls: Records
    advice: Records
    edges: Records
    replaced: Records
    goals: Array


class State(NamedTuple):
    """The quantity each demand gets from stock, its rank, the receipt whose material it is (-1: none); the counters."""

    from_stock: Array
    rank: Array
    owner: Array
    count: Array  # type: ignore[assignment]  # a tuple's own count is of no use here


class Scratch(NamedTuple):
    """Room for the needs of one item (as gathered, then in order), its by-products, sources and edges, and by day.

    days, skips  what is needed on each day of its span, and of what is skipped there; all 0 between two items.
    at, source   how much of the needs up to a day is served, and by which source the next one is.
    daily        its days with needs.   pool  what is there of it, and the like.
    """

    raw: Records
    needs: Records
    outputs: Records
    sources: Records
    edges: Records
    days: Array
    skips: Array
    at: Array
    source: Array
    daily: Records
    pool: Array


def table(size: int, kind: np.dtype[Any]) -> Records:
    """Return an array of empty records."""
    return np.zeros(size, kind)


def room(size: int, kind: Any) -> Records:
    """Return a large array to be written in full before it is read.

    Untouched room costs nothing, and unlike zeros it lies on huge pages, of which a plan of millions touches few.
    """
    return np.empty(size, kind)


def room_for_needs(size: int, span: int) -> Scratch:
    """Return scratch arrays for so many needs and days."""
    return Scratch(
        raw=table(size, NEED),
        needs=table(size, NEED),
        outputs=table(size, BESIDE),
        sources=table(size, SOURCE),
        edges=table(size, EDGE),
        days=np.zeros(span, np.int64),
        skips=np.zeros(span, np.int64),
        at=np.zeros(span, np.int64),
        source=np.zeros(span, np.int64),
        daily=table(max(size, span), DAY),
        pool=np.zeros(16, np.int64),
    )
