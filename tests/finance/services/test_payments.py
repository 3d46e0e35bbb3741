"""Payments: what they settle, what stays an advance, how they are undone."""

import datetime as dt
from decimal import Decimal

import pytest

from core.clock import on_day
from core.errors import InvalidTransition, StaleVersion
from core.operations import perform
from crm import ports as sales_ports
from finance.errors import (
    AmountMissing,
    CurrencyMismatch,
    DuplicateBankReference,
    NotADraft,
    OrderOfAnother,
    OverAllocated,
    PeriodClosed,
    ReversalBeforeOriginal,
    WrongAllocation,
)
from finance.models import Allocation, BankAccount, FiscalPeriod, Payment
from finance.services import accounts, invoices, payments, periods
from masterdata.errors import NoExchangeRate
from masterdata.models import Partner
from tests.factories import crm, erp, masterdata
from tests.factories.finance import (
    balances,
    bank,
    booked,
    draft_invoice,
    free_invoice,
    paid,
    post,
)

D = Decimal
BANK, RECEIVABLE, PAYABLE, ADVANCE, EXCHANGE = "1002", "112201", "220201", "2203", "560303"


@pytest.fixture
def customer(books) -> Partner:
    erp.place()
    return masterdata.customer("ACME")


def draft(partner, amount="100", *lines, **fields) -> Payment:
    values = {
        "partner_id": partner.pk,
        "kind": "customer",
        "bank_account_id": bank().pk,
        "amount": D(amount),
        "lines": [{"invoice_id": invoice.pk, "amount": D(part)} for invoice, part in lines],
    }
    return perform(payments.create_payment, actor=None, **values | fields)


def posted(payment, **fields) -> Payment:
    return perform(payments.post_payment, actor=None, payment_id=payment.pk, **fields)


def dollars() -> BankAccount:
    """A bank account in US dollars."""
    ledger = perform(accounts.save_account, actor=None, code="100202", name="USD", kind="asset")
    return perform(
        accounts.save_bank_account,
        actor=None,
        code="USD",
        name="USD account",
        currency_id=masterdata.currency("USD").pk,
        account_id=ledger.pk,
    )


def test_a_payment_settles_its_invoice(customer):
    invoice = post(free_invoice(customer, "100"))
    payment = posted(draft(customer, "100", (invoice, "100")))
    assert booked(payment) == [(BANK, D(100)), (RECEIVABLE, D(-100))]
    assert (payment.state, payment.open_amount) == ("posted", 0)
    invoice.refresh_from_db()
    assert (invoice.settled_amount, invoice.open_amount) == (100, 0)
    assert invoice.instalments.get().open_amount == 0


def test_a_part_leaves_the_rest_of_the_oldest_instalment_open(customer):
    invoice = post(free_invoice(customer, "100"))
    paid(customer, "40", (invoice, "40"))
    invoice.refresh_from_db()
    assert (invoice.open_amount, invoice.instalments.get().settled_amount) == (60, 40)


def test_what_is_not_allocated_is_an_advance_and_is_allocated_later(customer):
    payment = paid(customer, "150")
    assert booked(payment) == [(BANK, D(150)), (ADVANCE, D(-150))]
    invoice = post(free_invoice(customer, "100"))
    rows = [{"invoice_id": invoice.pk, "amount": D(100)}]
    payment = perform(payments.allocate_payment, actor=None, payment_id=payment.pk, allocations=rows)
    assert (payment.allocated_amount, payment.open_amount) == (100, 50)
    assert booked(payment, "allocation") == [(ADVANCE, D(100)), (RECEIVABLE, D(-100))]
    again = [{"invoice_id": invoice.pk, "amount": D(1)}]
    with pytest.raises(OverAllocated):
        perform(payments.allocate_payment, actor=None, payment_id=payment.pk, allocations=again)


def test_one_payment_for_several_invoices_and_a_credit_note(customer):
    first, second = post(free_invoice(customer, "100")), post(free_invoice(customer, "50"))
    paid(customer, "50", (second, "50"))
    credit = post(perform(invoices.create_credit_note, actor=None, invoice_id=second.pk))
    payment = paid(customer, "50", (first, "100"), (credit, "-50"))
    assert payment.open_amount == 0
    assert RECEIVABLE not in balances()


def test_money_to_a_supplier(customer):
    supplier = masterdata.supplier("ALPHA")
    bill = post(free_invoice(supplier, "80", kind="supplier"))
    payment = paid(supplier, "100", (bill, "80"), kind="supplier")
    assert payment.direction == "out"
    assert booked(payment) == [(BANK, D(-100)), (PAYABLE, D(80)), ("1123", D(20))]


def test_reversing_a_payment_undoes_all_of_it(customer):
    first, second = post(free_invoice(customer, "100")), post(free_invoice(customer, "60"))
    payment = paid(customer, "150", (first, "100"))
    rows = [{"invoice_id": second.pk, "amount": D(50)}]
    perform(payments.allocate_payment, actor=None, payment_id=payment.pk, allocations=rows)
    payment = perform(payments.reverse_payment, actor=None, payment_id=payment.pk, reason="Bounced")
    assert (payment.state, payment.allocated_amount, payment.open_amount) == ("reversed", 0, 150)
    assert {code: amount for code, amount in balances().items() if code in {BANK, ADVANCE, RECEIVABLE}} == {
        RECEIVABLE: D(160)
    }
    assert {one.open_amount for one in (type(first).objects.filter(pk__in=[first.pk, second.pk]))} == {100, 60}
    assert Allocation.objects.filter(payment=payment).count() == 4
    with pytest.raises(InvalidTransition):
        perform(payments.reverse_payment, actor=None, payment_id=payment.pk)


def test_an_advance_for_an_order_is_taken_by_its_invoice(customer):
    item = masterdata.item("GRINDER")
    erp.opening(item, "20", "10")
    line = crm.line(item, "10", "100", ship_date=erp.TODAY)
    order = crm.confirmed_order(customer, line, warehouse_id=erp.place().pk, tax_included=False)
    gross = order.gross_amount
    paid(customer, "300", sales_order_id=order.pk)
    assert sales_ports.received_for_order(order.pk) == 300
    erp.signed(order)
    invoice = post(draft_invoice(order))
    invoice.refresh_from_db()
    assert (invoice.settled_amount, invoice.open_amount) == (300, gross - 300)
    assert ADVANCE not in balances()
    assert sales_ports.received_for_order(order.pk) == 300
    paid(customer, str(gross - 300), (invoice, str(gross - 300)))
    assert sales_ports.received_for_order(order.pk) == gross


def test_foreign_money_books_the_exchange_difference_when_it_settles(customer):
    """100 USD invoiced at 7.00, paid at 7.20: 20.00 gained."""
    masterdata.exchange_rate("USD", "7", dt.date(2026, 3, 1))
    usd = masterdata.currency("USD")
    invoice = post(free_invoice(customer, "100", currency_id=usd.pk))
    assert invoice.base_gross_amount == 700
    payment = paid(customer, "100", (invoice, "100"), bank_account_id=dollars().pk, exchange_rate=D("7.2"))
    assert booked(payment) == [("100202", D(720)), (RECEIVABLE, D(-700)), (EXCHANGE, D(-20))]


def test_the_last_part_of_a_foreign_invoice_takes_what_is_left(customer):
    masterdata.exchange_rate("USD", "7.123457", dt.date(2026, 3, 1))
    usd, account_ = masterdata.currency("USD"), dollars()
    invoice = post(free_invoice(customer, "100", currency_id=usd.pk))
    for part in ("33.33", "33.33", "33.34"):
        paid(customer, part, (invoice, part), bank_account_id=account_.pk)
    invoice.refresh_from_db()
    assert (invoice.open_amount, invoice.open_base_amount) == (0, 0)
    assert RECEIVABLE not in balances()


# --- refusals ------------------------------------------------------------------------------------------------------


def test_amounts_must_be_above_zero(customer):
    for amount in ("0", "-5", "0.001"):
        with pytest.raises(AmountMissing):
            draft(customer, amount)


def test_no_more_is_settled_than_is_open_or_paid(customer):
    invoice = post(free_invoice(customer, "100"))
    for amount, part in (("200", "101"), ("50", "100"), ("200", "-1")):
        with pytest.raises(OverAllocated):
            draft(customer, amount, (invoice, part))
    first, second = draft(customer, "100", (invoice, "100")), draft(customer, "100", (invoice, "100"))
    posted(first)
    with pytest.raises(OverAllocated):
        posted(second)
    assert Payment.objects.get(pk=second.pk).state == "draft"


def test_only_posted_invoices_of_the_same_partner_side_and_currency(customer):
    other = post(free_invoice(masterdata.customer("OTHER"), "100"))
    unposted = free_invoice(customer, "100")
    masterdata.exchange_rate("USD", "7", dt.date(2026, 3, 1))
    foreign = post(free_invoice(customer, "100", currency_id=masterdata.currency("USD").pk))
    for invoice in (other, unposted, foreign):
        with pytest.raises(WrongAllocation):
            draft(customer, "100", (invoice, "10"))
        payment = paid(customer, "10")
        rows = [{"invoice_id": invoice.pk, "amount": D(10)}]
        with pytest.raises(WrongAllocation):
            perform(payments.allocate_payment, actor=None, payment_id=payment.pk, allocations=rows)


def test_a_bank_reference_is_entered_once(customer):
    draft(customer, reference="B-77")
    with pytest.raises(DuplicateBankReference):
        draft(customer, reference="B-77")
    assert draft(customer, reference="B-77", direction="out").reference == "B-77"


def test_the_order_belongs_to_the_partner_and_the_currency(customer):
    order = crm.confirmed_order(masterdata.customer("OTHER"), warehouse_id=erp.place().pk)
    with pytest.raises(OrderOfAnother):
        draft(customer, sales_order_id=order.pk)
    masterdata.exchange_rate("USD", "7", dt.date(2026, 3, 1))
    own = crm.confirmed_order(customer, warehouse_id=erp.place().pk)
    with pytest.raises(CurrencyMismatch):
        draft(customer, sales_order_id=own.pk, bank_account_id=dollars().pk)


def test_a_foreign_payment_needs_a_rate(customer):
    with pytest.raises(NoExchangeRate):
        draft(customer, bank_account_id=dollars().pk)


def test_a_closed_period_takes_no_payment(customer):
    payment = draft(customer, document_date=dt.date(2025, 1, 31))
    Payment.objects.filter(pk=payment.pk).update(document_date=dt.date(2025, 3, 1))
    period = FiscalPeriod.objects.get(year=2025, month=1)
    perform(periods.close_period, actor=None, period_id=period.pk)
    Payment.objects.filter(pk=payment.pk).update(document_date=dt.date(2025, 1, 31))
    with pytest.raises(PeriodClosed):
        posted(payment)
    assert Payment.objects.get(pk=payment.pk).state == "draft"


def test_drafts_change_and_are_cancelled_posted_payments_not(customer):
    payment = draft(customer)
    arguments = {
        "payment_id": payment.pk,
        "bank_account_id": bank().pk,
        "amount": D(120),
        "document_date": dt.date(2026, 3, 9),
    }
    changed = perform(payments.update_payment, actor=None, version=payment.version, **arguments)
    assert (changed.amount, changed.document_date, changed.version) == (120, dt.date(2026, 3, 9), 1)
    with pytest.raises(StaleVersion):
        perform(payments.update_payment, actor=None, version=payment.version, **arguments)
    posted(payment)
    with pytest.raises(NotADraft):
        perform(payments.update_payment, actor=None, **arguments)
    with pytest.raises(InvalidTransition):
        perform(payments.cancel_payment, actor=None, payment_id=payment.pk)
    with pytest.raises(InvalidTransition):
        posted(payment)
    other = draft(customer)
    assert perform(payments.cancel_payment, actor=None, payment_id=other.pk).state == "cancelled"
    with pytest.raises(NotADraft):
        perform(payments.allocate_payment, actor=None, payment_id=other.pk, allocations=[])


def test_a_payment_is_not_undone_before_it_was_made_or_settled_anything(customer):
    invoice = post(free_invoice(customer, "100", document_date=dt.date(2026, 3, 1)))
    with on_day(dt.date(2026, 3, 4)):
        payment = paid(customer, "100")
    rows = [{"invoice_id": invoice.pk, "amount": D(100)}]
    perform(payments.allocate_payment, actor=None, payment_id=payment.pk, allocations=rows)
    for day in (dt.date(2026, 3, 2), dt.date(2026, 3, 6)):
        with pytest.raises(ReversalBeforeOriginal):
            perform(payments.reverse_payment, actor=None, payment_id=payment.pk, date=day)
    perform(payments.reverse_payment, actor=None, payment_id=payment.pk)
    invoice.refresh_from_db()
    assert (invoice.open_amount, BANK in balances()) == (100, False)
