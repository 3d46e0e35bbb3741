"""Typed entries: drafted, posted, reversed, opening balances, made from templates on a schedule."""

import datetime as dt
from decimal import Decimal

import pytest

from core.clock import on_day
from core.errors import InvalidTransition
from core.operations import perform
from finance.errors import (
    BasisMissing,
    ControlAccount,
    DimensionMissing,
    EntryNotBalanced,
    LineOneSided,
    NotADraft,
    NothingToPost,
    NotScheduled,
    OpeningDiffers,
    OpeningTooLate,
    ReversalBeforeEntry,
    ScheduleWithoutDate,
)
from finance.models import Account, EntryTemplate, FiscalPeriod, JournalEntry, JournalLine, ManualEntry
from finance.selectors.manual_entries import due_reversals
from finance.services import accounts, manual_entries
from finance.tasks import book_scheduled_entries
from tests.factories import masterdata
from tests.factories.finance import account, balances, booked, free_invoice, post

D = Decimal
DAY = dt.date(2026, 3, 10)


def rows(*parts):
    """(account code, amount, further fields) as typed lines; positive is debit."""
    found = []
    for code, amount, *rest in parts:
        side = "debit" if D(amount) > 0 else "credit"
        found.append({"account_id": account(code).pk, side: abs(D(amount))} | (rest[0] if rest else {}))
    return found


def draft(*parts, **fields) -> ManualEntry:
    values = {"document_date": DAY, "description": "Accrual"} | fields
    return perform(manual_entries.create_manual_entry, actor=None, lines=rows(*parts), **values)


def posted(*parts, **fields) -> ManualEntry:
    entry = draft(*parts, **fields)
    return perform(manual_entries.post_manual_entry, actor=None, entry_id=entry.pk)


RENT = (("560204", "120"), ("2241", "-120"))


def test_a_posted_entry_books_its_lines_and_its_reversal_their_negative(books):
    department = masterdata.department("SALES")
    entry = posted(("560204", "120", {"department_id": department.pk, "description": "Rent"}), ("2241", "-120"))
    assert (entry.state, booked(entry)) == ("posted", [("560204", D(120)), ("2241", D(-120))])
    line = JournalLine.objects.get(entry__source_id=entry.pk, line_no=1, entry__event="manual")
    assert (line.department, line.description, line.entry.journal) == (department, "Rent", "general")
    with pytest.raises(NotADraft):
        perform(manual_entries.update_manual_entry, actor=None, entry_id=entry.pk, lines=[], document_date=DAY)
    undone = perform(manual_entries.reverse_manual_entry, actor=None, entry_id=entry.pk, date=DAY, reason="Wrong month")
    assert (undone.state, balances()) == ("reversed", {})
    with pytest.raises(InvalidTransition):
        perform(manual_entries.reverse_manual_entry, actor=None, entry_id=entry.pk, reason="Again")


def test_what_a_typed_entry_is_refused_for(books):
    with pytest.raises(LineOneSided):
        perform(manual_entries.create_manual_entry, actor=None, lines=[{"account_id": account("1001").pk}])
    with pytest.raises(ReversalBeforeEntry):
        draft(*RENT, reversal_date=DAY)
    with pytest.raises(EntryNotBalanced):
        posted(("560204", "120"), ("2241", "-100"))
    with pytest.raises(ControlAccount):
        posted(("112201", "120"), ("2241", "-120"))
    empty = perform(manual_entries.create_manual_entry, actor=None, lines=[], document_date=DAY)
    with pytest.raises(NothingToPost):
        perform(manual_entries.post_manual_entry, actor=None, entry_id=empty.pk)
    cancelled = perform(manual_entries.cancel_manual_entry, actor=None, entry_id=empty.pk)
    assert cancelled.state == "cancelled"
    assert not JournalEntry.objects.exists()


def test_an_account_asks_for_its_dimensions(books):
    rent = account("560204")
    perform(
        accounts.save_account,
        actor=None,
        account_id=rent.pk,
        code=rent.code,
        name=rent.name,
        kind=rent.kind,
        parent_id=rent.parent_id,
        dimensions=["department"],
    )
    with pytest.raises(DimensionMissing) as refusal:
        posted(*RENT)
    assert "560204" in str(refusal.value)
    office = masterdata.department("OFFICE")
    entry = posted(("560204", "120", {"department_id": office.pk}), ("2241", "-120"))
    assert entry.state == "posted"
    assert Account.objects.get(pk=rent.pk).dimensions == ["department"]


def test_foreign_currency_lines_follow_from_amount_and_rate(books):
    dollar = masterdata.currency("USD")
    foreign = {"currency_id": dollar.pk, "currency_amount": D("10.00"), "rate": D("7.2")}
    entry = posted(("1002", "1", foreign), ("2241", "-72"))
    line = JournalLine.objects.get(entry__source_id=entry.pk, currency=dollar)
    assert (line.amount, line.currency_amount, line.rate) == (D(72), D(10), D("7.2"))


def test_accruals_reverse_by_themselves_on_their_day(books):
    with on_day(DAY):
        entry = posted(*RENT, reversal_date=dt.date(2026, 4, 1))
    with on_day(dt.date(2026, 3, 31)):
        assert not due_reversals(dt.date(2026, 3, 31)).exists()
        with pytest.raises(NotScheduled):
            perform(manual_entries.book_due_reversal, actor=None, entry_id=entry.pk)
    with on_day(dt.date(2026, 4, 2)):
        assert book_scheduled_entries() == 1
        assert book_scheduled_entries() == 0
    dates = JournalEntry.objects.order_by("pk").values_list("entry_date", flat=True)
    assert list(dates) == [DAY, dt.date(2026, 4, 1)]
    assert balances() == {}


def template(**fields) -> EntryTemplate:
    lines = [
        {"account_id": account("560204").pk, "side": "debit", "rule": "balance", "percent": D(12)},
        {"account_id": account("2241").pk, "side": "credit", "rule": "rest"},
    ]
    lines[0]["basis_account_id"] = account("1002").pk
    values = {"code": "SURTAX", "name": "Surtax", "lines": lines} | fields
    return perform(manual_entries.save_template, actor=None, **values)


def test_templates_take_shares_of_balances_and_come_on_schedule(books):
    with pytest.raises(ScheduleWithoutDate):
        template(schedule="monthly")
    with pytest.raises(BasisMissing):
        template(lines=[{"account_id": account("2241").pk, "side": "debit", "rule": "movement"}])
    made = template(schedule="monthly", next_date=dt.date(2026, 1, 31), is_posted=True, reverses_next_period=True)
    with on_day(dt.date(2026, 1, 31)):
        assert perform(manual_entries.run_template, actor=None, template_id=made.pk) is None  # nothing stands yet
    posted(("1002", "1000"), ("2241", "-1000"), document_date=dt.date(2026, 2, 1))
    with on_day(dt.date(2026, 2, 28)):
        entry = perform(manual_entries.run_template, actor=None, template_id=made.pk)
        with pytest.raises(NotScheduled):
            perform(manual_entries.run_template, actor=None, template_id=made.pk)
    assert booked(entry) == [("560204", D(120)), ("2241", D(-120))]
    assert (entry.document_date, entry.reversal_date) == (dt.date(2026, 2, 28), dt.date(2026, 3, 1))
    made.refresh_from_db()
    assert made.next_date == dt.date(2026, 3, 31)
    by_hand = perform(manual_entries.entry_from_template, actor=None, template_id=made.pk, document_date=DAY)
    assert (by_hand.state, by_hand.template) == ("draft", made)


def test_opening_balances_equal_the_sub_ledgers_and_leave_nothing_on_the_opening_account(books):
    first = FiscalPeriod.objects.order_by("d0").first()
    line = {"account_id": account("3199").pk, "description": "Opening", "quantity": D(1), "price": D(500)}
    post(free_invoice(masterdata.customer(), lines=[line], document_date=first.d0))
    opening = (("112201", "500"), ("1002", "1500"), ("3001", "-2000"))
    with pytest.raises(OpeningTooLate):
        posted(*opening, kind="opening", document_date=DAY)
    with pytest.raises(EntryNotBalanced):
        posted(*opening[:2], kind="opening", document_date=first.d0)
    with pytest.raises(OpeningDiffers):
        posted(("112201", "400"), ("1002", "1600"), opening[2], kind="opening", document_date=first.d0)
    with pytest.raises(OpeningDiffers):
        posted(("1002", "2000"), opening[2], kind="opening", document_date=first.d0)
    posted(*opening, kind="opening", document_date=first.d0)
    assert balances() == {"112201": D(500), "1002": D(1500), "3001": D(-2000)}
