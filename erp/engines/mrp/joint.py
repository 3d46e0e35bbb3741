"""Orders of a main product for the sake of its co-products 联产品: what a co-product is short of is made jointly.

Only of co-products that come out of other products' orders and cannot be made by themselves.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from erp.engines.mrp.arrays import ArrayPlan, ArrayProblem
from erp.engines.mrp.lots import DOWN, lot_sizes, scaled, usage_ratio
from erp.engines.mrp.problem import TO_STOCK

ROUNDS = 20
"""Most plans made for it: a joint order takes the place of others of its product, whose co-products lack then."""


@dataclass(frozen=True, slots=True)
class JointOrder:
    """``quantity`` of ``main`` to be there on ``day``, for the sake of a co-product that ``demands`` ask for."""

    main: int
    day: int
    quantity: int
    demands: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Yield:
    """A line by which a co-product comes out: (n, d), steps of it for a quantity of the main product."""

    bom: int
    main: int
    co_product: int
    ratio: tuple[int, int]
    step: int

    def out_of(self, quantity: int) -> int:
        """Return what comes out beside so much of the main product."""
        return scaled(quantity, *self.ratio, DOWN) * self.step

    def order_for(self, quantity: int, step: int) -> int:
        """Return how much of the main product brings so much, in whole steps."""
        number, divisor = self.ratio
        steps = -(-quantity // self.step)
        needed = -(-steps * divisor // number)
        return -(-needed // step) * step


def yields(problem: ArrayProblem) -> list[Yield]:
    """Return the lines by which a shortage may start an order, the first one of each co-product first."""
    lines, boms, items = problem.lines, problem.boms, problem.items
    is_made_alone = np.isin(np.arange(len(items.step)), boms.item) | ~items.explodes
    main = boms.item[lines.bom]
    chosen = lines.is_joint & lines.is_output & ~is_made_alone[lines.component]
    chosen &= ~items.is_phantom[lines.component] & ~items.is_phantom[main]
    chosen &= (items.order_policy[lines.component] == TO_STOCK) & (items.order_policy[main] == TO_STOCK)
    found = []
    for line in np.nonzero(chosen & items.explodes[main])[0].tolist():
        step = int(items.step[lines.component[line]])
        base = int(boms.quantity[lines.bom[line]])
        ratio = usage_ratio(int(lines.quantity[line]), base, step=step)
        found.append(Yield(int(lines.bom[line]), int(main[line]), int(lines.component[line]), ratio, step))
    return found


def joint_orders(problem: ArrayProblem, plan: ArrayPlan, by_line: list[Yield]) -> list[JointOrder]:
    """Return the orders that bring what a plan lacks of co-products.

    What one order brings beyond its reason serves the next ones. One that would begin in the main product's frozen
    days is not proposed: the shortage stays as it is.
    """
    found: list[JointOrder] = []
    left: dict[int, int] = defaultdict(int)
    for day, co_product, quantity, demands in _short(plan, {one.co_product for one in by_line}):
        short = quantity - left[co_product]
        left[co_product] -= quantity
        if short <= 0:
            continue
        line = next((one for one in by_line if one.co_product == co_product and _is_open(problem, one, day)), None)
        if line is None:
            left[co_product] += short
            continue
        for lot in _lots(problem, line, short):
            found.append(JointOrder(line.main, day, lot, demands))
            for one in by_line:
                if one.bom == line.bom:
                    left[one.co_product] += one.out_of(lot)
    return found


def merged(problem: ArrayProblem, orders: Iterable[JointOrder]) -> list[JointOrder]:
    """Make one order of those of one product and day, where its lots have no greatest size."""
    found: dict[tuple[int, int, int], JointOrder] = {}
    for number, one in enumerate(orders):
        key = (one.main, one.day, number if problem.items.max_lot[one.main] else 0)
        known = found.get(key)
        found[key] = JointOrder(
            one.main,
            one.day,
            one.quantity + (known.quantity if known else 0),
            tuple(dict.fromkeys((*(known.demands if known else ()), *one.demands))),
        )
    return list(found.values())


def _short(plan: ArrayPlan, co_products: set[int]) -> Iterator[tuple[int, int, int, tuple[int, ...]]]:
    """Day, co-product, quantity and demands of each order that nobody can carry out, by day."""
    rows = []
    for item in sorted(co_products):
        for order in range(plan.first[item], plan.last[item]):
            tops = [int(plan.by_rank[rank]) for rank in plan.tops[order] if rank >= 0]
            rows.append((int(plan.need[order]), item, int(plan.quantity[order]), tuple(tops)))
    return iter(sorted(rows))


def _is_open(problem: ArrayProblem, line: Yield, day: int) -> bool:
    """Return whether an order for a day begins behind the frozen days, by a bill valid then."""
    items, boms, calendar = problem.items, problem.boms, problem.calendar
    start = calendar.earlier(calendar.on_or_before(day), int(items.lead_days[line.main]))
    fence, begin = int(items.fence_days[line.main]), max(start, problem.today)
    of_main = np.nonzero((boms.item == line.main) & (boms.valid_from <= begin) & (begin < boms.valid_to))[0]
    is_first = len(of_main) > 0 and int(of_main[0]) == line.bom
    return is_first and not (fence > 0 and start < problem.today + fence)


def _lots(problem: ArrayProblem, line: Yield, short: int) -> list[int]:
    items, main = problem.items, line.main
    return lot_sizes(
        line.order_for(short, int(items.step[main])),
        minimum=int(items.min_lot[main]),
        multiple=int(items.lot_multiple[main]),
        maximum=int(items.max_lot[main]),
        step=int(items.step[main]),
    )
