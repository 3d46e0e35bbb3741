"""Random changes of a planning problem, one at a time: what happens between two plans of a company."""

import dataclasses
import random
from typing import Any

import numpy as np

from erp.engines.mrp.arrays import ArrayPlan, ArrayProblem, MoveColumns
from erp.engines.mrp.problem import MICRO, ORPHAN, OWN, POOL

ITEM_COLUMNS = (
    "free_stock",
    "safety_stock",
    "lead_days",
    "min_lot",
    "lot_multiple",
    "max_lot",
    "lot_policy",
    "fixed_lot",
    "lot_days",
    "max_stock",
    "fence_days",
    "order_policy",
)
SMALL = {"lead_days": 7, "lot_policy": 3, "lot_days": 12, "fence_days": 10, "order_policy": 2}


def with_changes(problem: ArrayProblem, dice: random.Random, turns: int = 3) -> ArrayProblem:
    """Return a problem in which up to so many demands, receipts and items differ."""
    for _turn in range(dice.randint(0, turns)):
        change = dice.choice([_add_demand, _drop_demand, _alter_demand, _alter_demand, _add_receipt, _drop_receipt])
        problem = dice.choice([change, change, _alter_receipt, _alter_item])(problem, dice)
    return problem


def with_a_move(problem: ArrayProblem, plan: ArrayPlan, dice: random.Random) -> ArrayProblem:
    """Return a problem in which one of its planned orders was moved, or none is moved any more."""
    if not len(plan.due) or dice.random() < 0.3:
        return dataclasses.replace(problem, moves=None)
    order = dice.randrange(len(plan.due))
    item = int(np.nonzero((plan.first <= order) & (order < plan.last))[0][0])
    named = (item, int(plan.due[order]), int(plan.sequence[order]))
    rows = [] if problem.moves is None else list(zip(*(column.tolist() for column in problem.moves), strict=True))
    rows = [row for row in rows if row[:3] != named]
    rows.append((*named, int(plan.quantity[order]), int(plan.due[order]) - dice.randint(0, 9), dice.randint(0, 9)))
    kinds = (np.int32, np.int32, np.int32, np.int64, np.int32, np.int32)
    columns = (np.array(column, kind) for column, kind in zip(zip(*rows, strict=True), kinds, strict=True))
    return dataclasses.replace(problem, moves=MoveColumns(*columns))


def with_other_bills(problem: ArrayProblem, dice: random.Random) -> ArrayProblem:
    """Return a problem in which a bill line takes another quantity."""
    quantity = problem.lines.quantity.copy()
    quantity[dice.randrange(len(quantity))] += MICRO
    return dataclasses.replace(problem, lines=problem.lines._replace(quantity=quantity))


def _amount(problem: ArrayProblem, item: int, dice: random.Random) -> int:
    step = int(problem.items.step[item])
    return dice.randint(1, 60) * MICRO if step == MICRO else dice.randint(1, 60_000) * step


def _set(table: Any, row: int, **values: Any) -> Any:
    """Return columns with other values in a row."""
    columns = {name: getattr(table, name).copy() for name in values}
    for name, value in values.items():
        columns[name][row] = value
    return table._replace(**columns)


def _key(keys: Any) -> int:
    return int(keys.max(initial=0)) + 1


def _placed(problem: ArrayProblem, at: Any) -> Any:
    return None if problem.places is None else problem.places._replace(at=at)


def _add_demand(problem: ArrayProblem, dice: random.Random) -> ArrayProblem:
    own, item = problem.demands, dice.randrange(len(problem.items.step))
    row = {"key": _key(own.key), "item": item, "day": problem.today + dice.randint(-5, 40)}
    row |= {"quantity": _amount(problem, item, dice), "priority": dice.choice([1, 5, 9]), "reserved": 0}
    row |= {"receipt": -1, "is_forecast": dice.random() < 0.2, "group": dice.choice([OWN, *range(len(own.key))])}
    added = own._replace(
        **{name: np.append(getattr(own, name), row[name]).astype(getattr(own, name).dtype) for name in row}
    )
    places = problem.places and _placed(problem, np.append(problem.places.at, dice.randint(0, 2)))
    return dataclasses.replace(problem, demands=added, places=places)


def _drop_demand(problem: ArrayProblem, dice: random.Random) -> ArrayProblem:
    if not len(problem.demands.key):
        return problem
    row = dice.randrange(len(problem.demands.key))
    group = problem.receipts.group
    group = np.where(group == row, ORPHAN, np.where(group > row, group - 1, group)).astype(group.dtype)
    shared = problem.demands.group
    shared = np.where(shared == row, OWN, np.where(shared > row, shared - 1, shared)).astype(shared.dtype)
    kept = problem.demands._replace(group=shared)
    return dataclasses.replace(
        problem,
        demands=type(kept)(*(np.delete(column, row) for column in kept)),
        receipts=problem.receipts._replace(group=group),
        places=problem.places and _placed(problem, np.delete(problem.places.at, row)),
    )


def _alter_demand(problem: ArrayProblem, dice: random.Random) -> ArrayProblem:
    own = problem.demands
    if not len(own.key):
        return problem
    row = dice.randrange(len(own.key))
    values = {
        "day": problem.today + dice.randint(-5, 40),
        "quantity": dice.choice([0, _amount(problem, int(own.item[row]), dice)]),
        "priority": dice.choice([1, 5, 9]),
        "reserved": _amount(problem, int(own.item[row]), dice),
        "receipt": -1,
        "is_forecast": not own.is_forecast[row],
        "group": dice.choice([OWN, *range(len(own.key))]),
    }
    name = dice.choice(list(values))
    return dataclasses.replace(problem, demands=_set(own, row, **{name: values[name]}))


def _add_receipt(problem: ArrayProblem, dice: random.Random) -> ArrayProblem:
    own, item = problem.receipts, dice.randrange(len(problem.items.step))
    row = {"key": _key(own.key), "item": item, "day": problem.today + dice.randint(-5, 40), "group": POOL}
    row |= {"quantity": _amount(problem, item, dice), "fixed": dice.random() < 0.3}
    added = own._replace(
        **{name: np.append(getattr(own, name), row[name]).astype(getattr(own, name).dtype) for name in row}
    )
    return dataclasses.replace(problem, receipts=added)


def _drop_receipt(problem: ArrayProblem, dice: random.Random) -> ArrayProblem:
    if not len(problem.receipts.key):
        return problem
    row = dice.randrange(len(problem.receipts.key))
    made = problem.demands.receipt
    made = np.where(made == row, -1, np.where(made > row, made - 1, made)).astype(made.dtype)
    receipts = type(problem.receipts)(*(np.delete(column, row) for column in problem.receipts))
    return dataclasses.replace(problem, receipts=receipts, demands=problem.demands._replace(receipt=made))


def _alter_receipt(problem: ArrayProblem, dice: random.Random) -> ArrayProblem:
    own = problem.receipts
    if not len(own.key):
        return problem
    row = dice.randrange(len(own.key))
    of_item = np.nonzero((problem.demands.item == own.item[row]) & (problem.demands.receipt < 0))[0].tolist()
    values = {
        "day": problem.today + dice.randint(-5, 40),
        "quantity": dice.choice([0, _amount(problem, int(own.item[row]), dice)]),
        "fixed": not own.fixed[row],
        "group": dice.choice([POOL, ORPHAN, *of_item]),
    }
    name = dice.choice(list(values))
    return dataclasses.replace(problem, receipts=_set(own, row, **{name: values[name]}))


def _alter_item(problem: ArrayProblem, dice: random.Random) -> ArrayProblem:
    row, name = dice.randrange(len(problem.items.step)), dice.choice(ITEM_COLUMNS)
    value = dice.randint(0, SMALL[name]) if name in SMALL else dice.choice([0, _amount(problem, row, dice)])
    if name in ("lot_days", "fixed_lot"):
        value = max(value, 1)
    return dataclasses.replace(problem, items=_set(problem.items, row, **{name: value}))
