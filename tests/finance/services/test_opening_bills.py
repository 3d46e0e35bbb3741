"""Bills older than the books: booked or liable, used like others, owed again when dishonoured, taken back unused."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.errors import InvalidTransition
from core.operations import perform
from finance.errors import (
    ClaimOfBill,
    DuplicateBill,
    NoOpeningItem,
    OpeningBillIncomplete,
    OpeningDiffers,
    OpeningInUse,
    WrongBillSide,
)
from finance.models import Bill, Invoice
from finance.selectors.exposure import credit_exposure
from finance.services import bills, manual_entries
from finance.services.bill_splitting import split_bill
from finance.services.opening_bills import record_opening_bill, withdraw_opening_bill
from finance.services.opening_withdrawal import withdraw_opening_item
from tests.factories import erp, masterdata
from tests.factories.core import superuser
from tests.factories.finance import account, balances, bank, booked, free_invoice, post
from tests.finance.services.test_opening_items import imported

D = Decimal
BANK, RECEIVABLE, PAYABLE, HELD, ISSUED, OPENING = "1002", "112201", "220201", "1121", "2201", "3199"
FIRST = dt.date(2025, 1, 1)


@pytest.fixture
def customer(books):
    erp.place()
    return masterdata.customer("ACME")


def opened(partner, amount="100", number="YC-1", side="received", **fields) -> Bill:
    values = {
        "side": side,
        "kind": "bank_acceptance",
        "bill_number": number,
        "partner_id": partner.pk,
        "amount": D(amount),
        "drawer": "ACME Trading",
        "issue_date": dt.date(2024, 10, 1),
        "due_date": dt.date(2026, 9, 30),
    }
    return perform(record_opening_bill, actor=None, **values | fields)


def test_outstanding_bills_stand_against_the_opening_account_and_are_collected(customer):
    supplier = masterdata.supplier("ALPHA")
    ours, theirs = opened(customer), opened(supplier, "70", side="issued")
    assert booked(ours) == [(HELD, D(100)), (OPENING, D(-100))]
    assert booked(theirs) == [(ISSUED, D(-70)), (OPENING, D(70))]
    assert (ours.state, ours.document_date, ours.opening_state) == ("held", FIRST, "held")
    assert credit_exposure(customer.pk).bills == 100
    with pytest.raises(DuplicateBill):
        opened(customer)
    for bill in (ours, theirs):
        perform(bills.settle_bill, actor=None, bill_id=bill.pk, bank_account_id=bank().pk)
    assert balances() == {BANK: D(30), OPENING: D(-30)}


def test_the_opening_voucher_must_state_what_the_bills_say(customer):
    opened(customer)
    bank_line = {"account_id": account("1002").pk, "credit": D(90)}
    stated = [{"account_id": account(HELD).pk, "debit": D(90)}, bank_line]
    opening = {"actor": None, "kind": "opening", "document_date": FIRST}
    with pytest.raises(OpeningDiffers):
        perform(manual_entries.record_manual_entry, **opening, lines=stated)
    stated = [{"account_id": account(HELD).pk, "debit": D(100)}, bank_line | {"credit": D(100)}]
    perform(manual_entries.record_manual_entry, **opening, lines=stated)
    assert balances() == {HELD: D(100), BANK: D(-100)}


def test_bills_passed_on_before_are_a_liability_without_an_entry(customer):
    supplier = masterdata.supplier("ALPHA")
    endorsed = opened(customer, state="endorsed", endorsed_to_id=supplier.pk)
    discounted = opened(customer, "50", "YC-2", state="discounted", bank_account_id=bank().pk)
    assert (balances(), credit_exposure(customer.pk).bills) == ({}, 150)
    perform(bills.dishonour_bill, actor=None, bill_id=endorsed.pk, reason="Refused")
    assert balances() == {RECEIVABLE: D(100), PAYABLE: D(-100)}
    perform(bills.dishonour_bill, actor=None, bill_id=discounted.pk, reason="Refused")
    assert balances() == {RECEIVABLE: D(150), PAYABLE: D(-100), BANK: D(-50)}


@pytest.mark.parametrize(
    "wrong", [{"state": "endorsed"}, {"state": "discounted"}, {"state": "settled"}, {"due_date": dt.date(2024, 1, 1)}]
)
def test_an_opening_bill_names_what_its_state_asks_for(customer, wrong):
    with pytest.raises(OpeningBillIncomplete):
        opened(customer, **wrong)
    with pytest.raises(WrongBillSide):
        opened(customer, side="issued", state="endorsed", endorsed_to_id=customer.pk)


def test_it_is_endorsed_split_and_owed_again_when_dishonoured(customer):
    supplier = masterdata.supplier("ALPHA")
    debt = post(free_invoice(supplier, "40", kind="supplier"))
    bill = perform(split_bill, actor=None, bill_id=opened(customer).pk, parts=[D(40), D(60)])
    first, second = bill.parts.order_by("pk")
    assert (balances()[HELD], second.base_amount, second.opening_state) == (100, 60, "held")
    lines = [{"invoice_id": debt.pk, "amount": D(40)}]
    perform(bills.endorse_bill, actor=None, bill_id=first.pk, partner_id=supplier.pk, lines=lines)
    perform(bills.dishonour_bill, actor=None, bill_id=second.pk, reason="Refused")
    claim = Invoice.objects.get(kind="customer")
    assert (claim.open_amount, claim.supplier_reference, claim.due_date) == (60, "YC-1-2", second.due_date)
    assert booked(claim) == [(RECEIVABLE, D(60)), (HELD, D(-60))]
    with pytest.raises(ClaimOfBill):
        perform(withdraw_opening_item, actor=None, invoice_id=claim.pk)
    perform(bills.dishonour_bill, actor=None, bill_id=first.pk, reason="Refused")
    found = balances()
    assert (found[RECEIVABLE], found[PAYABLE], HELD in found) == (100, -40, False)


def test_it_is_taken_back_while_nothing_happened_to_it(customer):
    bill = opened(customer)
    with pytest.raises(InvalidTransition):
        perform(bills.cancel_bill, actor=None, bill_id=bill.pk)
    taken = perform(withdraw_opening_bill, actor=None, bill_id=bill.pk, reason="Typed wrongly")
    assert (taken.state, balances()) == ("cancelled", {})
    again = opened(customer)
    perform(bills.settle_bill, actor=None, bill_id=again.pk, bank_account_id=bank().pk)
    with pytest.raises(OpeningInUse):
        perform(withdraw_opening_bill, actor=None, bill_id=again.pk)
    arguments = {"side": "received", "kind": "commercial", "bill_number": "N-1", "partner_id": customer.pk}
    days = {"issue_date": dt.date(2026, 3, 1), "due_date": dt.date(2026, 9, 1)}
    new = perform(bills.create_bill, actor=None, amount=D(5), **arguments, **days)
    with pytest.raises(NoOpeningItem):
        perform(withdraw_opening_bill, actor=None, bill_id=new.pk)


def test_by_form_import_and_api(customer, client):
    boss = superuser("boss")
    client.force_login(boss)
    page = client.get(reverse("finance:opening-bill-create"))
    typed = {"side": "received", "kind": "bank_acceptance", "bill_number": "F-1", "partner": customer.pk, "amount": "5"}
    typed |= {"issue_date": "2024-11-01", "due_date": "2025-05-01", "state": "held", "_key": "one"}
    answer = client.post(page.wsgi_request.path, typed)
    assert (answer.status_code, answer.url) == (302, reverse("finance:opening-bill-list"))
    assert "F-1" in client.get(answer.url).content.decode()
    bill = Bill.objects.get()
    assert (
        reverse("finance:opening-bill-withdraw", args=[bill.pk]) in client.get(bill.get_absolute_url()).content.decode()
    )
    head = ["应收应付", "票据号", "客户", "出票人", "出票日期", "到期日", "票面金额"]
    row = ["应收", "I-1", "ACME", "某公司", dt.date(2024, 11, 1), dt.date(2025, 5, 1), 6]
    run = imported([head, row], "finance.openingbill", boss)
    assert (run.done, run.errors) == (1, [])
    api = APIClient()
    api.force_authenticate(boss)
    body = {"side": "issued", "kind": "commercial", "bill_number": "A-1", "partner_id": customer.pk, "amount": "7"}
    body |= {"issue_date": "2024-11-01", "due_date": "2025-05-01"}
    made = api.post("/api/v1/finance/bills/opening-bill/", body, format="json", headers={"Idempotency-Key": "k"})
    assert (made.status_code, made.json()["opening_state"]) == (201, "held")
    path = f"/api/v1/finance/bills/{made.json()['id']}/withdraw/"
    assert api.post(path, {}, format="json", headers={"Idempotency-Key": "w"}).json()["state"] == "cancelled"
    assert balances() == {HELD: D(11), OPENING: D(-11)}
