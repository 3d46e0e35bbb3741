"""Net, tax and gross of lines and documents (HARD_RULES §14).

Entered with tax: net = round(gross / (1 + rate)), tax = gross - net. Entered without: tax = round(net * rate).
Rounding level *document*: the tax of each rate is rounded once over the document, and the difference to the lines'
own rounded taxes is spread over them by largest remainder, so that the lines always sum to the document.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.money import round_amount

HUNDRED = Decimal(100)
PRICE_STEP = 6


@dataclass(frozen=True)
class LineInput:
    """What was entered on one line; percentages as people write them (13 is 13 %)."""

    quantity: Decimal
    price: Decimal
    discount_percent: Decimal = Decimal(0)
    tax_rate: Decimal = Decimal(0)


@dataclass(frozen=True)
class LineAmounts:
    """What follows from it, in the currency of the document; net + tax = gross."""

    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True)
class DocumentAmounts:
    """The amounts of all lines, in their order, and their sums."""

    lines: tuple[LineAmounts, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal


def price_line(  # noqa: PLR0917  a formula's arguments, in the order of the formula
    quantity: Decimal,
    price: Decimal,
    discount_percent: Decimal,
    tax_rate: Decimal,
    tax_included: bool,
    decimals: int = 2,
) -> LineAmounts:
    """Return the amounts of one line rounded by itself."""
    entered = round_amount(quantity * price * (HUNDRED - discount_percent) / HUNDRED, decimals)
    return _with_tax(entered, tax_rate, tax_included, decimals)


def total(lines: Sequence[LineInput], level: str, tax_included: bool, decimals: int = 2) -> DocumentAmounts:
    """Return the amounts of a document's lines and their sums; ``level`` is ``line`` or ``document``."""
    amounts = [
        price_line(one.quantity, one.price, one.discount_percent, one.tax_rate, tax_included, decimals) for one in lines
    ]
    if level == "document":
        for rate in {one.tax_rate for one in lines}:
            members = [i for i, one in enumerate(lines) if one.tax_rate == rate]
            _round_tax_once(amounts, members, rate, tax_included, decimals)
    return DocumentAmounts(
        tuple(amounts),
        sum((one.net for one in amounts), Decimal(0)),
        sum((one.tax for one in amounts), Decimal(0)),
        sum((one.gross for one in amounts), Decimal(0)),
    )


def convert_price(price: Decimal, tax_rate: Decimal, *, from_included: bool, to_included: bool) -> Decimal:
    """Return a unit price with or without tax, whichever the document wants (six decimals)."""
    if from_included == to_included:
        return price
    factor = 1 + tax_rate / HUNDRED
    return round_amount(price * factor if to_included else price / factor, PRICE_STEP)


def _with_tax(entered: Decimal, tax_rate: Decimal, tax_included: bool, decimals: int) -> LineAmounts:
    rate = tax_rate / HUNDRED
    if tax_included:
        net = round_amount(entered / (1 + rate), decimals)
        return LineAmounts(net, entered - net, entered)
    tax = round_amount(entered * rate, decimals)
    return LineAmounts(entered, tax, entered + tax)


def _round_tax_once(
    amounts: list[LineAmounts], members: list[int], tax_rate: Decimal, tax_included: bool, decimals: int
) -> None:
    """Bring the taxes of the lines of one rate to the tax of their sum; at most one step per line."""
    entered = {i: amounts[i].gross if tax_included else amounts[i].net for i in members}
    wanted = _with_tax(sum(entered.values(), Decimal(0)), tax_rate, tax_included, decimals).tax
    difference = wanted - sum((amounts[i].tax for i in members), Decimal(0))
    if not difference:
        return
    step = Decimal(1).scaleb(-decimals).copy_sign(difference)
    rate = tax_rate / HUNDRED

    def remainder(i: int) -> Decimal:
        exact = entered[i] * rate / (1 + rate) if tax_included else entered[i] * rate
        return (exact - amounts[i].tax) * (1 if difference > 0 else -1)

    for i in sorted(members, key=lambda i: (-remainder(i), i))[: int(difference / step)]:
        tax = amounts[i].tax + step
        net, gross = (entered[i] - tax, entered[i]) if tax_included else (entered[i], entered[i] + tax)
        amounts[i] = LineAmounts(net, tax, gross)
