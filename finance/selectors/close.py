"""What stands against closing a period."""

from typing import Any

from django.utils.translation import gettext as _

from finance.models import FiscalPeriod, Invoice, Payment
from finance.selectors.invariants import INVARIANTS, violations
from finance.states import InvoiceState, PaymentState


def reasons_against_closing(period: FiscalPeriod) -> list[str]:
    """Return, in the reader's words: drafts dated up to its last day, and sub-ledgers that differ from the ledger."""
    reasons = []
    drafts = Invoice.objects.filter(state=InvoiceState.DRAFT, document_date__lte=period.d1).count()
    if drafts:
        reasons.append(_("%(count)s draft invoices") % {"count": drafts})
    drafts = Payment.objects.filter(state=PaymentState.DRAFT, document_date__lte=period.d1).count()
    if drafts:
        reasons.append(_("%(count)s draft payments") % {"count": drafts})
    found = violations(one for one in INVARIANTS if one.closes)
    reasons.extend(f"{violation.invariant.name} ({_described(violation.rows[0])})" for violation in found)
    return reasons


def _described(row: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items())
