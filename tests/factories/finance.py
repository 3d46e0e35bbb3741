"""Open books, documents of finance made through their services, and what stands in the books."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Model, Sum

from core.operations import perform
from finance.models import (
    Account,
    BankAccount,
    FiscalPeriod,
    GrniLine,
    Invoice,
    JournalLine,
    LedgerSettings,
    Payment,
    UnbilledLine,
)
from finance.services import charts, invoices, payments, periods
from masterdata.models import Currency, Partner, Tax
from tests.factories import masterdata
from tests.factories.core import company
from tests.factories.furnishing import furnish

D = Decimal


def open_books(*, chart: str = "small_enterprise_cn", years: Iterable[int] = range(2025, 2028)) -> None:
    """Load a chart and create the fiscal years, so that postings find accounts and an open period; once per test."""
    years = tuple(sorted(years))
    own = company()
    masterdata.basics()
    if Account.objects.exists():
        _open_years(years)
    else:
        counted_in = tuple(Currency.objects.order_by("code").values_list("pk", flat=True))
        taxed_by = tuple(Tax.objects.order_by("code").values_list("pk", flat=True))
        key = ("books", chart, years, masterdata.kind_of(own), counted_in, taxed_by)
        furnish(key, lambda: _load_books(chart, years))


def _load_books(chart: str, years: Iterable[int]) -> None:
    perform(charts.load_chart, actor=None, chart=chart)
    LedgerSettings.objects.update(vouchers_required=False, carry_over_required=False)
    _open_years(years)


def _open_years(years: Iterable[int]) -> None:
    known = set(FiscalPeriod.objects.values_list("year", flat=True))
    for year in sorted(set(years) - known):
        perform(periods.create_year, actor=None, year=year)


def account(code: str) -> Account:
    return Account.objects.get(code=code)


def bank(code: str = "BANK") -> BankAccount:
    return BankAccount.objects.get(code=code)


def balances() -> dict[str, Decimal]:
    """What stands on each account that has a balance, by code."""
    rows = JournalLine.objects.values_list("account__code").annotate(total=Sum("amount")).order_by("account__code")
    return {code: total for code, total in rows if total}


def booked(source: Model, event: str = "") -> list[tuple[str, Decimal]]:
    """(account code, amount) of the lines that a document booked, in order."""
    lines = JournalLine.objects.filter(entry__source_label=source._meta.label_lower, entry__source_id=source.pk)
    if event:
        lines = lines.filter(entry__event=event)
    return list(lines.order_by("entry_id", "line_no").values_list("account__code", "amount"))


def everything_of(order: Any) -> dict[str, None]:
    """{shipment line key: None} of all deliveries of a sales order: invoice all that is left."""
    rows = UnbilledLine.objects.filter(sales_order=order).exclude(open_quantity=0)
    return {str(key): None for key in rows.values_list("shipment_line", flat=True)}


def draft_invoice(order: Any, **fields: Any) -> Invoice:
    """A draft of everything delivered on a sales order and not invoiced."""
    [key] = perform(invoices.invoice_deliveries, actor=None, deliveries=everything_of(order), **fields)
    return Invoice.objects.get(pk=key)


def posted_invoice(order: Any, **fields: Any) -> Invoice:
    return post(draft_invoice(order, **fields))


def draft_bill(order: Any, reference: str = "F-1", **fields: Any) -> Invoice:
    """A draft supplier invoice of everything received on a purchase order and not invoiced."""
    rows = GrniLine.objects.filter(purchase_order=order).exclude(open_quantity=0)
    keys = {str(key): None for key in rows.values_list("receipt_line", flat=True)}
    [key] = perform(invoices.invoice_receipts, actor=None, receipts=keys, supplier_reference=reference, **fields)
    return Invoice.objects.get(pk=key)


def free_invoice(partner: Partner, amount: str = "100", *, kind: str = "customer", **fields: Any) -> Invoice:
    """A draft of one free line without tax."""
    code = "5051" if kind == "customer" else "560203"
    line = {"account_id": account(code).pk, "description": "Service", "quantity": D(1), "price": D(amount)}
    values: dict[str, Any] = {"lines": [line], "kind": kind, "partner_id": partner.pk}
    if kind == "supplier":
        values["supplier_reference"] = f"F-{Invoice.objects.count() + 1}"
    return perform(invoices.create_invoice, actor=None, **values | fields)


def post(invoice: Invoice, **fields: Any) -> Invoice:
    return perform(invoices.post_invoice, actor=None, invoice_id=invoice.pk, **fields)


def paid(partner: Partner, amount: str, *allocations: tuple[Invoice, str], **fields: Any) -> Payment:
    """A posted payment from a customer (or what ``kind`` and ``direction`` say) that settles the given invoices."""
    values: dict[str, Any] = {
        "partner_id": partner.pk,
        "kind": "customer",
        "bank_account_id": bank().pk,
        "amount": D(amount),
        "lines": [{"invoice_id": invoice.pk, "amount": D(part)} for invoice, part in allocations],
    }
    return perform(payments.record_payment, actor=None, **values | fields)
