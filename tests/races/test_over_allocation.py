"""Many processes allocate one payment to different invoices at once: its money is spent once."""

import json
from decimal import Decimal

from finance.models import Allocation, Payment
from finance.selectors.invariants import violations
from tests.factories import erp, masterdata
from tests.factories.finance import free_invoice, open_books, paid, post
from tests.races.test_overselling import PROCESSES, start


def race(*, locks_off: bool) -> list[str]:
    """Every process allocates the whole of one payment, in turn, to invoices of its own; return the outcomes."""
    open_books()
    erp.place()
    customer = masterdata.customer("ACME")
    payments = [paid(customer, "100").pk for _number in range(4)]
    shares = [
        {
            "locks_off": locks_off,
            "allocate": [[payment, post(free_invoice(customer, "100")).pk, "100"] for payment in payments],
        }
        for _process in range(PROCESSES)
    ]
    runners = [start(share) for share in shares]
    for runner in runners:
        assert runner.stdout.readline() == "ready\n", runner.stderr.read()
    for runner in runners:
        runner.stdin.write("go\n")
        runner.stdin.flush()
    outcomes: list[str] = []
    for runner in runners:
        out, err = runner.communicate(timeout=300)
        assert runner.returncode == 0, err
        outcomes += json.loads(out.strip().splitlines()[-1])
    return outcomes


def test_one_payment_is_allocated_once(committed):
    outcomes = race(locks_off=False)
    assert (outcomes.count("done"), outcomes.count("over_allocated")) == (4, 4 * (PROCESSES - 1))
    assert set(Payment.objects.values_list("open_amount", flat=True)) == {Decimal(0)}
    assert Allocation.objects.count() == 4
    assert violations() == []


def test_without_locks_the_same_race_spends_it_twice(committed):
    """The control: a test that cannot fail proves nothing."""
    race(locks_off=True)
    assert Allocation.objects.count() > 4
