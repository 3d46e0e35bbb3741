"""Opening items: entered once, dated the first day, aged by their due date, paid like invoices, in no tax report."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import Workbook
from rest_framework.test import APIClient

from core.errors import InvalidTransition
from core.exchange.services import check, commit, map_columns, upload_file
from core.operations import perform
from finance.contributions.opening_items import arguments
from finance.errors import (
    AmountMissing,
    NoOpeningItem,
    OpeningInUse,
    OpeningItemIncomplete,
    OpeningItemKnown,
    OpeningOfVoucher,
    OpeningReversal,
    OpeningTooLate,
)
from finance.models import FiscalPeriod, Invoice, JournalEntry, JournalLine, ManualEntry, Payment
from finance.selectors.ageing import ageing
from finance.selectors.exposure import credit_exposure
from finance.selectors.invariants import violations
from finance.selectors.partner_statements import partner_statement
from finance.selectors.tax import issuable_invoices, tax_lines
from finance.services import manual_entries, payments
from finance.services.opening_advances import record_opening_advance
from finance.services.opening_items import record_opening_item
from finance.services.opening_withdrawal import withdraw_opening_item
from tests.factories import erp, masterdata
from tests.factories.core import superuser
from tests.factories.finance import account, balances, booked, free_invoice, paid, post

D = Decimal
RECEIVABLE, PAYABLE = "112201", "220201"
ADVANCE_RECEIVED, ADVANCE_PAID = "2203", "1123"
FIRST = dt.date(2025, 1, 1)


@pytest.fixture
def customer(books):
    erp.place()
    return masterdata.customer("ACME")


def opened(partner, amount="100", kind="customer", reference="OLD-1", **fields) -> Invoice:
    values = {"partner_id": partner.pk, "kind": kind, "reference": reference, "due_date": dt.date(2024, 11, 30)}
    return perform(record_opening_item, actor=None, **values, amount=D(amount), **fields)


def advanced(partner, amount="100", kind="customer", reference="YS-1", **fields) -> Payment:
    values = {"partner_id": partner.pk, "kind": kind, "reference": reference}
    return perform(record_opening_advance, actor=None, **values, amount=D(amount), **fields)


def test_an_item_is_posted_on_the_first_day_aged_by_its_due_date_and_paid(customer):
    item = opened(customer)
    assert (item.state, item.document_date, str(item), item.open_amount) == ("posted", FIRST, "OLD-1", 100)
    assert booked(item) == [(RECEIVABLE, D(100)), ("3199", D(-100))]
    [row] = ageing("customer", dt.date(2025, 1, 20))
    assert row.buckets["d60"] == 100
    assert not tax_lines(FIRST, dt.date(2025, 1, 31)).exists()
    assert not issuable_invoices().exists()
    paid(customer, "100", (item, "100"))
    item.refresh_from_db()
    assert item.open_amount == 0


def test_items_of_suppliers_and_credits_agree_with_the_opening_balances(customer):
    supplier = masterdata.supplier("ALPHA")
    opened(supplier, "70", "supplier")
    credit = opened(customer, "-30")
    assert (credit.is_credit, balances()[PAYABLE], balances()[RECEIVABLE]) == (True, -70, -30)
    lines = [
        {"account_id": account(RECEIVABLE).pk, "credit": D(30)},
        {"account_id": account(PAYABLE).pk, "credit": D(70)},
        {"account_id": account("1002").pk, "debit": D(100)},
    ]
    perform(manual_entries.record_manual_entry, actor=None, kind="opening", document_date=FIRST, lines=lines)
    assert balances() == {RECEIVABLE: D(-30), PAYABLE: D(-70), "1002": D(100)}


def test_an_item_is_refused_twice_or_without_amount_or_too_late(customer):
    opened(customer)
    with pytest.raises(OpeningItemKnown):
        opened(customer)
    with pytest.raises(AmountMissing):
        opened(customer, "0", reference="OLD-2")
    FiscalPeriod.objects.filter(d0=FIRST).update(state="closed")
    with pytest.raises(OpeningTooLate):
        opened(customer, reference="OLD-3")
    FiscalPeriod.objects.filter(d0=FIRST).update(state="open")


def test_by_form_import_and_api(customer, client):
    boss = superuser("boss")
    client.force_login(boss)
    page = client.get(reverse("finance:opening-item-create"))
    typed = {"kind": "customer", "partner": customer.pk, "reference": "F-1", "due_date": "2024-12-01", "amount": "5"}
    answer = client.post(page.wsgi_request.path, typed | {"_key": "one"})
    assert (answer.status_code, answer.url) == (302, reverse("finance:opening-item-list"))
    assert "F-1" in client.get(answer.url).content.decode()
    row = {"kind": "客户", "partner": "ACME", "reference": "I-1", "due_date": dt.date(2024, 12, 2), "amount": D(6)}
    perform(record_opening_item, actor=boss, **arguments(row, boss))
    api = APIClient()
    api.force_authenticate(boss)
    body = {"kind": "customer", "partner_id": customer.pk, "reference": "A-1", "due_date": "2024-12-03", "amount": "7"}
    made = api.post("/api/v1/finance/invoices/opening-item/", body, format="json", headers={"Idempotency-Key": "k"})
    assert (made.status_code, made.json()["is_opening"]) == (201, True)
    assert sorted(Invoice.objects.values_list("supplier_reference", flat=True)) == ["A-1", "F-1", "I-1"]


def opening_voucher(*lines, **fields):
    values = {"kind": "opening", "document_date": FIRST, "lines": list(lines)} | fields
    return perform(manual_entries.record_manual_entry, actor=None, **values)


def item_line(code, amount, partner, named, **fields):
    """A line of an open item: a positive amount is a debit; ``named`` is its number and due date."""
    side = "debit" if D(amount) > 0 else "credit"
    own = {"partner_id": partner.pk, "reference": named[0], "due_date": named[1]}
    return {"account_id": account(code).pk, side: abs(D(amount))} | own | fields


def test_an_opening_voucher_opens_the_items_it_names_with_their_instalments(customer):
    supplier, dollar = masterdata.supplier("ALPHA"), masterdata.currency("USD")
    office, november, december = masterdata.department("OFFICE"), dt.date(2024, 11, 30), dt.date(2024, 12, 31)
    foreign = {"currency_id": dollar.pk, "currency_amount": D("10.05"), "rate": D("7.123")}
    opening_voucher(
        item_line(RECEIVABLE, "60", customer, ("OLD-1", november)),
        item_line(RECEIVABLE, "40", customer, ("OLD-1", december)),
        item_line(RECEIVABLE, "-30", customer, ("PAID-AHEAD", december)),
        item_line(PAYABLE, "-1", supplier, ("B-1", november), **foreign),
        item_line(PAYABLE, "-1", supplier, ("B-1", december), **foreign),
        {"account_id": account("560204").pk, "debit": D(50), "department_id": office.pk},
        {"account_id": account("1002").pk, "debit": D("23.18")},
    )
    item = Invoice.objects.get(supplier_reference="OLD-1")
    assert list(item.instalments.values_list("due_date", "amount")) == [(november, D(60)), (december, D(40))]
    assert (item.due_date, item.open_amount, item.is_opening) == (december, 100, True)
    [row] = ageing("customer", dt.date(2025, 1, 20))
    assert (row.buckets["d60"], row.buckets["d30"], row.total) == (60, 10, 70)
    bill = Invoice.objects.get(supplier_reference="B-1")
    assert (bill.gross_amount, bill.base_gross_amount) == (D("20.10"), D("143.18"))
    accounts = {RECEIVABLE: D(70), PAYABLE: D("-143.18"), "560204": D(50), "1002": D("23.18")}
    assert balances() == accounts
    assert JournalLine.objects.get(account__code="560204").department == office
    [shown] = partner_statement(customer, "customer", FIRST, dt.date(2025, 1, 31))
    assert (shown.closing, sorted(line.document for line in shown.lines)) == (70, ["OLD-1", "PAID-AHEAD"])
    [owed] = partner_statement(supplier, "supplier", FIRST, dt.date(2025, 1, 31))
    assert (owed.currency, owed.closing) == (dollar, D("-20.10"))


def test_reversing_an_opening_voucher_takes_its_items_back(customer):
    """Given one item that was imported ahead, the voucher takes back only what it opened itself."""
    supplier, november = masterdata.supplier("ALPHA"), dt.date(2024, 11, 30)
    ahead = opened(customer, "20", reference="AHEAD")
    lines = [
        item_line(RECEIVABLE, "60", customer, ("OLD-1", november)),
        item_line(RECEIVABLE, "40", customer, ("OLD-1", FIRST)),
        item_line(RECEIVABLE, "20", customer, ("AHEAD", november)),
        item_line(PAYABLE, "-30", supplier, ("B-1", november)),
        item_line(ADVANCE_RECEIVED, "-15", customer, ("YS-1", None)),
        {"account_id": account("1002").pk, "credit": D(75)},
    ]
    voucher = opening_voucher(*lines)
    assert balances() == {RECEIVABLE: D(120), PAYABLE: D(-30), ADVANCE_RECEIVED: D(-15), "1002": D(-75)}
    with pytest.raises(OpeningOfVoucher):
        perform(withdraw_opening_item, actor=None, invoice_id=Invoice.objects.get(supplier_reference="B-1").pk)
    reversed_now = perform(manual_entries.reverse_manual_entry, actor=None, entry_id=voucher.pk, reason="Typed wrongly")
    assert reversed_now.state == "reversed"
    assert balances() == {RECEIVABLE: D(20), "3199": D(-20)}
    assert JournalEntry.objects.filter(reverses__isnull=False).exclude(entry_date=FIRST).count() == 0
    states = dict(Invoice.objects.values_list("supplier_reference", "state"))
    assert states == {"AHEAD": "posted", "OLD-1": "reversed", "B-1": "reversed"}
    assert Payment.objects.get().state == "reversed"
    [row] = ageing("customer", dt.date(2025, 1, 20))
    assert (row.total, row.advances) == (20, 0)
    assert violations() == []
    opening_voucher(*lines)
    assert balances() == {RECEIVABLE: D(120), PAYABLE: D(-30), ADVANCE_RECEIVED: D(-15), "1002": D(-75)}
    perform(withdraw_opening_item, actor=None, invoice_id=ahead.pk)
    assert balances()["3199"] == 20


def test_an_opening_that_was_used_is_not_taken_back(customer):
    lines = [
        item_line(RECEIVABLE, "60", customer, ("OLD-1", FIRST)),
        item_line(ADVANCE_RECEIVED, "-15", customer, ("YS-1", None)),
        {"account_id": account("1002").pk, "credit": D(45)},
    ]
    voucher = opening_voucher(*lines)
    item, advance = Invoice.objects.get(), Payment.objects.get()
    opened = balances()
    other, ours = post(free_invoice(customer, "80")), advanced(customer, reference="YS-2")
    reverse = {"actor": None, "entry_id": voucher.pk}
    for payment, invoice in ((advance, item), (advance, other), (ours, item)):
        part = [{"invoice_id": invoice.pk, "amount": D(15)}]
        perform(payments.allocate_payment, actor=None, payment_id=payment.pk, allocations=part)
        before = balances()
        with pytest.raises(OpeningInUse):
            perform(manual_entries.reverse_manual_entry, **reverse)
        assert (balances(), ManualEntry.objects.get().state) == (before, "posted")
        [allocation] = payment.allocations.filter(reversal__isnull=True, reverses__isnull=True)
        perform(payments.undo_allocation, actor=None, payment_id=payment.pk, allocation_id=allocation.pk)
    before = balances()
    with pytest.raises(OpeningOfVoucher):
        perform(payments.reverse_payment, actor=None, payment_id=advance.pk)
    perform(manual_entries.reverse_manual_entry, **reverse)
    left = balances()
    assert all(left.get(code, 0) == amount - opened.get(code, 0) for code, amount in before.items())
    with pytest.raises(InvalidTransition):
        perform(manual_entries.reverse_manual_entry, **reverse)


def test_the_database_keeps_the_state_of_invoices_that_are_no_opening_items(customer):
    invoice = post(free_invoice(customer))
    with pytest.raises(NoOpeningItem):
        perform(withdraw_opening_item, actor=None, invoice_id=invoice.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(state="reversed")


def test_an_advance_is_opened_allocated_and_taken_back(customer):
    supplier = masterdata.supplier("ALPHA")
    ours = advanced(customer)
    theirs = advanced(supplier, "70", "supplier")
    assert booked(ours) == [(ADVANCE_RECEIVED, D(-100)), ("3199", D(100))]
    assert booked(theirs) == [(ADVANCE_PAID, D(70)), ("3199", D(-70))]
    assert (ours.document_date, ours.state, ours.direction, theirs.direction) == (FIRST, "posted", "in", "out")
    assert credit_exposure(customer.pk).advances == 100
    with pytest.raises(OpeningItemKnown):
        advanced(customer)
    with pytest.raises(AmountMissing):
        advanced(customer, "-5", reference="YS-2")
    invoice = post(free_invoice(customer, "80"))
    part = [{"invoice_id": invoice.pk, "amount": D(80)}]
    perform(payments.allocate_payment, actor=None, payment_id=ours.pk, allocations=part)
    invoice.refresh_from_db()
    assert (invoice.open_amount, balances()[ADVANCE_RECEIVED]) == (0, -20)
    with pytest.raises(OpeningInUse):
        perform(payments.reverse_payment, actor=None, payment_id=ours.pk)
    taken = perform(payments.reverse_payment, actor=None, payment_id=theirs.pk)
    assert (taken.state, balances().get(ADVANCE_PAID)) == ("reversed", None)
    advanced(supplier, "60", "supplier")
    assert violations() == []


def test_advances_by_form_import_and_api(customer, client):
    boss = superuser("boss")
    client.force_login(boss)
    page = client.get(reverse("finance:opening-advance-create"))
    typed = {"kind": "customer", "partner": customer.pk, "reference": "F-1", "amount": "5", "_key": "one"}
    answer = client.post(page.wsgi_request.path, typed)
    assert (answer.status_code, answer.url) == (302, reverse("finance:opening-advance-list"))
    assert "F-1" in client.get(Payment.objects.get().get_absolute_url()).content.decode()
    table = [["类型", "客户", "单号", "金额"], ["客户", "ACME", "I-1", 6]]
    run = imported(table, "finance.openingadvance", boss)
    assert (run.done, run.errors) == (1, [])
    api = APIClient()
    api.force_authenticate(boss)
    body = {"kind": "customer", "partner_id": customer.pk, "reference": "A-1", "amount": "7"}
    made = api.post("/api/v1/finance/payments/opening-advance/", body, format="json", headers={"Idempotency-Key": "k"})
    assert (made.status_code, made.json()["is_opening"], made.json()["bank_account"]) == (201, True, None)
    assert sorted(Payment.objects.values_list("reference", flat=True)) == ["A-1", "F-1", "I-1"]
    item = opened(customer)
    page = client.post(reverse("finance:opening-item-withdraw", args=[item.pk]), {"reason": "twice", "_key": "two"})
    item.refresh_from_db()
    assert (page.status_code, item.state) == (302, "reversed")


def test_an_open_item_of_a_voucher_names_everything(customer):
    bank = {"account_id": account("1002").pk, "credit": D(5)}
    for missing in ({"reference": ""}, {"due_date": None}, {"partner_id": None}, {"account_id": account("1001").pk}):
        with pytest.raises(OpeningItemIncomplete):
            opening_voucher(item_line(RECEIVABLE, "5", customer, ("A", FIRST), **missing), bank)
    assert not Invoice.objects.exists()
    with pytest.raises(OpeningReversal):
        opening_voucher(item_line(RECEIVABLE, "5", customer, ("A", FIRST)), bank, reversal_date=dt.date(2025, 2, 1))


def imported(table, target, actor):
    sheet = Workbook()
    for row in table:
        sheet.active.append(row)
    file = io.BytesIO()
    sheet.save(file)
    file.seek(0)
    file.name = "opening.xlsx"
    upload = perform(upload_file, actor=actor, target=target, upload=file)
    perform(map_columns, actor=actor, run_id=upload.pk, mapping=upload.mapping)
    checked = check(upload, actor)
    return commit(checked, actor) if not checked.errors else checked


def test_opening_balances_come_from_a_file(customer):
    boss = superuser("boss")
    office = masterdata.department("OFFICE")
    table = [
        ["科目编码", "借方", "贷方", "客户", "单号", "到期日", "部门"],
        [RECEIVABLE, 100, None, "ACME", "OLD-1", dt.date(2024, 11, 30), None],
        [RECEIVABLE, 20, None, "ACME", "OLD-2", dt.date(2025, 2, 28), None],
        ["560204", 30, None, None, None, None, office.code],
        ["1002", None, 150, None, None, None, None],
    ]
    run = imported(table, "finance.openingbalance", boss)
    assert (run.done, run.errors) == (1, [])
    voucher = ManualEntry.objects.get()
    assert (voucher.kind, voucher.state, voucher.document_date) == ("opening", "draft", FIRST)
    perform(manual_entries.post_manual_entry, actor=boss, entry_id=voucher.pk)
    assert balances() == {RECEIVABLE: D(120), "560204": D(30), "1002": D(-150)}
    [row] = ageing("customer", dt.date(2025, 1, 20))
    assert (row.total, row.buckets["d60"]) == (120, 100)
    table[1][3] = "NOBODY"
    assert "NOBODY" in imported(table, "finance.openingbalance", boss).errors[0]["message"]
