"""Orders of offers in parts, confirmed all at once: together they never keep more than is there and comes."""

import datetime as dt
from decimal import Decimal

from core.operations import perform
from erp.models import Demand, Reservation, StockBalance, Supply, WorkOrder
from erp.selectors.supply_pegs import all_pegs
from erp.services.supply import ExpectedSupply, set_expected
from finance.selectors.invariants import STOCK, violations
from tests.factories import crm, erp, erp_make, masterdata
from tests.races.runners import run_together

D = Decimal
PROCESSES = 4
STOCK_OF_EACH, COMING = 12, 10


def day(number: int) -> dt.date:
    return erp.TODAY + dt.timedelta(days=number)


def race(*, locks_off: bool) -> list[str]:
    """Every process confirms an offer of 4 now and 5 later; there are 12 and 10 more come."""
    warehouse, item = erp.place(), masterdata.item("HOT")
    erp.opening(item, str(STOCK_OF_EACH))
    rows = [ExpectedSupply(1, item.pk, D(COMING), day(20))]
    perform(set_expected, actor=None, source_label="scm.purchaseorder", source_id=1, kind="purchase", rows=rows)
    work = []
    for _claim in range(PROCESSES):
        order = crm.accepted_in_parts(item, ("4", day(3)), ("5", day(25)), warehouse_id=warehouse.pk)
        work.append(("confirm", {"order_id": order.pk}))
    return run_together(work, PROCESSES, locks_off=locks_off)


def kept() -> tuple[Decimal, Decimal, Decimal]:
    """What is kept of stock, by the balance and by its reservations, and what of the supply."""
    reserved = sum((one.reserved for one in StockBalance.objects.all()), D(0))
    rows = sum((one.quantity for one in Reservation.objects.all()), D(0))
    return reserved, rows, sum((one.standing.peg.quantity for one in all_pegs()), D(0))


def test_promises_in_parts_never_keep_more_than_there_is(committed):
    outcomes = race(locks_off=False)
    assert set(outcomes) == {"done"}
    assert kept() == (STOCK_OF_EACH, STOCK_OF_EACH, COMING)
    assert Supply.objects.get().open_quantity == COMING
    assert not violations(STOCK)


def test_without_locks_the_same_race_goes_wrong(committed):
    """The control: a test that cannot fail proves nothing."""
    outcomes = race(locks_off=True)
    stopped_by_database = [one for one in outcomes if one.startswith("database")]
    assert stopped_by_database or kept() != (STOCK_OF_EACH, STOCK_OF_EACH, COMING) or violations(STOCK)


def race_of_components(*, locks_off: bool) -> list[str]:
    """Every process confirms an offer of 8 products made of one component each; there are 12 and 10 more come."""
    warehouse, part = erp.place(), masterdata.item("PART")
    erp.opening(part, str(STOCK_OF_EACH))
    rows = [ExpectedSupply(1, part.pk, D(COMING), day(10))]
    perform(set_expected, actor=None, source_label="scm.purchaseorder", source_id=1, kind="purchase", rows=rows)
    erp_make.work_order(erp_make.made("OTHER"))  # the first number of a series makes others wait
    work = []
    for number in range(PROCESSES):
        product = erp_make.made(f"MADE{number}", lead_time_days=2)
        erp_make.bom(product, (part, "1"))
        order = crm.accepted_in_parts(product, ("4", day(20)), ("4", day(30)), warehouse_id=warehouse.pk)
        work.append(("confirm", {"order_id": order.pk}))
    return run_together(work, PROCESSES, locks_off=locks_off)


def test_components_of_what_is_made_are_kept_once(committed):
    """32 are needed of 22; every order has its work orders, and what is missing of the component is missing openly."""
    outcomes = race_of_components(locks_off=False)
    assert set(outcomes) == {"done"}
    reserved, rows, pegged = kept()
    assert WorkOrder.objects.filter(sales_order_line__isnull=False).count() == 2 * PROCESSES
    assert reserved == rows <= STOCK_OF_EACH
    assert rows + pegged - 8 * PROCESSES == STOCK_OF_EACH + COMING  # pegged, too, are the products to their lines
    assert sum(one.open_quantity for one in Demand.objects.filter(item__code="PART")) == 8 * PROCESSES
    assert not violations(STOCK)


def test_without_locks_components_are_kept_twice(committed):
    """The control of the race above."""
    outcomes = race_of_components(locks_off=True)
    reserved, rows, pegged = kept()
    stopped_by_database = [one for one in outcomes if one.startswith("database")]
    assert stopped_by_database or reserved != rows or rows + pegged - 8 * PROCESSES != STOCK_OF_EACH + COMING
