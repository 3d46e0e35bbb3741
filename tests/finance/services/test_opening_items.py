"""Opening items: entered once, dated the first day, aged by their due date, paid like invoices, in no tax report."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.operations import perform
from finance.contributions.opening_items import arguments
from finance.errors import AmountMissing, OpeningItemKnown, OpeningTooLate
from finance.models import FiscalPeriod, Invoice
from finance.selectors.ageing import ageing
from finance.selectors.tax import issuable_invoices, tax_lines
from finance.services import manual_entries
from finance.services.opening_items import record_opening_item
from tests.factories import erp, masterdata
from tests.factories.core import superuser
from tests.factories.finance import account, balances, booked, paid

D = Decimal
RECEIVABLE, PAYABLE = "112201", "220201"
FIRST = dt.date(2025, 1, 1)


@pytest.fixture
def customer(books):
    erp.place()
    return masterdata.customer("ACME")


def opened(partner, amount="100", kind="customer", reference="OLD-1", **fields) -> Invoice:
    values = {"partner_id": partner.pk, "kind": kind, "reference": reference, "due_date": dt.date(2024, 11, 30)}
    return perform(record_opening_item, actor=None, **values, amount=D(amount), **fields)


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
