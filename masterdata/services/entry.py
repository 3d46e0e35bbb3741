"""Rules that every service which takes master data onto a document asks."""

from decimal import Decimal
from typing import Any

from core.money import round_quantity
from masterdata.errors import ClosedForEntry, MergedAway, PartnerIncomplete, QuantityTooFine
from masterdata.models import Partner, UnitOfMeasure
from masterdata.selectors.completeness import missing_for

SETTLING = frozenset({"invoice", "pay"})
"""Purposes that finish what was begun while the partner was open."""


def require_open(*records: Any) -> None:
    """Refuse records that are closed for entry; None is skipped.

    Raises:
        MergedAway: the record was merged into another one.
        ClosedForEntry: the record is no longer active.
    """
    for record in records:
        if record is None:
            continue
        require_own_record(record)
        if not record.is_active:
            raise ClosedForEntry(record=record)


def require_own_record(record: Any) -> None:
    """Refuse a record that was merged into another; a partner who is closed may still settle what is open with him.

    Raises:
        MergedAway: the record was merged into another one.
    """
    if getattr(record, "merged_into_id", None) is not None:
        raise MergedAway(record=record, survivor=record.merged_into)


def require_complete(partner: Partner, purpose: str) -> None:
    """Refuse a partner that lacks something for ``purpose`` (quote, order, invoice, purchase, pay).

    Who is closed or merged into another takes no new order, but what came or went before is still invoiced and paid.

    Raises:
        MergedAway: the partner was merged into another one, and the purpose would start something new.
        ClosedForEntry: the partner is closed, and the purpose would start something new.
        PartnerIncomplete: the completeness rules of the purpose name what is missing.
    """
    if purpose not in SETTLING:
        require_open(partner)
    missing = missing_for(partner, purpose)
    if missing:
        raise PartnerIncomplete(partner=partner, missing=missing, purpose=purpose)


def check_quantity(uom: UnitOfMeasure, quantity: Decimal) -> None:
    """Refuse a quantity that is finer than its unit (half a piece).

    Raises:
        QuantityTooFine: it has more decimals than the unit.
    """
    if round_quantity(quantity, uom.decimals) != quantity:
        raise QuantityTooFine(quantity=quantity, unit=uom, decimals=uom.decimals)
