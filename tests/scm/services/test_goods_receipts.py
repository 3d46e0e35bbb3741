"""Goods receipts: counted, posted at the order's price, reversed."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import InvalidInput, InvalidTransition, MissingRight, StaleVersion
from core.operations import perform
from erp.errors import SerialNotSingle, ShortStock
from erp.models import Lot, StockBalance, StockMove, Supply, ValueEntry
from masterdata.errors import NoExchangeRate
from scm import errors
from scm.models import GoodsReceipt
from scm.services import goods_receipts, purchase_orders
from scm.states import GoodsReceiptState, PurchaseOrderState
from tests.factories import masterdata
from tests.factories import scm as make
from tests.factories.core import make_user

D = Decimal


def on_hand(item) -> dict[str, Decimal]:
    rows = StockBalance.objects.filter(item=item).select_related("location", "lot")
    return {f"{row.location.code}/{row.lot or '-'}": row.on_hand for row in rows if row.on_hand}


def values_of(document) -> list[tuple]:
    rows = ValueEntry.objects.filter(source_label=document._meta.label_lower, source_id=document.pk).order_by("pk")
    return [(row.item_id, row.quantity, row.amount) for row in rows]


def post(made, receipt, **fields):
    return perform(goods_receipts.post_goods_receipt, actor=made.buyer, receipt_id=receipt.pk, **fields)


def test_a_draft_moves_nothing(made):
    receipt = make.draft_receipt(made, make.approved_order(made), "4", delivery_note="LS 88")
    assert (receipt.state, receipt.delivery_note) == (GoodsReceiptState.DRAFT, "LS 88")
    assert (receipt.document_date, receipt.warehouse) == (make.TODAY, made.warehouse)
    [line] = receipt.lines.all()
    assert (line.item, line.stock_quantity, line.location, line.amount) == (made.bolt, D(4), made.shelf, D(0))
    assert not StockMove.objects.exists()


def test_posting_takes_the_goods_into_stock_at_the_orders_price(made):
    order = make.approved_order(made)
    receipt = make.posted_receipt(made, order, "4")
    [move] = StockMove.objects.all()
    assert (move.kind, move.quantity, move.source_label, move.source_id) == (
        "receipt",
        D(4),
        "scm.goodsreceipt",
        receipt.pk,
    )
    assert on_hand(made.bolt) == {f"{made.shelf.code}/-": D(4)}
    assert values_of(receipt) == [(made.bolt.pk, D(4), D(10))]
    assert receipt.lines.get().amount == D(10)
    line = order.lines.get()
    assert (line.received_quantity, line.open_quantity) == (D(4), D(6))
    assert Supply.objects.get(source_label="scm.purchaseorder").open_quantity == D(6)


def test_parts_of_a_line_sum_to_its_net_amount(made):
    order = make.approved_order(made, make.line(made.bolt, "3", price=D("3.333333")))
    amounts = [make.posted_receipt(made, order, "1").lines.get().amount for _ in range(3)]
    assert sum(amounts) == order.net_amount == D("10.00")
    assert amounts == [D("3.33"), D("3.34"), D("3.33")]


def test_a_tax_included_price_is_valued_without_tax(made):
    order = make.approved_order(made, make.line(made.bolt, "10", price=D("2.26")), tax_included=True)
    assert make.posted_receipt(made, order).lines.get().amount == D("20.00")


def test_the_rate_of_the_day_of_receipt_counts(made):
    masterdata.exchange_rate("USD", "7", dt.date(2026, 3, 1))
    abroad = masterdata.supplier("S-USD", currency="USD")
    order = make.approved_order(made, make.line(made.bolt, "10", price=D("3")), partner_id=abroad.pk)
    masterdata.exchange_rate("USD", "7.2", dt.date(2026, 3, 10))
    receipt = make.posted_receipt(made, order, "5")
    line = receipt.lines.get()
    assert (receipt.exchange_rate, line.net_amount, line.amount) == (D("7.2"), D(15), D(108))
    early = make.draft_receipt(made, order, "5", date=dt.date(2026, 2, 27), reason="Note found later")
    with pytest.raises(NoExchangeRate):
        post(made, early)


def test_quantities_are_counted_in_the_orders_unit(made):
    order = make.approved_order(made, make.line(made.bolt, "3", uom_id=masterdata.uom("BOX").pk))
    make.posted_receipt(made, order, "2")
    assert on_hand(made.bolt) == {f"{made.shelf.code}/-": D(200)}
    assert order.lines.get().open_quantity == D(100)


def test_no_more_comes_in_than_was_ordered(made):
    order = make.approved_order(made)
    with pytest.raises(errors.OverReceipt) as refused:
        make.draft_receipt(made, order, "11")
    assert refused.value.params["allowed"] == D(10)
    first, second = make.draft_receipt(made, order, "6"), make.draft_receipt(made, order, "6")
    post(made, first)
    with pytest.raises(errors.OverReceipt):
        post(made, second)
    assert StockMove.objects.count() == 1
    assert GoodsReceipt.objects.get(pk=second.pk).state == GoodsReceiptState.DRAFT


def test_the_tolerance_of_the_order_is_accepted(made):
    order = make.approved_order(made, over_receipt_percent=D(10))
    receipt = make.posted_receipt(made, order, "11")
    assert receipt.lines.get().amount == D("27.50")
    assert order.lines.get().open_quantity == D(0)
    with pytest.raises(errors.OverReceipt):
        make.draft_receipt(made, order, "1")


@pytest.mark.parametrize("state", ["draft", "closed", "cancelled"])
def test_goods_come_in_on_approved_orders_only(made, state):
    order = make.approved_order(made)
    waiting = make.draft_receipt(made, order, "1")
    type(order).objects.filter(pk=order.pk).update(state=state)
    with pytest.raises(errors.NotReceivable):
        make.draft_receipt(made, order, "1")
    with pytest.raises(errors.NotReceivable):
        post(made, waiting)


def test_lots_are_asked_for_and_made_known(made):
    order = make.approved_order(made, make.line(made.paint, "5", price=D(20)))
    with pytest.raises(errors.LotMissing):
        make.draft_receipt(made, order, "5")
    expiry = dt.date(2027, 1, 31)
    lines = make.counted(order, "5", lot_code="L-2026-3", expiry_date=expiry)
    receipt = make.posted_receipt(made, order, lines=lines)
    lot = Lot.objects.get()
    assert (lot.item, lot.code, lot.expiry_date) == (made.paint, "L-2026-3", expiry)
    assert receipt.lines.get().lot == lot
    assert on_hand(made.paint) == {f"{made.shelf.code}/L-2026-3": D(5)}


def test_serial_numbers_are_one_piece_each(made):
    order = make.approved_order(made, make.line(made.motor, "2", price=D(100)))
    line = order.lines.get()
    with pytest.raises(errors.SerialQuantity):
        make.draft_receipt(made, order, lines=make.counted(order, "2", lot_code="M-1"))
    pieces = [{"order_line_id": line.pk, "quantity": D(1), "lot_code": code} for code in ("M-1", "M-2")]
    make.posted_receipt(made, order, lines=pieces)
    assert set(on_hand(made.motor)) == {f"{made.shelf.code}/M-1", f"{made.shelf.code}/M-2"}
    again = make.approved_order(made, make.line(made.motor, "1", price=D(100)))
    with pytest.raises(SerialNotSingle):
        make.posted_receipt(made, again, lines=make.counted(again, "1", lot_code="M-1"))


def test_places_and_days_are_checked(made):
    order = make.approved_order(made)
    elsewhere = masterdata.location_of(masterdata.warehouse("OTHER"))
    with pytest.raises(errors.WrongLocation):
        make.draft_receipt(made, order, lines=make.counted(order, "1", location_id=elsewhere.pk))
    with pytest.raises(InvalidInput):
        make.draft_receipt(made, order, lines=make.counted(order, "1", location_id=987654))
    with pytest.raises(errors.DateInFuture):
        make.draft_receipt(made, order, date=make.TODAY + dt.timedelta(days=1))
    with pytest.raises(errors.EmptyDocument):
        make.draft_receipt(made, order, "0")
    with pytest.raises(errors.NotOnDocument):
        make.draft_receipt(made, order, lines=make.counted(make.approved_order(made), "1"))
    assert not GoodsReceipt.objects.exists()


def test_a_described_service_is_received_without_stock(made):
    order = make.approved_order(made, make.line(None, "1", description="Installation", price=D(500)))
    receipt = make.posted_receipt(made, order)
    assert (receipt.state, receipt.lines.get().amount) == (GoodsReceiptState.POSTED, D(500))
    assert not StockMove.objects.exists()
    assert order.lines.get().open_quantity == D(0)


def test_update_goods_receipt_replaces_the_count(made):
    receipt = make.draft_receipt(made, make.approved_order(made), "4")
    order = receipt.order
    changed = perform(
        goods_receipts.update_goods_receipt,
        actor=made.buyer,
        receipt_id=receipt.pk,
        version=0,
        lines=make.counted(order, "7"),
        delivery_note="LS 9",
    )
    assert (changed.version, changed.delivery_note, changed.lines.get().quantity) == (1, "LS 9", D(7))
    with pytest.raises(StaleVersion):
        perform(
            goods_receipts.update_goods_receipt,
            actor=made.buyer,
            receipt_id=receipt.pk,
            version=0,
            lines=make.counted(order, "7"),
        )
    post(made, receipt)
    with pytest.raises(errors.NotDraft):
        perform(
            goods_receipts.update_goods_receipt,
            actor=made.buyer,
            receipt_id=receipt.pk,
            lines=make.counted(order, "1"),
        )


def test_receive_goods_writes_and_posts_at_once(made):
    order = make.approved_order(made)
    receipt = perform(
        goods_receipts.receive_goods, actor=made.buyer, order_id=order.pk, lines=make.counted(order, "10")
    )
    assert receipt.state == GoodsReceiptState.POSTED
    assert on_hand(made.bolt) == {f"{made.shelf.code}/-": D(10)}


def test_reversal_takes_everything_back(made):
    order = make.approved_order(made)
    receipt = make.posted_receipt(made, order, "4")
    undone = perform(
        goods_receipts.reverse_goods_receipt, actor=made.buyer, receipt_id=receipt.pk, reason="Wrong supplier"
    )
    assert undone.state == GoodsReceiptState.REVERSED
    assert on_hand(made.bolt) == {}
    assert values_of(receipt) == [(made.bolt.pk, D(4), D(10)), (made.bolt.pk, D(-4), D(-10))]
    assert order.lines.get().open_quantity == D(10)
    assert Supply.objects.get(source_label="scm.purchaseorder").open_quantity == D(10)


def test_reversal_is_refused_when_the_goods_are_gone(made):
    order = make.approved_order(made)
    receipt = make.posted_receipt(made, order, "4")
    make.posted_return(made, make.posted_receipt(made, order, "2"), "2")
    StockBalance.objects.update(reserved=1)
    with pytest.raises(ShortStock):
        perform(goods_receipts.reverse_goods_receipt, actor=made.buyer, receipt_id=receipt.pk)
    assert GoodsReceipt.objects.get(pk=receipt.pk).state == GoodsReceiptState.POSTED


def test_reversal_is_refused_after_a_return_or_an_invoice(made):
    order = make.approved_order(made)
    receipt = make.posted_receipt(made, order, "4")
    document = make.posted_return(made, receipt, "1")
    with pytest.raises(errors.ReturnedAlready) as refused:
        perform(goods_receipts.reverse_goods_receipt, actor=made.buyer, receipt_id=receipt.pk)
    assert refused.value.params["returns"] == [document.number]
    other = make.posted_receipt(made, order, "3")
    perform(purchase_orders.register_invoiced, actor=None, quantities={order.lines.get().pk: D(6)})
    with pytest.raises(errors.InvoicedAlready):
        perform(goods_receipts.reverse_goods_receipt, actor=made.buyer, receipt_id=other.pk)


def test_reversal_reopens_an_order_that_was_closed(made):
    order = make.approved_order(made, make.line(made.bolt, "10", price=D(0), discount_percent=D(100)))
    receipt = make.posted_receipt(made, order)
    type(order).objects.filter(pk=order.pk).update(state=PurchaseOrderState.CLOSED)
    perform(goods_receipts.reverse_goods_receipt, actor=made.buyer, receipt_id=receipt.pk)
    order.refresh_from_db()
    assert order.state == PurchaseOrderState.APPROVED


VERBS = {
    "post_goods_receipt": {"draft"},
    "reverse_goods_receipt": {"posted"},
    "cancel_goods_receipt": {"draft"},
}


@pytest.mark.parametrize(
    ("verb", "state"),
    [(verb, state.value) for verb, allowed in VERBS.items() for state in GoodsReceiptState if state not in allowed],
)
def test_verbs_are_refused_in_every_other_state(made, verb, state):
    receipt = make.draft_receipt(made, make.approved_order(made), "1")
    GoodsReceipt.objects.filter(pk=receipt.pk).update(state=state)
    with pytest.raises(InvalidTransition):
        perform(getattr(goods_receipts, verb), actor=made.buyer, receipt_id=receipt.pk)
    assert not StockMove.objects.exists()


@pytest.mark.parametrize("verb", VERBS)
def test_verbs_need_their_rights(made, verb):
    receipt = make.draft_receipt(made, make.approved_order(made), "1")
    with pytest.raises(MissingRight):
        perform(getattr(goods_receipts, verb), actor=make_user("nobody"), receipt_id=receipt.pk)


def test_a_receiver_that_fails_takes_everything_back(made):
    from scm.signals import goods_receipt_posted

    def fail(sender, **payload):
        raise RuntimeError("defect below")

    receipt = make.draft_receipt(made, make.approved_order(made), "4")
    goods_receipt_posted.connect(fail, weak=False)
    try:
        with pytest.raises(RuntimeError):
            post(made, receipt)
    finally:
        goods_receipt_posted.disconnect(fail)
    assert not StockMove.objects.exists()
    assert GoodsReceipt.objects.get(pk=receipt.pk).state == GoodsReceiptState.DRAFT


def test_counting_adds_to_the_clerks_open_receipt(made):
    order = make.approved_order(made)
    line = order.lines.get()
    first = perform(
        goods_receipts.count_goods, actor=made.buyer, order_id=order.pk, order_line_id=line.pk, quantity=D(4)
    )
    second = perform(
        goods_receipts.count_goods, actor=made.buyer, order_id=order.pk, order_line_id=line.pk, quantity=D(5)
    )
    assert first == second
    assert [one.quantity for one in second.lines.all()] == [D(4), D(5)]
    with pytest.raises(errors.OverReceipt):
        perform(goods_receipts.count_goods, actor=made.buyer, order_id=order.pk, order_line_id=line.pk, quantity=D(2))
    colleague = make_user("colleague", superuser=True)
    other = perform(
        goods_receipts.count_goods, actor=colleague, order_id=order.pk, order_line_id=line.pk, quantity=D(1)
    )
    assert other != first


def test_counts_are_taken_back_one_by_one(made):
    order = make.approved_order(made)
    line = order.lines.get()
    for quantity in (4, 5):
        receipt = perform(
            goods_receipts.count_goods, actor=made.buyer, order_id=order.pk, order_line_id=line.pk, quantity=D(quantity)
        )
    first = receipt.lines.first()
    perform(goods_receipts.uncount_goods, actor=made.buyer, receipt_id=receipt.pk)
    assert [one.quantity for one in receipt.lines.all()] == [D(4)]
    with pytest.raises(errors.NotOnDocument):
        perform(goods_receipts.uncount_goods, actor=made.buyer, receipt_id=receipt.pk, line_id=987654)
    dropped = perform(goods_receipts.uncount_goods, actor=made.buyer, receipt_id=receipt.pk, line_id=first.pk)
    assert dropped.state == GoodsReceiptState.CANCELLED
