"""Planning by the compiled kernel: rooms made and enlarged, passes in order, the result as an `ArrayPlan`."""

from typing import NamedTuple

import numpy as np

from erp.engines.mrp.arrays import Array, ArrayPlan, ArrayProblem
from erp.engines.mrp.compiled.driving import plan_items
from erp.engines.mrp.compiled.judging import Court, Wanted, give_verdicts, look_down, look_up, seat
from erp.engines.mrp.compiled.layout import (
    ADVICE,
    ADVISED,
    COUNTERS,
    EDGE,
    EDGES,
    NEEDS,
    NO_BOM,
    ORDER,
    ORDERS,
    REPLACEMENT,
    REPLACEMENTS,
    SPAN,
    TOPS,
    WIDTH,
    Given,
    Made,
    State,
    room_for_needs,
    table,
)
from erp.engines.mrp.compiled.preparing import by_level, prepare, receipt_order

KINDS = ((ORDERS, "orders", ORDER), (ADVICE, "advice", ADVISED), (EDGES, "edges", EDGE))
GROWING = (*KINDS, (REPLACEMENTS, "replaced", REPLACEMENT))


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
    """Plan all items; without edges only orders, advice and substitutions come out. A layout is used up by it."""
    given, items = ready
    demands = int(given.demands["index"].max(initial=-1)) + 1
    state = State(np.zeros(demands, np.int64), np.zeros(2 * COUNTERS, np.int64))
    size = {ORDERS: 8 * len(items) + 4 * demands + 1000, ADVICE: 1000, EDGES: 1000, REPLACEMENTS: 16}
    made = Made(**{name: table(size[counter], kind) for counter, name, kind in GROWING})
    scratch = room_for_needs(10_000, 4_000)
    at = 0
    while True:
        at = plan_items(given, made, state, scratch, (items, at, with_edges))
        if at >= len(items):
            return Netted(given, items, made, state)
        asked = state.count[COUNTERS:].tolist()
        made = _enlarged(made, state, asked)
        if asked[NEEDS] > len(scratch.needs) or asked[SPAN] > len(scratch.days):
            scratch = room_for_needs(2 * max(asked[NEEDS], 5_000), 2 * max(asked[SPAN], 2_000))


def _enlarged(made: Made, state: State, asked: list[int]) -> Made:
    """Return tables with the room that was asked for, and what they hold."""
    grown = made._asdict()
    for counter, name, kind in GROWING:
        if asked[counter] > len(grown[name]):
            used = int(state.count[counter])
            fresh = table(max(asked[counter], 2 * len(grown[name])), kind)
            fresh[:used] = grown[name][:used]
            grown[name] = fresh
    return Made(**grown)


def judge(problem: ArrayProblem, netted: Netted) -> Court:
    """Say what orders are for, when they can be there, and how each demand fares."""
    given, items, made, state = netted
    own = problem.demands
    by_rank = np.lexsort((own.key, own.day))
    top = np.empty(len(by_rank), np.int32)
    top[by_rank] = np.arange(len(by_rank), dtype=np.int32)
    court = seat(int(state.count[ORDERS]), len(given.receipts), top, _owners(problem))
    look_down(given, made, state, court, items)
    look_up(given, made, state, court, items)
    give_verdicts(given, made, state, court, Wanted(own.item, own.day, own.quantity, own.reserved))
    return court


def _owners(problem: ArrayProblem) -> Array:
    """Of each demand the place of the receipt whose material it is, as the kernel has receipts in order; -1: none."""
    order = receipt_order(problem)
    place = np.full(len(problem.receipts.key) + 1, -1, np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return place[problem.demands.receipt]


def plan(problem: ArrayProblem, ready: Prepared | None = None) -> ArrayPlan:
    """Plan all items of a problem and judge the result.

    Raises:
        BomCycle: the bills of material contain a circle.
    """
    netted = net(ready or make_ready(problem))
    court = judge(problem, netted)
    given, _items, made, state = netted
    orders = made.orders[: state.count[ORDERS]]
    advice = made.advice[: state.count[ADVICE]]
    replaced = made.replaced[: state.count[REPLACEMENTS]]
    from_stock = np.zeros(len(problem.demands.key), np.int64)
    from_stock[: len(state.from_stock)] = state.from_stock
    items = given.items[:-1]
    tops = court.tops[: len(orders) * WIDTH].reshape(len(orders), WIDTH)
    flags = np.ascontiguousarray(orders["marks"])
    columns = {name: np.ascontiguousarray(orders[name]) for name in ORDER_COLUMNS}
    return ArrayPlan(
        first=np.ascontiguousarray(items["first"]),
        last=np.ascontiguousarray(items["last"]),
        finish=np.ascontiguousarray(court.seats["finish"][: len(orders)]),
        tops=tops[:, :TOPS],
        more=tops[:, TOPS] == 1,
        by_rank=np.lexsort((problem.demands.key, problem.demands.day)).astype(np.int32),
        advice=(given.receipts["index"][advice["receipt"]], advice["kind"], advice["day"], advice["quantity"]),
        verdict=(
            np.where(court.reason < 0, 0, court.verdict_day),
            court.reason,
            court.blocking,
            np.where(court.reason < 0, 0, problem.demands.reserved + from_stock),
        ),
        flags=flags,
        without_bom=_without_bom(flags, columns_item(given)),
        substitutions=tuple(replaced[name] for name in ("main", "substitute", "day", "quantity", "used")),
        **columns,
    )


ORDER_COLUMNS = ("due", "start", "need", "quantity", "sequence", "group")


def columns_item(given: Given) -> Array:
    """Return the item of each order."""
    items = given.items[:-1]
    by_first = np.argsort(items["first"], kind="stable")
    return np.repeat(by_first, (items["last"] - items["first"])[by_first])


def _without_bom(flags: Array, item: Array) -> Array:
    return np.unique(item[(flags & NO_BOM) != 0]).astype(np.int32)


__all__ = ["Netted", "Prepared", "judge", "make_ready", "net", "plan"]
