"""How much material a report used up: the cumulative method. Source: HARD_RULES §6."""

from decimal import Decimal

from core.fields import ZERO
from core.money import round_quantity


def used_by_now(required: Decimal, reported: Decimal, ordered: Decimal, decimals: int) -> Decimal:
    """Return what of ``required`` (for the whole order) is used up when ``reported`` of ``ordered`` went through.

    Rounded once on the running total, so that parts never drift; more than ordered uses more in proportion.
    """
    return round_quantity(required * reported / ordered, decimals)


def to_issue(used: Decimal, issued: Decimal) -> Decimal:
    """Return what is to be posted now: used up, less what is issued already, by hand or before; never below zero."""
    return max(ZERO, used - issued)
