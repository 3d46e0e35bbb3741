"""Shipments: pick list, picking, shipping, sign-off, reversal."""

from decimal import Decimal

import pytest

from core.errors import InvalidTransition, MissingRight
from core.operations import perform
from crm.models import SalesOrderLine
from erp.errors import (
    LotRequired,
    NothingLeftToShip,
    NothingPicked,
    PickedTooMuch,
    ShortStock,
    SignOffMismatch,
    UnknownCode,
)
from erp.models import Demand, ItemCost, Reservation, Shipment, StockBalance, StockMove, ValueEntry
from erp.services import shipments
from erp.states import ShipmentState
from tests.factories import core, erp, masterdata

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    erp.place()
    made = masterdata.item("MOTOR")
    erp.opening(made, "10", "7")
    return made


def line_of(order):
    return SalesOrderLine.objects.get(order=order)


def demand_of(order):
    return Demand.objects.get(source_label="crm.salesorder", source_id=order.pk)


def test_a_released_request_becomes_a_pick_list_with_stock_kept_for_it(item):
    order = erp.confirmed(item, "4")
    shipment = erp.to_pick(order)

    [line] = shipment.lines.all()
    assert (line.item, line.quantity, line.picked_quantity) == (item, D(4), D(0))
    assert shipment.state == ShipmentState.DRAFT
    assert Reservation.objects.get().quantity == 4


def test_shipping_moves_goods_lowers_demand_and_reports_up(item):
    order = erp.confirmed(item, "4")
    shipment = erp.shipped(order, carrier="SF", tracking_number="SF123")

    [move] = StockMove.objects.filter(kind="shipment")
    assert (move.quantity, move.to_location.kind, move.source_id) == (D(4), "customer", shipment.pk)
    assert ValueEntry.objects.get(kind="shipment").amount == D("-28.00")
    assert shipment.lines.get().cost == D("28.00")
    assert (shipment.state, shipment.shipped_date, shipment.carrier) == (ShipmentState.SHIPPED, erp.TODAY, "SF")
    assert demand_of(order).open_quantity == 0
    assert not Reservation.objects.exists()
    assert StockBalance.objects.get(item=item).on_hand == 6
    assert line_of(order).delivered_quantity == 4
    assert shipment.delivery_request.__class__.objects.get().state == "shipped"


def test_what_was_not_picked_goes_on_a_new_pick_list(item):
    order = erp.confirmed(item, "4")
    shipment = erp.to_pick(order)
    row = {"line_id": shipment.lines.get().pk, "location_id": erp.shelf().pk, "quantity": D(3)}
    erp.picked(shipment, row)
    perform(shipments.ship_shipment, actor=None, shipment_id=shipment.pk)

    rest = Shipment.objects.get(state="draft")
    assert rest.lines.get().quantity == 1
    assert demand_of(order).open_quantity == 1
    assert Reservation.objects.get().quantity == 1


def test_picked_goods_are_kept_for_the_shipment_that_picked_them(item):
    other = erp.confirmed(item, "8")
    order = erp.confirmed(item, "2")
    assert [row.quantity for row in Reservation.objects.order_by("demand")] == [8, 2]
    shipment = erp.to_pick(order)
    with pytest.raises(ShortStock):
        erp.picked(erp.to_pick(erp.confirmed(item, "1")), _row(Shipment.objects.order_by("pk").last(), "1"))
    erp.picked(shipment, _row(shipment, "2"))
    assert Reservation.objects.get(demand=demand_of(order)).quantity == 2
    assert Reservation.objects.get(demand=demand_of(other)).quantity == 8


def _row(shipment, quantity, **values):
    line = shipment.lines.get()
    return {"line_id": line.pk, "location_id": erp.shelf().pk, "quantity": D(quantity)} | values


def test_picking_refuses_what_does_not_fit(item):
    shipment = erp.to_pick(erp.confirmed(item, "4"))
    with pytest.raises(PickedTooMuch):
        erp.picked(shipment, _row(shipment, "5"))
    with pytest.raises(UnknownCode):
        erp.picked(shipment, _row(shipment, "1", line_id=0))
    with pytest.raises(NothingPicked):
        perform(shipments.pick_shipment, actor=None, shipment_id=shipment.pk)
    assert Shipment.objects.get(pk=shipment.pk).state == ShipmentState.DRAFT


def test_scans_are_counted_undone_and_gathered(item):
    shipment = erp.to_pick(erp.confirmed(item, "3"))

    def scan(code, **values):
        return perform(shipments.scan_pick, actor=None, shipment_id=shipment.pk, code=code, **values)

    scan("MOTOR")
    scan("motor", quantity=D(2))
    with pytest.raises(PickedTooMuch):
        scan("MOTOR")
    perform(shipments.undo_pick, actor=None, shipment_id=shipment.pk)
    with pytest.raises(UnknownCode):
        scan("NOBODY")
    scan("MOTOR", quantity=D(2))
    perform(shipments.pick_shipment, actor=None, shipment_id=shipment.pk)
    [pick] = shipment.lines.get().picks.all()
    assert pick.quantity == 3


def test_goods_tracked_by_lot_are_picked_by_lot():
    erp.place()
    item = masterdata.item("VALVE", tracking="lot")
    erp.opening(item, "5", "2", lot_code="L1")
    shipment = erp.to_pick(erp.confirmed(item, "5"))
    with pytest.raises(LotRequired):
        perform(shipments.scan_pick, actor=None, shipment_id=shipment.pk, code="VALVE")
    perform(shipments.scan_pick, actor=None, shipment_id=shipment.pk, code="L1")
    perform(shipments.pick_shipment, actor=None, shipment_id=shipment.pk)
    perform(shipments.ship_shipment, actor=None, shipment_id=shipment.pk)
    assert StockMove.objects.get(kind="shipment").lot.code == "L1"


def test_sign_off_whole(item):
    order = erp.confirmed(item, "4")
    shipment = erp.signed(order)
    assert (shipment.state, shipment.signed_date) == (ShipmentState.SIGNED, erp.TODAY)
    assert line_of(order).signed_quantity == 4


def test_damaged_and_missing_goods_are_to_be_delivered_again(item):
    order = erp.confirmed(item, "4")
    shipment = erp.shipped(order)
    line = shipment.lines.get()
    heard = {}

    from erp.signals import shipment_signed

    def hear(**payload):
        heard.update(payload)

    shipment_signed.connect(hear, dispatch_uid="test.hear")
    try:
        row = {"line_id": line.pk, "signed": D(2), "damaged": D(1), "short": D(1)}
        perform(shipments.sign_off_shipment, actor=None, shipment_id=shipment.pk, lines=[row], signed_by="Li")
    finally:
        shipment_signed.disconnect(dispatch_uid="test.hear")

    assert heard["quantities"] == {line.pk: D(2)}
    assert heard["losses"] == {line.pk: D("14.00")}
    sold = line_of(order)
    assert (sold.delivered_quantity, sold.signed_quantity) == (2, 2)
    assert demand_of(order).open_quantity == 2
    assert Shipment.objects.get(state="draft").lines.get().quantity == 2


def test_sign_off_must_add_up(item):
    shipment = erp.shipped(erp.confirmed(item, "4"))
    row = {"line_id": shipment.lines.get().pk, "signed": D(2), "damaged": D(1), "short": D(0)}
    with pytest.raises(SignOffMismatch):
        perform(shipments.sign_off_shipment, actor=None, shipment_id=shipment.pk, lines=[row])


def test_a_reversed_shipment_leaves_everything_as_before(item):
    order = erp.confirmed(item, "4")
    shipment = erp.shipped(order)
    erp.opening(item, "4", "20")  # the average moves in between: the goods come back at their own cost
    perform(shipments.reverse_shipment, actor=None, shipment_id=shipment.pk, reason="Wrong truck")

    cost = ItemCost.objects.get(item=item)
    assert (cost.quantity, cost.value) == (D(14), D("150.00"))
    assert line_of(order).delivered_quantity == 0
    assert demand_of(order).open_quantity == 4
    assert Shipment.objects.get(pk=shipment.pk).state == ShipmentState.REVERSED
    assert Shipment.objects.get(state="draft").lines.get().quantity == 4


WRONG = {
    shipments.pick_shipment: {ShipmentState.PICKED, ShipmentState.SHIPPED, ShipmentState.SIGNED},
    shipments.ship_shipment: {ShipmentState.DRAFT, ShipmentState.SHIPPED, ShipmentState.SIGNED},
    shipments.sign_off_shipment: {ShipmentState.DRAFT, ShipmentState.PICKED, ShipmentState.SIGNED},
    shipments.reverse_shipment: {ShipmentState.DRAFT, ShipmentState.PICKED, ShipmentState.SIGNED},
    shipments.reopen_picking: {ShipmentState.DRAFT, ShipmentState.SHIPPED, ShipmentState.SIGNED},
    shipments.cancel_shipment: {ShipmentState.SHIPPED, ShipmentState.SIGNED},
}


@pytest.mark.parametrize(
    "state", [ShipmentState.DRAFT, ShipmentState.PICKED, ShipmentState.SHIPPED, ShipmentState.SIGNED]
)
def test_a_verb_in_the_wrong_state_is_refused_and_does_nothing(item, state):
    order = erp.confirmed(item, "4")
    make = {
        ShipmentState.DRAFT: erp.to_pick,
        ShipmentState.PICKED: lambda one: erp.picked(erp.to_pick(one)),
        ShipmentState.SHIPPED: erp.shipped,
        ShipmentState.SIGNED: erp.signed,
    }
    shipment = make[state](order)
    moves = StockMove.objects.count()
    for verb, wrong in WRONG.items():
        if state in wrong:
            with pytest.raises(InvalidTransition):
                perform(verb, actor=None, shipment_id=shipment.pk)
    assert StockMove.objects.count() == moves
    assert Shipment.objects.get(pk=shipment.pk).state == state


@pytest.mark.parametrize("verb", list(WRONG))
def test_a_verb_needs_its_right(item, verb):
    shipment = erp.to_pick(erp.confirmed(item, "4"))
    with pytest.raises(MissingRight):
        perform(verb, actor=core.user("erp.view_shipment"), shipment_id=shipment.pk)


def test_goods_picked_and_gone_meanwhile_cannot_be_shipped(item):
    shipment = erp.picked(erp.to_pick(erp.confirmed(item, "4")))
    Reservation.objects.all().delete()
    StockBalance.objects.update(reserved=0)
    erp.posted(erp.draft("misc_issue", {"item_id": item.pk, "quantity": D(8)}))
    with pytest.raises(ShortStock):
        perform(shipments.ship_shipment, actor=None, shipment_id=shipment.pk)
    assert not StockMove.objects.filter(kind="shipment").exists()


def test_a_cancelled_pick_list_can_be_made_again_once(item):
    order = erp.confirmed(item, "4")
    shipment = erp.to_pick(order)
    request_id = shipment.delivery_request_id
    with pytest.raises(NothingLeftToShip):
        perform(shipments.create_shipment, actor=None, request_id=request_id)
    perform(shipments.cancel_shipment, actor=None, shipment_id=shipment.pk, reason="Other truck")
    again = perform(shipments.create_shipment, actor=None, request_id=request_id)
    assert again.lines.get().quantity == 4


def test_a_withdrawn_request_ends_its_pick_list(item):
    from crm.services import deliveries

    shipment = erp.to_pick(erp.confirmed(item, "4"))
    perform(
        deliveries.cancel_delivery_request, actor=None, request_id=shipment.delivery_request_id, reason="Customer waits"
    )
    assert Shipment.objects.get().state == ShipmentState.CANCELLED


def test_an_order_change_moves_demand_and_reservation(item):
    from crm.services import order_changes

    order = erp.confirmed(item, "8")
    line = line_of(order)
    perform(
        order_changes.change_sales_order,
        actor=None,
        order_id=order.pk,
        reason="Less",
        lines=[{"id": line.pk, "item_id": item.pk, "quantity": D(3), "price": D(100)}],
    )
    assert demand_of(order).open_quantity == 3
    assert Reservation.objects.get().quantity == 3
    assert StockBalance.objects.get(item=item).reserved == 3


def test_a_cancelled_order_ends_demand_and_frees_stock(item):
    from crm.services import sales_orders

    order = erp.confirmed(item, "8")
    perform(sales_orders.cancel_sales_order, actor=None, order_id=order.pk, reason="Customer gone")
    assert not Demand.objects.exists()
    assert StockBalance.objects.get(item=item).reserved == 0
