"""Open books: a chart of accounts, fiscal years, a bank account."""

from collections.abc import Iterable

from core.operations import perform
from finance.models import Account, BankAccount, FiscalPeriod
from finance.services import charts, periods
from tests.factories import masterdata
from tests.factories.core import company


def open_books(*, chart: str = "small_enterprise_cn", years: Iterable[int] = range(2025, 2028)) -> None:
    """Load a chart and create the fiscal years, so that postings find accounts and an open period; once per test."""
    company()
    masterdata.basics()
    if not Account.objects.exists():
        perform(charts.load_chart, actor=None, chart=chart)
    known = set(FiscalPeriod.objects.values_list("year", flat=True))
    for year in sorted(set(years) - known):
        perform(periods.create_year, actor=None, year=year)


def account(code: str) -> Account:
    return Account.objects.get(code=code)


def bank(code: str = "BANK") -> BankAccount:
    return BankAccount.objects.get(code=code)
