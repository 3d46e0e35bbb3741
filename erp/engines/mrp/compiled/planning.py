"""Planning by the compiled kernel: rooms made and enlarged, passes in order, the result as an `ArrayPlan`."""

from typing import Any, NamedTuple

import numpy as np

from erp.engines.mrp.arrays import Array, ArrayPlan, ArrayProblem
from erp.engines.mrp.compiled.driving import plan_items
from erp.engines.mrp.compiled.judging import Court, Wanted, give_verdicts, look_down, look_up, seat
from erp.engines.mrp.compiled.layout import (
    ADVICE,
    COUNTERS,
    EDGES,
    NEEDS,
    NO_BOM,
    ORDERS,
    SPAN,
    SUBSTITUTIONS,
    TOPS,
    Given,
    Made,
    State,
    room_for_needs,
)
from erp.engines.mrp.compiled.preparing import by_level, prepare, receipt_order

I32, I64 = np.int32, np.int64
GROUPS: tuple[tuple[int, tuple[tuple[str, Any], ...]], ...] = (
    (
        ORDERS,
        (
            ("due", I32),
            ("start", I32),
            ("need", I32),
            ("quantity", I64),
            ("flags", I32),
            ("sequence", I32),
            ("bom", I32),
            ("group", I32),
        ),
    ),
    (ADVICE, (("advised", I32), ("advice", I32), ("advice_day", I32), ("advice_quantity", I64))),
    (EDGES, (("edge_parent", I32), ("edge_line", I32), ("edge_source", I32), ("edge_day", I32))),
    (
        SUBSTITUTIONS,
        (
            ("replaced", I32),
            ("replacing", I32),
            ("replaced_day", I32),
            ("replaced_quantity", I64),
            ("replaced_used", I64),
        ),
    ),
)


class Netted(NamedTuple):
    """A run before it is judged."""

    given: Given
    items: Array
    made: Made
    state: State


class Prepared(NamedTuple):
    """A problem laid out for the kernel, and its items by level."""

    given: Given
    items: Array


def make_ready(problem: ArrayProblem) -> Prepared:
    """Lay a problem out for the kernel.

    Raises:
        BomCycle: the bills of material contain a circle.
    """
    return Prepared(prepare(problem), by_level(problem))


def net(ready: Prepared, *, with_edges: bool = True) -> Netted:
    """Plan all items; without edges only orders, advice and substitutions come out."""
    given, items = ready
    state = _state(given)
    demands = len(given.demands.index)
    made = _room({ORDERS: 8 * len(items) + 4 * demands + 1000, ADVICE: 1000, EDGES: 1000, SUBSTITUTIONS: 16})
    scratch = room_for_needs(10_000, 4_000)
    at = 0
    while True:
        at = plan_items(given, made, state, scratch, (items, at, with_edges))
        if at >= len(items):
            return Netted(given, items, made, state)
        asked = state.count[COUNTERS:].tolist()
        made = _enlarged(made, state, asked)
        if asked[NEEDS] > len(scratch.day) or asked[SPAN] > len(scratch.days):
            scratch = room_for_needs(2 * max(asked[NEEDS], 5_000), 2 * max(asked[SPAN], 2_000))


def _state(given: Given) -> State:
    items, receipts = len(given.items.step), len(given.receipts.day)
    most = int(given.demands.index.max(initial=-1)) + 1
    return State(
        *(np.zeros(items, I64) for _ in range(4)),
        given.receipts.quantity.copy(),
        np.zeros(receipts, I64),
        np.zeros(items, I64),
        np.zeros(most, I64),
        np.zeros(2 * COUNTERS, I64),
    )


def _room(sizes: dict[int, int]) -> Made:
    return Made(**{name: np.empty(sizes[group], kind) for group, names in GROUPS for name, kind in names})


def _enlarged(made: Made, state: State, asked: list[int]) -> Made:
    """Return arrays with the room that was asked for, and what they hold."""
    grown = made._asdict()
    for group, names in GROUPS:
        if asked[group] <= len(grown[names[0][0]]):
            continue
        size, used = max(asked[group], 2 * len(grown[names[0][0]])), int(state.count[group])
        for name, kind in names:
            fresh = np.empty(size, kind)
            fresh[:used] = grown[name][:used]
            grown[name] = fresh
    return Made(**grown)


def judge(problem: ArrayProblem, netted: Netted) -> Court:
    """Say what orders are for, when they can be there, and how each demand fares."""
    given, items, made, state = netted
    own = problem.demands
    by_rank = np.lexsort((own.key, own.day))
    top = np.empty(len(by_rank), I32)
    top[by_rank] = np.arange(len(by_rank), dtype=I32)
    court = seat(int(state.count[ORDERS]), len(given.receipts.day), top, _owners(problem))
    look_down(made, state, court, items)
    look_up(given, made, state, court, items)
    give_verdicts(given, made, state, court, Wanted(own.item, own.day, own.quantity, own.reserved))
    return court


def _owners(problem: ArrayProblem) -> Array:
    """Of each demand the place of the receipt whose material it is, as the kernel has receipts in order; -1: none."""
    order = receipt_order(problem)
    place = np.full(len(problem.receipts.key) + 1, -1, I32)
    place[order] = np.arange(len(order), dtype=I32)
    return place[problem.demands.receipt]


def plan(problem: ArrayProblem, ready: Prepared | None = None) -> ArrayPlan:
    """Plan all items of a problem and judge the result.

    Raises:
        BomCycle: the bills of material contain a circle.
    """
    netted = net(ready or make_ready(problem))
    court = judge(problem, netted)
    given, _items, made, state = netted
    orders, advised, replaced = (int(state.count[one]) for one in (ORDERS, ADVICE, SUBSTITUTIONS))
    from_stock = np.zeros(len(problem.demands.key), I64)
    from_stock[: len(state.from_stock)] = state.from_stock
    return ArrayPlan(
        first=state.first,
        last=state.last,
        due=made.due[:orders],
        start=made.start[:orders],
        need=made.need[:orders],
        finish=court.finish[:orders],
        quantity=made.quantity[:orders],
        sequence=made.sequence[:orders],
        flags=made.flags[:orders],
        group=made.group[:orders],
        tops=court.tops[: orders * TOPS].reshape(orders, TOPS),
        more=court.more[:orders],
        by_rank=np.lexsort((problem.demands.key, problem.demands.day)).astype(I32),
        advice=(
            given.receipts.index[made.advised[:advised]],
            made.advice[:advised],
            made.advice_day[:advised],
            made.advice_quantity[:advised],
        ),
        verdict=(
            np.where(court.reason < 0, 0, court.verdict_day),
            court.reason,
            court.blocking,
            np.where(court.reason < 0, 0, problem.demands.reserved + from_stock),
        ),
        without_bom=_without_bom(made, state, orders),
        substitutions=(
            made.replaced[:replaced],
            made.replacing[:replaced],
            made.replaced_day[:replaced],
            made.replaced_quantity[:replaced],
            made.replaced_used[:replaced],
        ),
    )


def _without_bom(made: Made, state: State, orders: int) -> Array:
    missing = np.nonzero(made.flags[:orders] & NO_BOM)[0]
    by_first = np.argsort(state.first, kind="stable")
    place = np.searchsorted(state.first[by_first], missing, side="right") - 1
    return np.unique(by_first[place]).astype(I32)


__all__ = ["Netted", "Prepared", "judge", "make_ready", "net", "plan"]
