"""How much material a delivery of a subcontractor used, and what of it he has to answer for."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

NOTHING = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Usage:
    """Quantities of one material for one delivery: ``used`` went into the good pieces, ``spoilt`` into rejected ones,
    ``excess`` is beyond the allowance."""

    used: Decimal
    spoilt: Decimal
    excess: Decimal

    @property
    def lost(self) -> Decimal:
        """What became no product."""
        return self.spoilt + self.excess

    @property
    def total(self) -> Decimal:
        """All that left the supplier's place."""
        return self.used + self.lost


def due_quantity(required: Decimal, whole: Decimal, before: Decimal, part: Decimal, step: Decimal) -> Decimal:
    """Return what ``part`` pieces need by the bill: the difference of rounded running totals, so that nothing drifts.

    ``required`` for ``whole`` pieces, ``before`` pieces were made earlier; more than ``whole`` goes on in proportion.
    """

    def running(pieces: Decimal) -> Decimal:
        return _rounded(required * pieces / whole, step)

    return running(before + part) - running(before)


def usage(
    *, due: Decimal, reported: Decimal | None, good: Decimal, rejected: Decimal, allowance: Decimal, step: Decimal
) -> Usage:
    """Split what was used of a material; without a report it is what was due.

    allowance  in percent of what was due.   step  smallest quantity of the stock unit.
    Rejected pieces take their share by number. Source: HARD_RULES §7.
    """
    total = due if reported is None else reported
    within = min(total, _rounded(due * (HUNDRED + allowance) / HUNDRED, step))
    spoilt = _rounded(within * rejected / (good + rejected), step) if rejected else NOTHING
    return Usage(within - spoilt, spoilt, total - within)


def _rounded(quantity: Decimal, step: Decimal) -> Decimal:
    return (quantity / step).quantize(Decimal(1), ROUND_HALF_UP) * step
