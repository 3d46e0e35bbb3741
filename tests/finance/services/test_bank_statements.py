"""Bank statements: imported once, matched by proposals or by hand, reconciled with the books."""

import datetime as dt
from decimal import Decimal

import pytest

from core.operations import perform
from finance.errors import (
    BalanceDiffers,
    ControlAccount,
    MovementMatched,
    MovementsOpen,
    NothingNew,
    PaymentDiffers,
    StatementClosed,
)
from finance.models import BankMovement
from finance.selectors.bank import bank_journal, proposals, reconciliation
from finance.services import bank_statements
from masterdata.models import Partner
from tests.factories import erp, masterdata
from tests.factories.finance import account, balances, bank, free_invoice, paid, post

D = Decimal
DAY = dt.date(2026, 3, 10)
CHARGES = "560302"


@pytest.fixture
def customer(books) -> Partner:
    erp.place()
    return masterdata.customer("ACME")


def imported(*rows, **fields):
    movements = [
        {"booked_on": DAY, "reference": f"R{n}", "name": "", "account": "", "purpose": "", "amount": D(100)} | row
        for n, row in enumerate(rows, 1)
    ]
    return perform(
        bank_statements.import_statement, actor=None, bank_account_id=bank().pk, movements=movements, **fields
    )


def do(service, movement, **arguments):
    return perform(service, actor=None, movement_id=movement.pk, **arguments)


def test_movements_are_imported_once(customer):
    with pytest.raises(BalanceDiffers):
        imported({}, opening_balance=D(0), closing_balance=D(90))
    statement = imported({}, {"amount": D(-5)}, opening_balance=D(0), closing_balance=D(95))
    assert (statement.movements.count(), statement.document_date) == (2, DAY)
    with pytest.raises(NothingNew):
        imported({})
    again = imported({}, {}, {"reference": "R9"})
    assert [one.reference for one in again.movements.all()] == ["R9"]


def test_an_invoice_is_proposed_paid_and_taken_back(customer):
    invoice, other = post(free_invoice(customer, "100")), post(free_invoice(customer, "70"))
    statement = imported({"purpose": f"Invoice {invoice}", "name": customer.name})
    [movement] = statement.movements.all()
    best = proposals([movement], bank())[movement.pk][0]
    assert (best.score.reasons, best.rows) == (("amount", "number", "name"), ((invoice, D(100)),))
    assert all(row[0] != other for row in best.rows)
    lines = [{"invoice_id": invoice.pk, "amount": D(100)}]
    pay = {"partner_id": customer.pk, "kind": "customer", "lines": lines}
    movement = do(bank_statements.pay_from_movement, movement, **pay)
    invoice.refresh_from_db()
    assert (movement.state, movement.payment.reference, invoice.open_amount) == ("matched", "R1", 0)
    with pytest.raises(MovementMatched):
        do(bank_statements.pay_from_movement, movement, **pay)
    movement = do(bank_statements.unmatch_movement, movement)
    with pytest.raises(MovementMatched):
        do(bank_statements.unmatch_movement, movement)
    payment = proposals([movement], bank())[movement.pk][0].payment
    movement = do(bank_statements.link_payment, movement, payment_id=payment.pk)
    assert movement.payment == payment


def test_a_payment_that_stands_in_the_books_is_linked_when_it_fits(customer):
    payment, late = paid(customer, "100", reference="X-77001"), paid(customer, "30")
    statement = imported({"purpose": "X-77001"}, {})
    first, second = statement.movements.all()
    assert proposals([first], bank())[first.pk][0].payment == payment
    with pytest.raises(PaymentDiffers):
        do(bank_statements.link_payment, first, payment_id=late.pk)
    do(bank_statements.link_payment, first, payment_id=payment.pk)
    with pytest.raises(PaymentDiffers):
        do(bank_statements.link_payment, second, payment_id=payment.pk)


def test_charges_are_booked_and_reversed(customer):
    statement = imported({"amount": D(-12), "purpose": "Charges"})
    [movement] = statement.movements.all()
    with pytest.raises(ControlAccount):
        do(bank_statements.book_movement, movement, account_id=account("112201").pk)
    do(bank_statements.book_movement, movement, account_id=account(CHARGES).pk)
    assert balances() == {"1002": D(-12), CHARGES: D(12)}
    do(bank_statements.unmatch_movement, movement, reason="Wrong account")
    assert balances() == {}
    with pytest.raises(MovementsOpen):
        perform(bank_statements.close_statement, actor=None, statement_id=statement.pk)
    do(bank_statements.book_movement, movement, account_id=account(CHARGES).pk)
    perform(bank_statements.close_statement, actor=None, statement_id=statement.pk)
    with pytest.raises(StatementClosed):
        do(bank_statements.unmatch_movement, BankMovement.objects.get())


def test_the_reconciliation_names_what_lies_between_the_balances(customer):
    payment = paid(customer, "100", document_date=DAY)
    paid(customer, "40", document_date=DAY)
    statement = imported(
        {"purpose": "known"}, {"amount": D(-7), "name": "Bank"}, opening_balance=D(0), closing_balance=D(93)
    )
    first = statement.movements.get(line_no=1)
    do(bank_statements.link_payment, first, payment_id=payment.pk)
    found = reconciliation(bank(), DAY)
    assert (found.book_balance, found.bank_balance, found.adjusted_book, found.adjusted_bank) == (140, 93, 133, 133)
    assert found.difference == 0
    assert [one.amount for one in found.in_bank_only] == [-7]
    assert [one.currency_amount for one in found.in_books_only] == [40]
    journal = bank_journal(bank(), DAY, DAY)
    assert (journal.opening, journal.money_in, journal.closing) == (0, 140, 140)
    assert [row.is_confirmed for row in journal.rows] == [True, False]
