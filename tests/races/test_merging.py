"""Two people merge the same two partners the opposite way at once: one of them is kept."""

from masterdata.models import Partner
from tests.factories import masterdata
from tests.races.runners import run_together

PAIRS = 4


def race(*, locks_off: bool) -> list[str]:
    """Every pair is merged both ways, by two processes; return the outcomes."""
    work = []
    for number in range(PAIRS):
        one, other = (masterdata.customer(f"{letter}{number}", tax_number="") for letter in "AB")
        work += [
            ("join", {"partner_id": one.pk, "kept_id": other.pk}),
            ("join", {"partner_id": other.pk, "kept_id": one.pk}),
        ]
    return run_together(work, 2, locks_off=locks_off)


def circles() -> int:
    return sum(1 for one in Partner.objects.filter(merged_into__isnull=False) if one.merged_into.merged_into_id)


def test_of_two_merges_one_is_refused(committed):
    outcomes = race(locks_off=False)
    assert (outcomes.count("done"), outcomes.count("merged_away")) == (PAIRS, PAIRS)
    assert circles() == 0


def test_without_locks_the_same_race_merges_each_into_the_other(committed):
    """The control: a test that cannot fail proves nothing."""
    race(locks_off=True)
    assert circles() > 0
