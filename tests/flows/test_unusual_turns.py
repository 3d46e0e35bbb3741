"""Turns that orders take seldom: taken back, split, changed or settled while something else is under way."""

import datetime as dt
from decimal import Decimal

import pytest

from core.operations import perform
from crm.services import sales_orders
from crm.services.order_changes import change_sales_order
from erp.errors import OverReport
from erp.errors.making import CannotSplit, PiecesAtSupplier
from erp.models import BackflushShortage, CostOverrun, ItemCost, SupplyAdvice, WorkOrder
from erp.selectors.order_costs import cost_card
from erp.services import engineering_changes, planning, work_orders
from finance.selectors.invariants import violations
from finance.services import invoices
from masterdata.models import Item
from scm.errors import ChargeSetOff
from scm.models import GoodsReceipt, PurchaseOrder, SubcontractChargeBack
from scm.services import goods_receipts, purchase_orders, subcontract_orders
from tests.erp.services.work_order_steps import fresh, issue, on_hand, receive, report
from tests.factories import core, crm, erp, erp_make, masterdata, scm
from tests.factories import scm_subcontract as sub
from tests.factories.finance import draft_bill, post

D = Decimal
pytestmark = pytest.mark.django_db


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)


@pytest.fixture
def machine() -> Item:
    """2 kg at 5.00 and half an hour at 20.00 and 10.00: 25.00 a piece."""
    erp.place()
    steel, machine = masterdata.item("STEEL"), erp_make.made("MACHINE")
    erp_make.bom(machine, (steel, "2"))
    erp_make.routing(machine, (erp_make.work_center("LATHE", rate=("20", "0", "10")), "30"))
    erp.opening(steel, "200", "5")
    return machine


@pytest.fixture
def plated() -> Item:
    """1 kg at 10.00, plating at 3.00 a piece outside, then packing."""
    erp.place()
    steel, plated = masterdata.item("STEEL"), erp_make.made("PLATED")
    plater = masterdata.supplier("PLATER")
    erp_make.bom(plated, (steel, "1"))
    outside = {"is_subcontracted": True, "supplier_id": plater.pk, "unit_price": D(3), "name": "Plating"}
    erp_make.routing(plated, (None, "0", outside), (erp_make.work_center("PACK"), "1"))
    erp.opening(steel, "200", "10")
    return plated


def ordered(made: WorkOrder, quantity: str) -> PurchaseOrder:
    order = perform(
        purchase_orders.order_operation, actor=None, work_order_id=made.pk, operation_no=10, quantity=D(quantity)
    )
    return perform(purchase_orders.approve_purchase_order, actor=None, order_id=order.pk)


def advice() -> list[tuple[str, Decimal]]:
    erp_make.plan()
    return list(SupplyAdvice.objects.values_list("kind", "surplus_quantity"))


def wip(order: WorkOrder) -> Decimal:
    return fresh(order).wip_cost


def close(order: WorkOrder) -> WorkOrder:
    return perform(work_orders.close_work_order, actor=None, work_order_id=order.pk)


def change(day: dt.date, item: Item, old: Item, new: Item, quantity: str):
    line = {"item_id": item.pk, "action": "change_component", "component_id": old.pk, "replacement_id": new.pk}
    line |= {"quantity": D(quantity), "disposition": "use_up"}
    header = {"title": "Better", "reason_code": "quality", "effective_date": day, "lines": [line]}
    draft = perform(engineering_changes.create_engineering_change, actor=None, **header)
    return perform(engineering_changes.release_engineering_change, actor=None, change_id=draft.pk)


def test_pieces_refused_with_a_receipt_are_open_again_when_it_is_taken_back():
    erp.place()
    part = masterdata.item("PART")
    erp.opening(part, "100", "10")
    order = sub.received(sub.sent(part), "4", rejected_quantity=D(1))
    perform(goods_receipts.reverse_goods_receipt, actor=None, receipt_id=GoodsReceipt.objects.get().pk)
    order.refresh_from_db()
    assert order.rejected_quantity == 0
    sub.received(order, "10")
    assert (order.materials.get().used_quantity, violations()) == (10, [])


def test_a_receipt_whose_over_use_the_supplier_has_settled_stays():
    """13 used for 10 pieces: 3 are charged. Once they are set off, the receipt cannot bring them back."""
    erp.place()
    part = masterdata.item("PART")
    erp.opening(part, "100", "10")
    order = sub.send(sub.sent(part), "5")
    used = [{"material_id": order.materials.get().pk, "quantity": D(13)}]
    sub.received(order, "10", materials=used)
    charge = SubcontractChargeBack.objects.get()
    assert (charge.quantity, charge.amount) == (3, 30)
    perform(subcontract_orders.settle_charge_back, actor=None, charge_id=charge.pk, settled_by="ST-1")
    with pytest.raises(ChargeSetOff, match="ST-1"):
        perform(goods_receipts.reverse_goods_receipt, actor=None, receipt_id=GoodsReceipt.objects.get().pk)
    assert (on_hand("FRAME"), violations()) == (10, [])


def test_a_purchase_of_which_a_part_has_come_is_left_as_it_is():
    """HARD_RULES §1: partly received is fixed in quantity and date; nobody needs the rest, nobody is told to cancel."""
    made = scm.buying_company()
    erp.place()
    order = scm.approved_order(made, scm.line(masterdata.item("RAW"), "100", price=D(10)))
    assert advice() == [("cancel", D(100))]
    receipt = scm.posted_receipt(made, order, "40")
    assert advice() == []
    perform(goods_receipts.reverse_goods_receipt, actor=None, receipt_id=receipt.pk)
    assert advice() == [("cancel", D(100))]


def test_a_subcontract_order_whose_material_is_out_is_left_as_it_is():
    erp.place()
    part = masterdata.item("PART")
    erp.opening(part, "100", "10")
    order = sub.released(part, item=masterdata.item("FRAME", supply_type="subcontract"))
    assert advice() == [("cancel", D(10))]
    sub.send(order)
    assert advice() == []
    back = [{"material_id": order.materials.get().pk, "quantity": D(10)}]
    perform(subcontract_orders.return_materials, actor=None, order_id=order.pk, lines=back)
    assert advice() == [("cancel", D(10))]


def test_a_change_of_a_skipped_level_reaches_the_orders_above_it():
    """Not issued: exploded anew; begun: stays, the difference is listed. Orders that start before stay."""
    erp.place()
    top, phantom, other = erp_make.made("TOP"), erp_make.made("PH", is_phantom=True), erp_make.made("PH-2")
    old, new = masterdata.item("OLD"), masterdata.item("NEW")
    erp_make.bom(phantom, (old, "2"))
    erp_make.bom(top, (phantom, "3"))
    erp_make.bom(other, (old, "2"))
    erp.opening(old, "100", "3")
    day = erp.TODAY + days(7)
    later = {"start_date": day, "due_date": day + days(3)}
    untouched = erp_make.released_work_order(top, "10", **later)
    begun = erp_make.released_work_order(top, "2", **later)
    earlier = erp_make.released_work_order(top, "1", start_date=erp.TODAY, due_date=day)
    apart = erp_make.released_work_order(other, "1", **later)
    issue(begun, "5")
    released = change(day, phantom, old, new, "4")
    assert [(one.item.code, one.required_quantity, one.path) for one in fresh(untouched).materials.all()] == [
        ("NEW", D(120), "PH")
    ]
    for order, item, quantity in ((begun, "OLD", 12), (earlier, "OLD", 6), (apart, "OLD", 2)):
        assert [(one.item.code, one.required_quantity) for one in fresh(order).materials.all()] == [(item, quantity)]
    outcomes = {one.work_order_id: (one.outcome, len(one.differences)) for one in released.orders.all()}
    assert outcomes == {untouched.pk: ("re_exploded", 2), begun.pk: ("issued", 2), earlier.pk: ("earlier", 0)}


def test_an_order_exploded_anew_is_measured_by_what_it_is_made_of_now(machine):
    gold = masterdata.item("GOLD")
    erp.opening(gold, "100", "50")
    day = erp.TODAY + days(7)
    order = erp_make.released_work_order(machine, "10", start_date=day, due_date=day + days(2))
    assert cost_card(fresh(order)).planned == D(250)
    change(day, machine, Item.objects.get(code="STEEL"), gold, "1")
    assert cost_card(fresh(order)).planned == D(650)


def test_an_order_split_off_keeps_the_baseline_it_was_released_with(machine):
    order = erp_make.released_work_order(machine, "100")
    ItemCost.objects.filter(item__code="STEEL").update(standard_cost=99)
    fresh_one = perform(work_orders.split_work_order, actor=None, work_order_id=order.pk, quantity=D(40))
    assert (cost_card(fresh(order)).planned, cost_card(fresh_one).planned) == (D(1500), D(1000))


def test_an_order_completed_by_a_wrong_report_of_scrap_goes_on_when_it_is_taken_back(machine):
    order = erp_make.released_work_order(machine, "10")
    issue(order, "16")
    told = report(order, scrap="10", scrap_reason="Cracked")
    assert fresh(order).state == "completed"
    perform(work_orders.reverse_report, actor=None, report_id=told.pk)
    assert (fresh(order).state, fresh(order).scrapped_quantity) == ("in_progress", 0)
    issue(order, "4")  # its demand is back as well
    report(order, "10", hours="5")
    receive(order, "10")
    assert (close(order).variance, wip(order), violations()) == (0, 0, [])


def test_pieces_on_order_at_a_supplier_stay_with_their_order(plated):
    made = erp_make.released_work_order(plated, "100")
    order = ordered(made, "70")
    with pytest.raises(CannotSplit, match="30"):
        perform(work_orders.split_work_order, actor=None, work_order_id=made.pk, quantity=D(40))
    dates = {"start_date": made.start_date, "due_date": made.due_date}
    with pytest.raises(PiecesAtSupplier):
        perform(work_orders.reschedule_work_order, actor=None, work_order_id=made.pk, quantity=D(60), **dates)
    with pytest.raises(PiecesAtSupplier, match="operation 10"):
        perform(work_orders.cancel_work_order, actor=None, work_order_id=made.pk)
    into = erp_make.released_work_order(plated, "5")
    with pytest.raises(PiecesAtSupplier):
        perform(work_orders.merge_work_orders, actor=None, work_order_id=into.pk, other_ids=[made.pk])
    perform(work_orders.split_work_order, actor=None, work_order_id=made.pk, quantity=D(30))
    issue(made, "70")
    perform(work_orders.complete_work_order, actor=None, work_order_id=made.pk)
    with pytest.raises(PiecesAtSupplier):
        close(made)
    perform(purchase_orders.close_purchase_order, actor=None, order_id=order.pk, reason="not needed")
    close(made)
    assert violations() == []


def test_no_more_pieces_come_back_from_a_step_than_the_order_has(plated):
    made = erp_make.released_work_order(plated, "100")
    order = ordered(made, "100")
    PurchaseOrder.objects.filter(pk=order.pk).update(over_receipt_percent=10)
    rows = [{"order_line_id": order.lines.get().pk, "quantity": D(105)}]
    with pytest.raises(OverReport):
        perform(goods_receipts.receive_goods, actor=None, order_id=order.pk, lines=rows)
    rows[0]["quantity"] = D(100)
    perform(goods_receipts.receive_goods, actor=None, order_id=order.pk, lines=rows)
    assert (fresh(made).operations.get(number=10).good_quantity, violations()) == (100, [])


def test_a_dearer_invoice_tells_of_the_orders_it_brings_above_their_budget():
    """100 kg at 10.00 are in process when the invoice says 15.00: half more than planned, told with the invoice."""
    made = scm.buying_company()
    erp.place()
    steel, machine = masterdata.item("STEEL"), erp_make.made("MACHINE")
    erp_make.bom(machine, (steel, "1"))
    purchase = scm.approved_order(made, scm.line(steel, "100", price=D(10)))
    scm.posted_receipt(made, purchase, "100")
    order = erp_make.released_work_order(machine, "100")
    issue(order, "100")
    draft = draft_bill(PurchaseOrder.objects.get(pk=purchase.pk))
    rows = [
        {"receipt_line_id": key, "quantity": quantity, "price": D(15)}
        for key, quantity in draft.lines.values_list("receipt_line_id", "billed_quantity")
    ]
    perform(
        invoices.update_invoice,
        actor=None, invoice_id=draft.pk, lines=rows, document_date=draft.document_date, supplier_reference="F-1",
    )  # fmt: skip
    post(draft)
    [told] = CostOverrun.objects.filter(work_order=order)
    assert (told.planned, told.projected, told.percent) == (1000, 1500, 50)
    assert (wip(order), violations()) == (1500, [])


def test_an_order_is_split_while_its_material_waits_in_the_queue():
    """5 of 10 reported, 10 of 20 legs missing: the part split off asks for its own 20, the rest is posted later."""
    erp.place()
    leg, table = masterdata.item("LEG"), erp_make.made("TABLE")
    erp_make.bom(table, (leg, "4", {"issue_method": "backflush"}))
    erp.opening(leg, "10", "5")
    order = erp_make.released_work_order(table, "10")
    report(order, "5")
    other = perform(work_orders.split_work_order, actor=None, work_order_id=order.pk, quantity=D(5))
    assert [one.materials.get().required_quantity for one in (fresh(order), other)] == [20, 20]
    assert BackflushShortage.objects.get(resolved_at=None).missing_quantity == 10
    receive(order, "5")
    erp.opening(leg, "100", "5")
    perform(work_orders.retry_backflush, actor=None, work_order_id=order.pk)
    close(order)
    assert (fresh(order).material_cost, ItemCost.objects.get(item=table).value, wip(order)) == (100, 100, 0)
    assert (on_hand("LEG"), violations()) == (90, [])


def test_an_item_made_to_order_whose_order_changes_while_it_is_half_reported():
    """10 under way: 15 wanted plans 5 more; 4 wanted, and none, leave what has begun as it is."""
    erp.place()
    top, part = erp_make.made("TOP", order_policy="make_to_order", lead_time_days=2), masterdata.item("PART")
    erp_make.bom(top, (part, "2"))
    erp.opening(part, "100", "1")
    ship = erp.TODAY + days(30)
    order = crm.confirmed_order(None, crm.line(top, "10", ship_date=ship), actor=core.superuser())
    planned = [one.identity for one in erp_make.plan() if one.item_id == top.pk]
    perform(planning.firm_planned_orders, actor=core.superuser(), identities=planned)
    made = WorkOrder.objects.get()
    perform(work_orders.release_work_order, actor=None, work_order_id=made.pk)
    issue(made, "20")
    report(made, "5", hours="1")
    line = order.lines.get()
    row = {"id": line.pk, "item_id": top.pk, "price": D(100), "ship_date": ship}
    for wanted, more in (("15", [("TOP", D(5))]), ("4", [])):
        lines = [row | {"quantity": D(wanted)}]
        perform(change_sales_order, actor=None, order_id=order.pk, reason="changed", lines=lines)
        assert [(one.item.code, one.quantity) for one in erp_make.plan() if one.item_id == top.pk] == more
    perform(sales_orders.cancel_sales_order, actor=None, order_id=order.pk, reason="lost")
    assert (erp_make.plan(), advice()) == ([], [])
    receive(made, "10")
    assert (close(made).variance, wip(made), violations()) == (0, 0, [])
