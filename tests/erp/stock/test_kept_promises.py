"""An accepted split delivery keeps what its parts were promised: in stock, and of what is expected."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core.clock import moment
from core.operations import perform
from crm import ports
from crm.models import SalesOrder
from crm.ports import PromiseRequest
from crm.services import sales_orders
from erp.models import Demand, PlanVerdict, Reservation, StockBalance, SupplyPeg
from erp.receivers.stock import reserve_arrived_goods
from erp.selectors.availability import availability
from erp.selectors.demand import waiting_demands
from erp.selectors.pegging import pegs_of_line
from erp.selectors.supply_pegs import pegs_of_items
from erp.services import reservations
from erp.services.planning import run_plan
from erp.services.supply import ExpectedSupply, set_expected
from tests.factories import core, crm, erp, masterdata

D = Decimal
pytestmark = pytest.mark.django_db


def day(number: int) -> dt.date:
    return erp.TODAY + dt.timedelta(days=number)


def expect(item, *rows):
    supplies = [ExpectedSupply(line, item.pk, D(quantity), due) for line, quantity, due in rows]
    perform(set_expected, actor=None, source_label="scm.purchaseorder", source_id=1, kind="purchase", rows=supplies)


@pytest.fixture
def motor():
    """The worked example: stock 100, 50 come on day 15 and 40 on day 30, 80 are ordered for day 20."""
    erp.place()
    item = masterdata.item("MOTOR", lead_time_days=60)
    erp.opening(item, "100")
    erp.confirmed(item, "80", ship_date=day(20))
    expect(item, (1, "50", day(15)), (2, "40", day(30)))
    return item


def accepted(item, *parts: tuple[str, int]) -> SalesOrder:
    """A quotation offered in parts, accepted: the draft order."""
    return crm.accepted_in_parts(
        item, *((quantity, day(number)) for quantity, number in parts), warehouse_id=erp.place().pk
    )


def confirm(order: SalesOrder) -> SalesOrder:
    return perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk)


def kept(order: SalesOrder) -> list[tuple[dt.date, Decimal, Decimal]]:
    """(day, reserved in stock, of expected supply) of each part."""
    found = []
    for line in order.lines.order_by("ship_date"):
        demand = Demand.objects.get(source_label="crm.salesorder", source_line_id=line.pk)
        rows = Reservation.objects.filter(demand=demand)
        pegs = [one for one in pegs_of_items([line.item_id]) if one.demand_id == demand.pk]
        found.append(
            (demand.due_date, sum((row.quantity for row in rows), D(0)), sum((one.coming for one in pegs), D(0)))
        )
    return found


def test_parts_keep_stock_and_supply_and_a_later_order_cannot_take_them(motor):
    order = confirm(accepted(motor, ("70", 5), ("20", 30)))
    assert kept(order) == [(day(5), 70, 0), (day(30), 0, 20)]
    [later] = ports.promise([PromiseRequest(motor.pk, D(30), day(5))])
    assert (later.available, later.short_quantity) == (0, 30)
    greedy = erp.confirmed(motor, "100", ship_date=erp.TODAY)
    assert kept(order) == [(day(5), 70, 0), (day(30), 0, 20)]
    assert sum(row.quantity for row in Reservation.objects.filter(demand__source_id=greedy.pk)) <= 30


def test_stock_a_later_order_reserved_is_changed_against_supply_that_comes_for_it(motor):
    later = Demand.objects.get(item=motor)
    perform(reservations.reserve_demands, actor=None, demand_ids=[later.pk])
    assert later.reservations.get().quantity == 80
    order = confirm(accepted(motor, ("70", 5), ("20", 30)))
    assert kept(order) == [(day(5), 70, 0), (day(30), 0, 20)]
    assert later.reservations.get().quantity == 30
    assert [(one.demand_id, one.coming) for one in pegs_of_items([motor.pk])][1] == (later.pk, 50)


def test_what_arrives_is_for_whom_it_was_promised(motor):
    order = confirm(accepted(motor, ("70", 5), ("20", 30)))
    expect(motor, (1, "50", day(15)))  # all that was to come on day 30 is there
    erp.opening(motor, "40")
    greedy = erp.confirmed(motor, "100", ship_date=erp.TODAY)
    balance = StockBalance.objects.get(item=motor)
    assert balance.on_hand - balance.reserved == 20  # that of the promised part, though the other is due today
    assert sum(row.quantity for row in Reservation.objects.filter(demand__source_id=greedy.pk)) == 20
    assert Demand.objects.get(source_line_id=order.lines.get(ship_date=day(30)).pk) in waiting_demands(moment())
    reserve_arrived_goods({"item_ids": [motor.pk]})
    assert kept(order) == [(day(5), 70, 0), (day(30), 20, 0)]


def test_nothing_is_kept_beyond_what_may_be_promised(motor):
    first, second = accepted(motor, ("60", 5), ("30", 30)), accepted(motor, ("60", 5), ("30", 30))
    confirm(first)
    confirm(second)
    assert kept(first) == [(day(5), 60, 0), (day(30), 0, 30)]
    assert kept(second) == [(day(5), 10, 0), (day(30), 0, 10)]
    assert sum(one.coming for one in pegs_of_items([motor.pk])) == 50 + 40  # 50 for the order of day 20


def test_the_plan_and_the_pages_show_it(motor):
    order = confirm(accepted(motor, ("70", 5), ("20", 30)))
    erp.confirmed(motor, "30", ship_date=day(25))  # would take the supply of day 30 if nobody had been promised it
    run_plan()
    part = order.lines.get(ship_date=day(30))
    assert PlanVerdict.objects.get(order_line=part).planned_date == day(30)
    [root] = pegs_of_line(part.pk).roots
    assert (root.source, root.quantity, root.available, root.is_late) == ("promised", 20, day(30), False)
    rows = availability(motor).expected
    promised = [(one.day, one.promised) for one in rows if one.promised]
    assert promised == [(day(15), 50), (day(20), 50), (day(30), 20), (day(30), 20)]
    client = Client()
    client.force_login(core.superuser())
    assert client.get(reverse("erp:pegging", args=[part.pk])).status_code == 200
    assert "promised" in client.get(reverse("erp:item-availability", args=[motor.pk])).content.decode()


def test_late_supply_is_no_promise_to_plan_with_and_a_cancelled_order_keeps_nothing(motor):
    order = confirm(accepted(motor, ("70", 5), ("20", 30)))
    expect(motor, (1, "50", day(15)), (2, "40", day(45)))
    run_plan()
    part = order.lines.get(ship_date=day(30))
    assert PlanVerdict.objects.get(order_line=part).planned_date > day(30)
    perform(sales_orders.cancel_sales_order, actor=None, order_id=order.pk, reason="x")
    assert not SupplyPeg.objects.filter(demand__source_id=order.pk).exists()
    assert not Reservation.objects.filter(demand__source_id=order.pk).exists()


def test_a_changed_line_is_no_promise_any_more(motor):
    order = accepted(motor, ("70", 5), ("20", 30))
    first, second = order.lines.order_by("ship_date")
    assert (first.is_promised, second.is_promised) == (True, True)
    lines = [
        {"id": one.pk, "item_id": motor.pk, "quantity": one.quantity, "price": one.price, "ship_date": shipped}
        for one, shipped in ((first, first.ship_date), (second, day(40)))
    ]
    perform(sales_orders.update_sales_order, actor=None, order_id=order.pk, lines=lines)
    assert [one.is_promised for one in order.lines.order_by("ship_date")] == [True, False]
    assert kept(confirm(order)) == [(day(5), 70, 0), (day(40), 0, 0)]
