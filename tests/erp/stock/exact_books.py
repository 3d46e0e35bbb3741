"""The books of one item in exact fractions, moving average and first in, first out: nothing is rounded.

Written apart from the program: what it books may differ by the cents it rounded, and by no more. Beside the postings it
knows costs that come later (they follow the goods use by use, and come back with goods that were taken back) and
revaluations.
"""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction


@dataclass
class Flow:
    """One posting: ``quantity`` above zero came in; ``back_of`` is the issue whose goods come back."""

    number: int
    day: dt.date
    quantity: Fraction
    back_of: int | None
    middle: int

    @property
    def place(self):
        return (self.day, self.middle, self.number)


class ExactBooks:
    """``value``: what each posting changed the stock by. ``left``, ``held``: quantity and value of each receipt."""

    def __init__(self, method):
        self.is_fifo = method == "fifo"
        self.flows, self.value, self.left, self.held, self.given = {}, {}, {}, {}, {}
        self.uses, self.revalued = {}, {}

    def quantity(self):
        return sum((one.quantity for one in self.flows.values()), Fraction(0))

    def total(self):
        return sum(self.value.values(), Fraction(0))

    def receipts(self):
        return sorted(self.left, key=lambda number: (self.flows[number].day, number))

    def post(self, day, quantity, amount=None, back_of=None, *, is_past=False):
        number = len(self.flows) + 1
        middle = 1 if not is_past else (0 if quantity > 0 else 2)
        flow = Flow(number, day, Fraction(quantity), back_of, middle)
        amount = None if amount is None else Fraction(amount)
        if is_past and not self.is_fifo:
            self._average_anew(flow, amount)
        elif not is_past:
            self.value[number] = self._worth(flow, amount)
        self.flows[number] = flow
        if flow.quantity > 0:
            self.left[number] = flow.quantity
            self.given[number] = amount
            self.held[number] = self.value.get(number, Fraction(0))
        elif not (is_past and self.is_fifo):
            self._take(flow)
        if is_past and self.is_fifo:
            self._first_in_anew()
        return number

    def _worth(self, flow, amount):
        if flow.back_of:
            return self._share(flow)
        if flow.quantity > 0:
            return amount
        if not self.is_fifo:
            return self.total() * flow.quantity / self.quantity()
        wanted, worth = -flow.quantity, Fraction(0)
        for number in self.receipts():
            part = min(wanted, self.left[number])
            worth += self.held[number] * part / self.left[number] if part else 0
            wanted -= part
        return -worth

    def _share(self, flow):
        """Goods come back at their share of what is left of their issue; what they were revalued by is not of it."""
        issue = self.flows[flow.back_of]
        before = [one for one in self.flows.values() if one.back_of == flow.back_of]
        gone = -issue.quantity - sum((one.quantity for one in before), Fraction(0))
        taken = (self.value[one.number] - self.revalued.get(one.number, 0) for one in before)
        worth = -self.value[issue.number] - sum(taken, Fraction(0))
        return worth * flow.quantity / gone

    def _take(self, flow):
        wanted = -flow.quantity
        for number in self.receipts():
            part = min(wanted, self.left[number])
            if part:
                self.held[number] -= self.held[number] * part / self.left[number]
                self.left[number] -= part
                self.uses.setdefault(flow.number, {})[number] = part
                wanted -= part

    def _average_anew(self, new, amount):
        """The difference that the posting makes to all after it."""
        later = [one for one in self.flows.values() if one.place > new.place]
        start = [one for one in self.flows.values() if one.place < new.place]
        ordered = sorted(later, key=lambda one: one.place)
        quantity = sum((one.quantity for one in start), Fraction(0))
        value = sum((self.value[one.number] for one in start), Fraction(0))
        before = self._walk(quantity, value, ordered, {})
        after = self._walk(quantity, value, [new, *ordered], {new.number: amount})
        for one in ordered:
            self.value[one.number] += after[one.number] - before[one.number]
        self.value[new.number] = after[new.number]

    def _walk(self, quantity, value, flows, amounts):
        values, left = {}, {}
        for one in flows:
            if one.back_of in left:
                rest = left[one.back_of]
                worth = rest[1] * one.quantity / rest[0]
                left[one.back_of] = (rest[0] - one.quantity, rest[1] - worth)
            elif one.quantity > 0:
                worth = amounts.get(one.number, self.value.get(one.number))
            else:
                worth = value * one.quantity / quantity
                left[one.number] = (-one.quantity, -worth)
            values[one.number] = worth
            quantity, value = quantity + one.quantity, value + worth
        return values

    def _first_in_anew(self):
        """Walk through all postings again, each receipt with what it cost in the end."""
        flows = sorted(self.flows.values(), key=lambda one: one.place)
        everything, self.flows, self.uses = self.flows, {}, {}
        self.left, self.held = {}, {}
        for one in flows:
            self.value[one.number] = self._worth(one, self.given.get(one.number))
            self.flows[one.number] = one
            if one.quantity > 0:
                self.left[one.number], self.held[one.number] = one.quantity, self.value[one.number]
            else:
                self._take(one)
        self.flows = dict(sorted((self.flows | everything).items()))

    def cost_more(self, number, amount):
        """A later cost stays with what is left of a receipt and follows each use, back with goods that came back."""
        amount = Fraction(amount)
        if self.given[number] is not None:
            self.given[number] += amount
        self._follow(number, amount)

    def _follow(self, number, amount):
        whole = self.flows[number].quantity
        self.value[number] += amount
        self.held[number] += amount * self.left[number] / whole
        for issue, taken in self.uses.items():
            part = amount * taken.get(number, Fraction(0)) / whole
            if not part:
                continue
            self.value[issue] -= part
            for one in self.flows.values():
                if one.back_of == issue:
                    self._follow(one.number, part * one.quantity / -self.flows[issue].quantity)

    def revalue(self, unit_cost):
        """Bring what is left to ``unit_cost``: each receipt under FIFO, all of them by quantity elsewhere."""
        unit_cost, more = Fraction(unit_cost), Fraction(unit_cost) * self.quantity() - self.total()
        for number, left in self.left.items():
            if left:
                change = unit_cost * left - self.held[number] if self.is_fifo else more * left / self.quantity()
                self.value[number] += change
                self.held[number] += change
                self.revalued[number] = self.revalued.get(number, 0) + change
