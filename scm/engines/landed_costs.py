"""Spreading charges over received goods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.fields import ZERO
from core.money import split_amount


@dataclass(frozen=True)
class Goods:
    """What one receipt line weighs in each way of spreading.

    ``weights`` by basis: quantity in the stock unit, value in base currency, kg, m³; what was sent back is left out.
    """

    line_id: int
    weights: Mapping[str, Decimal]


@dataclass(frozen=True)
class Charge:
    """One charge in base currency and the basis it is spread by."""

    charge_id: int
    basis: str
    amount: Decimal


@dataclass(frozen=True)
class Share:
    """The part of a charge that falls on a receipt line."""

    charge_id: int
    line_id: int
    weight: Decimal
    amount: Decimal


def spread(charges: Sequence[Charge], goods: Sequence[Goods], decimals: int = 2) -> list[Share]:
    """Return the share of every charge on every line, in their orders; the shares of a charge sum to it exactly.

    Raises:
        ValueError: a charge has nothing to be spread by (its message is the charge's key).
    """
    shares: list[Share] = []
    for charge in charges:
        weights = [one.weights[charge.basis] for one in goods]
        if sum(weights, ZERO) <= 0:
            raise ValueError(charge.charge_id)
        parts = split_amount(charge.amount, weights, decimals)
        shares += [
            Share(charge.charge_id, one.line_id, weight, part)
            for one, weight, part in zip(goods, weights, parts, strict=True)
        ]
    return shares
