"""The only place where money and quantities are rounded: half up, parts by largest remainder."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal


def round_amount(amount: Decimal, decimals: int = 2) -> Decimal:
    """Round ``amount`` half up to ``decimals`` places of its currency (JPY 0, CNY 2, KWD 3)."""
    return amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def round_quantity(quantity: Decimal, decimals: int = 6) -> Decimal:
    """Round ``quantity`` half up to the decimals of its unit of measure."""
    return quantity.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def split_amount(total: Decimal, weights: Sequence[Decimal], decimals: int = 2) -> list[Decimal]:
    """Split ``total`` in proportion to ``weights`` so that the rounded parts sum to it exactly.

    Largest remainder (Hamilton); of equal remainders the first line wins. All weights zero: the first part takes all.

    Raises:
        ValueError: there is nothing to split over, or a weight is negative.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise ValueError("weights must be a non-empty sequence of non-negative numbers")
    sign = -1 if total < 0 else 1
    whole = round_amount(abs(total), decimals)
    weight_sum = sum(weights, Decimal(0))
    if weight_sum == 0:
        return [sign * whole] + [Decimal(0)] * (len(weights) - 1)
    step = Decimal(1).scaleb(-decimals)
    exact = [whole * weight / weight_sum for weight in weights]
    parts = [share.quantize(step, rounding=ROUND_DOWN) for share in exact]
    missing = int((whole - sum(parts, Decimal(0))) / step)
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[:missing]:
        parts[i] += step
    return [sign * part for part in parts]
