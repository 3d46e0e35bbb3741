"""Orders of offers in parts, confirmed all at once: together they never keep more than is there and comes."""

import datetime as dt
from decimal import Decimal

from core.operations import perform
from crm.services import quotations
from crm.services.quotation_splits import split_quotation_line
from erp.models import Reservation, StockBalance, Supply
from erp.selectors.supply_pegs import all_pegs
from erp.services.supply import ExpectedSupply, set_expected
from finance.selectors.invariants import STOCK, violations
from tests.factories import crm, erp, masterdata
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
        quotation = crm.quotation(None, crm.line(item, "9", ship_date=day(3)), warehouse_id=warehouse.pk)
        parts = [{"quantity": D(4), "ship_date": day(3)}, {"quantity": D(5), "ship_date": day(25)}]
        named = {"quotation_id": quotation.pk}
        perform(split_quotation_line, actor=None, line_id=quotation.lines.get().pk, parts=parts, **named)
        perform(quotations.send_quotation, actor=None, **named)
        order = perform(quotations.accept_quotation, actor=None, **named)
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
