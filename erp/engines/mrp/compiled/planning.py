"""Planning by the compiled kernel: rooms made and enlarged, passes in order, the result as an `ArrayPlan`."""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

import numpy as np

from erp.engines.mrp.arrays import Array, ArrayPlan, ArrayProblem
from erp.engines.mrp.compiled.columns import OrderColumns, take_apart
from erp.engines.mrp.compiled.judging import Court, Wanted, give_verdicts, look_up, seat
from erp.engines.mrp.compiled.layout import (
    ADVICE,
    COUNTERS,
    NO_BOM,
    NO_RANK,
    ORDERS,
    REPLACEMENTS,
    TOPS,
    WIDTH,
    Given,
    Made,
    Scratch,
    State,
    room,
)
from erp.engines.mrp.compiled.preparing import by_level, material_pairs, prepare, prepare_again, receipt_order
from erp.engines.mrp.compiled.waves import TABLES, Levels, Work, plan_waves

IN_TWO = 200_000
"""From so many orders on two threads do what can be done by halves."""

W = TypeVar("W", bound=Work)


class Netted(NamedTuple):
    """A run before it is judged."""

    given: Given
    levels: Levels
    made: Made
    state: State
    scratch: Scratch


class Prepared(NamedTuple):
    """A problem laid out for the kernel, its items by level; of each demand its rank, the receipt it is material of."""

    given: Given
    levels: Levels
    rank: Array
    owner: Array


def make_ready(problem: ArrayProblem) -> Prepared:
    """Lay a problem out for the kernel.

    Raises:
        BomCycle: the bills of material contain a circle.
    """
    return Prepared(prepare(problem), by_level(problem), _ranks(problem), _owners(problem))


def ready_again(problem: ArrayProblem, before: ArrayProblem, former: Netted) -> Prepared | None:
    """Lay out a problem with the bills of material of one before; None: its items come in another order."""
    levels = former.levels
    if not np.array_equal(material_pairs(before), material_pairs(problem)):
        levels = by_level(problem)
        if not np.array_equal(levels.items, former.levels.items):
            return None
    return Prepared(prepare_again(problem, former.given), levels, _ranks(problem), _owners(problem))


def net(ready: Prepared, *, with_pegs: bool = True) -> Netted:
    """Plan all items; without pegs only orders, advice and substitutions come out. A layout is used up by it."""
    work = work_for(ready, 64 * len(ready.levels.items) + 4 * len(ready.rank) + 1000, Work, with_pegs=with_pegs)
    plan_waves(work, ready.levels, with_pegs=with_pegs)
    return Netted(ready.given, ready.levels, work.made, work.state, work.scratch)


def work_for(ready: Prepared, orders: int, kind: type[W], *, with_pegs: bool = True) -> W:
    """Return empty tables with room for so many orders."""
    given, _levels, rank, owner = ready
    state = State(np.zeros(len(rank), np.int64), rank, owner, np.zeros(2 * COUNTERS, np.int64))
    goals = room((len(given.receipts) + orders) * WIDTH if with_pegs else 0, np.int32)
    goals[: len(given.receipts) * WIDTH] = NO_RANK
    size = {ORDERS: orders, REPLACEMENTS: 16}
    made = Made(**{name: room(size.get(counter, 1000), record) for counter, name, record in TABLES}, goals=goals)
    return kind(given, made, state)


def judge(problem: ArrayProblem, netted: Netted) -> Court:
    """Say when orders can be there, and how each demand fares."""
    given, levels, made, state, scratch = netted
    own = problem.demands
    court = seat(len(given.receipts) + int(state.count[ORDERS]), len(own.key))
    look_up(given, made, state, scratch, (court, levels.items))
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
    return judged(problem, net(ready or make_ready(problem)))


def judged(problem: ArrayProblem, netted: Netted) -> ArrayPlan:
    """Judge a run and return its plan."""
    court = judge(problem, netted)
    given, _levels, made, state, _scratch = netted
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
