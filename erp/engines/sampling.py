"""How many pieces are looked at, and how many may be defective.

Source: ISO 2859-1:1999, tables 1 (sample size code letters) and 2-A (single sampling plans for normal inspection), the
same as ANSI/ASQ Z1.4 and GB/T 2828.1-2012; AQL in percent nonconforming, up to 10.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

LETTERS = "ABCDEFGHJKLMNPQR"
SAMPLE_SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000)

LOT_SIZES = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10000, 35000, 150000, 500000)
"""Upper ends of the ranges of lot sizes of table 1; above the last one is the fifteenth range."""

CODE_LETTERS = {
    "I": "AABCCDEFGHJKLMN",
    "II": "ABCDEFGHJKLMNPQ",
    "III": "BCDEFGHJKLMNPQR",
}

NORMAL = {
    "0.010": "v v v v v v v v v v v v v v 0 ^",
    "0.015": "v v v v v v v v v v v v v 0 ^ ^",
    "0.025": "v v v v v v v v v v v v 0 ^ v 1",
    "0.040": "v v v v v v v v v v v 0 ^ v 1 2",
    "0.065": "v v v v v v v v v v 0 ^ v 1 2 3",
    "0.10": "v v v v v v v v v 0 ^ v 1 2 3 5",
    "0.15": "v v v v v v v v 0 ^ v 1 2 3 5 7",
    "0.25": "v v v v v v v 0 ^ v 1 2 3 5 7 10",
    "0.40": "v v v v v v 0 ^ v 1 2 3 5 7 10 14",
    "0.65": "v v v v v 0 ^ v 1 2 3 5 7 10 14 21",
    "1.0": "v v v v 0 ^ v 1 2 3 5 7 10 14 21 ^",
    "1.5": "v v v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^",
    "2.5": "v v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^",
    "4.0": "v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^",
    "6.5": "0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^",
    "10": "v v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^",
}
"""Acceptance numbers of table 2-A by AQL, one per code letter; v and ^: the plan below or above is used."""

AQLS = tuple(NORMAL)


@dataclass(frozen=True)
class Sample:
    """So many pieces are inspected; up to ``accept`` defective ones pass, ``reject`` and more fail."""

    size: int
    accept: int
    reject: int
    letter: str = ""


def aql_sample(lot_size: int, aql: str, level: str = "II") -> Sample:
    """Return the single sampling plan for normal inspection of a lot; a sample as large as the lot is the whole lot."""
    place = sum(1 for end in LOT_SIZES if lot_size > end)
    row = LETTERS.index(CODE_LETTERS[level][place])
    numbers = NORMAL[aql].split()
    step = 1 if numbers[row] == "v" else -1
    while numbers[row] in {"v", "^"}:
        row += step
    accept = int(numbers[row])
    return Sample(min(SAMPLE_SIZES[row], lot_size), accept, accept + 1, LETTERS[row])


def sample_of(  # noqa: PLR0917
    method: str, quantity: Decimal, number: int = 0, percent: Decimal = Decimal(0), aql: str = "", level: str = "II"
) -> Sample:
    """Return the sample for ``quantity`` (stock unit; parts of a unit count as one) by a plan's way of sampling.

    Without AQL no defective piece is accepted.
    """
    whole = max(1, int(quantity.to_integral_value(ROUND_CEILING)))
    if method == "aql":
        return aql_sample(whole, aql, level)
    if method == "fixed":
        size = min(number, whole)
    elif method == "percent":
        size = min(whole, max(1, int((quantity * percent / 100).to_integral_value(ROUND_CEILING))))
    else:
        size = whole
    return Sample(size, 0, 1)
