"""Many processes allocate one payment to different invoices at once: its money is spent once."""

from decimal import Decimal

from finance.models import Allocation, Payment
from finance.selectors.invariants import violations
from tests.factories import erp, masterdata
from tests.factories.finance import free_invoice, open_books, paid, post
from tests.races.runners import run_together

PROCESSES = 4


def race(*, locks_off: bool) -> list[str]:
    """Every process allocates the whole of one payment, in turn, to invoices of its own; return the outcomes."""
    open_books()
    erp.place()
    customer = masterdata.customer("ACME")
    payments = [paid(customer, "100").pk for _number in range(4)]
    work = []
    for payment in payments:
        for _process in range(PROCESSES):
            invoice = post(free_invoice(customer, "100"))
            share = {"invoice_id": invoice.pk, "amount": Decimal(100)}
            work.append(("allocate", {"payment_id": payment, "allocations": [share]}))
    return run_together(work, PROCESSES, locks_off=locks_off)


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
