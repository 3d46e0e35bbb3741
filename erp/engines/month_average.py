"""The month-end weighted average of one item (全月一次加权平均): what each of its issues finally costs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.fields import ZERO
from core.money import round_amount


@dataclass(frozen=True)
class AverageFlow:
    """An issue of the month (quantity above zero), or goods of it that came back (below zero), at what it is booked."""

    move_id: int
    quantity: Decimal
    booked: Decimal


@dataclass
class MonthAverage:
    """What one item had and received in a month, and what its issues cost before and after."""

    item_id: int
    opening_quantity: Decimal
    opening_value: Decimal
    received_quantity: Decimal
    received_value: Decimal
    flows: list[AverageFlow] = field(default_factory=list)
    finals: list[Decimal] = field(default_factory=list)

    @property
    def average(self) -> Decimal:
        """Cost per stock unit, unrounded."""
        quantity = self.opening_quantity + self.received_quantity
        return (self.opening_value + self.received_value) / quantity if quantity else ZERO

    @property
    def issued_quantity(self) -> Decimal:
        return sum((flow.quantity for flow in self.flows), ZERO)

    @property
    def booked(self) -> Decimal:
        return sum((flow.booked for flow in self.flows), ZERO)

    @property
    def final(self) -> Decimal:
        return sum(self.finals, ZERO)

    @property
    def differences(self) -> list[tuple[AverageFlow, Decimal]]:
        """What each flow costs more than it is booked at, where it differs."""
        return [
            (flow, final - flow.booked)
            for flow, final in zip(self.flows, self.finals, strict=True)
            if final != flow.booked
        ]

    def close(self, decimals: int) -> None:
        """Value the flows: quantity × average, the remainder on the last issue, so that what is left is worth
        quantity × average as well. Source: HARD_RULES §13; 企业会计准则第1号 存货, on the month-end weighted average.
        """
        average = self.average
        self.finals = [round_amount(flow.quantity * average, decimals) for flow in self.flows]
        closing = self.opening_quantity + self.received_quantity - self.issued_quantity
        total = self.opening_value + self.received_value - round_amount(closing * average, decimals)
        last = max((n for n, flow in enumerate(self.flows) if flow.quantity > 0), default=None)
        if last is not None:
            self.finals[last] += total - sum(self.finals, ZERO)


def in_order(items: Sequence[int], parts: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Sort items by level, components before what is made of them; ``parts`` are (component, product) pairs.

    A product that goes into itself by a circle (rework) stays on the level it reached.
    """
    known = set(items)
    edges = [(part, product) for part, product in parts if part != product and part in known and product in known]
    level = dict.fromkeys(items, 0)
    for _round in range(len(known)):
        changed = False
        for part, product in edges:
            if level[product] <= level[part] < len(known):
                level[product] = level[part] + 1
                changed = True
        if not changed:
            break
    return [sorted(item for item in items if level[item] == one) for one in sorted(set(level.values()))]
