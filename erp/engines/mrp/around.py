"""The rules that are planned round the netting: material at subcontractors, co-products that start an order, and lines
that are replaced together.

Each adds units to the problem that the netting, plain or compiled, plans like any others (`extending`).
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from erp.engines.mrp.arrays import Array, ArrayPlan, ArrayProblem, arrays_of, problem_of
from erp.engines.mrp.extending import Extension
from erp.engines.mrp.groups import Swap, swaps
from erp.engines.mrp.joint import ROUNDS, JointOrder, joint_orders, merged, yields
from erp.engines.mrp.levels import BomCycle
from erp.engines.mrp.netting import make_plan
from erp.engines.mrp.problem import MICRO, TO_ORDER, Bom, BomLine, Item, Substitute

Planner = Callable[[ArrayProblem], ArrayPlan]


def plan_plainly(problem: ArrayProblem) -> ArrayPlan:
    """Plan by the plain planner.

    Raises:
        BomCycle: the bills of material contain a circle.
    """
    objects = problem_of(problem)
    return arrays_of(objects, make_plan(objects))


def plan_around(problem: ArrayProblem, planner: Planner = plan_plainly) -> ArrayPlan:
    """Plan a problem with all rules; ``planner`` nets it.

    Raises:
        BomCycle: the bills of material contain a circle.
    """
    extension = _at_suppliers(problem)
    if extension is None:
        return _jointly(problem, planner)
    try:
        return extension.reduced(_jointly(extension.extended(), planner))
    except BomCycle as cycle:
        raise BomCycle(extension.named(cycle.path)) from cycle


def _at_suppliers(problem: ArrayProblem) -> Extension | None:
    """Add a unit for what lies at a subcontractor of an item: what he needs of it is taken from there first, the rest
    is sent the same day, or replaced by the substitutes of the line. None: nothing lies there that is not spoken for.

    Not netted: what is made to order alone, whose free stock serves nobody; lines that are replaced together; lines
    whose substitutes differ from those of the first line for this material and subcontractor, or where open orders of
    his, which nothing replaces, want it too.
    """
    places = problem.places
    if places is None or not len(places.item):
        return None
    lines, demands, items = problem.lines, problem.demands, problem.items
    given = problem.substitutes
    maker = np.where(
        lines.is_output | lines.is_skipped | (lines.group > 0), 0, places.maker[problem.boms.item[lines.bom]]
    )
    component, wanted, extension = lines.component.copy(), demands.item.copy(), Extension(problem)
    moved = np.zeros(len(given.line), np.bool_)
    for item, supplier, free in zip(*(column.tolist() for column in places[:3]), strict=True):
        if items.order_policy[item] == TO_ORDER or items.is_phantom[item]:
            continue
        open_there = np.nonzero((places.at == supplier) & (demands.item == item))[0]
        by_him = np.nonzero((maker == supplier) & (lines.component == item))[0]
        own, substitutes = _alike(problem, by_him, is_plain=len(open_there) > 0)
        if len(own) + len(open_there):
            policy = int(items.order_policy[item])
            unit = extension.add_item(Item(free, step=int(items.step[item]), explodes=True, order_policy=policy), item)
            extension.add_bom(Bom(unit, MICRO, [BomLine(item, MICRO, substitutes=substitutes)]))
            component[own], wanted[open_there] = unit, unit
            moved |= np.isin(given.line, own)
    if not extension.stands_for:
        return None
    extension.problem = dataclasses.replace(
        problem,
        lines=lines._replace(component=component),
        substitutes=type(given)(*(column[~moved] for column in given)),
        demands=demands._replace(item=wanted),
    )
    return extension


def _alike(problem: ArrayProblem, numbers: Array, *, is_plain: bool) -> tuple[Array, tuple[Substitute, ...]]:
    """Return of some lines those with the substitutes of the first one (``is_plain``: with none), and these."""
    found = [(number, _line(problem, number).substitutes) for number in numbers.tolist()]
    wanted = found[0][1] if found and not is_plain else ()
    return np.array([number for number, substitutes in found if substitutes == wanted], np.int64), wanted


def _jointly(problem: ArrayProblem, planner: Planner) -> ArrayPlan:
    """Plan, and plan again with orders of main products for what is short of their co-products, until nothing is."""
    plan = _in_groups(problem, planner)
    by_line = yields(problem) if problem.rules.joint_orders else []
    ordered: list[JointOrder] = []
    for _round in range(ROUNDS if by_line else 0):
        more = joint_orders(problem, plan, by_line)
        if not more:
            break
        ordered += more
        extension = Extension(problem)
        for one in merged(problem, ordered):
            _add_joint(extension, one)
        plan = extension.reduced(_in_groups(extension.extended(), planner))
    return plan


def _add_joint(extension: Extension, order: JointOrder) -> None:
    """A unit for one order: made like its main product, which comes out of it as all of its co-products do."""
    own, main = extension.problem, order.main
    item = Item(
        lead_days=int(own.items.lead_days[main]),
        step=int(own.items.step[main]),
        explodes=True,
        good=int(own.items.good[main]),
    )
    unit = extension.add_order(item, main, order.demands)
    for bom in np.nonzero(own.boms.item == order.main)[0].tolist():
        quantity, valid_from, valid_to = (int(column[bom]) for column in own.boms[1:])
        lines = [_line(own, number) for number in np.nonzero(own.lines.bom == bom)[0].tolist()]
        lines.append(BomLine(order.main, quantity, is_output=True))
        extension.add_bom(Bom(unit, quantity, lines, valid_from, valid_to))
    extension.add_demand(unit, order.day, order.quantity)


def _line(problem: ArrayProblem, number: int) -> BomLine:
    line = BomLine(*(column[number].item() for column in problem.lines[1:]))
    rows = np.nonzero(problem.substitutes.line == number)[0].tolist()
    line.substitutes = tuple(Substitute(*(column[row].item() for column in problem.substitutes[1:])) for row in rows)
    return line


def _in_groups(problem: ArrayProblem, planner: Planner) -> ArrayPlan:
    """Plan without the substitutes of grouped lines, see what is short, and plan once more with what they replace."""
    given = problem.substitutes
    is_grouped = problem.lines.group[given.line] > 0 if len(given.line) else np.zeros(0, np.bool_)
    if not is_grouped.any():
        return planner(problem)
    bare = dataclasses.replace(problem, substitutes=type(given)(*(column[~is_grouped] for column in given)))
    plan = planner(bare)
    found = swaps(problem, plan)
    if not found:
        return plan
    free = bare.items.free_stock.copy()
    for part in (part for swap in found for part in swap.parts):
        free[part.substitute] -= part.used
    extension = Extension(dataclasses.replace(bare, items=bare.items._replace(free_stock=free)))
    for swap in found:
        _add(extension, swap)
    again = extension.reduced(planner(extension.extended()))
    return dataclasses.replace(again, substitutions=_with(again, found))


def _add(extension: Extension, swap: Swap) -> None:
    """A unit from which all that is replaced comes out, on the day it is needed."""
    unit = extension.add_item(Item(explodes=True), swap.parent)
    lines = [BomLine(part.item, part.quantity, is_output=True) for part in swap.parts if part.quantity]
    extension.add_bom(Bom(unit, MICRO, lines))
    extension.add_demand(unit, swap.day, MICRO)


def _with(plan: ArrayPlan, found: list[Swap]) -> tuple[Array, Array, Array, Array, Array]:
    """Return the substitutions of a plan and those of groups."""
    rows = [(one.item, one.substitute, swap.day, one.quantity, one.used) for swap in found for one in swap.parts]
    more = np.array(rows, np.int64).T
    item, substitute, day, quantity, used = (
        np.append(column, added.astype(column.dtype)) for column, added in zip(plan.substitutions, more, strict=True)
    )
    return item, substitute, day, quantity, used
