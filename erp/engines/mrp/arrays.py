"""A planning problem and its plan as arrays: what is read from the database, and what is written to it."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from erp.engines.mrp.problem import (
    Advice,
    Bom,
    BomLine,
    Demand,
    Item,
    Move,
    Plan,
    Problem,
    Receipt,
    Rules,
    Substitute,
)
from erp.engines.mrp.workdays import WorkingDays

Array = NDArray[Any]
TOPS = 5
KINDS = ("expedite", "defer", "increase", "decrease", "cancel")
REASONS = ("on_time", "overdue", "lead_time", "late_supply", "fence")
PAST_DUE, SAFETY, LATE, NO_BOM, FENCED, PASS, PEGGED = 1, 2, 4, 8, 16, 32, 64


class ItemColumns(NamedTuple):
    """Fields of `problem.Item`."""

    free_stock: Array
    safety_stock: Array
    lead_days: Array
    min_lot: Array
    lot_multiple: Array
    max_lot: Array
    step: Array
    explodes: Array
    lot_policy: Array
    fixed_lot: Array
    lot_days: Array
    max_stock: Array
    good: Array
    fence_days: Array
    order_policy: Array
    is_phantom: Array


class BomColumns(NamedTuple):
    """Fields of `problem.Bom` but its lines."""

    item: Array
    quantity: Array
    valid_from: Array
    valid_to: Array


class LineColumns(NamedTuple):
    """Fields of `problem.BomLine`, with the place of its bill; the lines of a bill are in their order."""

    bom: Array
    component: Array
    quantity: Array
    scrap: Array
    valid_from: Array
    valid_to: Array
    fixed: Array
    is_skipped: Array
    is_output: Array
    group: Array
    is_joint: Array


class SubstituteColumns(NamedTuple):
    """Fields of `problem.Substitute`, with the place of its line; those of a line by rank."""

    line: Array
    item: Array
    ratio: Array
    rank: Array
    valid_from: Array
    valid_to: Array


class DemandColumns(NamedTuple):
    """Fields of `problem.Demand`; ``receipt`` -1: none; ``group`` OWN: its own."""

    key: Array
    item: Array
    day: Array
    quantity: Array
    priority: Array
    reserved: Array
    receipt: Array
    is_forecast: Array
    group: Array


class ReceiptColumns(NamedTuple):
    """Fields of `problem.Receipt`."""

    key: Array
    item: Array
    day: Array
    quantity: Array
    fixed: Array
    group: Array


class MoveColumns(NamedTuple):
    """Fields of `problem.Move`."""

    item: Array
    due: Array
    sequence: Array
    quantity: Array
    start: Array
    lead: Array


class SupplierPlaces(NamedTuple):
    """What lies at subcontractors and no open order waits for: ``free`` of ``item`` at ``supplier`` (a key).

    maker  of each item the supplier who makes it of material we send, 0: none.
    at     of each demand the supplier at whose place it is, 0: none.
    """

    item: Array
    supplier: Array
    free: Array
    maker: Array
    at: Array


@dataclass(frozen=True)
class ArrayProblem:
    """The same as `problem.Problem`, one array a field; ``places``, and groups of lines, are planned by `around`."""

    today: int
    items: ItemColumns
    boms: BomColumns
    lines: LineColumns
    substitutes: SubstituteColumns
    demands: DemandColumns
    receipts: ReceiptColumns
    rules: Rules
    calendar: WorkingDays
    places: SupplierPlaces | None = None
    moves: MoveColumns | None = None


@dataclass(frozen=True)
class ArrayPlan:
    """A plan: the orders of item i are ``first[i]`` to ``last[i]`` of the order arrays, by due day and sequence.

    flags   bits PAST_DUE …; PASS: a phantom or skipped level, no order.   group  the demand it is pegged to, or -1.
    tops    the first demands an order is for, TOPS places each, as ranks (-1: no more); ``by_rank`` names the demand.
    advice  receipt, place in KINDS, day, quantity.   verdict  of each demand: day (-1: nothing open), place in
    REASONS, blocking item or -1, quantity from stock.   substitutions  item, substitute, day, quantity, used.
    """

    first: Array
    last: Array
    due: Array
    start: Array
    need: Array
    finish: Array
    quantity: Array
    sequence: Array
    flags: Array
    group: Array
    tops: Array
    more: Array
    by_rank: Array
    advice: tuple[Array, Array, Array, Array]
    verdict: tuple[Array, Array, Array, Array]
    without_bom: Array
    substitutions: tuple[Array, Array, Array, Array, Array]


def _column(kind: Any, rows: list[Any], name: str) -> Array:
    values = [getattr(row, name) for row in rows]
    types = {"quantity": np.int64, "key": np.int64}
    if name.startswith(("is_", "explodes")) or (name == "fixed" and kind is ReceiptColumns):
        return np.array(values, np.bool_)
    small = {"day", "item", "component", "bom", "line", "valid_from", "valid_to", "lead_days", "lot_days", "fence_days"}
    small |= {"priority", "rank", "receipt", "group", "lot_policy", "order_policy"}
    return np.array(
        [-1 if one is None else one for one in values], types.get(name, np.int32 if name in small else np.int64)
    )


def columns_of(problem: Problem) -> ArrayProblem:
    """Return a problem as arrays."""
    lines = [line for bom in problem.boms for line in bom.lines]
    bom_of_line = [number for number, bom in enumerate(problem.boms) for _line in bom.lines]
    pairs = [
        (number, one)
        for number, line in enumerate(lines)
        for one in sorted(line.substitutes, key=lambda substitute: substitute.rank)
    ]

    def filled(kind: Any, rows: list[Any], **given: list[int]) -> Any:
        return kind(
            *(np.array(given[name], np.int32) if name in given else _column(kind, rows, name) for name in kind._fields)
        )

    return ArrayProblem(
        today=problem.today,
        items=filled(ItemColumns, problem.items),
        boms=filled(BomColumns, problem.boms),
        lines=filled(LineColumns, lines, bom=bom_of_line),
        substitutes=filled(SubstituteColumns, [one for _n, one in pairs], line=[number for number, _one in pairs]),
        demands=filled(DemandColumns, problem.demands),
        receipts=filled(ReceiptColumns, problem.receipts),
        rules=problem.rules,
        calendar=problem.calendar,
        moves=filled(MoveColumns, problem.moves) if problem.moves else None,
    )


def problem_of(columns: ArrayProblem) -> Problem:
    """Return arrays as the objects that the plain planner and the pages of pegging read."""

    def rows(kind: Any, values: Any, *, skip: int = 0) -> list[Any]:
        return [kind(*row) for row in zip(*(column.tolist() for column in values[skip:]), strict=True)]

    boms = [
        Bom(item, quantity, [], valid_from, valid_to)
        for item, quantity, valid_from, valid_to in zip(*(one.tolist() for one in columns.boms), strict=True)
    ]
    lines = rows(BomLine, columns.lines, skip=1)
    for number, one in zip(
        columns.substitutes.line.tolist(), rows(Substitute, columns.substitutes, skip=1), strict=True
    ):
        lines[number].substitutes = (*lines[number].substitutes, one)
    for number, line in zip(columns.lines.bom.tolist(), lines, strict=True):
        boms[number].lines.append(line)
    demands = rows(Demand, columns.demands)
    for demand in demands:
        demand.receipt = None if demand.receipt < 0 else demand.receipt
        demand.group = None if demand.group is None or demand.group < 0 else demand.group
    return Problem(
        columns.today,
        rows(Item, columns.items),
        boms,
        demands,
        rows(Receipt, columns.receipts),
        columns.rules,
        columns.calendar,
        rows(Move, columns.moves) if columns.moves else [],
    )


def arrays_of(problem: Problem, plan: Plan) -> ArrayPlan:
    """Return the plan of the plain planner as arrays."""
    orders = plan.all_orders()
    counts = np.array([len(of_item) for of_item in plan.orders], np.int64)
    last = np.cumsum(counts)
    by_rank = sorted(range(len(problem.demands)), key=lambda n: (problem.demands[n].day, problem.demands[n].key))
    rank = {problem.demands[number].key: place for place, number in enumerate(by_rank)}
    tops = np.full((len(orders), TOPS), -1, np.int32)
    for number, order in enumerate(orders):
        tops[number, : len(order.tops)] = [rank[key] for _day, key in order.tops]

    def days(name: str) -> Array:
        return np.array([getattr(order, name) for order in orders], np.int32)

    return ArrayPlan(
        first=last - counts,
        last=last,
        due=days("due"),
        start=days("start"),
        need=days("need"),
        finish=days("finish"),
        quantity=np.array([order.quantity for order in orders], np.int64),
        sequence=days("sequence"),
        flags=np.array([_flags(order) for order in orders], np.int32),
        group=days("group"),
        tops=tops,
        more=np.array([order.more for order in orders], np.bool_),
        by_rank=np.array(by_rank, np.int32),
        advice=_advice(plan.advice),
        verdict=_verdicts(plan),
        without_bom=np.array(plan.without_bom, np.int32),
        substitutions=_substitutions(plan),
    )


def _flags(order: Any) -> int:
    bits = (
        (order.past_due, PAST_DUE),
        (order.for_safety, SAFETY),
        (order.finish > order.need, LATE),
        (not order.has_bom, NO_BOM),
        (order.is_fenced, FENCED),
        (order.is_pass, PASS),
        (order.group >= 0, PEGGED),
    )
    return sum(bit for holds, bit in bits if holds)


def _advice(advice: list[Advice]) -> tuple[Array, Array, Array, Array]:
    return (
        np.array([one.receipt for one in advice], np.int32),
        np.array([KINDS.index(one.kind) for one in advice], np.int32),
        np.array([one.day for one in advice], np.int32),
        np.array([one.surplus for one in advice], np.int64),
    )


def _verdicts(plan: Plan) -> tuple[Array, Array, Array, Array]:
    found = plan.verdicts
    return (
        np.array([NOTHING_OPEN if one is None else one.day for one in found], np.int32),
        np.array([-1 if one is None else REASONS.index(one.reason) for one in found], np.int8),
        np.array([-1 if one is None or one.item is None else one.item for one in found], np.int32),
        np.array([0 if one is None else one.from_stock for one in found], np.int64),
    )


def _substitutions(plan: Plan) -> tuple[Array, Array, Array, Array, Array]:
    rows = [(one.item, one.substitute, one.day, one.quantity, one.used) for one in plan.substitutions]
    columns = list(zip(*rows, strict=True)) or [()] * 5
    types = (np.int32, np.int32, np.int32, np.int64, np.int64)
    item, substitute, day, quantity, used = (np.array(one, kind) for one, kind in zip(columns, types, strict=True))
    return item, substitute, day, quantity, used


NOTHING_OPEN = 0
"""The day of a verdict where nothing is open (its reason is -1)."""
