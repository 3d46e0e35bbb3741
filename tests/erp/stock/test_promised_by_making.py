"""An accepted split delivery has made what stock does not cover, with its material kept, when it is confirmed."""

import datetime as dt
from decimal import Decimal

import pytest

from core.models import AuditEvent
from core.operations import perform
from crm import ports
from crm.models import SalesOrder
from crm.ports import PromiseRequest
from crm.services import sales_orders
from crm.services.order_changes import change_sales_order
from erp.models import Demand, PlanChange, PlannedOrder, PlanningSettings, PlanVerdict, Reservation, WorkOrder
from erp.selectors.supply_pegs import pegs_of_items
from erp.services.planning import run_plan
from erp.services.planning.deciding import carry_out_changes
from erp.services.work_orders import cancel_work_order
from masterdata.models import Item
from tests.factories import crm, erp, erp_make, masterdata

D = Decimal
pytestmark = pytest.mark.django_db


def day(number: int) -> dt.date:
    return erp.TODAY + dt.timedelta(days=number)


@pytest.fixture
def product() -> Item:
    """P = 2 S (2 days), S = 1 C (3 days), C is bought in 7; there are 5 P, 10 S and 100 C."""
    erp.place()
    made, sub = erp_make.made("P", lead_time_days=2), erp_make.made("S", lead_time_days=3)
    part = masterdata.item("C", lead_time_days=7)
    erp_make.bom(made, (sub, "2"))
    erp_make.bom(sub, (part, "1"))
    for item, quantity in ((made, "5"), (sub, "10"), (part, "100")):
        erp.opening(item, quantity)
    return made


def confirmed(item: Item, *parts: tuple[str, int]) -> SalesOrder:
    order = crm.accepted_in_parts(item, *((one, day(number)) for one, number in parts), warehouse_id=erp.place().pk)
    return perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk)


def reserved(code: str) -> Decimal:
    return sum((one.quantity for one in Reservation.objects.filter(balance__item__code=code)), D(0))


def made() -> list[tuple[str, Decimal, str]]:
    return [(one.item.code, one.quantity, one.state) for one in WorkOrder.objects.select_related("item").order_by("pk")]


def test_what_is_missing_is_made_at_once_and_its_material_is_kept(product):
    """Of 5 + 10 P 10 are to be made: of 20 S 10 are there, the others get an order too, and its 10 C."""
    order = confirmed(product, ("5", 3), ("10", 20))
    assert made() == [("P", 10, "draft"), ("S", 10, "draft")]
    assert (reserved("P"), reserved("S"), reserved("C")) == (5, 10, 10)
    line = order.lines.get(ship_date=day(20))
    assert {one.sales_order_line_id for one in WorkOrder.objects.all()} == {line.pk}
    pegs = pegs_of_items(Item.objects.values_list("pk", flat=True))
    assert [(one.item_id, one.coming, one.is_in_time) for one in pegs] == [
        (product.pk, 10, True),
        (Item.objects.get(code="S").pk, 10, True),
    ]
    event = AuditEvent.objects.get(verb="crm.salesorder.promise_made_good")
    assert event.reason == f"{WorkOrder.objects.get(item=product).number}: P × 10"


def test_a_later_order_with_an_earlier_day_takes_nothing_of_it(product):
    confirmed(product, ("5", 3), ("10", 20))
    """Ten S for somebody else are made of other C: of the 90 that are left 80 stay."""
    greedy = erp.confirmed(Item.objects.get(code="S"), "10", ship_date=erp.TODAY)
    assert not Reservation.objects.filter(demand__source_id=greedy.pk, demand__kind="sales").exists()
    asked = [PromiseRequest(Item.objects.get(code=code).pk, D(90), erp.TODAY) for code in ("C", "S")]
    assert [one.available for one in ports.promise(asked)] == [80, 0]


def test_the_plan_proposes_nothing_beside_it_and_promises_count_it_once(product):
    """90 C are left: 45 P could be made of them, whether the plan has seen the order yet or not."""
    order = confirmed(product, ("5", 3), ("10", 20))
    asked = [[PromiseRequest(product.pk, D(quantity), erp.TODAY)] for quantity in (45, 46)]
    before = [ports.promise(one)[0].promise_date for one in asked]
    run = run_plan()
    assert not PlannedOrder.objects.filter(slot=run.slot).exists()
    assert [ports.promise(one)[0].promise_date for one in asked] == before
    assert before[0] < before[1]
    assert not PlanVerdict.objects.filter(order_line__order=order, days_late__gt=0).exists()


def test_a_cancelled_order_leaves_a_decision_on_its_work_order(product):
    order = confirmed(product, ("5", 3), ("10", 20))
    run_plan()
    perform(sales_orders.cancel_sales_order, actor=None, order_id=order.pk, reason="x")
    run_plan()
    work_order = WorkOrder.objects.get(item=product)
    assert PlanChange.objects.get(source_id=work_order.pk, kind="cancel").outcome == "open"
    for one in WorkOrder.objects.order_by("pk"):
        perform(cancel_work_order, actor=None, work_order_id=one.pk)
    assert (reserved("S"), reserved("C")) == (0, 0)


@pytest.mark.parametrize("planned", ["never", "before", "after"])
def test_components_that_others_were_promised_are_not_kept(product, planned):
    """An order of 10 P needs 10 S for those that are not there, whether the plan knows it or not."""
    other = erp_make.made("Q", lead_time_days=2)
    erp_make.bom(other, (Item.objects.get(code="S"), "1"))
    if planned == "before":
        run_plan()
    erp.confirmed(product, "10", ship_date=day(40))
    if planned == "after":
        run_plan()
    asked = [PromiseRequest(other.pk, D(1), erp.TODAY)]
    assert ports.promise(asked)[0].promise_date > day(3)
    confirmed(other, ("4", 20), ("6", 30))
    assert made() == [("Q", 4, "draft"), ("S", 4, "draft"), ("Q", 6, "draft"), ("S", 6, "draft")]
    assert (reserved("S"), reserved("C")) == (0, 10)


def test_parts_of_one_order_do_not_stand_in_each_others_way(product):
    """Q = 1 B, of which 4 lie there: the first part keeps them, though the second is not made yet."""
    other, part = erp_make.made("Q", lead_time_days=2), masterdata.item("B", lead_time_days=5)
    erp_make.bom(other, (part, "1"))
    erp.opening(part, "4")
    confirmed(other, ("4", 10), ("6", 20))
    [kept] = Reservation.objects.filter(balance__item=part)
    assert (kept.quantity, kept.demand.source_id) == (4, WorkOrder.objects.get(quantity=4).pk)


def changed(order: SalesOrder, **second: object) -> SalesOrder:
    """The order with its second part changed, or without it."""
    fields = ("id", "item_id", "quantity", "uom_id", "price", "tax_id", "description", "ship_date", "promised_date")
    lines = [{name: getattr(one, name) for name in fields} for one in order.lines.order_by("ship_date")]
    lines[1:] = [lines[1] | second] if second else []
    return perform(change_sales_order, actor=None, order_id=order.pk, lines=lines, reason="x")


def decided(code: str) -> PlanChange:
    """Carry out the one open change on the work order of an item."""
    run_plan()
    change = PlanChange.objects.get(item__code=code, source_label="erp.workorder", outcome="open")
    perform(carry_out_changes, actor=None, change_ids=[change.pk])
    return change


@pytest.mark.parametrize(
    ("second", "kind", "left", "kept"),
    [({"quantity": D(4)}, "decrease", [("P", 4, "draft")], 8), ({}, "cancel", [("P", 10, "cancelled")], 0)],
)
def test_a_smaller_or_dropped_line_frees_what_was_kept_by_decisions(product, second, kind, left, kept):
    order = confirmed(product, ("5", 3), ("10", 20))
    changed(order, **second)
    assert (made(), reserved("S")) == ([("P", 10, "draft"), ("S", 10, "draft")], 10)  # nothing changes by itself
    [more] = ports.promise([PromiseRequest(product.pk, D(1), day(20))])
    assert more.available == 0  # nobody else counts on what is to be decided
    assert decided("P").kind == kind
    assert (made()[:1], reserved("S")) == (left, kept)
    assert decided("S").kind == "cancel"
    assert (reserved("P"), reserved("S"), reserved("C")) == (5, kept, 0)
    run_plan()
    assert not PlanChange.objects.filter(outcome="open").exists()
    assert not PlannedOrder.objects.exists()


@pytest.mark.parametrize(("number", "due"), [(40, 20), (10, 10)])
def test_a_line_of_another_day_keeps_its_work_order(product, number, due):
    """Later it is made as it was promised; for a day before that it is pulled in by a decision."""
    order = confirmed(product, ("5", 3), ("10", 20))
    changed(order, ship_date=day(number))
    for code in ("P", "S") if due < 20 else ():
        assert decided(code).kind == "expedite"
    run = run_plan()
    work_order = WorkOrder.objects.get(item=product)
    assert (work_order.due_date, work_order.quantity) == (day(due), 10)
    assert (reserved("S"), reserved("C")) == (10, 10)
    assert not PlannedOrder.objects.filter(slot=run.slot).exists()
    assert not PlanVerdict.objects.filter(order_line__order=order, days_late__gt=0).exists()
    assert not PlanChange.objects.filter(source_label="erp.workorder", outcome="open").exists()


@pytest.mark.parametrize("how", ["buy", "subcontract"])
def test_below_what_others_make_the_plan_goes_on(product, how):
    """10 of 20 S are there; the rest is bought, or made by a supplier of our C: no work order, and C are spoken for."""
    Item.objects.filter(code="S").update(supply_type=how)
    order = confirmed(product, ("5", 3), ("10", 20))
    assert made() == [("P", 10, "draft")]
    assert (reserved("P"), reserved("S"), reserved("C")) == (5, 10, 0)
    free = 90 if how == "subcontract" else 100
    for _turn in range(2):
        [answer] = ports.promise([PromiseRequest(Item.objects.get(code="C").pk, D(100), erp.TODAY)])
        assert answer.available == free
        run = run_plan()
    planned = PlannedOrder.objects.filter(slot=run.slot)
    assert [(one.item.code, one.quantity, one.supply_type) for one in planned] == [("S", 10, how)]
    assert not PlanVerdict.objects.filter(order_line__order=order, days_late__gt=0).exists()


def test_the_company_may_leave_it_to_the_plan(product):
    PlanningSettings.objects.update_or_create(singleton=True, defaults={"promise_makes_orders": False})
    confirmed(product, ("5", 3), ("10", 20))
    assert (made(), reserved("P"), reserved("S")) == ([], 5, 0)


def test_what_has_no_bill_or_is_bought_is_left_to_the_plan(product):
    bare = erp_make.made("BARE")
    confirmed(bare, ("1", 3), ("1", 20))
    confirmed(Item.objects.get(code="C"), ("100", 3), ("1", 20))
    assert made() == []
    assert Demand.objects.filter(item=bare).count() == 2
