"""Two deciders on one inspection: one accepts the goods, the other scraps them, at the same moment."""

from decimal import Decimal

from erp.models import Inspection, InspectionDisposition, StockMove
from finance.selectors.invariants import STOCK, violations
from tests.factories import erp_quality
from tests.factories import scm as make
from tests.factories.finance import open_books
from tests.races.runners import run_together

RECEIPTS = 4
PIECES = 3


def race(*, locks_off: bool) -> list[str]:
    """Each of several inspected receipts is decided twice, by two processes."""
    made = make.buying_company()
    open_books(years=[2026])
    erp_quality.waiting_place(made.warehouse)
    erp_quality.plan(made.bolt)
    work = []
    for _receipt in range(RECEIPTS):
        order = make.approved_order(made, make.line(made.bolt, str(PIECES)))
        make.posted_receipt(made, order)
        inspection = Inspection.objects.latest("pk")
        erp_quality.inspected(inspection, *["10"] * inspection.sample_size)
        [goods] = inspection.goods.all()
        for way in ("accept", "scrap"):
            rows = [{"goods_id": goods.pk, "disposition": way, "quantity": Decimal(PIECES)}]
            work.append(("decide", {"inspection_id": inspection.pk, "dispositions": rows}))
    return run_together(sorted(work, key=lambda one: one[1]["inspection_id"]), 2, locks_off=locks_off)


def decided() -> list[Decimal]:
    """How much of each inspection's goods was decided on."""
    return [
        sum((one.quantity for one in InspectionDisposition.objects.filter(goods__inspection=inspection)), Decimal(0))
        for inspection in Inspection.objects.order_by("pk")
    ]


def test_only_one_of_two_decides(committed):
    outcomes = race(locks_off=False)
    assert sorted(outcomes) == ["done"] * RECEIPTS + ["invalid_transition"] * RECEIPTS
    assert decided() == [PIECES] * RECEIPTS
    assert StockMove.objects.filter(kind__in=["transfer", "scrap"]).count() == RECEIPTS
    assert not violations(STOCK)


def test_without_locks_both_decide(committed):
    """The control: a test that cannot fail proves nothing."""
    outcomes = race(locks_off=True)
    stopped_by_database = [one for one in outcomes if one.startswith("database")]
    assert stopped_by_database or decided() != [PIECES] * RECEIPTS or violations(STOCK)
