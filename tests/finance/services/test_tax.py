"""Tax: the one tax function from line to ledger, the VAT report, electronic invoices."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from core.operations import perform
from finance.errors import (
    FapiaoNumberTaken,
    InvoiceUnknown,
    IssuedAlready,
    NotIssuable,
    TaxCodeMissing,
    WrongFapiaoNumber,
)
from finance.models import JournalLine, TaxInvoice
from finance.selectors.tax import tax_report
from finance.services import invoices, tax_invoices
from finance.services.settings import save_settings
from finance.views.invoices import InvoicePrint
from masterdata.engines.pricing import LineInput, total
from masterdata.models import Partner
from tests.factories import erp, masterdata
from tests.factories.finance import account, free_invoice, post

D = Decimal
OUTPUT = "22210106"
ONE, TWO = "1" * 20, "2" * 20

LINES = some.lists(
    some.builds(
        LineInput,
        some.decimals("0.001", "9999", places=3),
        some.decimals("0", "99999", places=4),
        some.decimals("0", "99", places=2),
        some.sampled_from([D(0), D(6), D(13), D("9.5")]),
    ),
    min_size=1,
    max_size=8,
)


@given(LINES, some.sampled_from(["line", "document"]), some.booleans(), some.sampled_from([0, 2, 3]))
def test_lines_sum_to_the_document_whatever_is_entered(lines, level, included, decimals):
    amounts = total(lines, level, included, decimals)
    assert amounts.net + amounts.tax == amounts.gross
    for name in ("net", "tax", "gross"):
        assert sum(getattr(one, name) for one in amounts.lines) == getattr(amounts, name)
    step = D(1).scaleb(-decimals)
    for one, entered in zip(amounts.lines, lines, strict=True):
        assert one.net + one.tax == one.gross
        assert one.net % step == one.tax % step == 0
        assert abs(one.tax - one.net * entered.tax_rate / 100) <= 2 * step


@pytest.fixture
def customer(books) -> Partner:
    erp.place()
    return masterdata.customer("ACME", tax_number="91310000MA1FL0001R")


def typed(customer, rows, **fields):
    taxes = {D(13): masterdata.tax("VAT13"), D(6): masterdata.tax("VAT6")}
    lines = [
        {
            "account_id": account("5051").pk,
            "description": "Service",
            "quantity": row.quantity,
            "price": row.price,
            "tax_id": taxes[row.tax_rate].pk if row.tax_rate in taxes else None,
        }
        for row in rows
    ]
    return post(
        perform(invoices.create_invoice, actor=None, kind="customer", partner_id=customer.pk, lines=lines, **fields)
    )


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, some.booleans())
def test_database_ledger_print_and_credit_note_say_the_same(customer, rows, included):
    rows = [LineInput(row.quantity, row.price + 1, D(0), row.tax_rate) for row in rows]
    invoice = typed(customer, rows, tax_included=included)
    stored = invoice.lines.aggregate(net=Sum("net_amount"), tax=Sum("tax_amount"), gross=Sum("gross_amount"))
    assert stored == {"net": invoice.net_amount, "tax": invoice.tax_amount, "gross": invoice.gross_amount}
    lines = JournalLine.objects.filter(entry__source_label="finance.invoice", entry__source_id=invoice.pk)
    booked = lines.filter(account__code=OUTPUT).aggregate(total=Sum("amount"))["total"] or 0
    assert booked == -invoice.tax_amount
    printed = InvoicePrint().context_for(invoice)["lines"]
    assert sum(line.gross_amount for line in printed) == invoice.gross_amount
    credit = post(perform(invoices.create_credit_note, actor=None, invoice_id=invoice.pk))
    for name in ("net_amount", "tax_amount", "gross_amount", "base_gross_amount"):
        assert getattr(credit, name) == -getattr(invoice, name)
    both = JournalLine.objects.filter(entry__source_label="finance.invoice", account__code=OUTPUT)
    ours = both.filter(entry__source_id__in=[invoice.pk, credit.pk]).aggregate(total=Sum("amount"))["total"]
    assert not ours


def test_the_vat_report_adds_up_by_rate_and_equals_the_accounts(customer):
    day = dt.date(2026, 3, 10)
    invoice = typed(customer, [LineInput(D(1), D(100), D(0), D(13)), LineInput(D(1), D(50), D(0), D(6))])
    post(perform(invoices.create_credit_note, actor=None, invoice_id=invoice.pk))
    typed(customer, [LineInput(D(1), D(200), D(0), D(13))])
    report = tax_report(day.replace(day=1), day.replace(day=31))
    assert [(row.rate, row.invoices, row.net, row.tax, row.credited_tax) for row in report.output] == [
        (13, 3, 200, 26, -13),
        (6, 2, 0, 0, -3),
    ]
    assert (report.output_tax, report.input_tax, report.payable, report.differences) == (26, 0, 26, (0, 0))


def prepared(*numbered) -> list[TaxInvoice]:
    keys = perform(tax_invoices.prepare_tax_invoices, actor=None, invoice_ids=[one.pk for one in numbered])
    return [TaxInvoice.objects.get(pk=key) for key in keys]


def answer(**row):
    return perform(tax_invoices.record_answers, actor=None, answers=[row])


def test_electronic_invoices_are_prepared_exported_and_answered(customer):
    invoice = post(free_invoice(customer, "100"))
    with pytest.raises(TaxCodeMissing):
        prepared(invoice)
    tolerances = {"write_off_tolerance": D(1), "grni_tolerance": D(1), "dunning_interval_days": 7}
    perform(save_settings, actor=None, **tolerances, service_tax_code="3040000000000000000")
    draft = free_invoice(customer, "5")
    with pytest.raises(NotIssuable):
        prepared(draft)
    [paper] = prepared(invoice)
    assert (paper.kind, paper.status, paper.buyer_tax_number) == ("special", "prepared", "91310000MA1FL0001R")
    with pytest.raises(NotIssuable):
        prepared(invoice)
    perform(tax_invoices.mark_exported, actor=None, tax_invoice_ids=[paper.pk])
    answer(number=invoice.legal_number, answer="Buyer unknown")
    paper.refresh_from_db()
    assert (paper.status, paper.answer) == ("refused", "Buyer unknown")
    change = {"tax_invoice_id": paper.pk, "buyer_name": "ACME Ltd"}
    assert perform(tax_invoices.change_tax_invoice, actor=None, **change).buyer_name == "ACME Ltd"
    for wrong in ({"fapiao_number": "12"}, {"fapiao_number": ONE}):
        with pytest.raises(WrongFapiaoNumber):
            answer(number=invoice.legal_number, **wrong)
    with pytest.raises(InvoiceUnknown):
        answer(number="2026-999999")
    answer(number=invoice.legal_number, fapiao_number=ONE, issued_on=dt.date(2026, 3, 11))
    for refused in (
        lambda: perform(tax_invoices.change_tax_invoice, actor=None, **change),
        lambda: perform(tax_invoices.mark_exported, actor=None, tax_invoice_ids=[paper.pk]),
        lambda: answer(number=invoice.legal_number, fapiao_number=TWO, issued_on=dt.date(2026, 3, 11)),
    ):
        with pytest.raises(IssuedAlready):
            refused()
    other = post(free_invoice(masterdata.customer("OTHER"), "10"))
    prepared(other)
    with pytest.raises(FapiaoNumberTaken):
        answer(number=other.legal_number, fapiao_number=ONE, issued_on=dt.date(2026, 3, 11))
