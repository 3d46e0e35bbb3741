"""Stock documents: drafts, posting of each kind, counts, reversal."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import InvalidInput, InvalidTransition, MissingRight, StaleVersion
from core.operations import perform
from erp.errors import CostMissing, LotMismatch, NotDraft, NothingToPost, ReversalBeforeOriginal, ShortStock
from erp.models import ItemCost, StockBalance, StockDocument, StockMove, ValueEntry
from erp.services import stock_documents as docs
from erp.states import StockDocumentState
from tests.factories import core, erp, masterdata

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    erp.place()
    return masterdata.item("BOLT")


def row(item, quantity="5", **values):
    return {"item_id": item.pk, "quantity": D(quantity)} | values


def on_hand(item):
    return sum(StockBalance.objects.filter(item=item).values_list("on_hand", flat=True))


def test_opening_stock_is_posted_at_once(item):
    document = erp.opening(item, "100", "2.5")
    assert (document.state, document.kind, document.posting_date) == ("posted", "opening", erp.TODAY)
    assert document.lines.get().amount == D("250.00")
    assert ValueEntry.objects.get().kind == "opening"
    assert on_hand(item) == 100


def test_opening_without_cost_takes_the_standard_cost():
    erp.place()
    item = masterdata.item("NUT", standard_cost=D("0.4"))
    erp.opening(item, "10", unit_cost="0")
    document = perform(docs.record_opening_stock, actor=None, warehouse_id=erp.place().pk, lines=[row(item, "10")])
    assert document.lines.get().amount == D("4.00")
    assert ItemCost.objects.get(item=item).value == D("4.00")


def test_miscellaneous_receipt_and_issue(item):
    received = erp.posted(erp.draft("misc_receipt", row(item, "5", unit_cost=D("3")), reason_code="found"))
    assert received.lines.get().amount == D("15.00")
    issued = erp.posted(erp.draft("misc_issue", row(item, "2"), reason_code="internal_use"))
    assert issued.lines.get().amount == D("-6.00")
    move = StockMove.objects.get(kind="misc_issue")
    assert (move.to_location.kind, move.reason) == ("count", "internal_use")


def test_scrap_is_booked_as_scrap(item):
    erp.opening(item, "5")
    erp.posted(erp.draft("misc_issue", row(item, "2"), reason_code="scrap"))
    assert StockMove.objects.get(kind="scrap").to_location.kind == "scrap"


def test_a_transfer_between_warehouses(item):
    erp.opening(item, "5")
    other = masterdata.warehouse("OTHER")
    erp.posted(erp.draft("transfer", row(item, "2"), to_warehouse_id=other.pk))
    assert StockBalance.objects.get(item=item, location__warehouse=other).on_hand == 2
    assert ItemCost.objects.get(item=item).quantity == 5


def test_a_count_books_the_difference_to_the_books_of_the_moment(item):
    erp.opening(item, "10", "2")
    more = masterdata.item("NUT", standard_cost=D(1))
    document = perform(docs.create_count, actor=None, warehouse_id=erp.place().pk)
    line = document.lines.get()
    assert (line.book_quantity, line.quantity) == (D(10), None)
    erp.posted(erp.draft("misc_issue", row(item, "1")))
    perform(
        docs.enter_counts,
        actor=None,
        document_id=document.pk,
        counts={line.pk: D(8)},
        found=[row(more, "3")],
    )
    erp.posted(document)

    lines = list(StockDocument.objects.get(pk=document.pk).lines.order_by("line_no"))
    assert [(one.book_quantity, one.quantity, one.amount) for one in lines] == [
        (D(9), D(8), D("-2.00")),
        (D(0), D(3), D("3.00")),
    ]
    assert (on_hand(item), on_hand(more)) == (8, 3)


def test_a_count_that_agrees_moves_nothing(item):
    erp.opening(item, "10", "2")
    moves = StockMove.objects.count()
    erp.posted(erp.draft("count", row(item, "10")))
    assert StockMove.objects.count() == moves


def test_two_lines_of_one_place_are_counted_together(item):
    erp.opening(item, "10", "2")
    erp.posted(erp.draft("count", row(item, "4"), row(item, "5")))
    assert on_hand(item) == 9


def test_a_reversed_document_leaves_quantities_and_values_as_before(item):
    erp.opening(item, "10", "2")
    document = erp.posted(erp.draft("misc_issue", row(item, "4")))
    erp.opening(item, "4", "5")
    perform(docs.reverse_stock_document, actor=None, document_id=document.pk, reason="Typed twice")
    cost = ItemCost.objects.get(item=item)
    assert (cost.quantity, cost.value) == (D(14), D("40.00"))
    with pytest.raises(InvalidTransition):
        perform(docs.reverse_stock_document, actor=None, document_id=document.pk)


def test_lots_are_made_where_goods_arrive_and_known_where_they_leave():
    erp.place()
    item = masterdata.item("GLUE", tracking="lot")
    erp.opening(item, "5", lot_code="G1", expiry_date=dt.date(2027, 1, 1))
    assert StockBalance.objects.get(item=item).lot.expiry_date == dt.date(2027, 1, 1)
    with pytest.raises(LotMismatch):
        erp.draft("misc_issue", row(item, "1", lot_code="G2"))
    erp.posted(erp.draft("misc_issue", row(item, "1", lot_code="G1")))
    assert on_hand(item) == 4


def test_drafts_refuse_what_does_not_fit(item):
    with pytest.raises(InvalidInput) as refusal:
        erp.draft("misc_issue", row(item), reason_code="")
    assert refusal.value.params["field"] == "reason_code"
    with pytest.raises(InvalidInput):
        erp.draft("opening", row(item))
    elsewhere = masterdata.location(masterdata.warehouse("OTHER"))
    with pytest.raises(InvalidInput):
        erp.draft("misc_receipt", row(item, location_id=elsewhere.pk))
    assert not StockDocument.objects.exists()


def test_posting_refuses_what_cannot_be(item):
    with pytest.raises(NothingToPost):
        erp.posted(erp.draft("misc_receipt"))
    with pytest.raises(CostMissing):
        erp.posted(erp.draft("misc_receipt", row(item)))
    with pytest.raises(ShortStock):
        erp.posted(erp.draft("misc_issue", row(item)))
    assert not StockMove.objects.exists()
    assert set(StockDocument.objects.values_list("state", flat=True)) == {"draft"}


def test_a_draft_can_be_changed_and_given_up_and_no_other(item):
    document = erp.draft("misc_receipt", row(item, "5"), reason_code="found")
    changed = perform(
        docs.update_stock_document,
        actor=None,
        document_id=document.pk,
        version=document.version,
        lines=[row(item, "7", unit_cost=D(1))],
        note="Recounted",
    )
    assert (changed.lines.get().quantity, changed.note) == (D(7), "Recounted")
    with pytest.raises(StaleVersion):
        perform(docs.update_stock_document, actor=None, document_id=document.pk, version=document.version, lines=[])
    erp.posted(changed)
    with pytest.raises(NotDraft):
        perform(docs.update_stock_document, actor=None, document_id=document.pk, lines=[])
    with pytest.raises(NotDraft):
        perform(docs.enter_counts, actor=None, document_id=document.pk, counts={})
    with pytest.raises(InvalidTransition):
        perform(docs.cancel_stock_document, actor=None, document_id=document.pk)
    with pytest.raises(InvalidTransition):
        erp.posted(changed)
    other = erp.draft("misc_receipt", row(item, "5"))
    perform(docs.cancel_stock_document, actor=None, document_id=other.pk)
    assert StockDocument.objects.get(pk=other.pk).state == StockDocumentState.CANCELLED


def test_each_verb_needs_its_right(item):
    document = erp.draft("misc_receipt", row(item, "5"))
    clerk = core.user("erp.view_stockdocument")
    place = erp.place().pk
    calls = [
        (docs.create_stock_document, {"kind": "transfer", "warehouse_id": place, "lines": []}),
        (docs.update_stock_document, {"document_id": document.pk, "lines": []}),
        (docs.post_stock_document, {"document_id": document.pk}),
        (docs.reverse_stock_document, {"document_id": document.pk}),
        (docs.cancel_stock_document, {"document_id": document.pk}),
        (docs.enter_counts, {"document_id": document.pk, "counts": {}}),
        (docs.create_count, {"warehouse_id": place}),
        (docs.record_opening_stock, {"warehouse_id": place, "lines": []}),
    ]
    for verb, arguments in calls:
        with pytest.raises(MissingRight):
            perform(verb, actor=clerk, **arguments)


@pytest.mark.parametrize("kind", ["misc_receipt", "misc_issue"])
def test_a_posting_is_not_taken_back_before_its_own_day(item, kind):
    erp.posted(erp.draft("misc_receipt", row(item, "10", unit_cost=D(10))), date=erp.TODAY - dt.timedelta(days=9))
    document = erp.posted(erp.draft(kind, row(item, "5")), date=erp.TODAY - dt.timedelta(days=4))
    with pytest.raises(ReversalBeforeOriginal):
        perform(docs.reverse_stock_document, actor=None, document_id=document.pk, date=erp.TODAY - dt.timedelta(days=6))
    perform(docs.reverse_stock_document, actor=None, document_id=document.pk, date=erp.TODAY - dt.timedelta(days=4))
    assert (on_hand(item), ItemCost.objects.get(item=item).value) == (10, 100)
