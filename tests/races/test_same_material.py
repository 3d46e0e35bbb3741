"""Several merged picks over the same orders at once: each piece an order needs is fetched once."""

from decimal import Decimal

from erp.models import MergedPick, PickShare
from tests.factories import erp, erp_making, masterdata
from tests.races.runners import run_together

D = Decimal
PROCESSES = 4
NEEDS = ("30", "20", "10")


def race(*, locks_off: bool) -> list[str]:
    """Every process gathers what the same three orders need into a pick of its own."""
    erp.place()
    part = masterdata.item("PART")
    orders = erp_making.three_orders(part, *NEEDS)
    work = [("merge", {"work_order_ids": [one.pk for one in orders]}) for _ in range(PROCESSES)]
    return run_together(work, PROCESSES, locks_off=locks_off)


def fetched() -> Decimal:
    return sum(PickShare.objects.values_list("planned_quantity", flat=True), D(0))


def test_one_pick_gets_the_material(committed):
    outcomes = race(locks_off=False)
    assert sorted(outcomes) == ["done"] + ["nothing_to_pick"] * (PROCESSES - 1)
    assert (MergedPick.objects.count(), fetched()) == (1, D(60))


def test_without_locks_it_is_fetched_twice(committed):
    """The control: a test that cannot fail proves nothing."""
    outcomes = race(locks_off=True)
    assert fetched() > D(60) or any(one.startswith("database") for one in outcomes)
