"""Joint cost of a process that brings several products: by-products first, the rest over the co-products."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.fields import ZERO
from core.money import round_amount, split_amount

HUNDRED = Decimal(100)
WEIGHT, PERCENT, FIXED = "weight", "percent", "fixed_amount"


@dataclass(frozen=True)
class JointOutput:
    """One product of an order; the first one of a list is the main product.

    quantity  what it really brought, stock unit.   weight, conversion_weight  equivalence per unit, of material and of
    conversion.   percent  of the joint cost.   unit_amount  fixed amount per unit (a by-product's value, frozen).
    """

    key: int
    quantity: Decimal
    method: str = WEIGHT
    weight: Decimal = Decimal(1)
    conversion_weight: Decimal | None = None
    percent: Decimal = ZERO
    unit_amount: Decimal = ZERO

    @property
    def conversion(self) -> Decimal:
        """The weight that conversion is shared by."""
        return self.weight if self.conversion_weight is None else self.conversion_weight


@dataclass(frozen=True)
class JointSplit:
    """Amounts by output key; ``capped`` is what fixed amounts asked for beyond the whole cost (an exception)."""

    amounts: dict[int, Decimal]
    joint: Decimal
    capped: Decimal = ZERO


def split_joint_cost(
    *, material: Decimal, conversion: Decimal, outputs: Sequence[JointOutput], decimals: int = 2
) -> JointSplit:
    """Share the cost of an order out over what it brought; the amounts sum to the whole exactly.

    Fixed amounts come off first, at most the whole cost. The rest, the joint cost J, goes by percentage (the main
    product takes 100 less the others) or by weight × quantity, material and conversion apart. A product that did not
    come leaves its share to the others. Rounding by largest remainder, a tie goes to the main product. Nothing came:
    nothing is shared out. Source: HARD_RULES §8.

    Raises:
        ValueError: the percentages of the others are more than 100.
    """
    came = [one for one in outputs if one.quantity > 0]
    amounts = dict.fromkeys((one.key for one in outputs), ZERO)
    whole = material + conversion
    if not came:
        return JointSplit(amounts, whole)
    fixed = [one for one in came if one.method == FIXED]
    wanted = [round_amount(one.quantity * one.unit_amount, decimals) for one in fixed]
    asked = sum(wanted, ZERO)
    shared = [one for one in came if one.method != FIXED]
    capped = max(ZERO, asked - whole)
    credits = split_amount(min(asked, whole), wanted, decimals) if asked else [ZERO] * len(fixed)
    for one, amount in zip(fixed, credits, strict=True):
        amounts[one.key] = amount
    joint = whole - sum(credits, ZERO)
    if not shared:
        amounts[came[0].key] += joint
        return JointSplit(amounts, joint, capped)
    ratio = joint / whole if whole else ZERO
    own_material = round_amount(material * ratio, decimals)
    parts = (
        split_amount(own_material, _weights(shared, conversion=False), decimals),
        split_amount(joint - own_material, _weights(shared, conversion=True), decimals),
    )
    for one, first, second in zip(shared, *parts, strict=True):
        amounts[one.key] += first + second
    return JointSplit(amounts, joint, capped)


def _weights(shared: Sequence[JointOutput], *, conversion: bool) -> list[Decimal]:
    """What each product's share is measured by; percentages leave the first one the rest of 100."""
    if any(one.method == PERCENT for one in shared):
        others = sum((one.percent for one in shared[1:] if one.method == PERCENT), ZERO)
        if others > HUNDRED:
            raise ValueError("the percentages of the co-products are more than 100")
        weights = [one.percent if place else HUNDRED - others for place, one in enumerate(shared)]
    else:
        weights = [(one.conversion if conversion else one.weight) * one.quantity for one in shared]
    return weights if sum(weights, ZERO) > 0 else [one.quantity for one in shared]
