"""Netting level by level: an item is planned only when all of its parents are.

Source: J. Orlicky, Material Requirements Planning, ch. 4-6; regenerative run, time-phased, infinite capacity.
"""

from dataclasses import dataclass, field

from erp.engines.mrp.exploding import boms_by_item, component_needs, in_order
from erp.engines.mrp.levels import low_level_codes
from erp.engines.mrp.lots import lot_sizes
from erp.engines.mrp.pegging import judge
from erp.engines.mrp.problem import (
    CANCEL,
    DECREASE,
    DEFER,
    EXPEDITE,
    Advice,
    Bom,
    Need,
    Order,
    Plan,
    Problem,
)


@dataclass(slots=True)
class _Run:
    """The working store of one run: what each item is needed for, and what was planned."""

    problem: Problem
    levels: list[list[int]]
    needs: list[list[Need]]
    receipts: list[list[int]]
    boms: list[list[Bom]]
    orders: list[list[Order]]
    advice: list[Advice] = field(default_factory=list)
    without_bom: list[int] = field(default_factory=list)


def make_plan(problem: Problem) -> Plan:
    """Plan all items of ``problem``; the same problem always gives the same plan.

    Raises:
        BomCycle: the bills of material contain a circle.
    """
    run = _prepare(problem)
    for level in run.levels:
        for item in level:
            if run.needs[item] or run.receipts[item] or problem.items[item].safety_stock:
                _plan_item(run, item)
    verdicts = judge(problem, run.levels, run.needs, run.receipts, run.orders)
    return Plan(run.orders, run.advice, verdicts, run.levels, sorted(set(run.without_bom)))


def levels_of(problem: Problem) -> list[list[int]]:
    """Return the items by low-level code.

    Raises:
        BomCycle: the bills of material contain a circle.
    """
    components: list[set[int]] = [set() for _ in problem.items]
    for bom in problem.boms:
        components[bom.item].update(line.component for line in bom.lines)
    return low_level_codes(components)


def _prepare(problem: Problem) -> _Run:
    count = len(problem.items)
    needs: list[list[Need]] = [[] for _ in range(count)]
    for index, one in enumerate(problem.demands):
        if one.quantity > 0:
            needs[one.item].append(Need(one.item, one.day, one.quantity, one.priority, (0, one.key), demand=index))
    receipts: list[list[int]] = [[] for _ in range(count)]
    for index in sorted(range(len(problem.receipts)), key=lambda i: (problem.receipts[i].day, problem.receipts[i].key)):
        if problem.receipts[index].quantity > 0:
            receipts[problem.receipts[index].item].append(index)
    return _Run(problem, levels_of(problem), needs, receipts, boms_by_item(problem), [[] for _ in range(count)])


class _Netting:
    """Walks through the needs of one item in time; the pool is what is there beyond what was needed so far."""

    def __init__(self, run: _Run, item: int) -> None:
        self.run = run
        self.number = item
        self.item = run.problem.items[item]
        self.pool = self.item.free_stock
        self.waiting = [(index, run.problem.receipts[index]) for index in reversed(run.receipts[item])]
        self.last_receipt: int | None = None
        self.guarded = False
        self.sequences: dict[int, int] = {}

    def guard_safety_stock(self) -> None:
        """From today on the safety stock is no longer ours to give away."""
        self.guarded = True
        self.pool -= self.item.safety_stock

    def take(self, day: int, quantity: int) -> None:
        """Need ``quantity`` on ``day``: from the pool, else from receipts, else by planned orders."""
        self.pool -= quantity
        self._pull_receipts(day)
        if self.pool < 0:
            self._order(day, -self.pool)

    def _pull_receipts(self, day: int) -> None:
        """Count receipts in until the pool is filled: those due by the day, and later ones worth pulling in."""
        problem, rules = self.run.problem, self.run.problem.rules
        now = max(day, problem.today)
        window = max(rules.reschedule_days, self.item.lead_days)
        while self.pool < 0 and self.waiting and self.waiting[-1][1].day <= now + window:
            index, receipt = self.waiting.pop()
            self.pool += receipt.quantity
            self.last_receipt = index
            comes = max(receipt.day, problem.today)
            if receipt.fixed:
                continue
            if comes - now > rules.dampener_days:
                self.run.advice.append(Advice(index, EXPEDITE, now))
            elif now - comes > rules.dampener_days:
                self.run.advice.append(Advice(index, DEFER, now))

    def _order(self, day: int, net: int) -> None:
        item, calendar = self.item, self.run.problem.calendar
        due = calendar.on_or_before(day)
        start = calendar.earlier(due, item.lead_days)
        for_safety = self.guarded and net <= item.safety_stock
        for quantity in lot_sizes(
            net, minimum=item.min_lot, multiple=item.lot_multiple, maximum=item.max_lot, step=item.step
        ):
            self.sequences[due] = sequence = self.sequences.get(due, 0) + 1
            past_due = start < self.run.problem.today
            order = Order(self.number, sequence, day, due, start, quantity, past_due, for_safety)
            self.run.orders[self.number].append(order)
            self.pool += quantity
            self.last_receipt = None
            if item.explodes:
                _explode(self.run, order)

    def finish(self) -> None:
        """Say what existing supply nobody needs."""
        receipts = self.run.problem.receipts
        if self.last_receipt is not None and self.pool > 0 and not receipts[self.last_receipt].fixed:
            self._reduce(self.last_receipt, min(self.pool, receipts[self.last_receipt].quantity))
        for index, receipt in reversed(self.waiting):
            if receipt.fixed:
                continue
            self.run.advice.append(Advice(index, CANCEL, receipt.day, receipt.quantity))

    def _reduce(self, index: int, surplus: int) -> None:
        receipt, item = self.run.problem.receipts[index], self.item
        kept = sum(
            lot_sizes(
                receipt.quantity - surplus,
                minimum=item.min_lot,
                multiple=item.lot_multiple,
                maximum=item.max_lot,
                step=item.step,
            )
        )
        if kept < receipt.quantity:
            self.run.advice.append(Advice(index, DECREASE, receipt.day, receipt.quantity - kept))


def _plan_item(run: _Run, item: int) -> None:
    needs = run.needs[item]
    in_order(needs)
    netting = _Netting(run, item)
    today = run.problem.today
    at, count = 0, len(needs)
    while at < count:
        day = needs[at].day
        if day > today and not netting.guarded:
            netting.guard_safety_stock()
            netting.take(today, 0)
        quantity = 0
        while at < count and needs[at].day == day:
            quantity += needs[at].quantity
            at += 1
        netting.take(day, quantity)
    if not netting.guarded:
        netting.guard_safety_stock()
        netting.take(today, 0)
    netting.finish()


def _explode(run: _Run, order: Order) -> None:
    needs = component_needs(run.problem, run.boms, order)
    if needs is None:
        order.has_bom = False
        run.without_bom.append(order.item)
        return
    for need in needs:
        run.needs[need.item].append(need)
    order.components = needs
