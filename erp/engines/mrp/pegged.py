"""Items made to order: each demand is a group with supply of its own, never shared with another."""

from dataclasses import dataclass, field

from erp.engines.mrp.lots import lot_sizes
from erp.engines.mrp.placing import place
from erp.engines.mrp.pooling import moved, pull_in_days
from erp.engines.mrp.problem import CANCEL, DECREASE, MIXED, POOL, Advice, Need
from erp.engines.mrp.run import Run


@dataclass(slots=True)
class Shared:
    """What groups may take beside their own: free stock (of mixed items) and receipts pegged to nobody, by day."""

    free: int
    receipts: list[tuple[int, int]] = field(default_factory=list)


def groups_of(needs: list[Need]) -> list[tuple[int, list[Need]]]:
    """Return the needs of each group in the order they are served, the earliest group first."""
    found: dict[int, list[Need]] = {}
    for need in needs:
        if need.group != POOL:
            found.setdefault(need.group, []).append(need)
    return sorted(found.items(), key=lambda pair: (pair[1][0].day, pair[0]))


def serve_groups(run: Run, item: int, needs: list[Need]) -> Shared:
    """Plan the groups of an item made to order; return what they leave to the pool. ``needs`` in order."""
    receipts, own = run.problem.receipts, run.problem.items[item]
    shared = Shared(own.free_stock if own.order_policy == MIXED else 0)
    shared.receipts = [
        (index, receipts[index].quantity) for index in run.receipts[item] if receipts[index].group == POOL
    ]
    pegged: dict[int, list[int]] = {}
    for index in run.receipts[item]:
        if receipts[index].group != POOL:
            pegged.setdefault(receipts[index].group, []).append(index)
    for group, of_group in groups_of(needs):
        _Group(run, item, pegged.pop(group, []), shared).serve(group, of_group)
    for index in sorted(index for left in pegged.values() for index in left):
        _give_back(run, index, receipts[index].quantity)
    return shared


class _Group:
    """The supply of one demand's own: follows it in quantity and date, without lot rules but the maximum."""

    def __init__(self, run: Run, item: int, own: list[int], shared: Shared) -> None:
        self.run, self.number, self.item = run, item, run.problem.items[item]
        self.today, self.rules = run.problem.today, run.problem.rules
        self.own, self.shared = own, shared
        self.pool = 0
        self.last: int | None = None

    def serve(self, group: int, needs: list[Need]) -> None:
        at = 0
        while at < len(needs):
            day = needs[at].day
            while at < len(needs) and needs[at].day == day:
                self.pool -= needs[at].quantity
                at += 1
            self._cover(group, day)
        if self.last is not None and self.pool > 0:
            surplus = min(self.pool, self.run.problem.receipts[self.last].quantity)
            _give_back(self.run, self.last, surplus // self.item.step * self.item.step)
        for index in self.own:
            _give_back(self.run, index, self.run.problem.receipts[index].quantity)

    def _cover(self, group: int, day: int) -> None:
        now = max(day, self.today)
        while self.pool < 0 and self.own:
            self.last = self.own.pop(0)
            self.pool += self.run.problem.receipts[self.last].quantity
            self._advise(self.last, now)
        taken = min(self.shared.free, max(-self.pool, 0))
        self.shared.free -= taken
        self.pool += taken
        self._take_shared(now)
        if self.pool < 0:
            for quantity in lot_sizes(-self.pool, maximum=self.item.max_lot, step=self.item.step):
                order = place(self.run.problem, self.number, day, quantity)
                order.group = group
                self.run.orders[self.number].append(order)
                self.pool += quantity
            self.last = None

    def _take_shared(self, now: int) -> None:
        window = pull_in_days(self.rules, self.item)
        receipts = self.run.problem.receipts
        while self.pool < 0 and self.shared.receipts:
            index, left = self.shared.receipts[0]
            if receipts[index].day > now + window:
                return
            if left == receipts[index].quantity:
                self._advise(index, now)
            taken = min(left, -self.pool)
            self.pool += taken
            if taken == left:
                del self.shared.receipts[0]
            else:
                self.shared.receipts[0] = (index, left - taken)

    def _advise(self, index: int, now: int) -> None:
        receipt = self.run.problem.receipts[index]
        move = moved(max(receipt.day, self.today), now, self.rules.dampener_days)
        if move and not receipt.fixed:
            self.run.advice.append(Advice(index, move, now))


def _give_back(run: Run, index: int, surplus: int) -> None:
    receipt = run.problem.receipts[index]
    if surplus > 0 and not receipt.fixed:
        kind = CANCEL if surplus == receipt.quantity else DECREASE
        run.advice.append(Advice(index, kind, receipt.day, surplus))
