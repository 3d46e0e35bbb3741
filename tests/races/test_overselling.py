"""Many processes want the same few pieces: issued by hand and reserved by orders, never more than there are."""

from decimal import Decimal

from core.operations import perform
from crm.services import sales_orders
from erp.models import StockBalance, StockMove
from finance.selectors.invariants import STOCK, violations
from tests.factories import crm, erp, masterdata
from tests.races.runners import run_together

PIECES = 12
PROCESSES = 4


def race(*, locks_off: bool) -> list[str]:
    """Let the processes claim one piece a try, half by issue, half by order; return every outcome."""
    item = masterdata.item("HOT")
    erp.opening(item, str(PIECES), "3.33")
    issues = [erp.draft("misc_issue", {"item_id": item.pk, "quantity": Decimal(1)}).pk for _ in range(12)]
    customer = masterdata.customer()
    orders = [
        crm.sales_order(customer, crm.line(item, "1", ship_date=erp.TODAY), warehouse_id=erp.place().pk).pk
        for _ in range(12)
    ]
    work = [("post", {"document_id": pk}) for pk in issues] + [("confirm", {"order_id": pk}) for pk in orders]
    return run_together(work, PROCESSES, locks_off=locks_off)


def claimed() -> tuple[Decimal, Decimal]:
    """What left the shelf by the issues, and what is reserved on it."""
    issued = sum((move.quantity for move in StockMove.objects.filter(kind="misc_issue")), Decimal(0))
    return issued, sum((one.reserved for one in StockBalance.objects.all()), Decimal(0))


def test_no_piece_is_promised_twice(committed):
    erp.place()
    outcomes = race(locks_off=False)
    issued, reserved = claimed()
    assert set(outcomes) <= {"done", "short_stock"}
    assert issued + reserved == PIECES
    assert outcomes.count("short_stock") == 12 - issued
    assert not violations(STOCK)


def test_without_locks_the_same_race_goes_wrong(committed):
    """The control: a test that cannot fail proves nothing."""
    erp.place()
    outcomes = race(locks_off=True)
    issued, reserved = claimed()
    stopped_by_database = [one for one in outcomes if one.startswith("database")]
    assert stopped_by_database or issued + reserved != PIECES or violations(STOCK)


def test_two_orders_confirmed_one_after_the_other_share_what_there_is(db):
    erp.place()
    item = masterdata.item("HOT")
    erp.opening(item, "3")
    customer = masterdata.customer()
    for quantity in ("2", "2"):
        line = crm.line(item, quantity, ship_date=erp.TODAY)
        order = crm.sales_order(customer, line, warehouse_id=erp.place().pk)
        perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk)
    assert claimed() == (0, 3)
