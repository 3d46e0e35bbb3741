"""Quotations hold, orders reserve and planners keep material for work orders: the same few pieces, all at once."""

from decimal import Decimal

from django.db.models import Sum

from erp.models import Reservation, StockBalance
from finance.selectors.invariants import STOCK, violations
from tests.factories import crm, erp, erp_make, masterdata
from tests.races.runners import run_together

ITEMS = 4
PIECES = 12
PROCESSES = 4


def race(*, locks_off: bool) -> list[str]:
    """Item by item every process holds, confirms and reserves a third of what there is; return every outcome."""
    warehouse = erp.place()
    customer = masterdata.customer()
    work = []
    for number in range(ITEMS):
        item, product = masterdata.item(f"HOT{number}"), erp_make.made(f"PRODUCT{number}")
        erp.opening(item, str(PIECES))
        erp_make.bom(product, (item, "4"))
        lines = [crm.line(item, "4", ship_date=erp.TODAY)]
        for _claim in range(PROCESSES):
            quotation = crm.sent_quotation(customer, *lines, warehouse_id=warehouse.pk)
            work.append(("hold", {"quotation_id": quotation.pk}))
        for _claim in range(PROCESSES):
            order = crm.sales_order(customer, *lines, warehouse_id=warehouse.pk)
            work.append(("confirm", {"order_id": order.pk}))
        for _claim in range(PROCESSES):
            work_order = erp_make.released_work_order(product, "1")
            work.append(("keep", {"work_order_ids": [work_order.pk], "policy": "greedy"}))
    return run_together(work, PROCESSES, locks_off=locks_off)


def kept() -> tuple[Decimal, Decimal]:
    """What is kept by the rows of reservations, and what the balances say of it."""
    rows = Reservation.objects.aggregate(sum=Sum("quantity"))["sum"] or Decimal(0)
    return rows, StockBalance.objects.aggregate(sum=Sum("reserved"))["sum"] or Decimal(0)


def test_holds_orders_and_kits_never_keep_more_than_there_is(committed):
    outcomes = race(locks_off=False)
    assert set(outcomes) <= {"done", "nothing_to_hold", "nothing_to_reserve"}
    assert kept() == (ITEMS * PIECES, ITEMS * PIECES)
    assert not violations(STOCK)


def test_without_locks_the_same_race_goes_wrong(committed):
    """The control: a test that cannot fail proves nothing."""
    outcomes = race(locks_off=True)
    stopped_by_database = [one for one in outcomes if one.startswith("database")]
    assert stopped_by_database or kept() != (ITEMS * PIECES, ITEMS * PIECES) or violations(STOCK)
