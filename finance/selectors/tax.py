"""Value-added tax: what posted invoices say by rate, and what stands on the tax accounts."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from core.fields import ZERO
from finance.models import Invoice, InvoiceLine, JournalLine
from finance.selectors.accounts import accounts_of
from finance.states import AccountRole, InvoiceState, Side


@dataclass(frozen=True)
class TaxRow:
    """One tax and rate of one side in a span of days; base currency, credit notes taken off."""

    kind: str
    tax_id: int | None
    code: str
    rate: Decimal
    invoices: int
    net: Decimal
    tax: Decimal
    credited_tax: Decimal


@dataclass(frozen=True)
class TaxReport:
    """Output and input tax with their totals, and the tax accounts beside them."""

    output: list[TaxRow]
    input: list[TaxRow]
    output_tax: Decimal
    input_tax: Decimal
    booked_output: Decimal
    booked_input: Decimal

    @property
    def payable(self) -> Decimal:
        """What is owed to the tax office: output less input."""
        return self.output_tax - self.input_tax

    @property
    def differences(self) -> tuple[Decimal, Decimal]:
        """Tax booked otherwise than by invoices (output, input)."""
        return self.booked_output - self.output_tax, self.booked_input - self.input_tax


def tax_lines(first: dt.date, last: dt.date) -> QuerySet[InvoiceLine]:
    """Return the lines of posted invoices and credit notes dated between two days, without opening items."""
    return InvoiceLine.objects.filter(
        invoice__state=InvoiceState.POSTED,
        invoice__is_opening=False,
        invoice__document_date__gte=first,
        invoice__document_date__lte=last,
    )


def tax_report(first: dt.date, last: dt.date) -> TaxReport:
    """Return the tax of a span of days: three statements."""
    sums = (
        tax_lines(first, last)
        .order_by()
        .values("invoice__kind", "tax", "tax__code", "tax_rate")
        .annotate(
            invoices=Count("invoice", distinct=True),
            net=Sum("base_net_amount"),
            tax_sum=Sum("base_tax_amount"),
            credited=Sum("base_tax_amount", filter=Q(invoice__is_credit=True)),
        )
        .order_by("invoice__kind", "-tax_rate", "tax__code")
    )
    rows = [_row(one) for one in sums]  # type: ignore[arg-type]
    output = [row for row in rows if row.kind == Side.CUSTOMER]
    paid = [row for row in rows if row.kind == Side.SUPPLIER]
    return TaxReport(
        output=output,
        input=paid,
        output_tax=sum((row.tax for row in output), ZERO),
        input_tax=sum((row.tax for row in paid), ZERO),
        booked_output=-_booked(AccountRole.OUTPUT_TAX, first, last),
        booked_input=_booked(AccountRole.INPUT_TAX, first, last),
    )


def _row(one: dict[str, Any]) -> TaxRow:
    return TaxRow(
        kind=one["invoice__kind"],
        tax_id=one["tax"],
        code=one["tax__code"] or "",
        rate=one["tax_rate"],
        invoices=one["invoices"],
        net=one["net"] or ZERO,
        tax=one["tax_sum"] or ZERO,
        credited_tax=one["credited"] or ZERO,
    )


def _booked(role: AccountRole, first: dt.date, last: dt.date) -> Decimal:
    lines = JournalLine.objects.filter(
        account__in=accounts_of(role), entry__entry_date__gte=first, entry__entry_date__lte=last
    )
    return lines.aggregate(total=Sum("amount"))["total"] or ZERO


def issuable_invoices() -> QuerySet[Invoice]:
    """Return the posted customer invoices and credit notes without an electronic invoice."""
    return Invoice.objects.filter(
        state=InvoiceState.POSTED, kind=Side.CUSTOMER, is_opening=False, tax_invoice__isnull=True
    )
