"""The races at the ledger in full size: 32 posters of one series, every tenth failing after its number was taken."""

from finance.models import Voucher
from finance.selectors.invariants import violations
from finance.selectors.vouchers import broken_seals
from tests.races.test_ledger import CLOSE, NUMBERS, closing_race, posting_race

POSTERS, EACH = 32, 50


def test_32_posters_leave_no_gap(committed):
    outcomes = posting_race(posters=POSTERS, each=EACH, fail_every=10, locks_off=False)
    assert outcomes.count("accident") == POSTERS * EACH // 10
    posted = POSTERS * EACH * 9 // 10
    numbers = Voucher.objects.filter(state="posted").order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, posted + 1))
    assert violations(NUMBERS) == []
    assert broken_seals() == []


def test_32_posters_and_one_close(committed):
    outcomes, closed = closing_race(posters=POSTERS, each=20, locks_off=False)
    assert closed == ["done"]
    assert set(outcomes) <= {"done", "period_closed"}
    assert violations(CLOSE) == []
