"""Moving average cost: what each flow of an item is worth, and what is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.fields import ZERO
from core.money import round_amount


@dataclass(frozen=True)
class Flow:
    """A quantity that comes into our stock (above zero) or leaves it (below zero), in the stock unit.

    amount     its exact value, unsigned, where that is known (a receipt, a reversal at original cost).
    unit_cost  value per stock unit for a receipt whose amount is not known and that the average cannot value.
    """

    quantity: Decimal
    amount: Decimal | None = None
    unit_cost: Decimal | None = None


@dataclass(frozen=True)
class Valued:
    """The signed change of stock value by one flow, and what had to be added to keep the rest sound.

    adjustment  not zero when a flow at a given amount left value without quantity, or less value than none.
    """

    amount: Decimal
    adjustment: Decimal


@dataclass(frozen=True)
class MovingAverage:
    """Quantity and value of an item in all our locations together."""

    quantity: Decimal
    value: Decimal

    def after(self, flows: Sequence[Flow], decimals: int = 2) -> tuple["MovingAverage", list[Valued]]:
        """Apply ``flows`` in order and return the new state and each flow's value.

        An issue takes value × quantity ÷ quantity on hand, rounded; the last one takes what is left, so that nothing
        is worth nothing (10.00 over 3 issues: 3.33, 3.34, 3.33). Source: HARD_RULES §12; Horngren, Cost Accounting,
        on the perpetual weighted-average method.
        """
        quantity, value = self.quantity, self.value
        valued: list[Valued] = []
        for flow in flows:
            amount = _amount_of(flow, quantity, value, decimals)
            quantity += flow.quantity
            value += amount
            adjustment = -value if value < 0 or (quantity == 0 and value) else ZERO
            value += adjustment
            valued.append(Valued(amount, adjustment))
        return MovingAverage(quantity, value), valued


def _amount_of(flow: Flow, quantity: Decimal, value: Decimal, decimals: int) -> Decimal:
    size = abs(flow.quantity)
    if flow.amount is not None:
        amount = round_amount(flow.amount, decimals)
    elif flow.unit_cost is not None:
        amount = round_amount(flow.unit_cost * size, decimals)
    elif flow.quantity < 0 and size == quantity:
        amount = value
    elif quantity:
        amount = round_amount(value * size / quantity, decimals)
    else:
        amount = ZERO
    return amount if flow.quantity > 0 else -amount


def share_of(amount: Decimal, quantity: Decimal, part: Decimal, decimals: int = 2) -> Decimal:
    """Return the value of ``part`` of ``quantity`` that is worth ``amount``; the last part takes what is left."""
    return amount if part == quantity else round_amount(amount * part / quantity, decimals)
