"""The one door to the stock ledger: exact rows, every refusal."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from core.operations import perform
from erp.errors import (
    FuturePosting,
    LotMismatch,
    LotRequired,
    QuantityNotPositive,
    QuantityTooFine,
    ReversedTooMuch,
    SameLocation,
    SerialNotSingle,
    ShortStock,
    ShortStockLater,
)
from erp.models import ItemCost, Lot, StockBalance, StockMove, ValueEntry
from erp.services.stock import LotInput, MoveInput, ensure_lots, lock_stock, reversal_of

from .conftest import TODAY, move

D = Decimal
AT = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)


def balance(item, location, lot=None):
    return StockBalance.objects.get(item=item, location=location, lot=lot)


def cost(item):
    row = ItemCost.objects.get(item=item)
    return row.quantity, row.value


def test_receipt_writes_move_balance_entry_and_average(store):
    item = store.item()
    posted = store.receive(item, 10, "100.00")

    [row] = StockMove.objects.all()
    assert (row.item, row.from_location, row.to_location) == (item, store.supplier, store.shelf)
    assert (row.quantity, row.kind, row.moved_on, row.source_number) == (D(10), "receipt", TODAY, "ST-1")
    [entry] = ValueEntry.objects.all()
    assert (entry.move, entry.kind, entry.quantity, entry.amount) == (row, "receipt", D(10), D("100.00"))
    assert balance(item, store.shelf).on_hand == 10
    assert not StockBalance.objects.filter(location=store.supplier).exists()
    assert cost(item) == (D(10), D("100.00"))
    assert posted.date == TODAY


def test_issue_is_valued_at_the_moving_average(store):
    item = store.item()
    store.receive(item, 10, "100.00")
    store.receive(item, 10, "150.00")
    store.issue(item, 4)

    assert cost(item) == (D(16), D("200.00"))
    assert ValueEntry.objects.get(kind="misc_issue").amount == D("-50.00")


def test_last_issue_takes_what_is_left(store):
    item = store.item()
    store.receive(item, 3, "10.00")
    for _ in range(3):
        store.issue(item, 1)

    amounts = list(ValueEntry.objects.filter(kind="misc_issue").order_by("id").values_list("amount", flat=True))
    assert amounts == [D("-3.33"), D("-3.34"), D("-3.33")]
    assert cost(item) == (D(0), D(0))


def test_transfer_moves_goods_and_no_value(store):
    item = store.item()
    store.receive(item, 5, "50.00")
    store.move(item, 2, store.shelf, store.rack, kind="transfer")

    assert (balance(item, store.shelf).on_hand, balance(item, store.rack).on_hand) == (3, 2)
    assert ValueEntry.objects.count() == 1
    assert cost(item) == (D(5), D("50.00"))


def test_receipt_without_value_comes_at_the_average_then_last_receipt_then_standard(store):
    known, old, new = store.item("K"), store.item("O"), store.item("N", standard_cost=D("7.5"))
    store.receive(known, 4, "10.00")
    store.move(known, 2)
    assert cost(known) == (D(6), D("15.00"))

    store.receive(old, 4, "10.00")
    store.issue(old, 4)
    store.move(old, 2)
    assert cost(old) == (D(2), D("5.00"))

    store.move(new, 2)
    assert cost(new) == (D(2), D("15.00"))


def test_reversal_brings_goods_back_at_their_original_value(store):
    item = store.item()
    store.receive(item, 3, "10.00")
    [issued] = store.issue(item, 2).moves
    store.receive(item, 9, "90.00")

    one = reversal_of([issued], quantities={issued.pk: D(1)})
    perform(move, actor=None, moves=one, kind="misc_issue", source=store.source)
    rest = reversal_of([issued], quantities={issued.pk: D(1)})
    perform(move, actor=None, moves=rest, kind="misc_issue", source=store.source)

    came_back = ValueEntry.objects.filter(move__reverses=issued).order_by("id").values_list("amount", flat=True)
    assert list(came_back) == [D("3.34"), D("3.33")]  # 6.67 in all, the last part takes the rest
    with pytest.raises(ReversedTooMuch):
        perform(move, actor=None, moves=one, kind="misc_issue", source=store.source)


def test_reversal_of_a_receipt_leaves_no_value_without_quantity(store):
    item = store.item()
    [received] = store.receive(item, 10, "100.00").moves
    store.receive(item, 10, "300.00")
    store.issue(item, 10)  # 200.00 at the average: 10 worth 200.00 stay
    perform(move, actor=None, moves=reversal_of([received]), kind="receipt", source=store.source)

    entries = list(ValueEntry.objects.order_by("id").values_list("kind", "quantity", "amount"))[-2:]
    assert entries == [("receipt", D(-10), D("-100.00")), ("adjustment", D(0), D("-100.00"))]
    assert cost(item) == (D(0), D(0))


def test_issue_of_more_than_is_there_is_refused_and_leaves_nothing(store):
    item = store.item()
    store.receive(item, 5, "50.00")
    with pytest.raises(ShortStock) as refusal:
        store.issue(item, 6)

    assert (refusal.value.params["available"], refusal.value.params["wanted"]) == (D(5), D(6))
    assert StockMove.objects.count() == 1
    assert balance(item, store.shelf).on_hand == 5


def test_reserved_goods_are_not_taken_by_others(store):
    item = store.item()
    store.receive(item, 5, "50.00")
    StockBalance.objects.update(reserved=4)
    with pytest.raises(ShortStock) as refusal:
        store.issue(item, 2)
    assert refusal.value.params["available"] == D(1)


def test_backdated_issue_may_not_take_what_a_later_day_used(store):
    item = store.item()
    store.receive(item, 5, "50.00", date=dt.date(2026, 3, 1))
    store.issue(item, 5, date=dt.date(2026, 3, 5))
    store.receive(item, 3, "30.00", date=dt.date(2026, 3, 8))
    with pytest.raises(ShortStockLater) as refusal:
        store.issue(item, 2, date=dt.date(2026, 3, 3))
    assert refusal.value.params["date"] == dt.date(2026, 3, 5)
    assert refusal.value.params["balance"] == D(-2)

    store.issue(item, 2, date=dt.date(2026, 3, 8))
    assert balance(item, store.shelf).on_hand == 1


def test_tomorrow_is_refused(store):
    with pytest.raises(FuturePosting):
        store.receive(store.item(), 1, "1.00", date=TODAY + dt.timedelta(days=1))


def test_unsound_input_is_refused(store):
    item, tracked = store.item(), store.item("T", tracking="lot")
    [lot] = ensure_lots([LotInput(tracked.pk, "L1")], AT).values()
    with pytest.raises(QuantityNotPositive):
        store.receive(item, 0, "1.00")
    with pytest.raises(QuantityTooFine):
        store.receive(item, "1.5", "1.00")
    with pytest.raises(SameLocation):
        store.move(item, 1, store.shelf, store.shelf)
    with pytest.raises(LotRequired):
        store.receive(tracked, 1, "1.00")
    with pytest.raises(LotMismatch):
        store.receive(item, 1, "1.00", lot_id=lot.pk)
    with pytest.raises(LotMismatch):
        store.receive(store.item("U", tracking="lot"), 1, "1.00", lot_id=lot.pk)
    assert not StockMove.objects.exists()


def test_a_serial_number_is_one_piece_in_one_place(store):
    item = store.item("S", tracking="serial")
    [lot] = ensure_lots([LotInput(item.pk, "SN1")], AT).values()
    with pytest.raises(SerialNotSingle):
        store.receive(item, 2, "2.00", lot_id=lot.pk)
    store.receive(item, 1, "2.00", lot_id=lot.pk)
    with pytest.raises(SerialNotSingle):
        store.receive(item, 1, "2.00", target=store.rack, lot_id=lot.pk)
    store.move(item, 1, store.shelf, store.rack, kind="transfer", lot_id=lot.pk)
    assert balance(item, store.rack, lot).on_hand == 1


def test_lots_are_known_once(store):
    item = store.item("L", tracking="lot")
    first = ensure_lots([LotInput(item.pk, "A", dt.date(2027, 1, 1)), LotInput(item.pk, " B ")], AT)
    again = ensure_lots([LotInput(item.pk, "A"), LotInput(item.pk, "")], AT)
    assert {code for _item, code in first} == {"A", "B"}
    assert again[(item.pk, "A")].expiry_date == dt.date(2027, 1, 1)
    assert Lot.objects.count() == 2


def test_statements_do_not_grow_with_the_lines(store, django_assert_max_num_queries):
    items = [store.item(f"I{n}") for n in range(60)]

    def receipts(some):
        return [
            MoveInput(one.pk, store.supplier.pk, store.shelf.pk, D(3), amount=D("9.00"), source_line_id=n)
            for n, one in enumerate(some, start=1)
        ]

    with django_assert_max_num_queries(40):
        perform(move, actor=None, moves=receipts(items), kind="receipt", source=store.source)
    issues = [MoveInput(one.pk, store.shelf.pk, store.customer.pk, D(1)) for one in items]
    with django_assert_max_num_queries(40):
        perform(move, actor=None, moves=issues, kind="shipment", source=store.source)


def test_balances_are_locked_before_they_are_written(store, django_assert_max_num_queries):
    item = store.item()
    store.receive(item, 5, "50.00")
    with django_assert_max_num_queries(60) as captured:
        store.issue(item, 1)
    statements = [query["sql"] for query in captured.captured_queries]
    locked = next(n for n, sql in enumerate(statements) if "erp_stockbalance" in sql and "FOR NO KEY UPDATE" in sql)
    priced = next(n for n, sql in enumerate(statements) if "erp_itemcost" in sql and "FOR NO KEY UPDATE" in sql)
    written = next(n for n, sql in enumerate(statements) if "UPDATE erp_stockbalance" in sql)
    assert locked < priced < written


def test_a_failing_listener_rolls_everything_back(store):
    from erp.signals import stock_posted

    def fail(**_):
        raise LookupError("no account")

    item = store.item()
    stock_posted.connect(fail, dispatch_uid="test.fail")
    with pytest.raises(LookupError):
        store.receive(item, 5, "50.00")
    assert not StockMove.objects.exists()
    assert not StockBalance.objects.filter(on_hand__gt=0).exists()


def test_several_postings_of_one_operation_lock_once(store):
    from core.operations import operation
    from erp.services.stock import post_moves

    one, two = store.item("A"), store.item("B")
    store.receive(one, 5, "50.00")

    @operation(permission=None)
    def assemble(*, actor, at):
        taken = [MoveInput(one.pk, store.shelf.pk, store.production.pk, D(5))]
        made = [MoveInput(two.pk, store.production.pk, store.shelf.pk, D(1), amount=D("50.00"))]
        lock_stock(moves=taken + made)
        post_moves(moves=taken, source=store.source, kind="issue", date=TODAY, actor=actor, at=at)
        post_moves(moves=made, source=store.source, kind="production", date=TODAY, actor=actor, at=at)

    perform(assemble, actor=None)
    assert cost(two) == (D(1), D("50.00"))
    assert connection.is_usable()
