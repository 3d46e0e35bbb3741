"""A bill we hold is split: a part is endorsed, a part discounted, a part dishonoured, each with its own entries."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from core.clock import on_day
from core.errors import InvalidTransition
from core.operations import perform
from finance.errors import BillPartsMismatch, WrongBillSide
from finance.models import Bill, Invoice
from finance.selectors.bills import bills_not_due
from finance.selectors.invariants import violations
from finance.services import bills
from finance.services.bill_splitting import split_bill
from masterdata.models import PaymentTerm
from tests.factories import erp, masterdata
from tests.factories.core import make_user
from tests.factories.finance import balances, bank, free_invoice, open_books, post

D = Decimal
BILLS, RECEIVABLE, PAYABLE, ADVANCE = "1121", "112201", "220201", "2203"
pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(db):
    erp.place()
    open_books()
    return masterdata.customer("ACME")


def received(customer, amount, *invoices, **extras):
    """A bank acceptance of the customer that settles invoices."""
    drafted = perform(
        bills.create_bill,
        actor=None,
        side="received",
        kind="bank_acceptance",
        bill_number="B-77",
        partner_id=customer.pk,
        amount=D(amount),
        issue_date=erp.TODAY,
        due_date=erp.TODAY.replace(month=9),
    )
    taken_off = {name: D(value) for name, value in extras.items()}
    lines = [{"invoice_id": one.pk, "amount": D(part)} | taken_off for one, part in invoices]
    return perform(bills.register_bill, actor=None, bill_id=drafted.pk, lines=lines)


def split(bill, *parts):
    perform(split_bill, actor=None, bill_id=bill.pk, parts=[D(part) for part in parts])
    return list(Bill.objects.filter(split_from=bill).order_by("pk"))


def open_of(invoice):
    return Invoice.objects.get(pk=invoice.pk).open_amount


def test_parts_go_different_ways(customer):
    first, second = post(free_invoice(customer, "60")), post(free_invoice(customer, "50"))
    bill = received(customer, "120", (first, first.gross_amount), (second, second.gross_amount))
    before = balances()
    endorsed, discounted, held = split(bill, "70", "30", "20")
    assert balances() == before
    assert bills_not_due(customer.pk, erp.TODAY) == 120
    assert [one.bill_number for one in (endorsed, discounted, held)] == ["B-77-1", "B-77-2", "B-77-3"]
    assert (open_of(first), open_of(second)) == (0, 0)
    assert violations() == []
    supplier = masterdata.supplier("S")
    bill_of_supplier = post(free_invoice(supplier, "65", kind="supplier"))
    line = {"invoice_id": bill_of_supplier.pk, "amount": bill_of_supplier.gross_amount}
    perform(bills.endorse_bill, actor=None, bill_id=endorsed.pk, partner_id=supplier.pk, lines=[line])
    perform(bills.discount_bill, actor=None, bill_id=discounted.pk, bank_account_id=bank().pk, interest=D(1))
    assert balances()[BILLS] == D(20)
    assert violations() == []
    perform(bills.dishonour_bill, actor=None, bill_id=held.pk, reason="No cover")
    assert BILLS not in balances()
    assert open_of(first) == 0
    assert open_of(second) + bill_advance(customer) == 20 - D(120 - 110) + bill_advance(customer)
    assert violations() == []
    perform(bills.dishonour_bill, actor=None, bill_id=endorsed.pk, reason="No cover")
    assert open_of(bill_of_supplier) == bill_of_supplier.gross_amount
    assert open_of(first) == 60
    assert violations() == []


def bill_advance(customer):
    return -balances().get(ADVANCE, D(0))


def test_refusals(customer):
    bill = received(customer, "100")
    for parts in (["100"], ["60", "50"], ["110", "-10"], ["50.001", "49.999"]):
        with pytest.raises(BillPartsMismatch):
            split(bill, *parts)
    assert violations() == []
    split(bill, "60", "40")
    with pytest.raises(InvalidTransition):
        split(bill, "60", "40")
    issued = perform(
        bills.create_bill,
        actor=None,
        side="issued",
        kind="bank_acceptance",
        bill_number="I-1",
        partner_id=masterdata.supplier("S").pk,
        amount=D(10),
        issue_date=erp.TODAY,
        due_date=erp.TODAY,
    )
    with pytest.raises(WrongBillSide):
        split(issued, "5", "5")


def test_the_page_takes_a_part_off_and_the_api_splits_into_many(client, customer):
    bill = received(customer, "100")
    client.force_login(make_user("boss", superuser=True))
    url = reverse("finance:bill-split", args=[bill.pk])
    assert url in client.get(bill.get_absolute_url()).content.decode()
    assert client.post(url, {"amount": "30", "version": bill.version}).url == bill.get_absolute_url()
    part, rest = Bill.objects.filter(split_from=bill).order_by("pk")
    assert (part.amount, rest.amount) == (D(30), D(70))
    assert "B-77-2" in client.get(bill.get_absolute_url()).content.decode()
    answer = client.post(
        f"/api/v1/finance/bills/{rest.pk}/split/",
        {"parts": ["20", "25", "25"]},
        headers={"Idempotency-Key": "k"},
        content_type="application/json",
    )
    assert (answer.status_code, len(answer.json()["parts"])) == (200, 3)
    assert violations() == []


def test_a_cash_discount_goes_with_the_parts_by_the_terms_of_the_day_it_was_granted(customer):
    term = PaymentTerm.objects.create(code="2-10", name="2/10 net 30", discount_percent=2, discount_days=10)
    invoice = post(free_invoice(customer, "100", payment_term_id=term.pk))
    bill = received(customer, "97.99", (invoice, "97.99"), discount="2", difference="0.01")
    assert open_of(invoice) == 0
    before = balances()
    with on_day(erp.TODAY + dt.timedelta(days=30)):  # the terms have passed for who pays today
        first, second = split(bill, "60", "37.99")
        assert (balances(), open_of(invoice)) == (before, 0)
        perform(bills.dishonour_bill, actor=None, bill_id=second.pk, reason="No cover")
    assert open_of(invoice) == D("38.78")
    assert first.state == "held"
    assert violations() == []
