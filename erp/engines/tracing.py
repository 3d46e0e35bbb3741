"""Where the goods of a receipt are now, and what of a late cost follows them there."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.fields import ZERO
from core.money import split_amount


@dataclass(frozen=True)
class Follow:
    """What of a late cost stays with the goods in stock, and what follows each use (in their order)."""

    stays: Decimal
    follows: list[Decimal]


def follow_goods(amount: Decimal, remaining: Decimal, used: Sequence[Decimal], decimals: int = 2) -> Follow:
    """Split ``amount`` over what is left of a receipt and what was taken out of it, by quantity (stock unit).

    The parts sum to the amount (largest remainder; of equal remainders what is in stock wins). Source: HARD_RULES §7.

    Raises:
        ValueError: nothing of the receipt is known, neither in stock nor used.
    """
    weights = [remaining, *used]
    if sum(weights, ZERO) <= 0:
        raise ValueError("a receipt without quantity")
    stays, *follows = split_amount(amount, weights, decimals)
    return Follow(stays, follows)
