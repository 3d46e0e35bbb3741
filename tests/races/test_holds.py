"""Quotations hold, orders reserve and planners keep material for work orders, all of the same few pieces at once."""

from decimal import Decimal

from django.db.models import Sum

from erp.models import Reservation, StockBalance
from finance.selectors.invariants import STOCK, violations
from tests.factories import crm, erp, erp_make, masterdata
from tests.races.runners import run_together

PIECES = 12
PROCESSES = 4
EACH = 8


def race(*, locks_off: bool) -> list[str]:
    """Every process holds, confirms and reserves in turn, two pieces a time; return every outcome."""
    erp.place()
    item = masterdata.item("HOT")
    erp.opening(item, str(PIECES))
    customer = masterdata.customer()
    product = erp_make.made("PRODUCT")
    erp_make.bom(product, (item, "2"))
    work = []
    for _number in range(EACH):
        quotation = crm.sent_quotation(customer, crm.line(item, "2"), warehouse_id=erp.place().pk)
        order = crm.sales_order(customer, crm.line(item, "2", ship_date=erp.TODAY), warehouse_id=erp.place().pk)
        work_order = erp_make.released_work_order(product, "1")
        work += [
            ("hold", {"quotation_id": quotation.pk}),
            ("confirm", {"order_id": order.pk}),
            ("keep", {"work_order_ids": [work_order.pk], "policy": "greedy"}),
        ]
    return run_together(work, PROCESSES, locks_off=locks_off)


def kept() -> tuple[Decimal, Decimal]:
    """What is kept by the rows of reservations, and what the balances say of it."""
    rows = Reservation.objects.aggregate(sum=Sum("quantity"))["sum"] or Decimal(0)
    return rows, StockBalance.objects.aggregate(sum=Sum("reserved"))["sum"] or Decimal(0)


def test_holds_orders_and_kits_never_keep_more_than_there_is(committed):
    outcomes = race(locks_off=False)
    assert set(outcomes) <= {"done", "nothing_to_hold", "nothing_to_reserve"}
    assert kept() == (PIECES, PIECES)
    assert not violations(STOCK)


def test_without_locks_the_same_race_goes_wrong(committed):
    """The control: a test that cannot fail proves nothing."""
    outcomes = race(locks_off=True)
    stopped_by_database = [one for one in outcomes if one.startswith("database")]
    assert stopped_by_database or kept() != (PIECES, PIECES) or violations(STOCK)
