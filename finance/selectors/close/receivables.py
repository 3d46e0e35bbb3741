"""Checks before the receivables and payables of a period are closed."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from finance.models import Invoice, Payment
from finance.selectors.close.base import Check, Found, Offence, documents, holds
from finance.selectors.invariants import GOODS, RECEIVABLES_AND_PAYABLES
from finance.selectors.revaluation import revaluation_missing
from finance.states import InvoiceState, PaymentState, PeriodModule

SUB_LEDGERS = tuple(
    one
    for one in (*RECEIVABLES_AND_PAYABLES, *GOODS)
    if one.closes and one.code not in {"stock", "value_entries_booked", "wip"}
)

CHECKS = (
    Check(
        "invoice_drafts",
        PeriodModule.RECEIVABLES,
        _("No draft invoice"),
        "finance",
        documents(
            lambda period: Invoice.objects.filter(
                state=InvoiceState.DRAFT, document_date__lte=period.d1
            ).select_related("partner"),
            detail=lambda row: str(row.partner),
        ),
        lambda period: f"{reverse('finance:invoice-list')}?state=draft",
        _("Post or cancel the drafts"),
    ),
    Check(
        "payment_drafts",
        PeriodModule.RECEIVABLES,
        _("No draft payment"),
        "finance",
        documents(
            lambda period: Payment.objects.filter(
                state=PaymentState.DRAFT, document_date__lte=period.d1
            ).select_related("partner"),
            detail=lambda row: str(row.partner),
        ),
        lambda period: f"{reverse('finance:payment-list')}?state=draft",
        _("Post or cancel the drafts"),
    ),
    Check(
        "revaluation",
        PeriodModule.RECEIVABLES,
        _("Balances in foreign currency are revalued"),
        "finance",
        lambda period: (
            Found(1, [Offence(gettext("No revaluation at the end of the period"))])
            if revaluation_missing(period)
            else Found()
        ),
        lambda period: f"{reverse('finance:revaluation-create')}?document_date={period.d1:%Y-%m-%d}",
        _("Revalue foreign currency"),
    ),
    Check(
        "sub_ledgers",
        PeriodModule.RECEIVABLES,
        _("Receivables, payables and their accruals equal the general ledger"),
        "administrator",
        holds(*SUB_LEDGERS),
        lambda period: reverse("finance:trial-balance"),
        _("Look at the accounts"),
    ),
)
