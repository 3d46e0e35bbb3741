"""Late value follows the goods into stock, work in progress and cost of sales; the ledger follows to the cent."""

import datetime as dt
from decimal import Decimal

import pytest

from core.operations import operation, perform
from erp.models import CostLayer, ItemCost, StockDocument, StockMove, ValueEntry
from erp.services.valuation import Revaluation, ValueInput, append_value, revalue
from erp.services.work_orders import closing, receiving
from erp.states import EntryKind, ValueCounter
from finance.models import FiscalPeriod, JournalEntry, JournalLine, UnbilledLine
from finance.selectors.invariants import GOODS, LAYERS, LEDGER, STOCK, violations
from finance.services.periods import close_period
from masterdata.models import Item, ItemCategory
from tests.factories import crm, erp, erp_make, masterdata

D = Decimal


@operation(permission=None)
def append(*, inputs, actor, at):
    """Append value as an operation of the test's own, with the opening document as the reason."""
    return append_value(inputs=inputs, source=StockDocument.objects.order_by("pk").first(), actor=actor, at=at)


def late(move, amount, kind=EntryKind.LATE_COST, **values):
    return ValueInput(move.pk, D(amount), kind, **values)


def balance(role):
    lines = JournalLine.objects.filter(account__mappings__role=role).distinct()
    return sum((line.amount for line in lines), D(0))


def sound():
    assert violations(LEDGER + GOODS + STOCK + LAYERS) == []


@pytest.fixture
def goods(books):
    erp.place()
    return masterdata.item("A")


def test_a_late_cost_stays_with_the_goods_on_hand_and_follows_those_sold(goods):
    erp.opening(goods, "100", "10")
    order = crm.confirmed_order(
        masterdata.customer("ACME"), crm.line(goods, "40", "20", ship_date=erp.TODAY), warehouse_id=erp.place().pk
    )
    erp.signed(order)
    received, shipped = StockMove.objects.get(kind="opening"), StockMove.objects.get(kind="shipment")
    done = perform(
        append,
        actor=None,
        inputs=[late(received, "50", counter=ValueCounter.PRICE_DIFFERENCE), late(shipped, "-20")],
    )

    assert [(one.amount, one.counter) for one in done.entries] == [(50, "price_difference"), (-20, "dispatched")]
    assert ItemCost.objects.get(item=goods).value == D("630.00")
    assert (balance("cost_of_sales"), balance("dispatched"), balance("price_difference")) == (420, 0, -50)
    assert UnbilledLine.objects.get().sold_cost == 420
    assert shipped.uses.order_by("-id").first().amount == 20
    sound()


def test_fifo_the_layer_carries_a_late_cost_and_what_goods_do_not_carry_is_written_off(goods):
    category = ItemCategory.objects.create(code="F", name="F", valuation_method="fifo")
    Item.objects.filter(pk=goods.pk).update(category=category)
    erp.opening(goods, "10", "10")
    move = StockMove.objects.get()
    perform(append, actor=None, inputs=[late(move, "7.00")])
    assert CostLayer.objects.get().remaining_value == 107
    perform(append, actor=None, inputs=[late(move, "-110.00", EntryKind.PRICE_CORRECTION)])
    assert (CostLayer.objects.get().remaining_value, ItemCost.objects.get(item=goods).value) == (0, 0)
    assert ValueEntry.objects.order_by("-id").first().kind == "adjustment"
    sound()


def test_standard_meets_every_late_cost_with_a_variance(goods):
    category = ItemCategory.objects.create(code="S", name="S", valuation_method="standard")
    Item.objects.filter(pk=goods.pk).update(category=category, standard_cost=9)
    erp.opening(goods, "10", "10")
    assert balance("stock_adjustment") == 10
    perform(append, actor=None, inputs=[late(StockMove.objects.get(), "7.00", counter=ValueCounter.MISC_GAIN)])
    assert ItemCost.objects.get(item=goods).value == 90
    assert (balance("price_difference"), balance("misc_gain")) == (7, -7)
    perform(append, actor=None, inputs=[late(StockMove.objects.get(), "10.00", EntryKind.REVALUATION)])
    assert ItemCost.objects.get(item=goods).value == 100
    sound()


def test_an_open_order_keeps_a_late_cost_in_process_and_a_closed_one_has_it_as_variance(goods):
    machine = erp_make.made("MACHINE")
    erp.opening(goods, "100", "10")
    erp_make.bom(machine, (goods, "2"))
    order = erp_make.issued_work_order(machine, "5")
    issue = StockMove.objects.get(kind="issue")
    perform(append, actor=None, inputs=[late(issue, "-3.00"), late(StockMove.objects.get(kind="opening"), "3.00")])
    order.refresh_from_db()
    assert order.material_cost == 103
    sound()
    perform(receiving.receive_production, actor=None, work_order_id=order.pk, quantity=D(5))
    perform(closing.close_work_order, actor=None, work_order_id=order.pk)
    done = perform(append, actor=None, inputs=[late(issue, "-4.00"), late(StockMove.objects.get(kind="opening"), "4")])
    assert [one.amount for one in done.settled] == [4]
    order.refresh_from_db()
    assert (order.variance, balance("wip"), balance("production_variance")) == (4, 0, 4)
    made = StockMove.objects.get(kind="production")
    done = perform(append, actor=None, inputs=[late(issue, "-2.00"), late(made, "2.00")])
    assert (done.settled, balance("production_variance")) == ([], 4)


def test_a_closed_month_is_left_as_it_was(goods):
    erp.opening(goods, "10", "10")
    move = StockMove.objects.get()
    period = FiscalPeriod.objects.get(d0__lte=move.moved_on, d1__gte=move.moved_on)
    for one in FiscalPeriod.objects.filter(d0__lte=period.d0).order_by("d0"):
        perform(close_period, actor=None, period_id=one.pk)
    [entry] = perform(append, actor=None, inputs=[late(move, "5.00")]).entries
    assert entry.booked_on == period.d1 + dt.timedelta(days=1)
    assert JournalEntry.objects.order_by("-pk").first().entry_date == entry.booked_on
    assert perform(append, actor=None, inputs=[late(move, "0")]).entries == []
    sound()


@operation(permission=None)
def to_cost(*, item, unit_cost, actor, at):
    """Revalue as an operation of the test's own."""
    source = StockDocument.objects.order_by("pk").first()
    return revalue(revaluations=[Revaluation(item.pk, D(unit_cost))], source=source, date=erp.TODAY, actor=actor, at=at)


@pytest.mark.parametrize("method", ["moving_average", "fifo", "standard"])
def test_revaluing_brings_stock_to_the_new_cost(goods, method):
    category = ItemCategory.objects.create(code="M", name="M", valuation_method=method)
    Item.objects.filter(pk=goods.pk).update(category=category, standard_cost=10)
    erp.opening(goods, "3", "10")
    erp.opening(goods, "4", "12")
    done = perform(to_cost, actor=None, item=goods, unit_cost="11.111")
    assert ItemCost.objects.get(item=goods).value == D("77.78")
    assert {one.counter for one in done.entries} == {"stock_adjustment"}
    assert perform(to_cost, actor=None, item=goods, unit_cost="11.111").entries == []
    erp.opening(goods, "1", "10")
    assert ItemCost.objects.get(item=goods).value == (D("88.89") if method == "standard" else D("87.78"))
    sound()
