"""Cost layers and the four methods at posting: exact layers, uses and entries."""

import datetime as dt
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.operations import perform
from erp.models import CostLayer, ItemCost, LayerUse, ValueEntry
from erp.services.stock import MoveInput, reversal_of
from masterdata.models import ItemCategory

from .conftest import move

D = Decimal
FIFO, STANDARD, MONTH = "fifo", "standard", "month_average"


def item_of(store, method, code="A", **values):
    root = ItemCategory.objects.create(code=f"R-{code}", name="Root", valuation_method=method)
    return store.item(code, category=ItemCategory.objects.create(code=f"C-{code}", name="Cat", parent=root), **values)


def state(item):
    cost = ItemCost.objects.get(item=item)
    layers = CostLayer.objects.filter(item=item).values_list("quantity", "remaining_quantity", "remaining_value")
    return cost.method, cost.quantity, cost.value, list(layers)


def entries(item):
    rows = ValueEntry.objects.filter(item=item).order_by("id")
    return list(rows.values_list("kind", "amount", "counter"))


def uses(item):
    return list(
        LayerUse.objects.filter(layer__item=item).order_by("id").values_list("layer__quantity", "quantity", "amount")
    )


def test_fifo_issues_take_the_oldest_layers_and_the_last_unit_takes_the_rest(store):
    item = item_of(store, FIFO)
    store.receive(item, 3, "10.00")
    store.receive(item, 5, "100.00")
    for quantity in (1, 1, 4):
        store.issue(item, quantity)

    assert [amount for kind, amount, _counter in entries(item) if kind == "misc_issue"] == [
        -D("3.33"),
        -D("3.34"),
        -D("63.33"),
    ]
    assert uses(item) == [
        (3, 1, D("3.33")),
        (3, 1, D("3.34")),
        (3, 1, D("3.33")),
        (5, 3, D("60.00")),
    ]
    assert state(item) == (FIFO, 2, D("40.00"), [(3, 0, 0), (5, 2, D("40.00"))])


def test_fifo_goods_come_back_at_the_cost_they_left_with_as_a_new_layer(store):
    item = item_of(store, FIFO)
    store.receive(item, 2, "10.00")
    store.receive(item, 2, "30.00")
    [sold] = store.move(item, 3, store.shelf, store.customer, kind="shipment").moves
    back = reversal_of([sold], quantities={sold.pk: D(1)})
    perform(move, actor=None, moves=back, kind="customer_return", source=store.source)

    assert entries(item)[-2:] == [("shipment", -D("25.00"), ""), ("customer_return", D("8.33"), "")]
    assert state(item)[1:] == (2, D("23.33"), [(2, 0, 0), (2, 1, D("15.00")), (1, 1, D("8.33"))])


def test_fifo_a_receipt_taken_back_uses_its_own_layer_first_and_goes_at_its_own_value(store):
    item = item_of(store, FIFO)
    [first] = store.receive(item, 2, "10.00").moves
    store.receive(item, 2, "30.00")
    store.issue(item, 1)
    perform(move, actor=None, moves=reversal_of([first]), kind="receipt", source=store.source)

    assert entries(item)[-2:] == [("receipt", -D("10.00"), ""), ("adjustment", -D("10.00"), "")]
    assert uses(item)[1:] == [(2, 1, D("5.00")), (2, 1, D("5.00")), (2, 0, D("10.00"))]
    assert state(item)[1:] == (1, D("15.00"), [(2, 0, 0), (2, 1, D("15.00"))])


def test_standard_keeps_stock_at_its_standard_and_names_the_difference(store):
    item = item_of(store, STANDARD, standard_cost=D("4"))
    [received] = store.receive(item, 10, "45.00").moves
    store.move(item, 5, store.production, kind="production", amount=D("18.00"))
    store.issue(item, 6)
    perform(
        move,
        actor=None,
        moves=reversal_of([received], quantities={received.pk: D(2)}),
        kind="supplier_return",
        source=store.source,
    )

    assert entries(item) == [
        ("receipt", D("45.00"), ""),
        ("variance", -D("5.00"), "price_difference"),
        ("production", D("18.00"), ""),
        ("variance", D("2.00"), "production_variance"),
        ("misc_issue", -D("24.00"), ""),
        ("supplier_return", -D("9.00"), ""),
        ("variance", D("1.00"), "price_difference"),
    ]
    assert state(item) == (STANDARD, 7, D("28.00"), [(10, 2, None), (5, 5, None)])
    type(item).objects.filter(pk=item.pk).update(standard_cost=9)
    store.receive(item, 1, "5.00")  # a new standard takes effect by revaluation, not by itself
    assert ItemCost.objects.get(item=item).value == D("32.00")


def test_moving_average_traces_receipts_and_keeps_one_value(store):
    item = store.item()
    store.receive(item, 10, "100.00")
    store.receive(item, 10, "150.00")
    store.issue(item, 12)

    assert uses(item) == [(10, 10, D("125.00")), (10, 2, D("25.00"))]
    assert state(item) == ("moving_average", 8, D("100.00"), [(10, 0, None), (10, 8, None)])


def test_month_average_of_a_month_that_opened_below_nothing_takes_the_last_receipt(store):
    item = item_of(store, MONTH)
    store.receive(item, 10, "10.00", date=dt.date(2026, 2, 5))
    store.receive(item, 10, "1000.00", date=dt.date(2026, 3, 2))
    store.issue(item, 9, date=dt.date(2026, 2, 28))  # at the dear one: less than nothing was there on the 1st of March
    store.issue(item, 1)

    assert [amount for kind, amount, _counter in entries(item) if kind == "misc_issue"] == [-D("900.00"), -D("100.00")]


def test_month_average_issues_at_the_opening_average_and_says_so(store):
    item = item_of(store, MONTH)
    store.receive(item, 100, "1000.00", date=dt.date(2026, 2, 20))
    store.receive(item, 50, "600.00")
    store.issue(item, 60)
    assert entries(item)[-1] == ("misc_issue", -D("600.00"), "")
    assert list(ValueEntry.objects.filter(is_provisional=True).values_list("kind", flat=True)) == ["misc_issue"]
    store.issue(item, 90)
    assert state(item)[1:3] == (0, 0)


def test_a_posting_reads_and_writes_layers_in_a_fixed_number_of_statements(store):
    items = [item_of(store, FIFO, code) for code in "ABCD"]
    counts = []
    for chosen in (items[:1], items):
        for one in chosen:
            store.receive(one, 5, "10.00")
            store.receive(one, 5, "20.00")
        inputs = [MoveInput(one.pk, store.shelf.pk, store.customer.pk, D(7)) for one in chosen]
        with CaptureQueriesContext(connection) as seen:
            perform(move, actor=None, moves=inputs, kind="shipment", source=store.source)
        counts.append(len(seen))
    assert counts[0] == counts[1]
