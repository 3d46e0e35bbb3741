"""Currency revaluation: previewed, booked at the end of the month, taken back the day after; a check of the close."""

import datetime as dt
from decimal import Decimal

import pytest

from core.operations import perform
from finance.errors import NothingToRevalue, RevaluedAlready
from finance.models import FiscalPeriod, JournalEntry
from finance.selectors.close import failed
from finance.selectors.revaluation import foreign_balances, revaluation_missing
from finance.services import accounts, revaluations
from masterdata.models import Currency, Partner
from tests.factories import erp, masterdata
from tests.factories.finance import balances, free_invoice, paid, post
from tests.finance.services.test_payments import dollars

D = Decimal
END = dt.date(2026, 3, 31)
RECEIVABLE, PAYABLE, UNREALISED = "112201", "220201", "560308"


@pytest.fixture
def customer(books) -> Partner:
    erp.place()
    masterdata.exchange_rate("USD", "7", dt.date(2026, 3, 1))
    masterdata.exchange_rate("USD", "7.2", END)
    return masterdata.customer("ACME")


def test_open_items_and_bank_balances_are_valued_at_the_rate_of_the_day(customer):
    usd = masterdata.currency("USD").pk
    supplier = masterdata.supplier("ALPHA")
    invoice = post(free_invoice(customer, "100", currency_id=usd))
    post(free_invoice(supplier, "40", kind="supplier", currency_id=usd))
    paid(customer, "30", (invoice, "30"), bank_account_id=dollars().pk)
    assert [(one.account.code, one.currency_amount, one.difference) for one in foreign_balances(END)] == [
        ("100202", 30, 6),
        (RECEIVABLE, 70, 14),
        (PAYABLE, -40, -8),
    ]
    before = balances()
    assert revaluation_missing(FiscalPeriod.objects.get(year=2026, month=3))
    run = perform(revaluations.create_revaluation, actor=None, document_date=END)
    assert (run.difference, balances()) == (12, before)
    run = perform(revaluations.post_revaluation, actor=None, revaluation_id=run.pk)
    assert balances() == before
    booked, undone = JournalEntry.objects.filter(source_label="finance.revaluation").order_by("pk")
    assert (booked.entry_date, undone.entry_date, undone.reverses) == (END, dt.date(2026, 4, 1), booked)
    lines = booked.lines.values_list("account__code", "amount", "currency_amount").order_by("line_no")
    assert list(lines) == [("100202", 6, 0), (RECEIVABLE, 14, 0), (PAYABLE, -8, 0), (UNREALISED, -12, -12)]
    assert not revaluation_missing(FiscalPeriod.objects.get(year=2026, month=3))
    with pytest.raises(RevaluedAlready):
        perform(revaluations.create_revaluation, actor=None, document_date=END)
    perform(revaluations.reverse_revaluation, actor=None, revaluation_id=run.pk, reason="Wrong rate")
    assert JournalEntry.objects.filter(source_label="finance.revaluation").count() == 4
    assert balances() == before
    again = perform(revaluations.create_revaluation, actor=None, document_date=END)
    assert perform(revaluations.cancel_revaluation, actor=None, revaluation_id=again.pk).state == "cancelled"


def test_nothing_is_drafted_without_a_difference(customer):
    post(free_invoice(customer, "100"))
    with pytest.raises(NothingToRevalue):
        perform(revaluations.create_revaluation, actor=None, document_date=END)


@pytest.mark.parametrize(
    ("code", "decimals", "amount", "rate", "base"),
    [("JPY", 0, "1001", "0.0487", "48.75"), ("KWD", 3, "10.125", "23.4567", "237.50")],
)
def test_currencies_of_no_and_of_three_decimals_settle_to_nothing(  # noqa: PLR0917
    customer, code, decimals, amount, rate, base
):
    Currency.objects.update_or_create(code=code, defaults={"name": code, "decimals": decimals})
    masterdata.exchange_rate(code, rate, dt.date(2026, 3, 1))
    currency = masterdata.currency(code)
    invoice = post(free_invoice(customer, amount, currency_id=currency.pk))
    assert (invoice.gross_amount, invoice.base_gross_amount) == (D(amount), D(base))
    ledger = perform(accounts.save_account, actor=None, code="100209", name=code, kind="asset")
    own = perform(
        accounts.save_bank_account, actor=None, code=code, name=code, currency_id=currency.pk, account_id=ledger.pk
    )
    step = D(1).scaleb(-currency.decimals)
    first = (invoice.gross_amount / 3).quantize(step)
    for part in (first, invoice.gross_amount - first):
        paid(customer, str(part), (invoice, str(part)), bank_account_id=own.pk)
    invoice.refresh_from_db()
    assert (invoice.open_amount, invoice.open_base_amount) == (0, 0)
    assert RECEIVABLE not in balances()


def test_a_late_entry_makes_a_posted_revaluation_stale(customer):
    def against():
        return [one.check.code for one in failed(FiscalPeriod.objects.get(year=2026, month=3), ["receivables"])]

    usd = masterdata.currency("USD").pk
    post(free_invoice(customer, "100", currency_id=usd))
    run = perform(revaluations.create_revaluation, actor=None, document_date=END)
    perform(revaluations.post_revaluation, actor=None, revaluation_id=run.pk)
    assert against() == []
    post(free_invoice(customer, "10", currency_id=usd))
    assert against() == ["revaluation"]
    perform(revaluations.reverse_revaluation, actor=None, revaluation_id=run.pk, reason="Late invoice")
    again = perform(revaluations.create_revaluation, actor=None, document_date=END)
    again = perform(revaluations.post_revaluation, actor=None, revaluation_id=again.pk)
    assert (again.difference, against()) == (22, [])
