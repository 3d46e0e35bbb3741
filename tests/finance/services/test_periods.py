"""Fiscal years and periods."""

import datetime as dt

import pytest

from core.errors import InvalidTransition
from core.operations import perform
from erp import ports
from finance.errors import (
    BooksNotOpen,
    NoFiscalPeriod,
    PeriodClosed,
    PeriodNotReady,
    PeriodOutOfTurn,
    ReasonMissing,
    UnknownMonth,
    YearExists,
    YearOutOfTurn,
)
from finance.models import AccountMapping, FiscalPeriod, Invoice
from finance.services import periods
from tests.factories import masterdata
from tests.factories.core import company
from tests.factories.finance import free_invoice


def period(year: int, month: int) -> FiscalPeriod:
    return FiscalPeriod.objects.get(year=year, month=month)


def close(found: FiscalPeriod) -> FiscalPeriod:
    return perform(periods.close_period, actor=None, period_id=found.pk)


def test_a_year_has_twelve_months_without_holes(books):
    perform(periods.create_year, actor=None, year=2028)
    found = list(FiscalPeriod.objects.filter(year=2028))
    assert [one.month for one in found] == list(range(1, 13))
    assert (period(2028, 2).d0, period(2028, 2).d1) == (dt.date(2028, 2, 1), dt.date(2028, 2, 29))
    assert {one.state for one in found} == {"open"}


def test_the_first_year_may_begin_late(db):
    perform(periods.create_year, actor=None, year=2026, first_month=10)
    assert list(FiscalPeriod.objects.values_list("month", flat=True)) == [10, 11, 12]


@pytest.mark.parametrize(
    ("year", "first_month", "error"),
    [(2026, 1, YearExists), (2029, 1, YearOutOfTurn), (2028, 3, YearOutOfTurn), (2028, 13, UnknownMonth)],
)
def test_years_that_do_not_follow(books, year, first_month, error):
    with pytest.raises(error):
        perform(periods.create_year, actor=None, year=year, first_month=first_month)


def test_periods_close_in_order_and_reopen_in_reverse(books):
    first, second = period(2025, 1), period(2025, 2)
    with pytest.raises(PeriodOutOfTurn) as refusal:
        close(second)
    assert refusal.value.params["period"] == "2025-01"
    assert close(first).state == "closed"
    with pytest.raises(InvalidTransition):
        close(first)
    close(second)
    with pytest.raises(PeriodOutOfTurn):
        perform(periods.reopen_period, actor=None, period_id=first.pk, reason="Late bill")
    with pytest.raises(ReasonMissing):
        perform(periods.reopen_period, actor=None, period_id=second.pk, reason=" ")
    assert perform(periods.reopen_period, actor=None, period_id=second.pk, reason="Late bill").state == "open"


def test_drafts_keep_a_period_open(books):
    draft = free_invoice(masterdata.customer())
    Invoice.objects.filter(pk=draft.pk).update(document_date=dt.date(2025, 1, 15))
    with pytest.raises(PeriodNotReady) as refusal:
        close(period(2025, 1))
    assert "1" in refusal.value.params["reasons"]
    assert period(2025, 1).state == "open"


def test_the_posting_date_is_refused_without_books_or_period(db):
    company()
    masterdata.basics()
    assert not AccountMapping.objects.exists()
    with pytest.raises(BooksNotOpen):
        ports.posting_date("stock", dt.date(2026, 1, 1))


def test_the_posting_date_is_refused_in_a_closed_or_missing_period(books):
    close(period(2025, 1))
    assert ports.posting_date("stock", dt.date(2025, 2, 1)) == dt.date(2025, 2, 1)
    with pytest.raises(PeriodClosed):
        ports.posting_date("stock", dt.date(2025, 1, 31))
    with pytest.raises(NoFiscalPeriod):
        ports.posting_date("stock", dt.date(2031, 1, 1))
