"""What a part of an order line or of a receipt line is worth."""

from decimal import Decimal

from core.money import round_amount


def part_amount(total: Decimal, whole: Decimal, before: Decimal, part: Decimal, decimals: int) -> Decimal:
    """Return the share of ``total`` that ``part`` of ``whole`` carries when ``before`` was taken earlier.

    Shares are differences of rounded running totals, so that the parts of a whole sum to its total exactly, however
    it is cut; what goes beyond the whole (accepted over-delivery) costs the same per unit.
    """
    return _running(total, whole, before + part, decimals) - _running(total, whole, before, decimals)


def _running(total: Decimal, whole: Decimal, taken: Decimal, decimals: int) -> Decimal:
    return round_amount(total * taken / whole, decimals)


def receivable_quantity(
    ordered: Decimal, received: Decimal, to_replace: Decimal, tolerance_percent: Decimal
) -> Decimal:
    """Return how much may still be received: what is open plus the accepted over-delivery, never below zero."""
    allowed = ordered + ordered * tolerance_percent / 100 + to_replace - received
    return max(allowed, Decimal(0))
