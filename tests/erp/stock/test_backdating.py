"""Backdated postings: valued in their place, later issues corrected by further entries, history left as it is."""

import datetime as dt
from decimal import Decimal

import pytest

from core.operations import perform
from erp.errors import ShortStockWithinDay
from erp.models import CostLayer, ItemCost, LayerUse, StockMove, ValueEntry
from erp.services.stock import reversal_of
from tests.factories import core

from .conftest import TODAY, move
from .test_layers import item_of, state, uses

D = Decimal


def day(number):
    return dt.date(2026, 3, number)


def worth(moved):
    return sum(ValueEntry.objects.filter(move=moved).values_list("amount", flat=True), D(0))


def test_a_backdated_receipt_averages_later_issues_anew(store):
    item = store.item()
    store.receive(item, 10, "100.00", date=day(1))
    [first] = store.issue(item, 5, date=day(3)).moves
    [second] = store.issue(item, 2, date=day(5)).moves
    written = list(ValueEntry.objects.order_by("id").values_list("id", "amount"))
    store.receive(item, 10, "160.00", date=day(2))

    assert (worth(first), worth(second)) == (-D("65.00"), -D("26.00"))
    assert state(item)[1:3] == (13, D("169.00"))
    assert list(ValueEntry.objects.order_by("id").values_list("id", "amount"))[: len(written)] == written
    corrections = ValueEntry.objects.filter(kind="backdating").order_by("id")
    assert list(corrections.values_list("move", "amount", "counter", "booked_on")) == [
        (first.pk, -D("15.00"), "misc_loss", day(3)),
        (second.pk, -D("6.00"), "misc_loss", day(5)),
    ]
    assert StockMove.objects.filter(is_backdated=True).count() == 4


def test_a_backdated_issue_goes_at_the_average_of_its_day(store):
    item = store.item()
    store.receive(item, 10, "100.00", date=day(1))
    store.receive(item, 10, "200.00", date=day(4))
    [later] = store.issue(item, 5, date=day(5)).moves
    [early] = store.issue(item, 5, date=day(2)).moves

    assert worth(early) == -D("50.00")
    assert worth(later) == -D("83.33")  # 250.00 over 15
    assert state(item)[1:3] == (10, D("166.67"))
    last = LayerUse.objects.filter(move=early).get()
    assert (last.quantity, last.amount, last.layer.received_on) == (5, D("50.00"), day(1))


def test_within_its_day_a_backdated_receipt_comes_before_the_issues(store):
    item = store.item()
    store.receive(item, 10, "100.00", date=day(1))
    [issued] = store.issue(item, 5, date=day(3)).moves
    store.receive(item, 10, "300.00", date=day(3))
    assert worth(issued) == -D("100.00")


def test_goods_that_came_back_follow_the_issue_they_came_from(store):
    item = store.item()
    store.receive(item, 10, "100.00", date=day(1))
    [sold] = store.move(item, 4, store.shelf, store.customer, kind="shipment", date=day(3)).moves
    back = reversal_of([sold], quantities={sold.pk: D(2)})
    [returned] = perform(move, actor=None, moves=back, kind="customer_return", source=store.source, date=day(4)).moves
    store.receive(item, 10, "200.00", date=day(2))
    assert (worth(sold), worth(returned)) == (-D("60.00"), D("30.00"))
    assert state(item)[1:3] == (18, D("270.00"))


def test_fifo_uses_the_layers_anew_from_the_day_on(store):
    item = item_of(store, "fifo")
    store.receive(item, 5, "50.00", date=day(1))
    store.receive(item, 5, "100.00", date=day(4))
    [issued] = store.issue(item, 7, date=day(5)).moves
    assert worth(issued) == -D("90.00")
    store.receive(item, 5, "60.00", date=day(2))

    assert worth(issued) == -D("74.00")
    assert [
        (layer.received_on.day, layer.remaining_quantity, layer.remaining_value) for layer in CostLayer.objects.all()
    ] == [
        (1, 0, 0),
        (2, 3, D("36.00")),
        (4, 5, D("100.00")),
    ]
    assert uses(item) == [(5, 5, D("50.00")), (5, 2, D("40.00")), (5, 2, D("24.00")), (5, -2, -D("40.00"))] or uses(
        item
    ) == [(5, 5, D("50.00")), (5, 2, D("40.00")), (5, -2, -D("40.00")), (5, 2, D("24.00"))]
    [early] = store.issue(item, 6, date=day(3)).moves
    assert (worth(early), worth(issued)) == (-D("62.00"), -D("108.00"))
    assert ItemCost.objects.get(item=item).value == D("40.00")


@pytest.mark.parametrize("method", ["standard", "month_average"])
def test_nothing_is_corrected_where_the_method_needs_none(store, method):
    item = item_of(store, method, standard_cost=D(10))
    store.receive(item, 10, "100.00", date=day(1))
    store.issue(item, 5, date=day(3))
    store.receive(item, 10, "200.00", date=day(2))
    assert not ValueEntry.objects.filter(kind="backdating").exists()


def test_a_day_that_is_over_takes_a_right_and_a_reason(store):
    from core.errors import MissingRight, ReasonForBackdating
    from erp.services.stock_documents import create_stock_document, post_stock_document

    item = store.item()
    lines = [{"item_id": item.pk, "quantity": D(1), "unit_cost": D(5)}]
    values = {"kind": "misc_receipt", "reason_code": "found", "warehouse_id": store.warehouse.pk, "lines": lines}
    document = perform(create_stock_document, actor=None, **values)
    clerk = core.user("erp.post_stockdocument", "erp.view_stockdocument")
    order = {"document_id": document.pk, "date": day(9)}
    with pytest.raises(MissingRight):
        perform(post_stock_document, actor=clerk, reason="Came yesterday", **order)
    keeper = core.user("erp.post_stockdocument", "erp.view_stockdocument", "erp.backdate_stock")
    with pytest.raises(ReasonForBackdating):
        perform(post_stock_document, actor=keeper, **order)
    posted = perform(post_stock_document, actor=keeper, reason="Came yesterday", **order)
    assert posted.posting_date == day(9)


@pytest.mark.parametrize("method", ["moving_average", "fifo"])
def test_a_past_issue_takes_nothing_that_was_issued_before_more_came_on_its_day(store, method):
    """Ten are there, today eight leave and three come back: five taken yesterday would leave five for the eight."""
    item = item_of(store, method)
    store.receive(item, 10, "100.00", date=day(1))
    [sold] = store.move(item, 8, store.shelf, store.customer, kind="shipment").moves
    back = reversal_of([sold], quantities={sold.pk: D(3)})
    perform(move, actor=None, moves=back, kind="customer_return", source=store.source)
    with pytest.raises(ShortStockWithinDay):
        store.issue(item, 5, date=TODAY - dt.timedelta(days=1))
    store.issue(item, 2, date=TODAY - dt.timedelta(days=1))
    assert ItemCost.objects.get(item=item).value == D("30.00")
