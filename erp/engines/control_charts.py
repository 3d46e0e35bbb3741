"""Control limits and capability of individual values.

Source: D. C. Montgomery, Introduction to Statistical Quality Control, 7th ed., section 6.4 (charts for individuals:
limits at mean ± 3 · average moving range / d2, d2 = 1.128 for ranges of two) and 8.3 (Cpk).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

D2 = Decimal("1.128")
ENOUGH = 10
"""With fewer values limits would say nothing."""


@dataclass(frozen=True)
class Control:
    """Mean and limits of a run of values; ``cpk`` is None without specification limits or without any spread."""

    mean: Decimal
    sigma: Decimal
    lower: Decimal
    upper: Decimal
    cpk: Decimal | None


def control_of(values: Sequence[Decimal], lower: Decimal | None, upper: Decimal | None) -> Control | None:
    """Return the control limits of ``values`` in the order they were measured; None when they are too few.

    lower, upper  limits of the specification.
    """
    if len(values) < ENOUGH:
        return None
    mean = sum(values, Decimal(0)) / len(values)
    ranges = [abs(after - before) for before, after in pairwise(values)]
    sigma = sum(ranges, Decimal(0)) / len(ranges) / D2
    sides = [] if upper is None else [upper - mean]
    sides += [] if lower is None else [mean - lower]
    cpk = min(sides) / (3 * sigma) if sides and sigma else None
    return Control(mean, sigma, mean - 3 * sigma, mean + 3 * sigma, cpk)
