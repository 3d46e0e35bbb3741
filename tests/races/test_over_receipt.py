"""Several clerks receive the same deliveries at once: an order takes in no more than it asked for."""

from decimal import Decimal

from scm.models import GoodsReceiptLine, PurchaseOrderLine
from scm.states import GoodsReceiptState
from tests.factories import scm as make
from tests.factories.finance import open_books
from tests.races.runners import run_together

ORDERS = 6
CLERKS = 4


def race(*, locks_off: bool) -> list[str]:
    """Each clerk posts a receipt of 6 on each of the orders for 10; return every outcome."""
    made = make.buying_company()
    open_books()
    orders = [make.approved_order(made) for _ in range(ORDERS)]
    shares = [[make.draft_receipt(made, order, "6").pk for order in orders] for _ in range(CLERKS)]
    work = [("receive", {"receipt_id": pk}) for share in zip(*shares, strict=True) for pk in share]
    return run_together(work, CLERKS, locks_off=locks_off)


def received() -> dict[int, Decimal]:
    """What posted receipts took in, by order line."""
    posted = GoodsReceiptLine.objects.filter(receipt__state=GoodsReceiptState.POSTED)
    sums: dict[int, Decimal] = {}
    for line in posted:
        sums[line.order_line_id] = sums.get(line.order_line_id, Decimal(0)) + line.stock_quantity
    return sums


def test_no_order_takes_in_more_than_it_asked_for(committed):
    outcomes = race(locks_off=False)
    assert outcomes.count("done") == ORDERS
    assert set(outcomes) == {"done", "over_receipt"}
    assert set(received().values()) == {Decimal(6)}
    assert {line.received_quantity for line in PurchaseOrderLine.objects.all()} == {Decimal(6)}


def test_without_locks_the_same_race_goes_wrong(committed):
    """The control: a test that cannot fail proves nothing."""
    outcomes = race(locks_off=True)
    stopped_by_database = [one for one in outcomes if one.startswith("database")]
    assert stopped_by_database or max(received().values()) > 10
