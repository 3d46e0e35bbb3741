"""The books read through the API: the figures of the pages, by right and shape."""

import datetime as dt
from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from core.clock import on_day
from core.operations import perform
from finance.models import FiscalPeriod, JournalEntry
from finance.services import bank_statements
from tests.factories import erp, masterdata
from tests.factories.core import make_user, superuser
from tests.factories.finance import account, bank, free_invoice, paid, post

ROOT = "/api/v1/finance"
DAY = dt.date(2026, 3, 10)
SPAN = {"first": "2026-03-01", "last": "2026-03-31"}


@pytest.fixture
def api(books):
    erp.place()
    client = APIClient()
    client.force_authenticate(superuser())
    with on_day(DAY):
        yield client


@pytest.fixture
def customer(api):
    """100 invoiced, 40 of it paid, both on 10 March."""
    found = masterdata.customer("ACME")
    post(free_invoice(found, "100", lines=[taxed_line("100")]))
    paid(found, "40")
    return found


def taxed_line(price: str) -> dict:
    line = {"account_id": account("5051").pk, "description": "Service", "quantity": Decimal(1)}
    return line | {"price": Decimal(price), "tax_id": masterdata.tax("VAT13").pk}


def report(client: APIClient, name: str, **asked):
    return client.get(f"{ROOT}/reports/{name}/", asked)


def test_ledgers_say_what_was_booked(api, customer):
    rows = {row["account"]: row for row in report(api, "trial-balance", **SPAN).json()["rows"]}
    assert (rows["112201"]["debit"], rows["1002"]["closing"]) == ("113.0000", "40.0000")
    year = report(api, "general-ledger", account="1002", year=2026).json()
    assert (year["opening"], year["months"][2]["closing"]) == ("0.0000", "40.0000")
    ledger = report(api, "account-ledger", account="112201", partner=customer.pk, **SPAN).json()
    assert [(line["amount"], line["running"]) for line in ledger["lines"]] == [("113.0000", "113.0000")]
    [row] = [
        row
        for row in report(api, "subsidiary-ledger", dimension="partner", **SPAN).json()
        if row["account"] == "112201"
    ]
    assert (row["id"], row["name"], row["closing"]) == (customer.pk, str(customer), "113.0000")


def test_bank_journal_and_reconciliation(api, customer):
    row = {"booked_on": DAY, "reference": "R1", "name": "", "account": "", "purpose": "", "amount": Decimal(-7)}
    perform(
        bank_statements.import_statement,
        actor=None,
        bank_account_id=bank().pk,
        movements=[row],
        opening_balance=Decimal(40),
        closing_balance=Decimal(33),
    )
    journal = report(api, "bank-journal", bank_account=bank().pk, **SPAN).json()
    assert (journal["closing"], [row["is_confirmed"] for row in journal["rows"]]) == ("40.0000", [False])
    found = report(api, "bank-reconciliation", bank_account=bank().pk, day="2026-03-10").json()
    assert (found["book_balance"], found["bank_balance"], found["difference"]) == ("40.0000", "33.0000", "-40.0000")
    assert ([one["amount"] for one in found["in_bank_only"]], len(found["in_books_only"])) == (["-7.0000"], 1)
    assert report(api, "bank-journal", bank_account=0, **SPAN).status_code == 404


def test_statement_of_account_and_vat(api, customer):
    [section] = report(api, "statement-of-account", partner=customer.pk, **SPAN).json()
    assert (section["debit"], section["credit"], section["closing"]) == ("113.0000", "40.0000", "73.0000")
    vat = report(api, "vat", **SPAN).json()
    assert ([row["amount"] for row in vat["output"]], vat["payable"], vat["booked_output"]) == (
        ["13.0000"], "13.0000", "13.0000"
    )  # fmt: skip


def test_wrong_questions_are_refused(api, customer):
    assert report(api, "trial-balance", first="2026-04-01", last="2026-03-01").status_code == 422
    assert report(api, "account-ledger", account="no such").status_code == 404
    assert report(api, "subsidiary-ledger", dimension="colour").status_code == 422
    assert report(api, "statement-of-account", partner=0).status_code == 404
    api.force_authenticate(make_user("stranger"))
    for name in ("trial-balance", "bank-journal", "vat", "statement-of-account"):
        assert report(api, name).status_code == 403, name


def test_profit_and_loss_is_carried_over_and_taken_back(api, customer):
    period = FiscalPeriod.objects.get(year=2026, month=3)
    path = f"{ROOT}/periods/{period.pk}"
    before = api.get(f"{path}/carry-over/").json()
    assert ([row["amount"] for row in before["left"]], before["profit"]) == (["-100.0000"], "100.0000")
    ran = api.post(f"{path}/carry-over/", {}, format="json", headers={"Idempotency-Key": "c1"})
    assert (ran.status_code, ran.json()["id"]) == (200, period.pk)
    after = api.get(f"{path}/carry-over/").json()
    assert (after["left"], len(after["entries"])) == ([], 1)
    assert JournalEntry.objects.get(pk=after["entries"][0]).lines.filter(account=account("3103"), amount=-100).exists()
    undo = f"{path}/undo-carry-over/"
    refused = api.post(undo, {}, format="json", headers={"Idempotency-Key": "c2"})
    assert refused.json()["errors"][0]["code"] == "reason_missing"
    api.post(undo, {"reason": "Late bill"}, format="json", headers={"Idempotency-Key": "c3"})
    assert api.get(f"{path}/carry-over/").json()["profit"] == "100.0000"
    early = api.post(f"{path}/end-year/", {}, format="json", headers={"Idempotency-Key": "c4"})
    assert early.status_code == 409
