"""Orders, work orders, transfers and issues want the same pieces at once: nothing is promised or taken twice."""

from decimal import Decimal

from erp.models import StockBalance, StockMove
from finance.selectors.invariants import STOCK, violations
from masterdata.models import Item
from tests.factories import crm, erp, erp_make, masterdata
from tests.races.runners import Work, run_together

D = Decimal
PIECES, TRIES, PROCESSES = 12, 5, 4


def wishes(items: list[Item], tries: int) -> Work:
    """For each item so many orders, work orders, transfers and issues of one piece, mixed."""
    away = masterdata.warehouse("REMOTE")  # after MAIN by code: work orders take from the first
    customer = masterdata.customer()
    work = []
    for item in items:
        product = erp_make.made(f"P{item.code}")
        erp_make.bom(product, (item, "1"))
        for _ in range(tries):
            line = crm.line(item, "1", ship_date=erp.TODAY)
            order = crm.sales_order(customer, line, warehouse_id=erp.place().pk)
            making = erp_make.released_work_order(product, "1")
            [material] = making.materials.all()
            piece = {"item_id": item.pk, "quantity": D(1)}
            work += [
                ("confirm", {"order_id": order.pk}),
                ("issue", {"work_order_id": making.pk, "lines": [{"material_id": material.pk, "quantity": "1"}]}),
                ("post", {"document_id": erp.draft("transfer", piece, to_warehouse_id=away.pk).pk}),
                ("post", {"document_id": erp.draft("misc_issue", piece).pk}),
            ]
    return work


def race(pieces: int, tries: int, processes: int, *, locks_off: bool, items: int = 1) -> list[str]:
    erp.place()
    wanted = [masterdata.item(f"HOT{number}") for number in range(items)]
    for item in wanted:
        erp.opening(item, str(pieces), "3.33")
    return run_together(wishes(wanted, tries), processes, locks_off=locks_off, timeout=3000)


def claimed() -> Decimal:
    """What left the shelf for good or for another warehouse, and what is reserved."""
    left = StockMove.objects.filter(kind__in=["misc_issue", "issue", "transfer"]).values_list("quantity", flat=True)
    return sum(left, D(0)) + sum(StockBalance.objects.values_list("reserved", flat=True), D(0))


def test_no_piece_is_taken_twice_whoever_asks(committed):
    outcomes = race(PIECES, TRIES, PROCESSES, locks_off=False)
    assert set(outcomes) <= {"done", "short_stock"}
    assert claimed() == PIECES
    assert outcomes.count("short_stock") > 0
    assert not violations(STOCK)


def test_without_locks_the_same_race_goes_wrong(committed):
    """The control: a test that cannot fail proves nothing."""
    outcomes = race(PIECES, TRIES, PROCESSES, locks_off=True)
    stopped_by_database = [one for one in outcomes if one.startswith("database")]
    assert stopped_by_database or claimed() != PIECES or violations(STOCK)
