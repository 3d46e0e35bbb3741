"""Allocations: cash discount, small differences, credit notes, and how each is undone."""

import datetime as dt
from decimal import Decimal

import pytest

from core.operations import perform
from finance.errors import (
    AllocationUndone,
    DifferenceTooLarge,
    DiscountNotDue,
    NegativeTolerance,
    OverAllocated,
    WrongAllocation,
)
from finance.models import Allocation
from finance.services import invoices, payments
from finance.services.settings import save_settings
from masterdata.models import Partner, PaymentTerm
from tests.factories import erp, masterdata
from tests.factories.finance import balances, booked, free_invoice, paid, post

D = Decimal
BANK, RECEIVABLE, ADVANCE, DISCOUNT, SMALL = "1002", "112201", "2203", "560305", "560307"


@pytest.fixture
def customer(books) -> Partner:
    erp.place()
    return masterdata.customer("ACME")


@pytest.fixture
def discounted(customer):
    """An invoice of 100 with 2 % off within ten days."""
    term = PaymentTerm.objects.create(code="2-10", name="2/10 net 30", discount_percent=2, discount_days=10)
    return post(free_invoice(customer, "100", payment_term_id=term.pk))


def row(invoice, amount, **extras):
    return {"invoice_id": invoice.pk, "amount": D(amount)} | {name: D(value) for name, value in extras.items()}


def test_a_cash_discount_settles_the_invoice_and_is_a_cost(customer, discounted):
    payment = paid(customer, "98", lines=[row(discounted, "98", discount="2")])
    assert booked(payment) == [(BANK, D(98)), (RECEIVABLE, D(-100)), (DISCOUNT, D(2))]
    discounted.refresh_from_db()
    assert (discounted.open_amount, discounted.instalments.get().open_base_amount) == (0, 0)
    assert [one.kind for one in Allocation.objects.order_by("pk")] == ["settled", "discount"]
    perform(payments.reverse_payment, actor=None, payment_id=payment.pk, reason="Bounced")
    discounted.refresh_from_db()
    assert (discounted.open_amount, balances().get(DISCOUNT)) == (100, None)


def test_a_discount_is_granted_by_the_terms_alone(customer, discounted):
    late = dt.date(2026, 12, 31)
    for typed, fields in (("3", {}), ("-2", {}), ("2", {"document_date": late})):
        with pytest.raises((DiscountNotDue, OverAllocated)):
            paid(customer, "97", lines=[row(discounted, "97", discount=typed)], **fields)
    plain = post(free_invoice(customer, "100"))
    with pytest.raises(DiscountNotDue):
        paid(customer, "98", lines=[row(plain, "98", discount="2")])


def test_a_small_difference_is_written_off_within_the_tolerance(customer):
    invoice = post(free_invoice(customer, "100"))
    with pytest.raises(DifferenceTooLarge):
        paid(customer, "98", lines=[row(invoice, "98", difference="2")])
    payment = paid(customer, "99.5", lines=[row(invoice, "99.5", difference="0.5")])
    assert booked(payment) == [(BANK, D("99.5")), (RECEIVABLE, D(-100)), (SMALL, D("0.5"))]
    values = {"grni_tolerance": D(1), "dunning_interval_days": 7}
    with pytest.raises(NegativeTolerance):
        perform(save_settings, actor=None, write_off_tolerance=D(-1), **values)
    perform(save_settings, actor=None, write_off_tolerance=D(5), **values)
    other = post(free_invoice(customer, "100"))
    paid(customer, "96", lines=[row(other, "96", difference="4")])


def test_a_supplier_gives_a_discount_too(customer):
    supplier = masterdata.supplier("ALPHA")
    term = PaymentTerm.objects.create(code="2-10", name="2/10 net 30", discount_percent=2, discount_days=10)
    bill = post(free_invoice(supplier, "50", kind="supplier", payment_term_id=term.pk))
    payment = paid(supplier, "49", kind="supplier", lines=[row(bill, "49", discount="1")])
    assert booked(payment) == [(BANK, D(-49)), ("220201", D(50)), (DISCOUNT, D(-1))]


def test_one_allocation_is_undone_with_its_discount(customer, discounted):
    other = post(free_invoice(customer, "30"))
    payment = paid(customer, "128", lines=[row(discounted, "98", discount="2"), row(other, "30")])
    money, discount, _kept = Allocation.objects.order_by("pk")
    arguments = {"payment_id": payment.pk, "allocation_id": money.pk}
    with pytest.raises(AllocationUndone):
        perform(payments.undo_allocation, actor=None, payment_id=payment.pk, allocation_id=discount.pk)
    payment = perform(payments.undo_allocation, actor=None, **arguments)
    assert (payment.allocated_amount, payment.open_amount) == (30, 98)
    assert booked(payment, "allocation") == [(RECEIVABLE, D(100)), (DISCOUNT, D(-2)), (ADVANCE, D(-98))]
    discounted.refresh_from_db()
    assert discounted.open_amount == 100
    with pytest.raises(AllocationUndone):
        perform(payments.undo_allocation, actor=None, **arguments)


def test_foreign_money_is_undone_at_the_rates_it_was_settled_at(customer):
    masterdata.exchange_rate("USD", "7", dt.date(2026, 3, 1))
    from tests.finance.services.test_payments import dollars

    invoice = post(free_invoice(customer, "100", currency_id=masterdata.currency("USD").pk))
    payment = paid(customer, "100", (invoice, "100"), bank_account_id=dollars().pk, exchange_rate=D("7.2"))
    perform(payments.undo_allocation, actor=None, payment_id=payment.pk, allocation_id=payment.allocations.get().pk)
    assert balances() == {"100202": D(720), RECEIVABLE: D(700), ADVANCE: D(-720), "5051": D(-700)}


def test_a_credit_note_settles_other_invoices(customer):
    first, second = post(free_invoice(customer, "100")), post(free_invoice(customer, "60"))
    paid(customer, "100", (first, "100"))
    credit = post(perform(invoices.create_credit_note, actor=None, invoice_id=first.pk))
    with pytest.raises(OverAllocated):
        perform(payments.allocate_credit_note, actor=None, invoice_id=credit.pk, allocations=[row(second, "61")])
    with pytest.raises(WrongAllocation):
        perform(payments.allocate_credit_note, actor=None, invoice_id=second.pk, allocations=[row(first, "1")])
    credit = perform(payments.allocate_credit_note, actor=None, invoice_id=credit.pk, allocations=[row(second, "60")])
    second.refresh_from_db()
    assert (credit.open_amount, second.open_amount) == (-40, 0)
    assert balances()[RECEIVABLE] == -40


def test_credit_at_another_rate_books_the_exchange_difference(customer):
    usd = masterdata.currency("USD").pk
    masterdata.exchange_rate("USD", "7", dt.date(2026, 3, 1))
    first = post(free_invoice(customer, "100", currency_id=usd))
    from tests.finance.services.test_payments import dollars

    paid(customer, "100", (first, "100"), bank_account_id=dollars().pk)
    credit = post(perform(invoices.create_credit_note, actor=None, invoice_id=first.pk))
    masterdata.exchange_rate("USD", "7.5", dt.date(2026, 3, 2))
    second = post(free_invoice(customer, "100", currency_id=usd))
    assert second.exchange_rate == D("7.5")
    credit = perform(payments.allocate_credit_note, actor=None, invoice_id=credit.pk, allocations=[row(second, "100")])
    assert booked(credit, "allocation") == [(RECEIVABLE, D(-750)), (RECEIVABLE, D(700)), ("560303", D(50))]
    assert RECEIVABLE not in balances()


def test_there_is_no_discount_on_what_was_credited(customer, discounted):
    line = discounted.lines.get()
    allowance = {"invoice_id": discounted.pk, "amounts": {str(line.pk): D(-50)}}
    post(perform(invoices.create_price_correction, actor=None, **allowance))
    with pytest.raises(DiscountNotDue):
        paid(customer, "48", lines=[row(discounted, "48", discount="2")])
    paid(customer, "49", lines=[row(discounted, "49", discount="1")])
    discounted.refresh_from_db()
    assert discounted.open_amount == 0
