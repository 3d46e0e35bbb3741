"""Several counts of one bin at the same time: one stocktake begins, and a difference is posted once."""

from decimal import Decimal

from erp.models import StockBalance, StockMove, Stocktake
from finance.selectors.invariants import violations
from tests.factories import erp, erp_counts, masterdata
from tests.races.runners import run_together

D = Decimal
PROCESSES = 4
BOOK, COUNTED = "10", "7"


def race(*, locks_off: bool) -> list[str]:
    """Each process starts a stocktake of the bin and posts count sheets that found 7 where the books say 10."""
    erp.place()
    item = masterdata.item("HOT")
    erp.opening(item, BOOK, "3.33")
    row = {"item_id": item.pk, "quantity": D(COUNTED)}
    sheets = [erp.draft("count", row).pk for _ in range(3 * PROCESSES)]
    takes = [erp_counts.planned(freezes=False).pk for _ in range(PROCESSES)]
    work = [("post", {"document_id": pk}) for pk in sheets]
    work += [("start", {"stocktake_id": pk}) for pk in takes]
    return run_together(work, PROCESSES, locks_off=locks_off)


def posted() -> Decimal:
    """What all the counts took out of the books."""
    return sum(StockMove.objects.filter(kind="count").values_list("quantity", flat=True), D(0))


def test_one_stocktake_begins_and_the_difference_is_posted_once(committed):
    outcomes = race(locks_off=False)
    assert sorted(set(outcomes)) == ["bin_is_counted", "done"]
    assert outcomes.count("bin_is_counted") == PROCESSES - 1
    assert (posted(), StockBalance.objects.get().on_hand) == (D(BOOK) - D(COUNTED), D(COUNTED))
    counting = Stocktake.objects.get(state="counting")
    assert counting.lines.get().book_quantity in {D(BOOK), D(COUNTED)}
    assert not violations()


def test_without_locks_the_same_race_goes_wrong(committed):
    """The control: a test that cannot fail proves nothing."""
    outcomes = race(locks_off=True)
    stopped_by_database = [one for one in outcomes if one.startswith("database")]
    twice = Stocktake.objects.filter(state="counting").count() > 1 or posted() != D(BOOK) - D(COUNTED)
    assert stopped_by_database or twice or violations()
