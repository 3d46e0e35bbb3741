"""Netting one item in time: the pool is what is there beyond what was needed so far."""

from itertools import groupby

from erp.engines.mrp.lots import lot_sizes, lots_of
from erp.engines.mrp.placing import place
from erp.engines.mrp.problem import (
    CANCEL,
    DECREASE,
    DEFER,
    EXPEDITE,
    INCREASE,
    MICRO,
    PERIOD,
    Advice,
    Item,
    Need,
    Order,
    Rules,
    Substitute,
    Substitution,
)
from erp.engines.mrp.run import Run


class Pool:
    """Serves the needs of one item day by day from stock, receipts, outputs, substitutes and planned orders."""

    def __init__(self, run: Run, item: int, needs: list[Need], waiting: list[tuple[int, int]], free: int) -> None:
        """``waiting``: receipts (their index, the quantity of them that is left), by day."""
        self.run, self.number, self.item = run, item, run.problem.items[item]
        self.rules, self.today = run.problem.rules, run.problem.today
        self.safety = 0 if self.item.is_phantom else self.item.safety_stock
        self.pool = free
        wanted = (need for need in needs if need.quantity > 0)
        self.days = [(day, list(of_day)) for day, of_day in groupby(wanted, key=lambda need: need.day)]
        self.waiting = waiting[::-1]
        self.outputs = sorted(run.outputs[item], key=lambda one: (one.day, one.rank), reverse=True)
        self.at = 0
        self.last_receipt: tuple[int, int] | None = None
        self.may_grow: int | None = None
        self.guarded = False

    def serve(self) -> None:
        """Go through all days, then say what existing supply nobody needs."""
        for at, (day, needs) in enumerate(self.days):
            self.at = at
            if day > self.today and not self.guarded:
                self._guard()
            self._take(day, needs)
        self.at = len(self.days)
        if not self.guarded:
            self._guard()
        self._finish()

    def _guard(self) -> None:
        """From today on the safety stock is no longer ours to give away."""
        self.guarded = True
        self.pool -= self.safety
        self._take(self.today, [])

    def _take(self, day: int, needs: list[Need]) -> None:
        while self.outputs and self.outputs[-1].day <= day:
            self.pool += self.outputs.pop().quantity
        self.pool -= sum(need.quantity for need in needs if not need.is_skip)
        self._pull(day)
        if self.pool < 0:
            self._substitute(day, needs)
        if self.pool < 0:
            self._raise(day)
        if self.pool < 0:
            self._order(day)
        skipped = sum(need.quantity for need in needs if need.is_skip)
        if skipped:
            self._pass_through(day, skipped)

    def _pull(self, day: int) -> None:
        """Count receipts in until the pool is filled: those due by the day, and later ones worth pulling in."""
        now = max(day, self.today)
        window = pull_in_days(self.rules, self.item)
        while self.pool < 0 and self.waiting and self._next_day() <= now + window:
            self._count_in(now)

    def _next_day(self) -> int:
        return self.run.problem.receipts[self.waiting[-1][0]].day

    def _count_in(self, now: int) -> None:
        index, left = self.waiting.pop()
        receipt = self.run.problem.receipts[index]
        self.pool += left
        self.last_receipt, self.may_grow = (index, left), index
        if receipt.fixed or left < receipt.quantity:
            return
        move = moved(max(receipt.day, self.today), now, self.rules.dampener_days)
        if move:
            self.run.advice.append(Advice(index, move, now))

    def _substitute(self, day: int, needs: list[Need]) -> None:
        """Cover what is short of the day's last needs by free stock of what may replace the item there."""
        short = -self.pool
        for need in reversed(needs):
            if need.is_skip or short <= 0:
                continue
            part = min(short, need.quantity)
            short -= part
            for one in sorted(need.substitutes, key=lambda substitute: substitute.rank):
                if part > 0 and one.valid_from <= max(day, self.today) < one.valid_to:
                    part -= self._replace(day, part, one)

    def _replace(self, day: int, wanted: int, by: Substitute) -> int:
        """Use surplus stock of ``by``; return how much of the item that replaces."""
        own, other = self.item.step, self.run.problem.items[by.item].step
        possible = self.run.surplus[by.item] // other * other * MICRO // by.ratio // own * own
        covered = min(wanted, possible)
        if covered <= 0 or (covered < wanted and not self.rules.substitute_partly):
            return 0
        used = min(-(-covered * by.ratio // (MICRO * other)) * other, self.run.surplus[by.item])
        self.run.surplus[by.item] -= used
        self.pool += covered
        self.run.substitutions[self.number].append(Substitution(self.number, by.item, day, covered, used))
        return covered

    def _raise(self, day: int) -> None:
        """Ask for more of a purchase that is due near the shortage, rather than for another one."""
        if self.may_grow is None or self.item.explodes or self.rules.increase_days < 0:
            return
        receipt, now = self.run.problem.receipts[self.may_grow], max(day, self.today)
        multiple = max(self.item.lot_multiple, self.item.step)
        more = -(self.pool // multiple) * multiple
        grown = self.run.raised.get(self.may_grow, 0) + more
        is_near = abs(max(receipt.day, self.today) - now) <= self.rules.increase_days
        fits = not self.item.max_lot or receipt.quantity + grown <= self.item.max_lot
        if receipt.fixed or not is_near or not fits:
            return
        self.run.raised[self.may_grow] = grown
        self.run.advice.append(Advice(self.may_grow, INCREASE, now, more))
        self.pool += more
        self.last_receipt = None

    def _order(self, day: int) -> None:
        missing = -self.pool
        if self.item.lot_policy == PERIOD and self.item.lot_days:
            missing = self._of_period(day)
        for_safety = self.guarded and missing <= self.safety
        for quantity in lots_of(self.item, missing, self.safety if self.guarded else 0):
            order = place(self.run.problem, self.number, day, quantity)
            order.for_safety = for_safety
            self.run.orders[self.number].append(order)
            self.pool += quantity
        self.last_receipt = self.may_grow = None

    def _of_period(self, day: int) -> int:
        """Look ahead: the deepest the pool falls within the days of one lot, receipts due by then counted."""
        level = worst = self.pool
        end = max(day, self.today) + self.item.lot_days
        receipt, output, guarded = len(self.waiting) - 1, len(self.outputs) - 1, self.guarded
        following = self.at
        while following < len(self.days) and self.days[following][0] <= day:
            following += 1
        for later, needs in self.days[following:]:
            if later >= end:
                break
            if later > self.today and not guarded:
                guarded, level = True, level - self.safety
            while receipt >= 0 and self.run.problem.receipts[self.waiting[receipt][0]].day <= later:
                level, receipt = level + self.waiting[receipt][1], receipt - 1
            while output >= 0 and self.outputs[output].day <= later:
                level, output = level + self.outputs[output].quantity, output - 1
            level -= sum(need.quantity for need in needs if not need.is_skip)
            worst = min(worst, level)
        return -worst

    def _pass_through(self, day: int, quantity: int) -> None:
        """Use what is there of a skipped level; its own components take the place of the rest."""
        if self.rules.net_phantoms:
            while self.pool < quantity and self.waiting and self._next_day() <= day:
                self._count_in(max(day, self.today))
            used = min(quantity, max(self.pool, 0))
            self.pool -= used
            quantity -= used
        if quantity:
            past_due = day < self.today
            order = Order(self.number, 0, day, day, day, quantity, past_due, False, is_pass=True)
            self.run.orders[self.number].append(order)

    def _finish(self) -> None:
        receipts = self.run.problem.receipts
        while self.outputs:
            self.pool += self.outputs.pop().quantity
        if self.last_receipt is not None and self.pool > 0 and not receipts[self.last_receipt[0]].fixed:
            index, counted = self.last_receipt
            if counted == receipts[index].quantity:
                self._reduce(index, min(self.pool, counted))
        for index, left in reversed(self.waiting):
            receipt = receipts[index]
            if not receipt.fixed and left == receipt.quantity:
                self.run.advice.append(Advice(index, CANCEL, receipt.day, receipt.quantity))

    def _reduce(self, index: int, surplus: int) -> None:
        receipt, item = self.run.problem.receipts[index], self.item
        needed = receipt.quantity - surplus
        kept = sum(
            lot_sizes(needed, minimum=item.min_lot, multiple=item.lot_multiple, maximum=item.max_lot, step=item.step)
        )
        if kept < receipt.quantity:
            self.run.advice.append(Advice(index, DECREASE, receipt.day, receipt.quantity - kept))


def pull_in_days(rules: Rules, item: Item) -> int:
    """Return how many days later than needed supply may come to be pulled in rather than ordered again."""
    return max(rules.reschedule_days, item.lead_days, item.fence_days) if rules.reschedule_days >= 0 else 0


def moved(comes: int, now: int, dampener: int) -> str | None:
    """Say whether supply that comes on one day and is needed on another is to be pulled in or put off."""
    if comes - now > dampener:
        return EXPEDITE
    return DEFER if now - comes > dampener else None
