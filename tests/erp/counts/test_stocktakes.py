"""Stocktakes: snapshot, freeze, blind count, recount, reasons, approval, posting of the differences."""

from decimal import Decimal

import pytest

from core.approvals.errors import ApprovalRequired
from core.approvals.models import ApprovalPolicy
from core.errors import InvalidInput, InvalidTransition, MissingRight
from core.operations import perform
from erp.errors import (
    BinIsCounted,
    CountIncomplete,
    DifferenceReasonMissing,
    LotRequired,
    NotBeingCounted,
    NotDraft,
    NothingToCount,
    NothingToRecount,
    NothingToUndo,
    NotInReview,
    NotOnTheList,
    NotYourSheet,
    OutsideTheCount,
    QuantityTooFine,
    UnknownCode,
)
from erp.models import Demand, Reservation, StockBalance, StockMove, Stocktake, StocktakeBin, ValueEntry
from erp.selectors.stocktakes import beyond_tolerance, result_of
from erp.services import stocktakes
from finance.selectors.invariants import STOCK, violations
from masterdata.models import Zone
from tests.factories import core, erp, erp_counts, masterdata

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    erp.place()
    made = masterdata.item("MOTOR")
    erp.opening(made, "10", "7")
    return made


def call(service, stocktake, actor=None, **arguments):
    return perform(service, actor=actor, stocktake_id=stocktake.pk, **arguments)


def test_a_count_posts_counted_less_book_at_the_snapshot(item):
    nut = masterdata.item("NUT")
    erp.opening(nut, "100", "1")
    stocktake = erp_counts.posted("8", "103")

    lines = list(stocktake.lines.order_by("line_no"))
    assert [(one.item.code, one.book_quantity, one.counted_quantity) for one in lines] == [
        ("MOTOR", 10, 8),
        ("NUT", 100, 103),
    ]
    assert [one.amount for one in lines] == [D(-14), D(3)]
    moves = StockMove.objects.filter(source_label="erp.stocktake").order_by("pk")
    assert [(one.item.code, one.kind, one.quantity, one.to_location.kind) for one in moves] == [
        ("MOTOR", "count", 2, "count"),
        ("NUT", "count", 3, "storage"),
    ]
    assert {(one.item.code, one.on_hand) for one in StockBalance.objects.all()} == {("MOTOR", 8), ("NUT", 103)}
    assert sum(one.amount for one in ValueEntry.objects.filter(kind="count")) == D(-11)
    assert (stocktake.state, stocktake.posting_date) == ("posted", erp.TODAY)
    assert not StocktakeBin.objects.exists()
    assert not violations(STOCK)


def test_frozen_bins_refuse_moves_and_name_the_count(item):
    stocktake = erp_counts.started()
    issue = erp.draft("misc_issue", {"item_id": item.pk, "quantity": D(1)})
    with pytest.raises(BinIsCounted) as refusal:
        erp.posted(issue)
    assert stocktake.number in str(refusal.value)
    call(stocktakes.cancel_stocktake, stocktake, reason="Too late")
    erp.posted(issue)
    assert StockBalance.objects.get().on_hand == 9


def test_without_freezing_each_line_meets_the_books_of_its_moment(item):
    stocktake = erp_counts.started(freezes=False)
    erp.posted(erp.draft("misc_issue", {"item_id": item.pk, "quantity": D(4)}))
    erp_counts.count(stocktake, "5")  # the books say 6 at this moment
    erp.posted(erp.draft("misc_issue", {"item_id": item.pk, "quantity": D(2)}))
    call(stocktakes.finish_counting, stocktake)
    erp_counts.explained(stocktake)
    call(stocktakes.post_stocktake, stocktake)
    line = stocktake.lines.get()
    assert (line.book_quantity, line.counted_quantity) == (6, 5)
    assert StockBalance.objects.get().on_hand == 3
    assert not violations(STOCK)


def test_one_bin_is_in_one_count_only(item):
    first = erp_counts.started()
    with pytest.raises(BinIsCounted):
        call(stocktakes.start_stocktake, erp_counts.planned())
    with pytest.raises(BinIsCounted):
        call(stocktakes.start_stocktake, erp_counts.planned(kind="full"))
    call(stocktakes.cancel_stocktake, first)
    part = erp_counts.started(category_id=_in_category(item).pk)
    assert [(one.location_id, one.item_id) for one in part.bins.all()] == [(erp.shelf().pk, item.pk)]
    with pytest.raises(BinIsCounted):
        call(stocktakes.start_stocktake, erp_counts.planned(location_id=erp.shelf().pk))
    nut = masterdata.item("NUT")
    erp.opening(nut, "3")  # another item of the same bin is not frozen


def test_a_zone_is_counted_in_the_order_one_walks(item):
    place = erp.place()
    cold = Zone.objects.create(warehouse=place, code="COLD", name="Cold store")
    far = masterdata.location(place, "A-FAR", zone=cold, pick_order=2)
    near = masterdata.location(place, "B-NEAR", zone=cold, pick_order=1)
    for target in (far, near):
        erp.posted(erp.draft("transfer", {"item_id": item.pk, "quantity": D(2), "to_location_id": target.pk}))
    stocktake = erp_counts.started(zone_id=cold.pk)
    assert [line.location for line in stocktake.lines.order_by("line_no")] == [near, far]
    erp.posted(erp.draft("misc_issue", {"item_id": item.pk, "quantity": D(1)}))  # the rest of the warehouse works on
    with pytest.raises(InvalidInput):
        erp_counts.planned(zone_id=cold.pk, location_id=erp.shelf().pk)


def _in_category(item):
    item.category = masterdata.category("MOTORS")
    item.save()
    return item.category


def test_goods_found_beside_the_list_become_lines(item):
    glue = masterdata.item("GLUE", tracking="lot")
    stocktake = erp_counts.started()
    found = {"item_id": glue.pk, "location_id": erp.shelf().pk, "quantity": D(2)}
    with pytest.raises(LotRequired):
        call(stocktakes.enter_counted, stocktake, counts={}, found=[found])
    call(stocktakes.enter_counted, stocktake, counts={}, found=[found | {"lot_code": "L7"}])
    line = stocktake.lines.get(item=glue)
    assert (line.line_no, line.is_found, line.book_quantity, line.counted_quantity, line.lot.code) == (
        2,
        True,
        0,
        2,
        "L7",
    )
    elsewhere = masterdata.location(masterdata.warehouse("OTHER"))
    with pytest.raises(OutsideTheCount):
        call(stocktakes.enter_counted, stocktake, counts={}, found=[found | {"location_id": elsewhere.pk}])


def test_sheets_are_shared_out_and_counted_by_their_counters(item):
    rack = masterdata.location(erp.place(), "RACK")
    erp.posted(erp.draft("transfer", {"item_id": item.pk, "quantity": D(4), "to_location_id": rack.pk}))
    ann, bob = core.user("erp.count_stocktake", "erp.view_stocktake"), core.user("erp.count_stocktake")
    stocktake = erp_counts.started(counter_ids=[ann.pk, bob.pk])
    mine, his = stocktake.lines.order_by("line_no")
    assert (mine.sheet.counter, his.sheet.counter) == (ann, bob)
    call(stocktakes.enter_counted, stocktake, ann, counts={mine.pk: D(6)})
    with pytest.raises(NotYourSheet):
        call(stocktakes.enter_counted, stocktake, ann, counts={his.pk: D(4)})
    boss = core.user("erp.count_stocktake", "erp.review_stocktake")
    call(stocktakes.enter_counted, stocktake, boss, counts={his.pk: D(4)})
    his.refresh_from_db()
    assert (his.counted_by, his.counted_quantity) == (boss, 4)


def test_scans_add_up_and_are_taken_back(item):
    stocktake = erp_counts.started()
    shelf = erp.shelf().pk
    for _ in range(2):
        call(stocktakes.scan_count, stocktake, code="motor", location_id=shelf)
    call(stocktakes.scan_count, stocktake, code="MOTOR", location_id=shelf, quantity=D(5))
    assert stocktake.lines.get().counted_quantity == 7
    call(stocktakes.undo_count_scan, stocktake)
    assert stocktake.lines.get().counted_quantity == 2
    masterdata.item("NUT")
    call(stocktakes.scan_count, stocktake, code="NUT", location_id=shelf)
    assert stocktake.lines.get(item__code="NUT").is_found
    call(stocktakes.undo_count_scan, stocktake)
    assert not stocktake.lines.filter(item__code="NUT").exists()
    with pytest.raises(UnknownCode):
        call(stocktakes.scan_count, stocktake, code="NOBODY", location_id=shelf)
    call(stocktakes.undo_count_scan, stocktake)
    call(stocktakes.undo_count_scan, stocktake)
    assert stocktake.lines.get().counted_quantity is None
    with pytest.raises(NothingToUndo):
        call(stocktakes.undo_count_scan, stocktake)


def test_differences_beyond_the_tolerance_are_counted_again(item):
    nut = masterdata.item("NUT")
    erp.opening(nut, "100", "1")
    stocktake = erp_counts.reviewed("9", "99", tolerance_percent=D(5))
    assert [line.item.code for line in beyond_tolerance(stocktake)] == ["MOTOR"]
    call(stocktakes.request_recount, stocktake)
    motor, nuts = stocktake.lines.order_by("line_no")
    assert (motor.to_count, motor.counted_quantity, motor.previous_quantity, nuts.to_count) == (True, None, 9, False)
    with pytest.raises(NotOnTheList):
        call(stocktakes.enter_counted, stocktake, counts={nuts.pk: D(100)})
    erp_counts.count(stocktake, "10")
    call(stocktakes.finish_counting, stocktake)
    with pytest.raises(NothingToRecount):
        call(stocktakes.request_recount, stocktake)
    assert [(row.line.item.code, row.difference) for row in result_of(stocktake).differing] == [("NUT", -1)]
    call(stocktakes.request_recount, stocktake, line_ids=[nuts.pk])
    assert Stocktake.objects.get().rounds == 3


def test_each_difference_needs_its_reason(item):
    stocktake = erp_counts.reviewed("8")
    with pytest.raises(DifferenceReasonMissing):
        call(stocktakes.post_stocktake, stocktake)
    line = stocktake.lines.get()
    with pytest.raises(InvalidInput):
        call(stocktakes.explain_differences, stocktake, reasons={line.pk: {"reason_code": "aliens"}})
    call(stocktakes.explain_differences, stocktake, reasons={line.pk: {"reason_code": "damage", "note": " wet "}})
    line.refresh_from_db()
    assert (line.reason_code, line.note) == ("damage", "wet")
    assert not StockMove.objects.filter(kind="count").exists()


def test_a_dear_difference_waits_for_approval(item):
    core.user_in_role("manager")
    ApprovalPolicy.objects.create(
        document_label="erp.stocktake", name="Dear", fact="difference", operator="gt", threshold=D(10), by_manager=True
    )
    cheap = erp_counts.explained(erp_counts.reviewed("9"))
    call(stocktakes.post_stocktake, cheap)
    dear = erp_counts.explained(erp_counts.reviewed("7"))
    with pytest.raises(ApprovalRequired):
        call(stocktakes.post_stocktake, dear)
    assert StockBalance.objects.get().on_hand == 9


def test_what_is_kept_for_orders_and_not_found_is_given_up(item):
    early, late = erp.confirmed(item, "4"), erp.confirmed(item, "5")
    Demand.objects.filter(source_id=late.pk).update(priority=6)
    erp_counts.posted("6")
    kept = {row.demand.source_id: row.quantity for row in Reservation.objects.select_related("demand")}
    assert kept == {early.pk: 4, late.pk: 2}
    assert (StockBalance.objects.get().on_hand, StockBalance.objects.get().reserved) == (6, 6)
    assert Demand.objects.get(source_id=late.pk).open_quantity == 5
    assert not violations(STOCK)


def test_what_nobody_counted_keeps_the_count_open(item):
    stocktake = erp_counts.started()
    with pytest.raises(CountIncomplete):
        call(stocktakes.finish_counting, stocktake)
    call(stocktakes.finish_counting, stocktake, uncounted_as_zero=True)
    assert stocktake.lines.get().counted_quantity == 0


def test_wrong_states_and_wrong_figures_are_refused(item):
    with pytest.raises(InvalidInput):
        erp_counts.planned(kind="full", abc_class="A")
    with pytest.raises(InvalidInput):
        erp_counts.planned(location_id=masterdata.location(masterdata.warehouse("OTHER")).pk)
    with pytest.raises(NothingToCount):
        call(stocktakes.start_stocktake, erp_counts.planned(abc_class="A"))
    draft = erp_counts.planned()
    with pytest.raises(NotBeingCounted):
        erp_counts.count(draft, "1")
    with pytest.raises(NotInReview):
        call(stocktakes.explain_differences, draft, reasons={})
    with pytest.raises(NotInReview):
        call(stocktakes.request_recount, draft)
    for service in (stocktakes.post_stocktake, stocktakes.finish_counting):
        with pytest.raises(InvalidTransition):
            call(service, draft)
    call(stocktakes.update_stocktake, draft, note="Monday", is_blind=False)
    started = call(stocktakes.start_stocktake, draft)
    assert (started.note, started.is_blind) == ("Monday", False)
    for service in (stocktakes.update_stocktake, stocktakes.start_stocktake):
        with pytest.raises(NotDraft):
            call(service, draft)
    with pytest.raises(QuantityTooFine):
        erp_counts.count(draft, "1.5")
    with pytest.raises(NotOnTheList):
        call(stocktakes.enter_counted, draft, counts={0: D(1)})
    with pytest.raises(MissingRight):
        call(stocktakes.enter_counted, draft, core.user(), counts={})
    erp_counts.count(draft, "10")
    call(stocktakes.finish_counting, draft)
    call(stocktakes.post_stocktake, draft)
    with pytest.raises(InvalidTransition):
        call(stocktakes.cancel_stocktake, draft)
