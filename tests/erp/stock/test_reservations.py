"""Reservations: by horizon, on arrival, by a planner's hand."""

import datetime as dt
from decimal import Decimal

import pytest

from core import outbox
from core.errors import MissingRight
from core.operations import perform
from erp import tasks
from erp.errors import DifferentItem, ReservationUnavailable
from erp.models import Demand, PlanningEvent, Reservation, StockBalance
from erp.services import reservations
from tests.factories import core, erp, masterdata

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    erp.place()
    return masterdata.item("MOTOR")


def held(order):
    rows = Reservation.objects.filter(demand__source_id=order.pk).values_list("quantity", flat=True)
    return sum(rows, D(0))


def days(number):
    return erp.TODAY + dt.timedelta(days=number)


def test_confirming_records_demand_reserves_and_wakes_the_planner(item):
    erp.opening(item, "6")
    PlanningEvent.objects.all().delete()
    order = erp.confirmed(item, "10")

    demand = Demand.objects.get()
    assert (demand.kind, demand.source_number, demand.quantity, demand.open_quantity) == ("sales", order.number, 10, 10)
    assert (demand.due_date, demand.partner_id, demand.warehouse_id) == (
        erp.TODAY,
        order.partner_id,
        order.warehouse_id,
    )
    assert held(order) == 6
    assert StockBalance.objects.get().reserved == 6
    assert [event.item_ids for event in PlanningEvent.objects.all()] == [[item.pk]]


def test_an_order_beyond_the_horizon_waits_until_its_day_comes(item):
    erp.opening(item, "6")
    order = erp.confirmed(item, "4", ship_date=days(31))
    assert held(order) == 0
    assert tasks.promote_reservations() == 0

    Demand.objects.update(due_date=days(30))
    assert tasks.promote_reservations() == 1
    assert held(order) == 4


def test_goods_that_arrive_go_to_the_earliest_waiting_order(item):
    late, early = erp.confirmed(item, "4", ship_date=days(5)), erp.confirmed(item, "4", ship_date=days(2))
    erp.opening(item, "6")
    assert (held(late), held(early)) == (0, 0)
    outbox.deliver()
    assert (held(late), held(early)) == (2, 4)


def test_stock_of_another_warehouse_and_expired_lots_are_left(item):
    other = masterdata.warehouse("OTHER")
    erp.opening(item, "6", warehouse=other)
    tracked = masterdata.item("GLUE", tracking="lot")
    erp.opening(tracked, "6", lot_code="OLD", expiry_date=days(-1))
    erp.opening(tracked, "6", lot_code="LATE", expiry_date=days(90))
    erp.opening(tracked, "6", lot_code="SOON", expiry_date=days(9))
    assert held(erp.confirmed(item, "4")) == 0
    order = erp.confirmed(tracked, "8")
    rows = Reservation.objects.filter(demand__source_id=order.pk)
    assert {row.balance.lot.code: row.quantity for row in rows} == {"SOON": D(6), "LATE": D(2)}


def test_a_planner_moves_a_reservation_to_another_order(item):
    erp.opening(item, "6")
    rich, poor = erp.confirmed(item, "6"), erp.confirmed(item, "4")
    giver, taker = (Demand.objects.get(source_id=one.pk) for one in (rich, poor))
    perform(
        reservations.reassign_reservation,
        actor=None,
        from_demand_id=giver.pk,
        to_demand_id=taker.pk,
        quantity=D(3),
        reason="Waits longest",
    )
    assert (held(rich), held(poor)) == (3, 3)
    assert StockBalance.objects.get().reserved == 6

    with pytest.raises(ReservationUnavailable) as refusal:
        perform(
            reservations.reassign_reservation,
            actor=None,
            from_demand_id=giver.pk,
            to_demand_id=taker.pk,
            quantity=D(2),
        )
    assert refusal.value.params["available"] == 1


def test_a_reservation_stays_with_its_item(item):
    erp.opening(item, "6")
    one, two = erp.confirmed(item, "6"), erp.confirmed(masterdata.item("PUMP"), "4")
    giver, taker = (Demand.objects.get(source_id=order.pk) for order in (one, two))
    arguments = {"from_demand_id": giver.pk, "to_demand_id": taker.pk, "quantity": D(1)}
    with pytest.raises(DifferentItem):
        perform(reservations.reassign_reservation, actor=None, **arguments)
    with pytest.raises(MissingRight):
        perform(reservations.reassign_reservation, actor=core.user(), **arguments)
