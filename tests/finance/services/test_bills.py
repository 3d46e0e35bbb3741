"""Bills of exchange: taken in, endorsed, discounted, collected, honoured, dishonoured; exposure counts them."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import InvalidTransition
from core.operations import perform
from finance.errors import AmountMissing, BankAccountMissing, BillInUse, DuplicateBill, WrongBillSide
from finance.models import Bill, Payment
from finance.selectors.exposure import credit_exposure
from finance.services import bills, payments
from masterdata.models import Partner
from tests.factories import erp, masterdata
from tests.factories.finance import balances, bank, booked, free_invoice, post

D = Decimal
BANK, RECEIVABLE, PAYABLE, HELD, ISSUED, ADVANCE = "1002", "112201", "220201", "1121", "2201", "2203"


@pytest.fixture
def customer(books) -> Partner:
    erp.place()
    return masterdata.customer("ACME")


def drafted(partner, amount="100", **fields) -> Bill:
    values = {
        "side": "received",
        "kind": "bank_acceptance",
        "bill_number": f"B-{Bill.objects.count()}",
        "partner_id": partner.pk,
        "amount": D(amount),
        "issue_date": dt.date(2026, 3, 1),
        "due_date": dt.date(2026, 9, 1),
    }
    return perform(bills.create_bill, actor=None, **values | fields)


def held(partner, *invoices, **fields) -> Bill:
    lines = [{"invoice_id": one.pk, "amount": one.open_amount} for one in invoices]
    return perform(bills.register_bill, actor=None, bill_id=drafted(partner, **fields).pk, lines=lines)


def test_a_bill_settles_invoices_and_is_collected_at_maturity(customer):
    invoice = post(free_invoice(customer, "80"))
    bill = held(customer, invoice)
    assert booked(Payment.objects.get()) == [(HELD, D(100)), (RECEIVABLE, D(-80)), (ADVANCE, D(-20))]
    exposure = credit_exposure(customer.pk)
    assert (exposure.receivable, exposure.bills, exposure.advances, exposure.total) == (0, 100, 20, 80)
    bill = perform(bills.settle_bill, actor=None, bill_id=bill.pk, bank_account_id=bank().pk)
    assert (bill.state, booked(bill)) == ("settled", [(BANK, D(100)), (HELD, D(-100))])
    assert credit_exposure(customer.pk).bills == 0
    with pytest.raises(InvalidTransition):
        perform(bills.settle_bill, actor=None, bill_id=bill.pk, bank_account_id=bank().pk)


def test_an_endorsed_bill_pays_a_supplier_and_comes_back_dishonoured(customer):
    supplier = masterdata.supplier("ALPHA")
    invoice, debt = post(free_invoice(customer, "100")), post(free_invoice(supplier, "100", kind="supplier"))
    bill = held(customer, invoice)
    lines = [{"invoice_id": debt.pk, "amount": D(100)}]
    bill = perform(bills.endorse_bill, actor=None, bill_id=bill.pk, partner_id=supplier.pk, lines=lines)
    assert (bill.state, bill.endorsed_to) == ("endorsed", supplier)
    assert {HELD, RECEIVABLE, PAYABLE}.isdisjoint(balances())
    assert credit_exposure(customer.pk).bills == 100
    with pytest.raises(BillInUse):
        perform(payments.reverse_payment, actor=None, payment_id=bill.payments.first().pk)
    perform(bills.dishonour_bill, actor=None, bill_id=bill.pk, reason="Refused")
    assert {code: balances()[code] for code in (RECEIVABLE, PAYABLE)} == {RECEIVABLE: D(100), PAYABLE: D(-100)}
    assert credit_exposure(customer.pk).total == 100


def test_a_discounted_bill_costs_interest_and_the_bank_has_recourse(customer):
    bill = held(customer, post(free_invoice(customer, "100")))
    values = {"bill_id": bill.pk, "bank_account_id": bank().pk}
    for interest in ("-1", "100"):
        with pytest.raises(AmountMissing):
            perform(bills.discount_bill, actor=None, **values, interest=D(interest))
    bill = perform(bills.discount_bill, actor=None, **values, interest=D(3))
    assert booked(bill) == [(BANK, D(97)), ("560306", D(3)), (HELD, D(-100))]
    perform(bills.dishonour_bill, actor=None, bill_id=bill.pk, reason="Refused")
    assert {code: amount for code, amount in balances().items() if code != "5051"} == {
        BANK: D(-3),
        RECEIVABLE: D(100),
        "560306": D(3),
    }


def test_a_bill_of_our_own_is_honoured(customer):
    supplier = masterdata.supplier("ALPHA")
    debt = post(free_invoice(supplier, "100", kind="supplier"))
    bill = held(supplier, debt, side="issued")
    assert (balances()[ISSUED], PAYABLE in balances()) == (-100, False)
    with pytest.raises(WrongBillSide):
        perform(bills.endorse_bill, actor=None, bill_id=bill.pk, partner_id=supplier.pk)
    perform(bills.settle_bill, actor=None, bill_id=bill.pk, bank_account_id=bank().pk)
    assert (balances().get(ISSUED), balances()[BANK]) == (None, -100)


def test_bills_are_entered_once_and_cancelled_as_drafts(customer):
    bill = drafted(customer, bill_number="X1")
    with pytest.raises(DuplicateBill):
        drafted(customer, bill_number="X1")
    with pytest.raises(AmountMissing):
        drafted(customer, "0")
    assert perform(bills.cancel_bill, actor=None, bill_id=bill.pk).state == "cancelled"
    drafted(customer, bill_number="X1")
    with pytest.raises(BankAccountMissing):
        perform(payments.create_payment, actor=None, partner_id=customer.pk, kind="customer", amount=D(1))
