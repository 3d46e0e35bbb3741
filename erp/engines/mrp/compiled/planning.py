"""Planning by the compiled kernel: rooms made and enlarged, passes in order, the result as an `ArrayPlan`."""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from erp.engines.mrp.arrays import Array, ArrayPlan, ArrayProblem
from erp.engines.mrp.compiled.columns import OrderColumns, take_apart
from erp.engines.mrp.compiled.driving import plan_items
from erp.engines.mrp.compiled.judging import Court, Wanted, give_verdicts, look_up, seat
from erp.engines.mrp.compiled.layout import (
    ADVICE,
    ADVISED,
    COUNTERS,
    EDGE,
    EDGES,
    NEEDS,
    NO_BOM,
    NO_RANK,
    ORDER,
    ORDERS,
    REPLACEMENT,
    REPLACEMENTS,
    SPAN,
    TOPS,
    WIDTH,
    Given,
    Made,
    Scratch,
    State,
    room,
    room_for_needs,
)
from erp.engines.mrp.compiled.preparing import by_level, prepare, receipt_order

KINDS = ((ORDERS, "orders", ORDER), (ADVICE, "advice", ADVISED), (EDGES, "edges", EDGE))
IN_TWO = 200_000
"""From so many orders on two threads do what can be done by halves."""

GROWING = (*KINDS, (REPLACEMENTS, "replaced", REPLACEMENT))


class Netted(NamedTuple):
    """A run before it is judged."""

    given: Given
    items: Array
    made: Made
    state: State
    scratch: Scratch


class Prepared(NamedTuple):
    """A problem laid out for the kernel, its items by level; of each demand its rank, the receipt it is material of."""

    given: Given
    items: Array
    rank: Array
    owner: Array


def make_ready(problem: ArrayProblem) -> Prepared:
    """Lay a problem out for the kernel.

    Raises:
        BomCycle: the bills of material contain a circle.
    """
    return Prepared(prepare(problem), by_level(problem), _ranks(problem), _owners(problem))


def net(ready: Prepared, *, with_pegs: bool = True) -> Netted:
    """Plan all items; without pegs only orders, advice and substitutions come out. A layout is used up by it."""
    given, items, rank, owner = ready
    demands = len(rank)
    state = State(np.zeros(demands, np.int64), rank, owner, np.zeros(2 * COUNTERS, np.int64))
    size = {ORDERS: 64 * len(items) + 4 * demands + 1000, ADVICE: 1000, EDGES: 1000, REPLACEMENTS: 16}
    goals = room((len(given.receipts) + size[ORDERS]) * WIDTH if with_pegs else 0, np.int32)
    goals[: len(given.receipts) * WIDTH] = NO_RANK
    made = Made(**{name: room(size[counter], kind) for counter, name, kind in GROWING}, goals=goals)
    scratch = room_for_needs(10_000, 4_000)
    at = 0
    while True:
        at = plan_items(given, made, state, scratch, (items, at, with_pegs))
        if at >= len(items):
            return Netted(given, items, made, state, scratch)
        asked = state.count[COUNTERS:].tolist()
        made = _enlarged(made, state, asked, len(given.receipts))
        if asked[NEEDS] > len(scratch.needs) or asked[SPAN] > len(scratch.days):
            scratch = room_for_needs(2 * max(asked[NEEDS], 5_000), 2 * max(asked[SPAN], 2_000))


def _enlarged(made: Made, state: State, asked: list[int], receipts: int) -> Made:
    """Return tables with the room that was asked for, and what they hold."""
    grown = made._asdict()
    for counter, name, kind in GROWING:
        if asked[counter] > len(grown[name]):
            used = int(state.count[counter])
            fresh = room(max(asked[counter], 2 * len(grown[name])), kind)
            fresh[:used] = grown[name][:used]
            grown[name] = fresh
    places = (receipts + len(grown["orders"])) * WIDTH
    if 0 < len(made.goals) < places:
        used = (receipts + int(state.count[ORDERS])) * WIDTH
        grown["goals"] = room(places, np.int32)
        grown["goals"][:used] = made.goals[:used]
    return Made(**grown)


def judge(problem: ArrayProblem, netted: Netted) -> Court:
    """Say when orders can be there, and how each demand fares."""
    given, items, made, state, scratch = netted
    own = problem.demands
    court = seat(len(given.receipts) + int(state.count[ORDERS]), len(own.key))
    look_up(given, made, state, scratch, (court, items))
    give_verdicts(given, made, court, Wanted(own.item, own.day, own.quantity, own.reserved))
    return court


def _ranks(problem: ArrayProblem) -> Array:
    """Return the rank of each demand by day and key."""
    by_rank = np.lexsort((problem.demands.key, problem.demands.day))
    rank = np.empty(len(by_rank), np.int32)
    rank[by_rank] = np.arange(len(by_rank), dtype=np.int32)
    return rank


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
    given, _items, made, state, _scratch = netted
    advice = made.advice[: state.count[ADVICE]]
    replaced = made.replaced[: state.count[REPLACEMENTS]]
    items = given.items[:-1]
    receipts, orders = len(given.receipts), int(state.count[ORDERS])
    goals = made.goals[receipts * WIDTH : (receipts + orders) * WIDTH].reshape(orders, WIDTH)
    columns = _order_columns(made, court, receipts, orders)
    return ArrayPlan(
        first=np.ascontiguousarray(items["first"]),
        last=np.ascontiguousarray(items["last"]),
        tops=goals[:, :TOPS],
        by_rank=np.lexsort((problem.demands.key, problem.demands.day)).astype(np.int32),
        advice=(given.receipts["index"][advice["receipt"]], advice["kind"], advice["day"], advice["quantity"]),
        verdict=(
            np.where(court.reason < 0, 0, court.verdict_day),
            court.reason,
            court.blocking,
            np.where(court.reason < 0, 0, problem.demands.reserved + state.from_stock),
        ),
        without_bom=_without_bom(columns.flags, items),
        substitutions=tuple(replaced[name] for name in ("main", "substitute", "day", "quantity", "used")),
        **columns._asdict(),
    )


def _order_columns(made: Made, court: Court, receipts: int, orders: int) -> OrderColumns:
    """Return the columns of all orders, the halves of a large plan taken apart at the same time."""
    kinds = {"quantity": np.int64, "more": np.bool_}
    into = OrderColumns(*(np.empty(orders, kinds.get(name, np.int32)) for name in OrderColumns._fields))
    if orders < IN_TWO:
        take_apart(made, court.seats, into, (0, orders, receipts))
        return into
    with ThreadPoolExecutor(1) as beside:
        other = beside.submit(take_apart, made, court.seats, into, (0, orders // 2, receipts))
        take_apart(made, court.seats, into, (orders // 2, orders, receipts))
        other.result()
    return into


def _without_bom(flags: Array, items: Array) -> Array:
    """Return the items of orders without a bill of material."""
    orders = np.nonzero(flags & NO_BOM)[0]
    if not len(orders):
        return np.zeros(0, np.int32)
    planned = np.nonzero(items["last"] > items["first"])[0]
    by_first = planned[np.argsort(items["first"][planned])]
    place = np.searchsorted(items["first"][by_first], orders, side="right") - 1
    return np.unique(by_first[place]).astype(np.int32)


__all__ = ["Netted", "Prepared", "judge", "make_ready", "net", "plan"]
