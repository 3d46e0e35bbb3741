"""The working store of one run: what each item is needed for, and what was planned."""

from dataclasses import dataclass, field

from erp.engines.mrp.exploding import boms_by_item, component_needs, outputs_of
from erp.engines.mrp.levels import low_level_codes
from erp.engines.mrp.problem import POOL, TO_STOCK, Advice, Bom, Need, Order, Output, Problem, Substitution


@dataclass(slots=True)
class Run:
    """Lists by item. ``surplus`` is free stock nobody needs; ``raised`` what receipts (by index) are raised by."""

    problem: Problem
    levels: list[list[int]]
    needs: list[list[Need]]
    receipts: list[list[int]]
    boms: list[list[Bom]]
    orders: list[list[Order]]
    outputs: list[list[Output]]
    surplus: list[int]
    planned: list[bool]
    advice: list[Advice] = field(default_factory=list)
    without_bom: list[int] = field(default_factory=list)
    substitutions: list[list[Substitution]] = field(default_factory=list)
    raised: dict[int, int] = field(default_factory=dict)

    def close(self, item: int) -> None:
        """Number the orders of an item by due day, and pass on what they need and what comes out beside."""
        self.planned[item] = True
        orders = self.orders[item]
        orders.sort(key=lambda order: order.due)
        before, sequence = None, 0
        for order in orders:
            sequence = sequence + 1 if order.due == before else 1
            before, order.sequence = order.due, sequence
        self._move(item)
        for order in orders:
            if self.problem.items[item].explodes or order.is_pass:
                self._explode(order)

    def _move(self, item: int) -> None:
        """Give the orders of an item that somebody moved their own start, before what they need is passed on."""
        for move in (one for one in self.problem.moves if one.item == item):
            for order in self.orders[item]:
                named = (order.due, order.sequence, order.quantity)
                if named == (move.due, move.sequence, move.quantity) and not order.is_pass:
                    order.start, order.lead = move.start, move.lead
                    order.past_due = move.start < self.problem.today

    def _explode(self, order: Order) -> None:
        needs = component_needs(self.problem, self.boms, order)
        if needs is None:
            order.has_bom = False
            self.without_bom.append(order.item)
            return
        for need in needs:
            self.needs[need.item].append(need)
        order.components = needs
        for output in outputs_of(self.problem, self.boms, order):
            if not self.planned[output.item]:
                self.outputs[output.item].append(output)


def levels_of(problem: Problem) -> list[list[int]]:
    """Return the items by low-level code; by-products after what yields them, components after their substitutes,
    the material of work orders after what these make.

    Raises:
        BomCycle: the bills of material contain a circle.
    """
    components: list[set[int]] = [set() for _ in problem.items]
    wishes: list[set[int]] = [set() for _ in problem.items]
    for bom in problem.boms:
        for line in bom.lines:
            (wishes if line.is_output else components)[bom.item].add(line.component)
            for substitute in line.substitutes:
                if substitute.item != line.component:
                    wishes[substitute.item].add(line.component)
    for demand in problem.demands:
        if demand.receipt is not None and problem.receipts[demand.receipt].item != demand.item:
            wishes[problem.receipts[demand.receipt].item].add(demand.item)
    return low_level_codes(components, wishes)


def begin(problem: Problem) -> Run:
    """Lay out the independent needs and the receipts of each item.

    Raises:
        BomCycle: the bills of material contain a circle.
    """
    count = len(problem.items)
    needs: list[list[Need]] = [[] for _ in range(count)]
    for index, one in enumerate(problem.demands):
        if one.quantity > 0:
            needs[one.item].append(independent_need(problem, index))
    receipts: list[list[int]] = [[] for _ in range(count)]
    for index in sorted(range(len(problem.receipts)), key=lambda i: (problem.receipts[i].day, problem.receipts[i].key)):
        if problem.receipts[index].quantity > 0:
            receipts[problem.receipts[index].item].append(index)
    return Run(
        problem,
        levels_of(problem),
        needs,
        receipts,
        boms_by_item(problem),
        [[] for _ in range(count)],
        [[] for _ in range(count)],
        [0] * count,
        [False] * count,
        substitutions=[[] for _ in range(count)],
    )


def independent_need(problem: Problem, index: int) -> Need:
    """Return the need of a demand; of an item made to order it is a group of its own, of its project, or of its work
    order.
    """
    demand = problem.demands[index]
    item, group = problem.items[demand.item], POOL
    if item.order_policy != TO_STOCK and not demand.is_forecast:
        if demand.receipt is not None:
            group = max(problem.receipts[demand.receipt].group, POOL)
        else:
            group = index if demand.group is None else demand.group
    return Need(
        demand.item,
        demand.day,
        demand.quantity,
        demand.priority,
        (0, demand.key),
        demand=index,
        group=group,
        is_skip=item.is_phantom,
        is_forecast=demand.is_forecast,
    )
