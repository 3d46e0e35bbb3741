"""Three-way match: checked when a supplier's invoice is posted, released by somebody with the right; tolerances."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core import audit
from core.documents import lock
from core.operations import operation
from finance.errors import NegativeTolerance, NotBlocked, ReasonMissing, ToleranceExists
from finance.models import Invoice, InvoiceLine, MatchDifference, MatchTolerance
from finance.selectors.matching import differences, is_blocked, tolerance_of
from finance.services.invoices.clearing import is_early
from finance.states import MatchState


def check_match(invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    """Compare a supplier's invoice that is being posted with order and receipt and write down what differs."""
    early = {line.pk: line.billed_quantity for line in lines if is_early(line)}
    found = differences(invoice, lines, early, tolerance_of(invoice.partner_id))
    MatchDifference.objects.bulk_create(
        MatchDifference(
            invoice=invoice,
            line=one.line,
            kind=one.kind,
            expected=one.expected,
            actual=one.actual,
            tolerance=one.tolerance,
        )
        for one in found
    )
    invoice.match_state = MatchState.BLOCKED if found else MatchState.MATCHED


@operation(permission="finance.release_invoice", document=(Invoice, "invoice_id"))
def release_invoice(
    *, invoice_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> Invoice:
    """Let a blocked supplier invoice be paid as it is; the reason goes on its timeline.

    Raises:
        StaleVersion: somebody changed it since.
        NotBlocked: nothing keeps it from being paid.
        ReasonMissing: no reason is given.
    """
    invoice = lock(Invoice, invoice_id, version=version)
    if not is_blocked(invoice):
        raise NotBlocked(document=invoice)
    if not reason:
        raise ReasonMissing(field="reason")
    invoice.match_state = MatchState.RELEASED
    invoice.version += 1
    invoice.save(update_fields=["match_state", "version"])
    audit.record(invoice, "match.released", actor=actor, at=at, reason=reason)
    return invoice


@operation(permission="finance.configure_receivables")
def save_tolerance(
    *,
    tolerance_id: int | None = None,
    version: int | None = None,
    partner_id: int | None = None,
    quantity_percent: Decimal,
    price_percent: Decimal,
    total_amount: Decimal | None = None,
    actor: Any,
    at: dt.datetime,
) -> MatchTolerance:
    """Create or change the tolerance of a supplier (None: of all); posted invoices keep what was found.

    Raises:
        StaleVersion: somebody changed it since.
        ToleranceExists: the supplier has one already.
        NegativeTolerance: a tolerance is below nothing.
    """
    if quantity_percent < 0 or price_percent < 0 or (total_amount is not None and total_amount < 0):
        raise NegativeTolerance()
    if MatchTolerance.objects.filter(partner=partner_id).exclude(pk=tolerance_id).exists():
        raise ToleranceExists()
    found = lock(MatchTolerance, tolerance_id, version=version) if tolerance_id else MatchTolerance()
    found.partner_id = partner_id
    found.quantity_percent, found.price_percent, found.total_amount = quantity_percent, price_percent, total_amount
    found.version += 1 if found.pk else 0
    found.save()
    return found
