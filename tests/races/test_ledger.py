"""Many accountants at one ledger: voucher numbers without gaps, and no entry slipping past the close of a period."""

import datetime as dt

from core.operations import perform
from finance.models import FiscalPeriod, JournalEntry, Voucher
from finance.selectors.invariants import INVARIANTS, violations
from finance.selectors.vouchers import broken_seals
from finance.services import manual_entries, vouchers
from tests.factories.finance import account, open_books
from tests.races.ledger_clerk import work
from tests.races.runners import run_tasks, together

DAY = dt.date(2025, 1, 15)
NUMBERS = [one for one in INVARIANTS if one.code in {"voucher_numbers", "voucher_seals"}]
CLOSE = [one for one in INVARIANTS if one.code in {"closing_balances", "closed_stays_closed"}]


def reviewed_vouchers(count: int) -> list[int]:
    """Type entries and put each on a reviewed voucher."""
    lines = [
        {"account_id": account("560204").pk, "debit": "1"},
        {"account_id": account("1001").pk, "credit": "1"},
    ]
    for _number in range(count):
        perform(manual_entries.record_manual_entry, actor=None, lines=lines, document_date=DAY)
    keys = perform(vouchers.prepare_vouchers, actor=None, period_id=january().pk)
    return perform(vouchers.review_vouchers, actor=None, voucher_ids=keys)


def january() -> FiscalPeriod:
    return FiscalPeriod.objects.get(year=2025, month=1)


def posting_race(*, posters: int, each: int, fail_every: int, locks_off: bool) -> list[str]:
    """Let posters post vouchers of one series and month at once; return every outcome."""
    open_books()
    keys = reviewed_vouchers(posters * each)
    shares = [keys[n::posters] for n in range(posters)]
    tasks = [{"locks_off": locks_off, "vouchers": share, "fail_every": fail_every} for share in shares]
    return together(run_tasks(work, tasks, timeout=600))


def closing_race(*, posters: int, each: int, locks_off: bool) -> tuple[list[str], list[str]]:
    """Let posters type entries of a month until somebody has closed it; return what they met and what he met."""
    open_books()
    accounts = [account("560204").pk, account("1001").pk]
    typing = {"locks_off": locks_off, "entries": accounts, "count": each, "date": DAY.isoformat()}
    closing = {"locks_off": locks_off, "close": january().pk}
    *typed, closed = run_tasks(work, [typing] * posters + [closing], timeout=600)
    return [outcome for found in typed for outcome in found], closed


def test_voucher_numbers_have_no_gap_though_posters_fail_after_taking_one(committed):
    outcomes = posting_race(posters=4, each=5, fail_every=5, locks_off=False)
    assert sorted(set(outcomes)) == ["accident", "done"]
    assert outcomes.count("accident") == 4
    assert sorted(Voucher.objects.filter(state="posted").values_list("number", flat=True)) == list(range(1, 17))
    assert violations(NUMBERS) == []
    assert broken_seals() == []


def test_without_locks_two_vouchers_want_one_number(committed):
    """The control: a test that cannot fail proves nothing."""
    outcomes = posting_race(posters=4, each=5, fail_every=0, locks_off=True)
    assert any(one.startswith("database") for one in outcomes) or violations(NUMBERS)


def test_no_entry_slips_past_the_close(committed):
    outcomes, closed = closing_race(posters=3, each=500, locks_off=False)
    assert closed == ["done"]
    assert set(outcomes) == {"done", "period_closed"}
    assert JournalEntry.objects.count() == outcomes.count("done")
    assert violations(CLOSE) == []


def test_without_locks_entries_slip_past_the_close(committed):
    """The control: the close counts the accounts while entries are still under way."""
    _outcomes, closed = closing_race(posters=3, each=3, locks_off=True)
    assert closed == ["done"]
    found = {one.invariant.code for one in violations(CLOSE)}
    assert found  # the balances kept of the closed month are wrong, or an entry committed into it after the close
