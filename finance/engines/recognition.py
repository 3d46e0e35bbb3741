"""How much revenue and cost a delivery has earned: pure figures from quantities, no database.

A delivery line is always described by its whole state; what an event books is the difference between the state that
should be and the one that is. So reversals, losses and returns need no rule of their own.
"""

from dataclasses import dataclass
from decimal import Decimal

from core.fields import ZERO
from core.money import round_amount


@dataclass(frozen=True)
class Delivery:
    """One shipment line: quantities in the stock unit, costs in base currency.

    ``is_signed``: the customer signed for it. ``invoiced`` counts at the revenue point *invoice* only.
    """

    revenue_point: str
    shipped: Decimal
    lost: Decimal
    returned: Decimal
    invoiced: Decimal
    is_signed: bool
    shipped_cost: Decimal
    lost_cost: Decimal
    returned_cost: Decimal

    @property
    def remaining(self) -> Decimal:
        """What the customer keeps."""
        return self.shipped - self.lost - self.returned

    @property
    def remaining_cost(self) -> Decimal:
        """What it cost."""
        return self.shipped_cost - self.lost_cost - self.returned_cost


def earned_quantity(delivery: Delivery) -> Decimal:
    """Return the quantity that revenue is recognised for: all that remains once the revenue point is reached."""
    if delivery.revenue_point == "shipment":
        return delivery.remaining
    if delivery.revenue_point == "sign_off":
        return delivery.remaining if delivery.is_signed else ZERO
    return max(ZERO, min(delivery.invoiced, delivery.remaining))


def earned_cost(delivery: Delivery, quantity: Decimal, decimals: int) -> Decimal:
    """Return the cost of sales that belongs to ``quantity``: its share of what remains, all of it at the end."""
    if quantity == delivery.remaining:
        return delivery.remaining_cost
    return round_amount(delivery.remaining_cost * quantity / delivery.remaining, decimals)


def revenue_increase(net: Decimal, ordered: Decimal, before: Decimal, quantity: Decimal, decimals: int) -> Decimal:
    """Return the revenue of ``quantity`` more of an order line of ``ordered`` for ``net``, ``before`` being recognised.

    The difference of two cumulated shares: however an order is cut into deliveries, the parts sum to its net amount.
    """
    if not ordered:
        return ZERO
    return round_amount(net * (before + quantity) / ordered, decimals) - round_amount(net * before / ordered, decimals)


def share(amount: Decimal, part: Decimal, whole: Decimal, decimals: int) -> Decimal:
    """Return the part of ``amount`` that goes with ``part`` of ``whole``; the last part takes what is left."""
    if part == whole:
        return amount
    return round_amount(amount * part / whole, decimals)
