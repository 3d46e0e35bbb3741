"""The four valuation methods in plain Python: the whole history of one item, worked through from its first day.

Written apart from the program's engine, to be compared with it: no state is kept between calls, every answer is a new
walk through all postings in the order of value.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

D = Decimal


@dataclass
class Posting:
    """One posting: quantity above zero came in. ``back_of`` is the issue whose goods come back."""

    number: int
    day: dt.date
    quantity: Decimal
    amount: Decimal | None = None
    back_of: int | None = None
    backdated: bool = False

    @property
    def place(self):
        """Receipts that were backdated come first in their day, issues that were backdated last."""
        middle = 1 if not self.backdated else (0 if self.quantity > 0 else 2)
        return (self.day, middle, self.number)


class CostModel:
    """The books of one item."""

    def __init__(self, method, decimals=2, standard=None, *, rounds_unit_cost=False):
        self.method = method
        self.step = D(1).scaleb(-decimals)
        self.standard = standard or D(0)
        self.rounds_unit_cost = rounds_unit_cost
        self.postings = []

    def post(self, day, quantity, amount=None, back_of=None, *, backdated=False):
        number = len(self.postings) + 1
        self.postings.append(Posting(number, day, D(quantity), amount, back_of, backdated))
        return number

    def quantity(self):
        return sum((one.quantity for one in self.postings), D(0))

    def value(self):
        return sum(self.values().values(), D(0))

    def values(self):
        """What each posting changed the stock's value by, by its number."""
        ordered = sorted(self.postings, key=lambda one: one.place)
        return {
            "moving_average": self._average,
            "fifo": self._fifo,
            "standard": self._standard,
            "month_average": self._month_average,
        }[self.method](ordered)

    def rounded(self, amount):
        return amount.quantize(self.step, rounding=ROUND_HALF_UP)

    def part(self, amount, part, whole):
        if part == whole:
            return amount
        if self.rounds_unit_cost:
            return self.rounded(self.rounded(amount / whole) * part)
        return self.rounded(amount * part / whole)

    def _back(self, posting, values, left):
        """Goods that come back are worth their share of what is left of their issue."""
        quantity, amount = left[posting.back_of]
        share = self.part(amount, posting.quantity, quantity)
        left[posting.back_of] = (quantity - posting.quantity, amount - share)
        values[posting.number] = share
        return share

    def _average(self, ordered):
        quantity, value, values, left = D(0), D(0), {}, {}
        for one in ordered:
            if one.back_of:
                worth = self._back(one, values, left)
            elif one.quantity > 0:
                worth = values[one.number] = one.amount
            else:
                worth = -self.part(value, -one.quantity, quantity)
                if self.rounds_unit_cost:
                    worth = -self.rounded(self.rounded(value / quantity) * -one.quantity)
                values[one.number] = worth
                left[one.number] = (-one.quantity, -worth)
            quantity += one.quantity
            value += worth
        return values

    def _fifo(self, ordered):
        queue, values, left = [], {}, {}
        for one in ordered:
            if one.quantity > 0:
                worth = self._back(one, values, left) if one.back_of else one.amount
                values[one.number] = worth
                queue.append([one.quantity, worth])
                continue
            wanted, worth = -one.quantity, D(0)
            while wanted:
                quantity, value = queue[0]
                taken = min(quantity, wanted)
                cost = self.part(value, taken, quantity)
                worth += cost
                wanted -= taken
                queue[0] = [quantity - taken, value - cost]
                if not queue[0][0]:
                    queue.pop(0)
            values[one.number] = -worth
            left[one.number] = (-one.quantity, worth)
        return values

    def _standard(self, ordered):
        """Everything at its standard; the parts of a rounded whole as in the average."""
        quantity, value, values = D(0), D(0), {}
        for one in sorted(ordered, key=lambda posting: posting.number):
            if one.quantity > 0:
                worth = self.rounded(self.standard * one.quantity)
            else:
                worth = -self.part(value, -one.quantity, quantity)
            values[one.number] = worth
            quantity += one.quantity
            value += worth
        return values

    def _month_average(self, ordered):
        """All issues of a month at one average; what came back of them in it as well, else at what it left with."""
        quantity, value, values = D(0), D(0), {}
        by_number = {one.number: one for one in ordered}
        months = sorted({one.day.replace(day=1) for one in ordered})
        for month in months:
            own = [one for one in ordered if one.day.replace(day=1) == month]
            averaged = [
                one
                for one in own
                if one.quantity < 0 or (one.back_of and by_number[one.back_of].day.replace(day=1) == month)
            ]
            fixed = [one for one in own if one not in averaged]
            for one in fixed:
                values[one.number] = one.amount
                quantity += one.quantity
                value += one.amount
            average = value / quantity if quantity else D(0)
            closing = quantity + sum((one.quantity for one in averaged), D(0))
            rest = self.rounded(closing * average) - value
            by_move = sorted(averaged, key=lambda one: (one.day, one.number))
            for one in by_move:
                values[one.number] = self.rounded(one.quantity * average)
            issues = [one for one in by_move if one.quantity < 0]
            if issues:
                values[issues[-1].number] += rest - sum((values[one.number] for one in averaged), D(0))
            quantity, value = closing, self.rounded(closing * average)
        return values
