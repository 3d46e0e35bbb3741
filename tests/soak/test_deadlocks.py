"""Five minutes of random 20-line documents over 40 hot items, 32 processes: no deadlock; unsorted there are some."""

from finance.selectors.invariants import violations
from tests.races.test_deadlocks import mix

PROCESSES, ITEMS, LINES = 32, 40, 20


def test_no_deadlock_in_five_minutes(committed):
    outcomes, found = mix(processes=PROCESSES, items=ITEMS, lines=LINES, seconds=300)
    refused = [one for one in outcomes if one != "done"]
    print(f"\n{len(outcomes)} documents of {LINES} lines, {len(refused)} refused, {found} deadlocks")
    assert found == 0
    assert set(refused) <= {"busy"}
    assert violations() == []


def test_locked_in_any_order_there_are_deadlocks(committed):
    """The control."""
    outcomes, found = mix(processes=PROCESSES, items=ITEMS, lines=LINES, seconds=20, unsorted=True)
    print(f"\n{len(outcomes)} documents, {found} deadlocks")
    assert found > 0
