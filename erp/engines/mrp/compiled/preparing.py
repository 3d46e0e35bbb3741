"""From a problem's columns to what the compiled planner works on: sorted, numbered, with ready ratios."""

import numpy as np

from erp.engines.mrp.arrays import Array, ArrayProblem
from erp.engines.mrp.compiled.driving import low_levels
from erp.engines.mrp.compiled.layout import (
    Boms,
    Calendar,
    Demands,
    Given,
    Items,
    Knobs,
    Receipts,
    Substitutes,
    Uses,
)
from erp.engines.mrp.levels import low_level_codes
from erp.engines.mrp.lots import DOWN, HALF_UP, UP, WIDE, usage_ratio
from erp.engines.mrp.problem import MICRO, POOL, TO_STOCK

SAFE = float(1 << 61)


def starts(numbers: Array, count: int) -> Array:
    """Return where each of ``count`` owners begins in their sorted rows."""
    first = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(numbers, minlength=count), out=first[1:])
    return first


def prepare(problem: ArrayProblem) -> Given:
    """Lay out a problem for the compiled planner."""
    bom_order = np.argsort(problem.boms.item, kind="stable")
    boms = Boms(
        starts(problem.boms.item, len(problem.items.step)),
        problem.boms.valid_from[bom_order],
        problem.boms.valid_to[bom_order],
    )
    place = np.empty(len(bom_order), np.int32)
    place[bom_order] = np.arange(len(bom_order), dtype=np.int32)
    line_order = np.argsort(place[problem.lines.bom], kind="stable")
    number_of = np.empty(len(line_order), np.int32)
    number_of[line_order] = np.arange(len(line_order), dtype=np.int32)
    substitutes = _substitutes(problem, number_of)
    most = int(np.diff(substitutes.first).max(initial=0))
    return Given(
        _knobs(problem, most),
        _calendar(problem),
        _items(problem),
        boms,
        _uses(problem, line_order, place),
        substitutes,
        _demands(problem),
        _receipts(problem),
    )


def _knobs(problem: ArrayProblem, substitutes: int) -> Knobs:
    rules = problem.rules
    return Knobs(
        problem.today,
        rules.dependent_priority,
        rules.reschedule_days,
        rules.dampener_days,
        rules.increase_days,
        bool(rules.net_phantoms),
        bool(rules.substitute_partly),
        substitutes,
    )


def _calendar(problem: ArrayProblem) -> Calendar:
    days = problem.calendar
    return Calendar(days.first, days.end, np.array(days.days, np.int32), np.array(days.before, np.int32))


def _items(problem: ArrayProblem) -> Items:
    own = problem.items
    return Items(
        own.free_stock,
        own.safety_stock,
        own.lead_days,
        own.min_lot,
        own.lot_multiple,
        own.max_lot,
        own.step,
        own.explodes,
        own.lot_policy,
        own.fixed_lot,
        own.lot_days,
        own.max_stock,
        own.fence_days,
        own.order_policy,
        own.is_phantom,
    )


def _uses(problem: ArrayProblem, line_order: Array, place: Array) -> Uses:
    """Lines by component; those of one component by line number."""
    lines, boms, items = problem.lines, problem.boms, problem.items
    component = lines.component[line_order]
    by_component = np.argsort(component, kind="stable")
    row = line_order[by_component]
    child, parent = lines.component[row], boms.item[lines.bom[row]]
    output, step = lines.is_output[row], items.step[child]
    number, divisor = _ratios(problem, row, parent, step)
    mode = np.where(output, DOWN, np.where(step == MICRO, UP, HALF_UP)).astype(np.int8)
    wide = number.astype(np.float64) * step
    exact = (step == MICRO) & (wide < SAFE) & ((number * np.where(wide < SAFE, step, 1)) % divisor == 0)
    whole = np.where(exact, number * np.where(exact, step, 0) // divisor, 0)
    return Uses(
        starts(child, len(items.step)),
        by_component.astype(np.int32),
        parent.astype(np.int32),
        place[lines.bom[row]].astype(np.int32),
        number,
        divisor,
        (WIDE - 1) // np.maximum(np.maximum(number, whole), 1),
        whole,
        mode,
        -(-lines.fixed[row] // step) * step,
        lines.valid_from[row],
        lines.valid_to[row],
        lines.is_skipped[row] | (items.is_phantom[child] & ~output),
        output,
    )


def _ratios(problem: ArrayProblem, row: Array, parent: Array, step: Array) -> tuple[Array, Array]:
    """The ratios of `lots.usage_ratio`: at once where nothing is scrapped, row by row elsewhere."""
    lines, yield_scrap = problem.lines, problem.rules.yield_scrap
    per, base = lines.quantity[row], problem.boms.quantity[lines.bom[row]]
    scrap, good = lines.scrap[row], np.where(lines.is_output[row], MICRO, problem.items.good[parent])
    common = np.gcd(per, base)
    number, divisor = per // common, base // common
    common = np.gcd(number, step)
    number, rest = number // common, step // common
    odd = (scrap != 0) | (good != MICRO) | (divisor.astype(np.float64) * rest >= SAFE) | (number >= SAFE)
    divisor = divisor * np.where(odd, 1, rest)
    for at in np.nonzero(odd)[0].tolist():
        number[at], divisor[at] = usage_ratio(
            int(per[at]),
            int(base[at]),
            scrap=int(scrap[at]),
            yield_scrap=yield_scrap,
            step=int(step[at]),
            good=int(good[at]),
        )
    return number, divisor


def _substitutes(problem: ArrayProblem, number_of: Array) -> Substitutes:
    own = problem.substitutes
    line = number_of[own.line] if len(own.line) else own.line
    order = np.lexsort((own.rank, line))
    return Substitutes(
        starts(line, len(problem.lines.bom)),
        own.item[order],
        own.ratio[order],
        own.valid_from[order],
        own.valid_to[order],
    )


def _demands(problem: ArrayProblem) -> Demands:
    own, items = problem.demands, problem.items
    is_open = np.nonzero(own.quantity > 0)[0]
    keys = (own.key, own.priority, own.is_forecast, own.day, own.item)
    order = is_open[np.lexsort([key[is_open] for key in keys])]
    group = np.full(len(own.key), POOL, np.int32)
    to_order = (items.order_policy[own.item] != TO_STOCK) & ~own.is_forecast
    free = to_order & (own.receipt < 0)
    group[free] = np.nonzero(free)[0]
    bound = np.nonzero(to_order & (own.receipt >= 0))[0]
    group[bound] = np.maximum(problem.receipts.group[own.receipt[bound]], POOL)
    early = ~own.is_forecast & (own.priority <= problem.rules.dependent_priority)
    return Demands(
        starts(own.item[order], len(items.step)),
        order.astype(np.int32),
        own.day[order],
        own.quantity[order],
        early[order],
        group[order],
    )


def receipt_order(problem: ArrayProblem) -> Array:
    """Return the receipts (their places) by item, day and key; those with nothing open are left out."""
    own = problem.receipts
    is_open = np.nonzero(own.quantity > 0)[0]
    return is_open[np.lexsort([key[is_open] for key in (own.key, own.day, own.item)])]


def _receipts(problem: ArrayProblem) -> Receipts:
    own, order = problem.receipts, receipt_order(problem)
    item = own.item[order]
    return Receipts(
        starts(item, len(problem.items.step)),
        order.astype(np.int32),
        own.day[order],
        own.quantity[order],
        own.fixed[order],
        np.where(problem.items.order_policy[item] == TO_STOCK, POOL, own.group[order]).astype(np.int32),
    )


def by_level(problem: ArrayProblem) -> Array:
    """Return the items by low-level code; by-products after what yields them, components after their substitutes.

    Raises:
        BomCycle: the bills of material contain a circle.
    """
    lines = problem.lines
    parent = problem.boms.item[lines.bom]
    hard, soft = ~lines.is_output, lines.is_output
    own = problem.substitutes
    replaced = lines.component[own.line] if len(own.line) else own.line
    differs = own.item != replaced
    above = np.concatenate([parent[hard], parent[soft], own.item[differs]])
    below = np.concatenate([lines.component[hard], lines.component[soft], replaced[differs]])
    level, done = _levels(above, below, len(problem.items.step))
    if done < len(level):
        return _by_sets(problem, above, below, int(hard.sum()))
    return np.argsort(level, kind="stable")


def _levels(above: Array, below: Array, count: int) -> tuple[Array, int]:
    order = np.argsort(above, kind="stable")
    level, done = low_levels(starts(above, count), below[order].astype(np.int64), count)
    return level, int(done)


def _by_sets(problem: ArrayProblem, above: Array, below: Array, hard: int) -> Array:
    """The slow way, which lets wishes go and names a circle."""
    count = len(problem.items.step)
    components: list[set[int]] = [set() for _ in range(count)]
    wishes: list[set[int]] = [set() for _ in range(count)]
    for number, (parent, child) in enumerate(zip(above.tolist(), below.tolist(), strict=True)):
        (components if number < hard else wishes)[parent].add(child)
    return np.array([item for level in low_level_codes(components, wishes) for item in level], np.int64)
