"""The one door to the general ledger, and the rules of the database behind it."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from core.operations import operation as as_operation
from core.operations import perform
from finance.errors import (
    AccountNotPostable,
    AlreadyBooked,
    AlreadyReversed,
    EntryNotBalanced,
    NoFiscalPeriod,
    PeriodClosed,
)
from finance.models import Account, FiscalPeriod, JournalEntry, JournalLine
from finance.selectors.invariants import violations
from finance.services import periods
from finance.services.posting import Line, in_currency, merged, post_entry, reverse_entry
from tests.factories import masterdata
from tests.factories.finance import account, bank

DAY = dt.date(2026, 3, 10)


@as_operation(permission=None)
def book(*, source: Any, lines: list, date: dt.date, actor: Any, at: dt.datetime, **rest: Any) -> Any:
    return post_entry(source=source, event="manual", lines=lines, date=date, actor=actor, at=at, **rest)


@as_operation(permission=None)
def take_back(*, entry: Any, date: dt.date, actor: Any, at: dt.datetime) -> Any:
    return reverse_entry(entry=entry, date=date, actor=actor, at=at)


def lines(*rows: tuple[str, str]) -> list[Line]:
    return [Line(account_id=account(code).pk, amount=Decimal(amount)) for code, amount in rows]


def posted(*rows: tuple[str, str], date: dt.date = DAY, **rest: Any) -> JournalEntry:
    return perform(book, actor=None, source=bank(), lines=lines(*rows), date=date, **rest)


def test_an_entry_has_its_lines_period_and_source(books):
    entry = posted(("1002", "100"), ("5001", "-100"), description="First sale")
    assert (entry.source_label, entry.source_id, entry.event, entry.round) == (
        "finance.bankaccount",
        bank().pk,
        "manual",
        1,
    )
    assert (entry.period.year, entry.period.month, entry.entry_date) == (2026, 3, DAY)
    rows = entry.lines.values_list("line_no", "account__code", "amount", "currency__code", "currency_amount", "rate")
    assert list(rows) == [
        (1, "1002", Decimal(100), "CNY", Decimal(100), Decimal(1)),
        (2, "5001", Decimal(-100), "CNY", Decimal(-100), Decimal(1)),
    ]
    assert violations() == []


def test_an_entry_out_of_balance_is_refused(books):
    with pytest.raises(EntryNotBalanced) as refusal:
        posted(("1002", "100"), ("5001", "-99.99"))
    assert refusal.value.params["difference"] == Decimal("0.01")
    assert not JournalEntry.objects.exists()


def test_lines_without_amount_are_dropped_and_nothing_left_books_nothing(books):
    assert posted(("1002", "0"), ("5001", "0")) is None
    assert not JournalEntry.objects.exists()
    assert posted(("1002", "5"), ("5603", "0"), ("5001", "-5")).lines.count() == 2


@pytest.mark.parametrize("code", ["1122", "5603"])
def test_accounts_that_sum_up_others_take_no_line(books, code):
    with pytest.raises(AccountNotPostable):
        posted((code, "100"), ("5001", "-100"))


def test_closed_accounts_take_no_line(books):
    Account.objects.filter(code="1012").update(is_active=False)
    with pytest.raises(AccountNotPostable):
        posted(("1012", "100"), ("5001", "-100"))


def test_one_live_entry_per_event(books):
    first = posted(("1002", "100"), ("5001", "-100"))
    with pytest.raises(AlreadyBooked):
        posted(("1002", "100"), ("5001", "-100"))
    perform(take_back, actor=None, entry=first, date=DAY)
    assert posted(("1002", "90"), ("5001", "-90")).round == 2
    other = posted(("1002", "1"), ("5001", "-1"), event_ref=7)
    assert (other.round, other.event_ref) == (1, 7)


def test_a_reversal_is_the_exact_negative(books):
    entry = posted(("1002", "100"), ("5001", "-60"), ("5051", "-40"))
    reversal = perform(take_back, actor=None, entry=entry, date=dt.date(2026, 4, 1))
    assert reversal.reverses == entry
    assert (reversal.period.month, reversal.event) == (4, "manual")
    rows = [(line.account.code, line.amount) for line in reversal.lines.select_related("account")]
    assert rows == [("1002", Decimal(-100)), ("5001", Decimal(60)), ("5051", Decimal(40))]
    assert violations() == []


def test_an_entry_is_reversed_once(books):
    entry = posted(("1002", "100"), ("5001", "-100"))
    reversal = perform(take_back, actor=None, entry=entry, date=DAY)
    for again in (entry, reversal):
        with pytest.raises(AlreadyReversed):
            perform(take_back, actor=None, entry=again, date=DAY)


def test_no_entry_without_a_period(books):
    with pytest.raises(NoFiscalPeriod):
        posted(("1002", "100"), ("5001", "-100"), date=dt.date(2031, 1, 1))


def test_no_entry_in_a_closed_period(books):
    _close_until(dt.date(2026, 3, 31))
    with pytest.raises(PeriodClosed):
        posted(("1002", "100"), ("5001", "-100"))
    assert posted(("1002", "100"), ("5001", "-100"), date=dt.date(2026, 4, 1)).period.month == 4


def test_a_foreign_line_books_what_its_rate_says_and_the_rest_as_exchange_difference(books):
    usd = masterdata.currency("USD")
    line = Line(
        account_id=account("1012").pk,
        amount=Decimal("71.03"),
        currency_id=usd.pk,
        currency_amount=Decimal(10),
        rate=Decimal("7.1"),
    )
    main, rest = in_currency(line, 2)
    assert (main.amount, main.currency_amount, main.is_exchange_difference) == (Decimal("71.00"), Decimal(10), False)
    assert (rest.amount, rest.currency_amount, rest.is_exchange_difference) == (Decimal("0.03"), 0, True)
    entry = perform(book, actor=None, source=bank(), lines=[main, rest, *lines(("5001", "-71.03"))], date=DAY)
    assert entry.lines.count() == 3
    assert [one for one in violations() if one.invariant.code == "line_at_rate"] == []


def test_lines_that_differ_in_amount_only_are_added_up():
    one = Line(account_id=1, amount=Decimal(3), item_id=5)
    two = Line(account_id=1, amount=Decimal(4), item_id=5)
    other = Line(account_id=1, amount=Decimal(4), item_id=6)
    assert merged([one, other, two]) == [Line(account_id=1, amount=Decimal(7), item_id=5), other]


# --- the database says no where a service would be forgotten -------------------------------------------------------


def _raw_entry(date: dt.date = DAY, **values: Any) -> JournalEntry:
    period = FiscalPeriod.objects.get(d0__lte=DAY, d1__gte=DAY)
    fields = {"source_label": "x", "source_id": 1, "event": "manual", "entry_date": date, "period": period}
    return JournalEntry.objects.create(**fields | {"created_at": dt.datetime(2026, 3, 10, tzinfo=dt.UTC)} | values)


def _raw_line(entry: JournalEntry, line_no: int, amount: str) -> JournalLine:
    return JournalLine.objects.create(
        entry=entry,
        line_no=line_no,
        account=account("1002"),
        amount=Decimal(amount),
        currency=masterdata.currency(),
        currency_amount=Decimal(amount),
    )


def _constraint_of(work: Any) -> str:
    def whole() -> None:
        with transaction.atomic():
            work()
            connection.check_constraints()

    with pytest.raises(IntegrityError) as error:
        whole()
    return error.value.__cause__.diag.constraint_name


def test_database_refuses_an_unbalanced_entry(books):
    def work() -> None:
        entry = _raw_entry()
        _raw_line(entry, 1, "10")
        _raw_line(entry, 2, "-9")

    assert _constraint_of(work) == "finance_entry_balanced"


def test_database_refuses_an_entry_without_lines(books):
    assert _constraint_of(_raw_entry) == "finance_entry_has_lines"


def test_database_refuses_a_later_line(books):
    entry = posted(("1002", "100"), ("5001", "-100"))
    assert _constraint_of(lambda: _raw_line(entry, 3, "1")) == "finance_entry_balanced"
    assert _constraint_of(lambda: _raw_line(entry, 9, "1")) == "finance_line_in_turn"


def test_database_refuses_a_date_outside_the_period(books):
    assert _constraint_of(lambda: _raw_entry(dt.date(2026, 4, 1))) == "finance_entry_in_period"


def test_database_refuses_a_closed_period(books):
    _close_until(dt.date(2026, 3, 31))
    assert _constraint_of(_raw_entry) == "finance_entry_period_open"


def test_database_refuses_a_second_live_entry(books):
    posted(("1002", "100"), ("5001", "-100"))
    key = {"source_label": "finance.bankaccount", "source_id": bank().pk}
    assert _constraint_of(lambda: _raw_entry(**key)) == "finance_journalentry_event"
    assert _constraint_of(lambda: _raw_entry(round=2, **key)) == "finance_entry_one_live"


@pytest.mark.parametrize("table", ["finance_journalentry", "finance_journalline", "finance_allocation"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_ledgers_are_append_only(books, table, statement):
    posted(("1002", "100"), ("5001", "-100"))
    with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
        connection.cursor().execute(statement.format(table))


def _close_until(last: dt.date) -> None:
    for period in FiscalPeriod.objects.filter(d1__lte=last):
        perform(periods.close_period, actor=None, period_id=period.pk)
