"""From a problem's columns to what the compiled planner works on: sorted, numbered, with ready ratios."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from erp.engines.mrp.arrays import Array, ArrayProblem
from erp.engines.mrp.compiled.driving import low_levels
from erp.engines.mrp.compiled.layout import (
    BOM,
    DEMAND,
    ITEM,
    MOVE,
    RECEIPT,
    SUBSTITUTE,
    USE,
    Calendar,
    Given,
    Knobs,
    Records,
    room,
    table,
)
from erp.engines.mrp.compiled.waves import Levels
from erp.engines.mrp.levels import low_level_codes
from erp.engines.mrp.lots import DOWN, HALF_UP, UP, WIDE, usage_ratio
from erp.engines.mrp.problem import MICRO, NEVER, POOL, TO_STOCK

SAFE = 1 << 61


def starts(numbers: Array, count: int) -> Array:
    """Return where each of ``count`` owners begins in their sorted rows."""
    first = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(numbers, minlength=count), out=first[1:])
    return first


def prepare(problem: ArrayProblem) -> Given:
    """Lay out a problem for the compiled planner."""
    bom_order = np.argsort(problem.boms.item, kind="stable")
    boms = table(len(bom_order), BOM)
    _fill(boms, valid_from=problem.boms.valid_from[bom_order], valid_to=problem.boms.valid_to[bom_order])
    place = np.empty(len(bom_order), np.int32)
    place[bom_order] = np.arange(len(bom_order), dtype=np.int32)
    line_order = np.argsort(place[problem.lines.bom], kind="stable")
    number_of = np.empty(len(line_order), np.int32)
    number_of[line_order] = np.arange(len(line_order), dtype=np.int32)
    substitutes, first_substitute = _substitutes(problem, number_of)
    with ThreadPoolExecutor(1) as beside:  # large arrays are gone through without the interpreter's lock
        of_lines = beside.submit(_uses, problem, line_order, place, first_substitute)
        demands, first_demand = _demands(problem)
        receipts, first_receipt = _receipts(problem)
        items = _items(problem)
        uses, first_use = of_lines.result()
    items["first_bom"] = starts(problem.boms.item, len(problem.items.step))
    items["first_use"], items["first_demand"], items["first_receipt"] = first_use, first_demand, first_receipt
    moves, items["first_move"] = _moves(problem)
    knobs = _knobs(problem, int(np.diff(first_substitute).max(initial=0)))
    return Given(knobs, _calendar(problem), items, boms, uses, substitutes, demands, receipts, moves)


def _moves(problem: ArrayProblem) -> tuple[Records, Array]:
    """Moved orders by item, and where those of each begin."""
    own = problem.moves
    if own is None:
        return table(0, MOVE), starts(np.zeros(0, np.int64), len(problem.items.step))
    by_item = np.argsort(own.item, kind="stable")
    moves = table(len(by_item), MOVE)
    _fill(moves, **{name: getattr(own, name)[by_item] for name in ("quantity", "due", "sequence", "start", "lead")})
    return moves, starts(own.item, len(problem.items.step))


def prepare_again(problem: ArrayProblem, before: Given) -> Given:
    """Lay out a problem whose bills of material, and what their lines follow from, are those laid out before."""
    items = _items(problem)
    demands, items["first_demand"] = _demands(problem)
    receipts, items["first_receipt"] = _receipts(problem)
    moves, items["first_move"] = _moves(problem)
    for name in ("first_bom", "first_use"):
        items[name] = before.items[name]
    return before._replace(items=items, demands=demands, receipts=receipts, moves=moves)


def material_pairs(problem: ArrayProblem) -> Array:
    """Return, sorted, the items made by orders with their material, each pair as one number."""
    material = np.nonzero(problem.demands.receipt >= 0)[0]
    made, used = problem.receipts.item[problem.demands.receipt[material]], problem.demands.item[material]
    return np.unique(made.astype(np.int64) * len(problem.items.step) + used)


def _fill(records: Records, **columns: Array) -> None:
    for name, column in columns.items():
        records[name] = column


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


def _items(problem: ArrayProblem) -> Records:
    own = problem.items
    items = table(len(own.step) + 1, ITEM)
    _fill(
        items[:-1],
        free=own.free_stock,
        safety=own.safety_stock,
        low=own.min_lot,
        multiple=own.lot_multiple,
        high=own.max_lot,
        step=own.step,
        fixed_lot=own.fixed_lot,
        max_stock=own.max_stock,
        lead=own.lead_days,
        lot_days=own.lot_days,
        fence=own.fence_days,
        lot_policy=own.lot_policy,
        order_policy=own.order_policy,
        explodes=own.explodes,
        phantom=own.is_phantom,
    )
    return items


def _uses(problem: ArrayProblem, line_order: Array, place: Array, first_substitute: Array) -> tuple[Records, Array]:
    """Lines by component, those of one by line number, and where each component's begin."""
    lines, boms, items = problem.lines, problem.boms, problem.items
    by_component = np.argsort(lines.component[line_order], kind="stable")
    row = line_order[by_component]
    child, parent = lines.component[row], boms.item[lines.bom[row]]
    output, step = lines.is_output[row], items.step[child]
    number, divisor = _ratios(problem, row, parent, step)
    fits = (step == MICRO) & (number.astype(np.float64) * step < SAFE)
    product = np.where(fits, number, 0) * np.where(fits, step, 0)
    whole = np.where(fits & (product % divisor == 0), product // divisor, 0)
    uses = room(len(row), USE)
    _fill(
        uses,
        number=number,
        divisor=divisor,
        limit=(WIDE - 1) // np.maximum(np.maximum(number, whole), 1),
        whole=whole,
        fixed=np.where(output, 0, -(-lines.fixed[row] // step) * step),
        line=by_component,
        parent=parent,
        bom=place[lines.bom[row]],
        valid_from=lines.valid_from[row],
        valid_to=lines.valid_to[row],
        first_substitute=first_substitute[by_component],
        last_substitute=first_substitute[by_component + 1],
        mode=np.where(output, DOWN, np.where(step == MICRO, UP, HALF_UP)),
        skip=lines.is_skipped[row] | (items.is_phantom[child] & ~output),
        output=output,
        always=_is_always(problem, row),
    )
    return uses, starts(child, len(items.step))


def _is_always(problem: ArrayProblem, row: Array) -> Array:
    """Return whether each line is valid on every day there is, with its bill, the only one of its parent."""
    lines, boms, today = problem.lines, problem.boms, problem.today
    single = np.bincount(boms.item, minlength=len(problem.items.step)) == 1
    whole = (boms.valid_from <= today) & (boms.valid_to >= NEVER) & (single & problem.items.explodes)[boms.item]
    always: Array = whole[lines.bom[row]] & (lines.valid_from[row] <= today) & (lines.valid_to[row] >= NEVER)
    return always


def _ratios(problem: ArrayProblem, row: Array, parent: Array, step: Array) -> tuple[Array, Array]:
    """The ratios of `lots.usage_ratio`: at once where nothing is scrapped, row by row elsewhere."""
    lines, yield_scrap = problem.lines, problem.rules.yield_scrap
    per, base = lines.quantity[row], problem.boms.quantity[lines.bom[row]]
    is_output = lines.is_output[row]
    scrap, good = np.where(is_output, 0, lines.scrap[row]), np.where(is_output, MICRO, problem.items.good[parent])
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


def _substitutes(problem: ArrayProblem, number_of: Array) -> tuple[Records, Array]:
    own = problem.substitutes
    line = number_of[own.line] if len(own.line) else own.line
    order = np.lexsort((own.rank, line))
    found = table(len(order), SUBSTITUTE)
    _fill(
        found,
        by=own.item[order],
        ratio=own.ratio[order],
        valid_from=own.valid_from[order],
        valid_to=own.valid_to[order],
    )
    return found, starts(line, len(problem.lines.bom))


def _demands(problem: ArrayProblem) -> tuple[Records, Array]:
    """Open demands by item in the order they are served, and where each item's begin."""
    own, items = problem.demands, problem.items
    is_open = np.nonzero(own.quantity > 0)[0]
    keys = (own.key, own.priority, own.is_forecast, own.day, own.item)
    order = is_open[np.lexsort([key[is_open] for key in keys])]
    group = np.full(len(own.key), POOL, np.int32)
    to_order = (items.order_policy[own.item] != TO_STOCK) & ~own.is_forecast
    free = to_order & (own.receipt < 0)
    group[free] = np.where(own.group >= 0, own.group, np.arange(len(own.key)))[free]
    bound = np.nonzero(to_order & (own.receipt >= 0))[0]
    group[bound] = np.maximum(problem.receipts.group[own.receipt[bound]], POOL)
    early = ~own.is_forecast & (own.priority <= problem.rules.dependent_priority)
    demands = table(len(order), DEMAND)
    _fill(
        demands,
        index=order,
        day=own.day[order],
        quantity=own.quantity[order],
        early=early[order],
        group=group[order],
    )
    return demands, starts(own.item[order], len(items.step))


def receipt_order(problem: ArrayProblem) -> Array:
    """Return the receipts (their places) by item, day and key; those with nothing open are left out."""
    own = problem.receipts
    is_open = np.nonzero(own.quantity > 0)[0]
    return is_open[np.lexsort([key[is_open] for key in (own.key, own.day, own.item)])]


def _receipts(problem: ArrayProblem) -> tuple[Records, Array]:
    own, order = problem.receipts, receipt_order(problem)
    item = own.item[order]
    receipts = table(len(order), RECEIPT)
    _fill(
        receipts,
        index=order,
        day=own.day[order],
        quantity=own.quantity[order],
        left=own.quantity[order],
        fixed=own.fixed[order],
        group=np.where(problem.items.order_policy[item] == TO_STOCK, POOL, own.group[order]),
    )
    return receipts, starts(item, len(problem.items.step))


def by_level(problem: ArrayProblem) -> Levels:
    """Return the items by low-level code; by-products after what yields them, components after their substitutes,
    the material of work orders after what these make. Those of a level that may have a substitute come first.

    Raises:
        BomCycle: the bills of material contain a circle.
    """
    above, below, hard = edges_between(problem)
    count = len(problem.items.step)
    level, done = _levels(above, below, count)
    if done < len(level):
        return Levels(_by_sets(problem, above, below, hard), [], [])
    replaceable = np.zeros(count, np.bool_)
    replaceable[problem.lines.component[problem.substitutes.line]] = True
    ends = np.cumsum(np.bincount(level))
    in_order = np.bincount(level[replaceable], minlength=len(ends))
    return Levels(np.lexsort((~replaceable, level)), ends.tolist(), in_order.tolist())


def edges_between(problem: ArrayProblem) -> tuple[Array, Array, int]:
    """Return pairs of items of which the first is planned before the second, those of components first; how many they
    are.
    """
    lines, own = problem.lines, problem.substitutes
    parent = problem.boms.item[lines.bom]
    hard, soft = ~lines.is_output, lines.is_output
    replaced = lines.component[own.line] if len(own.line) else own.line
    differs = own.item != replaced
    material = np.nonzero(problem.demands.receipt >= 0)[0]
    made, used = problem.receipts.item[problem.demands.receipt[material]], problem.demands.item[material]
    apart = made != used
    above = np.concatenate([parent[hard], parent[soft], own.item[differs], made[apart]])
    below = np.concatenate([lines.component[hard], lines.component[soft], replaced[differs], used[apart]])
    return above, below, int(hard.sum())


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
