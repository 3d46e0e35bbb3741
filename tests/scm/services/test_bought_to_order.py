"""What is bought, or made by a supplier, for one sales order line is kept for it alone when it comes in."""

import datetime as dt
from decimal import Decimal

import pytest

from core.operations import perform
from crm.services import sales_orders
from crm.services.order_changes import change_sales_order
from erp.models import BoundArrival, Demand, PlanChange, Reservation, WorkOrder
from erp.selectors.pegging import pegs_of_line
from erp.services import planning, work_orders
from erp.services.planning.deciding import dismiss_changes
from erp.services.project_stock import settle_arrivals
from finance.selectors.invariants import violations
from masterdata.models import Item
from scm.models import PurchaseOrder, RequisitionLine, SubcontractOrder
from scm.services import goods_receipts, purchase_orders, subcontract_orders, supplier_returns
from tests.factories import core, crm, erp, erp_make, masterdata, scm
from tests.factories import scm_subcontract as outside

D = Decimal

pytestmark = pytest.mark.django_db


class Buying:
    """Whoever buys."""

    @property
    def buyer(self):
        return core.superuser()


BUYING = Buying()


@pytest.fixture
def valve() -> Item:
    core.company(pinned_date=erp.TODAY)
    erp.place()
    item = masterdata.item("VALVE", order_policy="make_to_order", lead_time_days=3)
    masterdata.supplier_item(masterdata.supplier("FLOW"), item, "7", is_preferred=True)
    return item


def kept() -> dict[str, Decimal]:
    rows = Reservation.objects.order_by("demand__source_number").values_list("demand__source_number", "quantity")
    found: dict[str, Decimal] = {}
    for number, quantity in rows:
        found[number] = found.get(number, D(0)) + quantity
    return found


def freed() -> list[Decimal]:
    return list(
        PlanChange.objects.filter(kind="freed", outcome="open").order_by("pk").values_list("quantity", flat=True)
    )


def bought_for(item: Item, *quantities: str):
    """Orders of so many pieces, due later and later, and the purchase order of what the plan asks for."""
    orders = [
        crm.confirmed_order(
            None,
            crm.line(item, quantity, ship_date=erp.TODAY + dt.timedelta(days=20 + 5 * number)),
            warehouse_id=erp.place().pk,
        )
        for number, quantity in enumerate(quantities)
    ]
    buyer = core.superuser()
    perform(planning.firm_planned_orders, actor=buyer, identities=[one.identity for one in erp_make.plan()])
    lines = [{"line_id": pk} for pk in lines_asked()]
    [pk] = perform(purchase_orders.create_purchase_orders_from_requisitions, actor=buyer, selections=lines)
    PurchaseOrder.objects.filter(pk=pk).update(over_receipt_percent=D(50))
    return orders, perform(purchase_orders.approve_purchase_order, actor=buyer, order_id=pk)


def lines_asked() -> list[int]:
    return list(RequisitionLine.objects.order_by("needed_date").values_list("pk", flat=True))


def received(order: PurchaseOrder, *quantities: str):
    return scm.posted_receipt(BUYING, order, *quantities)


def test_partial_and_over_receipt_go_to_their_own_line_and_the_surplus_is_told(valve):
    (first, second), buy = bought_for(valve, "10", "5")
    received(buy, "0", "5")
    assert kept() == {second.number: 5}, "though the other line is due before"
    received(buy, "4")
    assert (kept(), freed()) == ({first.number: 4, second.number: 5}, [])
    received(buy, "8")
    assert (kept(), freed()) == ({first.number: 10, second.number: 5}, [2]), "twelve of ten: two come free, told"
    [change] = PlanChange.objects.filter(kind="freed")
    assert change.source_number == buy.number
    perform(dismiss_changes, actor=core.superuser(), change_ids=[change.pk], reason="", to_stock=True)
    assert (freed(), PlanChange.objects.get(pk=change.pk).outcome) == ([], "to_stock")
    assert violations() == []


def test_what_goes_back_to_the_supplier_is_kept_no_more_and_its_replacement_is_again(valve):
    (order,), buy = bought_for(valve, "10")
    receipt = received(buy, "10")
    assert kept() == {order.number: 10}
    back = scm.posted_return(BUYING, receipt, "3", settlement="replace")
    assert kept() == {order.number: 7}
    assert BoundArrival.objects.get().settled_quantity == 7
    received(buy, "3")
    assert (kept(), freed()) == ({order.number: 10}, [])
    assert back.number
    other = scm.posted_return(BUYING, receipt, "2", settlement="credit")
    perform(supplier_returns.reverse_supplier_return, actor=BUYING.buyer, return_id=other.pk)
    assert BoundArrival.objects.get().quantity == 10
    assert violations() == []


def test_a_receipt_taken_back_takes_what_it_brought(valve):
    (order,), buy = bought_for(valve, "10")
    receipt = received(buy, "10")
    perform(goods_receipts.reverse_goods_receipt, actor=core.superuser(), receipt_id=receipt.pk)
    assert (kept(), BoundArrival.objects.get().quantity) == ({}, 0)
    assert Demand.objects.get(source_id=order.pk).open_quantity == 10


def test_a_smaller_and_a_cancelled_line_tell_the_planner_what_comes_free(valve):
    (first, second), buy = bought_for(valve, "10", "5")
    received(buy, "10", "5")
    line = first.lines.get()
    row = {"id": line.pk, "item_id": valve.pk, "quantity": D(6), "price": D(100), "ship_date": line.ship_date}
    perform(change_sales_order, actor=None, order_id=first.pk, reason="fewer", lines=[row])
    assert (kept(), freed()) == ({first.number: 6, second.number: 5}, [4])
    perform(sales_orders.cancel_sales_order, actor=None, order_id=second.pk, reason="lost")
    assert (kept(), freed()) == ({first.number: 6}, [4, 5])


def test_what_waits_in_inspection_is_planned_for_its_line_and_kept_when_it_is_accepted(valve):
    (first, second), buy = bought_for(valve, "10", "5")
    location = masterdata.location(erp.place(), "QC", status="inspection")
    receipt = scm.posted_receipt(BUYING, buy, lines=scm.counted(buy, "0", "5", location_id=location.pk))
    assert (kept(), BoundArrival.objects.get().settled_quantity) == ({}, 0)
    assert [one.quantity for one in erp_make.plan()] == [], "neither is bought a second time"
    move = {"item_id": valve.pk, "quantity": D(5), "location_id": location.pk, "to_location_id": erp.shelf().pk}
    document = erp.draft("transfer", move, warehouse_id=erp.place().pk)
    erp.posted(document)
    perform(settle_arrivals, actor=None, item_ids=[valve.pk])
    assert kept() == {second.number: 5}
    assert (receipt.number, first.number) != ("", "")


def test_what_a_supplier_makes_for_an_order_line_is_kept_for_it(valve):
    frame = masterdata.item("FRAME", supply_type="subcontract", lead_time_days=5, order_policy="make_to_order")
    masterdata.supplier_item(masterdata.supplier("GALVANO"), frame, "3", is_preferred=True)
    steel = masterdata.item("STEEL")
    erp_make.bom(frame, (steel, "2"))
    erp.opening(steel, "100", "1")
    orders = [erp.confirmed(frame, quantity, ship_date=erp.TODAY + dt.timedelta(days=30)) for quantity in ("10", "4")]
    names = [one.identity for one in erp_make.plan() if one.item == frame]
    perform(planning.firm_planned_orders, actor=core.superuser(), identities=names)
    made = SubcontractOrder.objects.get(sales_order_line=orders[1].lines.get())
    perform(subcontract_orders.release_subcontract_order, actor=core.superuser(), order_id=made.pk)
    outside.received(outside.send(made), "4")
    assert kept() == {orders[1].number: 4}, "though the other line asks for more, and first"
    assert violations() == []


def test_material_bought_for_an_order_line_is_kept_for_the_work_order_that_makes_it(valve):
    pump = erp_make.made("PUMP", order_policy="make_to_order", lead_time_days=2)
    erp_make.bom(pump, (valve, "2"))
    first, second = (erp.confirmed(pump, "5", ship_date=erp.TODAY + dt.timedelta(days=30 + day)) for day in (0, 5))
    for item in (pump, valve):
        names = [one.identity for one in erp_make.plan() if one.item == item]
        perform(planning.firm_planned_orders, actor=core.superuser(), identities=names)
    lines = [{"line_id": pk} for pk in lines_asked()]
    [pk] = perform(purchase_orders.create_purchase_orders_from_requisitions, actor=core.superuser(), selections=lines)
    received(perform(purchase_orders.approve_purchase_order, actor=core.superuser(), order_id=pk), "0", "10")
    other, own = (WorkOrder.objects.get(sales_order_line=one.lines.get()) for one in (first, second))
    assert (kept(), freed()) == ({own.number: 10}, []), "though the other order wants them before"
    assert [one.quantity for one in erp_make.plan()] == [], "they are not bought a second time"
    assert other.number
    assert violations() == []


def test_material_that_comes_before_its_work_order_is_planned_for_its_line_and_not_bought_twice(valve):
    pump = erp_make.made("PUMP", order_policy="make_to_order", lead_time_days=2)
    erp_make.bom(pump, (valve, "2"))
    _first, second = (erp.confirmed(pump, "5", ship_date=erp.TODAY + dt.timedelta(days=30 + day)) for day in (0, 5))
    buyer = core.superuser()
    names = [one.identity for one in erp_make.plan() if one.item == valve]
    perform(planning.firm_planned_orders, actor=buyer, identities=names)
    lines = [{"line_id": pk} for pk in lines_asked()]
    [pk] = perform(purchase_orders.create_purchase_orders_from_requisitions, actor=buyer, selections=lines)
    buy = perform(purchase_orders.approve_purchase_order, actor=buyer, order_id=pk)
    received(buy, "0", "10")

    def planned() -> list[tuple[str, Decimal]]:
        return [(one.item.code, one.quantity) for one in erp_make.plan()]

    assert (kept(), freed(), planned()) == ({}, [], [("PUMP", 5), ("PUMP", 5)])
    rows = pegs_of_line(second.lines.get().pk).rows()
    shown = [(row.item.code, row.quantity, row.source) for row in rows]
    assert shown == [("PUMP", 5, "planned"), ("VALVE", 10, "stock")]
    perform(planning.firm_planned_orders, actor=buyer, identities=[one.identity for one in erp_make.plan()])
    assert planned() == []
    own = WorkOrder.objects.get(sales_order_line=second.lines.get())
    perform(work_orders.release_work_order, actor=buyer, work_order_id=own.pk)
    line = {"material_id": own.materials.get().pk, "quantity": D(10)}
    perform(work_orders.issue_materials, actor=buyer, work_order_id=own.pk, lines=[line])
    assert planned() == []
    received(buy, "10")
    assert (len(kept()), freed(), planned()) == (1, [], [])
    assert violations() == []
