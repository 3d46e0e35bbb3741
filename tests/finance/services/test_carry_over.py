"""Profit and loss carried over each month, the year ended: re-runnable and reversible."""

import datetime as dt
from decimal import Decimal

import pytest

from core.counting import number
from core.operations import perform
from finance.errors import NothingToCarryOver, NotLastOfYear, PeriodClosed, ReasonMissing, YearEnded
from finance.models import FiscalPeriod, JournalEntry, LedgerSettings, ModulePeriod
from finance.selectors.balances import balance_on, balance_sums
from finance.selectors.close import failed
from finance.selectors.figures import revenue_between
from finance.selectors.ledger import trial_balance
from finance.services import balances as sums
from finance.services import carry_over, periods
from tests.factories import masterdata
from tests.factories.finance import account, balances, free_invoice, post

D = Decimal


def period(year: int = 2025, month: int = 1) -> FiscalPeriod:
    return FiscalPeriod.objects.get(year=year, month=month)


def run(service, found: FiscalPeriod, **arguments):
    return perform(service, actor=None, period_id=found.pk, **arguments)


def sell(amount: str, date: dt.date) -> None:
    post(free_invoice(masterdata.customer(), amount, document_date=date))


def test_carried_over_again_and_taken_back(books):
    sell("100", dt.date(2025, 1, 10))
    post(free_invoice(masterdata.supplier(), "40", kind="supplier", document_date=dt.date(2025, 1, 12)))
    LedgerSettings.objects.update(carry_over_required=True)
    assert [one.check.code for one in failed(period(), ["ledger"])] == ["carried_over"]
    run(carry_over.carry_over, period())
    assert balances() == {"112201": D(100), "220201": D(-40), "3103": D(-60)}
    assert failed(period(), ["ledger"]) == []
    with pytest.raises(NothingToCarryOver):
        run(carry_over.carry_over, period())
    sell("5", dt.date(2025, 1, 31))
    run(carry_over.carry_over, period())
    assert balances()["3103"] == D(-65)
    assert number(revenue_between(period().d0, period().d1)) == D(105)
    with pytest.raises(ReasonMissing):
        run(carry_over.undo_carry_over, period(), reason=" ")
    run(carry_over.undo_carry_over, period(), reason="Late bill")
    assert "3103" not in balances()
    assert balances()["5051"] == D(-105)
    entries = JournalEntry.objects.filter(event="carry_over")
    assert set(entries.values_list("journal", "entry_date")) == {("closing", period().d1)}
    with pytest.raises(NothingToCarryOver):
        run(carry_over.undo_carry_over, period(), reason="Again")


def test_the_year_ends_in_retained_earnings_and_the_next_begins(books):
    sell("100", dt.date(2025, 12, 10))
    december = period(2025, 12)
    with pytest.raises(NotLastOfYear):
        run(carry_over.end_year, period(2025, 11))
    with pytest.raises(NotLastOfYear):
        run(carry_over.end_year, december)
    for month in range(1, 12):
        FiscalPeriod.objects.filter(pk=period(2025, month).pk).update(state="closed")
        ModulePeriod.objects.filter(period=period(2025, month)).update(state="closed")
    run(carry_over.end_year, december)
    assert balances() == {"112201": D(100), "310415": D(-100)}
    with pytest.raises(YearEnded):
        run(carry_over.undo_carry_over, december, reason="Audit")
    sell("5", december.d1)
    run(carry_over.end_year, december)
    assert balances() == {"112201": D(105), "310415": D(-105)}
    run(carry_over.undo_year_end, december, reason="Audit")
    assert balances()["3103"] == D(-105)
    run(carry_over.undo_carry_over, december, reason="Audit")
    run(periods.close_period, december)
    with pytest.raises(PeriodClosed):
        run(carry_over.carry_over, december)


def test_kept_sums_are_read_with_what_came_after_them(books):
    """The trial balance is the same before, between and after the runs of the job."""
    project = masterdata.department("OFFICE")
    sell("100", dt.date(2025, 1, 10))
    sell("30", dt.date(2025, 2, 10))
    spans = [
        (period().d0, period().d1),
        (period(2025, 2).d0, dt.date(2025, 2, 9)),
        (period(2025, 2).d0, period(2025, 2).d1),
    ]

    def seen():
        return [
            sorted((row.account.code, row.opening, row.debit, row.credit) for row in trial_balance(*span).rows)
            for span in spans
        ]

    before = seen()
    assert run(sums.sum_period, period()) == JournalEntry.objects.filter(period=period()).latest("pk").pk
    assert seen() == before
    sell("7", dt.date(2025, 1, 20))
    assert ("112201", D(0), D(107), D(0)) in seen()[0]
    after = seen()
    run(sums.sum_period, period())
    run(sums.sum_period, period(2025, 2))
    assert seen() == after
    assert balance_on(account("1122"), period().d1) == D(107)
    assert balance_sums(*spans[0], by=("department_id",), where={"department_id": [project.pk]}) == []
    by_partner = balance_sums(*spans[0], by=("partner_id",), where={"account_id": [account("112201").pk]})
    assert sorted(one.debit for one in by_partner) == [D(7), D(100)]
