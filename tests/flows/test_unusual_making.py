"""Turns of engineering and making that are taken seldom: shared outputs, machines down, failed batches, goods again."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from core.errors import DomainError
from core.operations import perform
from erp.errors import ShortStock
from erp.errors.making import SerialElsewhere
from erp.models import (
    BackflushShortage,
    Bom,
    Demand,
    Inspection,
    ItemCost,
    Lot,
    OrderBaseline,
    PickShare,
    Reservation,
    StockBalance,
    WorkOrder,
    WorkOrderOperation,
)
from erp.services import (
    engineering_changes,
    inspections,
    reservations,
    revaluations,
    schedules,
    work_centers,
    work_orders,
)
from finance.selectors.invariants import violations
from masterdata.models import Item
from tests.erp.services.work_order_steps import fresh, issue, on_hand, open_demand, open_supply, receive, report
from tests.factories import core, crm, erp, erp_make, erp_making, erp_quality, masterdata

D = Decimal
pytestmark = pytest.mark.django_db


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)


def output(order: WorkOrder, code: str, quantity: str, **more) -> WorkOrder:
    row = order.outputs.get(item__code=code)
    return perform(
        work_orders.receive_output, actor=None, work_order_id=order.pk, output_id=row.pk, quantity=D(quantity), **more
    )


def close(order: WorkOrder) -> WorkOrder:
    return perform(work_orders.close_work_order, actor=None, work_order_id=order.pk)


def value(code: str) -> Decimal:
    return ItemCost.objects.get(item__code=code).value


def change(day: dt.date, *lines: dict):
    header = {"title": "Better", "reason_code": "quality", "effective_date": day, "lines": list(lines)}
    draft = perform(engineering_changes.create_engineering_change, actor=None, **header)
    return perform(engineering_changes.release_engineering_change, actor=None, change_id=draft.pk)


CHIPS = {"line_kind": "by_product", "cost_method": "fixed_amount", "fixed_amount": D(1)}
HALF = {"line_kind": "co_product", "cost_method": "weight", "material_weight": D("0.5")}


@pytest.fixture
def beside() -> Item:
    """MAIN of 2 ORE at 5.00 a piece, beside it half a SIDE at half the weight and one CHIP at 1.00."""
    erp.place()
    main, side, chip, ore = (
        erp_make.made("MAIN"),
        erp_make.made("SIDE"),
        masterdata.item("CHIP"),
        masterdata.item("ORE"),
    )
    erp_make.bom(main, (ore, "2"), (side, "0.5", HALF), (chip, "1", CHIPS))
    erp.opening(ore, "1000", "5")
    return main


def test_what_comes_beside_a_phantom_comes_out_of_the_order_above_it():
    """The level has no order of its own: the plan counts on its by-product, the order above brings it."""
    erp.place()
    top, phantom, side = erp_make.made("TOP"), erp_make.made("PH", is_phantom=True), erp_make.made("SIDE")
    ore, chip = masterdata.item("ORE"), masterdata.item("CHIP")
    erp_make.bom(phantom, (ore, "2"), (chip, "3", CHIPS))
    erp_make.bom(top, (phantom, "2"), (side, "1", HALF))
    erp.opening(ore, "100", "5")
    order = erp_make.released_work_order(top, "10")
    assert {one.item.code: one.planned_quantity for one in order.outputs.all()} == {"SIDE": D(10), "CHIP": D(60)}
    issue(order, "40")
    output(order, "CHIP", "60")
    output(order, "SIDE", "10")
    receive(order, "10")
    assert (value("CHIP"), value("TOP") + value("SIDE")) == (60, 140)
    close(order)
    assert violations() == []


def test_an_output_that_a_change_brings_is_expected_from_the_orders_that_follow(beside):
    new = masterdata.item("DUST")
    day = erp.TODAY + days(7)
    order = erp_make.released_work_order(beside, "10", start_date=day, due_date=day + days(2))
    own = {"item_id": beside.pk}
    change(
        day,
        own | {"action": "add_output", "component_id": new.pk, "quantity": D(2), "output_kind": "by_product",
               "cost_method": "fixed_amount", "fixed_amount": D("0.5")},
        own | {"action": "drop_output", "component_id": Item.objects.get(code="SIDE").pk},
    )  # fmt: skip
    assert open_supply() == [("MAIN", D(10), True), ("CHIP", D(10), True), ("DUST", D(20), True)]
    last = OrderBaseline.objects.filter(work_order=order).order_by("-edition").first().edition
    credits = OrderBaseline.objects.filter(work_order=order, edition=last, element="by_product")
    assert sorted(credits.values_list("item__code", "unit_quantity", "price")) == [
        ("CHIP", D(1), D(-1)),
        ("DUST", D(2), D("-0.5")),
    ]


def test_a_change_says_how_outputs_take_their_cost_from_then_on(beside):
    """SIDE at half the weight takes a fixed amount and starts no order; CHIP is dropped from by- to co-product."""
    side, chip = Item.objects.get(code="SIDE"), Item.objects.get(code="CHIP")
    day = erp.TODAY + days(7)
    later = {"start_date": day, "due_date": day + days(2)}
    untouched, begun = (erp_make.released_work_order(beside, "10", **later) for _ in range(2))
    issue(begun, "5")
    own = {"item_id": beside.pk, "action": "change_output"}
    released = change(
        day,
        own | {"component_id": side.pk, "cost_method": "fixed_amount", "fixed_amount": D(3), "starts_order": "never"},
        own | {"component_id": chip.pk, "output_kind": "co_product", "cost_method": "weight",
               "material_weight": D(2), "conversion_weight": D(1), "starts_order": "always"},
    )  # fmt: skip
    new = Bom.objects.latest("pk")
    lines = new.lines.exclude(line_kind="component").order_by("line_no")
    names = ("component__code", "line_kind", "cost_method", "material_weight", "conversion_weight", "fixed_amount")
    assert list(lines.values_list(*names, "starts_order")) == [
        ("SIDE", "co_product", "fixed_amount", 0, None, 3, "never"),
        ("CHIP", "co_product", "weight", 2, 1, 0, "always"),
    ]
    found = {one.work_order_id: one for one in released.orders.all()}
    assert [found[one.pk].outcome for one in (untouched, begun)] == ["re_exploded", "issued"]
    assert [(row["code"], row["shares"]) for row in found[begun.pk].differences] == [("CHIP", True), ("SIDE", True)]
    methods = [dict(one.outputs.values_list("item__code", "cost_method")) for one in (untouched, begun)]
    assert methods == [
        {"SIDE": "fixed_amount", "CHIP": "weight"},
        {"SIDE": "weight", "CHIP": "fixed_amount"},
    ]
    back = own | {"component_id": chip.pk, "output_kind": "by_product", "cost_method": "fixed_amount"}
    change(day + days(1), back | {"fixed_amount": D(1)}, own | {"component_id": side.pk, "starts_order": "as_set"})
    lines = Bom.objects.latest("pk").lines.exclude(line_kind="component").order_by("line_no")
    assert list(lines.values_list("line_kind", "starts_order")) == [("co_product", ""), ("by_product", "")]


def test_only_by_products_that_are_valid_are_credited_in_the_baseline():
    erp.place()
    main, chip, ore = erp_make.made("MAIN"), masterdata.item("CHIP"), masterdata.item("ORE")
    erp_make.bom(main, (ore, "2"), (chip, "1", CHIPS | {"valid_to": erp.TODAY - days(1)}))
    order = erp_make.released_work_order(main, "10")
    assert (order.outputs.count(), OrderBaseline.objects.filter(work_order=order, element="by_product").count()) == (
        0,
        0,
    )


def test_a_joint_order_of_which_one_output_was_scrapped_settles(beside):
    """All of SIDE goes to scrap after it was received: its cost is the loss, the close moves nothing twice."""
    order = erp_make.released_work_order(beside, "10")
    issue(order, "20")
    output(order, "SIDE", "5")
    output(order, "CHIP", "10")
    side = Item.objects.get(code="SIDE")
    document = erp.draft("misc_issue", {"item_id": side.pk, "quantity": D(5)}, reason_code="scrap")
    erp.posted(document)
    report(order, "9", scrap="1", scrap_reason="Cracked")
    receive(order, "9")
    close(order)
    assert (fresh(order).wip_cost, value("SIDE"), value("CHIP")) == (0, 0, 10)
    assert violations() == []


def test_a_joint_order_that_brings_only_what_is_beside_it(beside):
    """Nothing good of the item itself: what came beside it bears the cost."""
    order = erp_make.released_work_order(beside, "10")
    issue(order, "20")
    output(order, "SIDE", "5")
    report(order, scrap="10", scrap_reason="Cracked")
    assert fresh(order).state == "completed"
    close(order)
    assert (fresh(order).wip_cost, fresh(order).variance, value("SIDE"), violations()) == (0, 0, 100, [])


# --- reported, split, failed -----------------------------------------------------------------------------------------


@pytest.fixture
def machine() -> Item:
    """2 STEEL at 5.00; cut at 1.00 a piece and drilled at 2.00 a piece."""
    erp.place()
    steel, machine = masterdata.item("STEEL"), erp_make.made("MACHINE")
    erp_make.bom(machine, (steel, "2"))
    saw, drill = erp_make.work_center("SAW"), erp_make.work_center("DRILL")
    erp_make.routing(
        machine,
        (saw, "6", {"number": 10, "is_count_point": True}),
        (drill, "6", {"number": 20, "is_count_point": True}),
    )
    erp.opening(steel, "1000", "5")
    return machine


def step(order: WorkOrder, number: int) -> WorkOrderOperation:
    return order.operations.get(number=number)


def test_an_order_half_worked_and_half_supplied_is_split(machine):
    """6 cut, 4 drilled, 14 of 20 steel issued: 4 go; both parts end with what they used, wages stay with the first."""
    order = erp_make.released_work_order(machine, "10")
    issue(order, "14")
    report(order, "6", hours="1", operation_id=step(order, 10).pk)
    report(order, "4", hours="1", operation_id=step(order, 20).pk)
    other = perform(work_orders.split_work_order, actor=None, work_order_id=order.pk, quantity=D(4))
    assert [one.materials.get().required_quantity for one in (fresh(order), other)] == [12, 8]
    assert open_demand() == {"STEEL": D(8)}
    receive(order, "4")
    report(order, "2", hours="1", operation_id=step(order, 20).pk)
    receive(order, "2")
    assert (fresh(order).state, fresh(order).wip_cost) == ("completed", 0)
    back = [{"material_id": order.materials.get().pk, "quantity": D(2)}]
    issue(other, "8")
    report(other, "4", hours="1", operation_id=step(other, 10).pk)
    report(other, "4", hours="1", operation_id=step(other, 20).pk)
    receive(other, "4")
    for one in (order, other):
        close(one)
    assert (fresh(order).material_cost, fresh(other).material_cost, back[0]["quantity"]) == (70, 40, 2)
    assert (on_hand("MACHINE"), violations()) == (10, [])


def test_an_order_split_down_to_what_it_brought_wants_nothing_more(machine):
    """10, of which 6 are received: the other 4 go to a new order; the first one is complete and asks for nothing."""
    order = erp_make.released_work_order(machine, "10")
    issue(order, "12")
    receive(order, "6")
    other = perform(work_orders.split_work_order, actor=None, work_order_id=order.pk, quantity=D(4))
    assert (fresh(order).state, open_demand()) == ("completed", {"STEEL": D(8)})
    assert open_supply() == [("MACHINE", D(4), True)]
    assert (other.quantity, close(order).variance, violations()) == (4, 0, [])


def test_a_batch_that_fails_after_the_next_step_was_reported(machine):
    """6 cut and 6 drilled; the cut is inspected only then and 2 are bad: the reports are taken back, 2 are scrapped."""
    erp_quality.plan(machine, "in_process", operation_no=10)
    order = erp_make.released_work_order(machine, "10")
    issue(order, "20")
    cut = report(order, "6", hours="1", operation_id=step(order, 10).pk)
    drilled = report(order, "6", hours="1", operation_id=step(order, 20).pk)
    values = {"kind": "in_process", "item_id": machine.pk, "quantity": D(6), "work_order_id": order.pk}
    found = perform(inspections.create_inspection, actor=None, operation_no=10, **values)
    erp_quality.inspected(found, *["10"] * 4, "12", "12", failed=0)
    found.refresh_from_db()
    assert found.verdict == "failed"
    perform(work_orders.reverse_report, actor=None, report_id=drilled.pk)
    perform(work_orders.reverse_report, actor=None, report_id=cut.pk)
    report(order, "4", scrap="2", hours="1", scrap_reason="Short", operation_id=step(order, 10).pk)
    report(order, "4", hours="1", operation_id=step(order, 20).pk)
    assert (fresh(order).reported_quantity, fresh(order).scrapped_quantity, fresh(order).open_quantity) == (4, 2, 8)
    receive(order, "4")
    assert violations() == []


def test_more_is_not_received_than_the_last_step_left_good_when_its_report_is_taken_back(machine):
    order = erp_make.released_work_order(machine, "10")
    issue(order, "20")
    report(order, "10", hours="1", operation_id=step(order, 10).pk)
    drilled = report(order, "10", hours="1", operation_id=step(order, 20).pk)
    receive(order, "10")
    perform(work_orders.reverse_report, actor=None, report_id=drilled.pk)
    close(order)
    assert (fresh(order).wip_cost, violations()) == (0, [])


# --- material --------------------------------------------------------------------------------------------------------


def test_a_queue_is_retried_by_the_list_of_the_order_not_by_the_new_bill():
    """5 of 10 reported, legs missing; the bill changes to other legs: what was used up is what the order says."""
    erp.place()
    leg, new, table = masterdata.item("LEG"), masterdata.item("LEG-2"), erp_make.made("TABLE")
    erp_make.bom(table, (leg, "4", {"issue_method": "backflush"}))
    erp.opening(new, "100", "7")
    order = erp_make.released_work_order(table, "10")
    report(order, "5")
    assert BackflushShortage.objects.get(resolved_at=None).missing_quantity == 20
    line = {"item_id": table.pk, "action": "change_component", "component_id": leg.pk, "replacement_id": new.pk}
    change(erp.TODAY, line | {"quantity": D(4)})
    erp.opening(leg, "100", "5")
    perform(work_orders.retry_backflush, actor=None, work_order_id=order.pk)
    assert BackflushShortage.objects.filter(resolved_at=None).count() == 0
    report(order, "5")
    receive(order, "10")
    close(order)
    assert (fresh(order).material_cost, on_hand("LEG"), on_hand("LEG-2"), violations()) == (200, 60, 100, [])


def test_a_substituted_line_in_the_queue_is_posted_by_its_substitute():
    erp.place()
    leg, new, table = masterdata.item("LEG"), masterdata.item("LEG-2"), erp_make.made("TABLE")
    substitute = [{"item_id": new.pk, "ratio": D(2)}]
    erp_make.bom(table, (leg, "4", {"issue_method": "backflush", "substitutes": substitute}))
    erp.opening(new, "100", "7")
    order = erp_make.released_work_order(table, "10")
    report(order, "5")
    perform(work_orders.use_substitute, actor=None, work_order_id=order.pk, material_id=order.materials.get().pk)
    perform(work_orders.retry_backflush, actor=None, work_order_id=order.pk)
    report(order, "5")
    receive(order, "10")
    close(order)
    assert (on_hand("LEG-2"), violations()) == (20, [])


def test_one_order_of_a_merged_pick_is_given_up_after_half_of_it_was_fetched():
    """30, 20 and 10; 30 found go pro rata; the first is completed short: its open share leaves."""
    part = masterdata.item("PART")
    erp.place()
    erp.opening(part, "60", "10")
    orders = erp_making.three_orders(part, "30", "20", "10")
    pick = erp_making.pick_for(orders, split_rule="pro_rata")
    erp_making.post(pick, "30")
    assert [one.issued_quantity for one in PickShare.objects.order_by("rank")] == [15, 10, 5]
    perform(work_orders.complete_work_order, actor=None, work_order_id=orders[0].pk)
    assert [one.open_quantity for one in PickShare.objects.order_by("rank")] == [0, 10, 5]
    erp_making.post(pick, "15")
    pick.refresh_from_db()
    assert (pick.state, on_hand("PART")) == ("posted", 15)
    back = [{"material_id": orders[0].materials.get().pk, "quantity": D(15)}]
    perform(work_orders.return_materials, actor=None, work_order_id=orders[0].pk, lines=back)
    close(orders[0])
    assert (on_hand("PART"), fresh(orders[0]).material_cost, violations()) == (30, 0, [])


# --- goods again -----------------------------------------------------------------------------------------------------


def test_a_serial_number_that_was_shipped_is_not_reworked_before_it_is_back():
    erp.place()
    part, product = masterdata.item("PART"), erp_make.made("PRODUCT", tracking="serial")
    erp_make.bom(product, (part, "1"))
    erp.opening(part, "10", "10")
    made = erp_make.issued_work_order(product, "1")
    receive(made, "1", lots=[{"code": "S1", "quantity": D(1)}])
    serial = Lot.objects.get(code="S1")
    erp.shipped(erp.confirmed(product, "1"))
    again = erp_make.released_work_order(product, "1", kind="rework")
    line = {"material_id": again.materials.get().pk, "quantity": D(1), "lot_id": serial.pk}
    with pytest.raises(ShortStock):
        perform(work_orders.issue_materials, actor=None, work_order_id=again.pk, lines=[line])
    with pytest.raises(SerialElsewhere, match="S1"):
        receive(fresh(again), "1", lots=[{"code": "S1", "quantity": D(1)}])
    assert violations() == []


def test_what_is_taken_apart_after_a_revaluation_brings_the_new_value():
    """Made at 20.00, revalued to 35.00: the parts together are worth 35.00, in the shares they had."""
    erp.place()
    leg, top, table = masterdata.item("LEG"), masterdata.item("PLATE"), erp_make.made("TABLE")
    erp_make.bom(table, (leg, "4"), (top, "1"))
    erp.opening(leg, "40", "3")
    erp.opening(top, "10", "8")
    made = erp_make.issued_work_order(table, "10")
    receive(made, "10")
    draft = perform(
        revaluations.create_stock_revaluation,
        actor=None, lines=[{"item_id": table.pk, "unit_cost": D(35)}], cause="Market",
    )  # fmt: skip
    perform(revaluations.post_stock_revaluation, actor=None, revaluation_id=draft.pk)
    order = erp_make.released_work_order(table, "2", kind="disassembly", origin_id=made.pk)
    issue(order, "2")
    perform(work_orders.take_apart, actor=None, work_order_id=order.pk, quantity=D(2))
    close(order)
    assert (value("LEG"), value("PLATE"), value("TABLE"), fresh(order).variance) == (42, 28, 280, 0)
    assert violations() == []


def test_a_lot_that_waits_for_its_inspection_is_scrapped():
    """10 wait; 4 are broken by the forklift: the inspection still decides on what is there."""
    warehouse = erp.place()
    waiting = erp_quality.waiting_place(warehouse)
    part, product = masterdata.item("PART"), erp_make.made("PRODUCT", tracking="lot")
    erp_quality.plan(product, "final")
    erp_make.bom(product, (part, "1"))
    erp.opening(part, "10", "10")
    made = erp_make.issued_work_order(product, "10")
    receive(made, "10", lots=[{"code": "L1", "quantity": D(10)}])
    inspection = Inspection.objects.get()
    row = {"item_id": product.pk, "quantity": D(4), "location_id": waiting.pk, "lot_code": "L1"}
    erp.posted(erp.draft("misc_issue", row, reason_code="scrap"))
    erp_quality.inspected(inspection, *["10"] * 10)
    with pytest.raises(DomainError):
        erp_quality.decided(inspection, ("accept", "10"))
    erp_quality.decided(inspection, ("accept", "6"))
    assert dict(
        StockBalance.objects.filter(item=product, on_hand__gt=0).values_list("location__status", "on_hand")
    ) == {"usable": D(6)}
    assert violations() == []


def test_stock_made_for_one_order_is_not_kept_for_another():
    """Made to order for the first, though the second is due sooner: what was made is the first one's."""
    erp.place()
    top, part = erp_make.made("TOP", order_policy="make_to_order", lead_time_days=2), masterdata.item("PART")
    erp_make.bom(top, (part, "1"))
    erp.opening(part, "100", "1")
    lines = []
    for ship in (erp.TODAY + days(20), erp.TODAY + days(10)):
        order = crm.confirmed_order(None, crm.line(top, "10", ship_date=ship), actor=core.superuser())
        lines.append(order.lines.get())
    made = erp_make.issued_work_order(top, "8", sales_order_line_id=lines[0].pk)
    receive(made, "8")
    perform(reservations.reserve_demands, actor=None, demand_ids=list(Demand.objects.values_list("pk", flat=True)))
    assert list(Reservation.objects.values_list("demand__source_line_id", "quantity")) == [(lines[0].pk, D(8))]
    assert [(one.quantity, one.due_date) for one in erp_make.plan() if one.item_id == top.pk] == [
        (D(10), erp.TODAY + days(10)),
        (D(2), erp.TODAY + days(20)),
    ]


# --- machines --------------------------------------------------------------------------------------------------------


def test_work_that_has_begun_on_a_machine_that_breaks_down_goes_on_when_it_runs_again(monkeypatch):
    """8 hours from Tuesday 8:00; 2 of 8 tables are sawn when the saw stops for the day and the next."""
    erp.place()
    zone = ZoneInfo("Asia/Shanghai")
    now = dt.datetime(2026, 3, 10, 8, tzinfo=zone)
    monkeypatch.setattr("core.operations.moment", lambda _own=None: now)
    saw = erp_make.work_center("SAW")
    table = erp_make.made("TABLE")
    erp_make.routing(table, (saw, "60", {"number": 10}))
    order = erp_make.released_work_order(table, "8", start_date=erp.TODAY, due_date=erp.TODAY + days(3))
    plan = perform(schedules.create_schedule_plan, actor=None)
    perform(schedules.accept_schedule_plan, actor=None, plan_id=plan.pk)
    report(order, "2", hours="2", operation_id=step(order, 10).pk)
    now = dt.datetime(2026, 3, 10, 10, tzinfo=zone)
    exceptions = [{"first_day": erp.TODAY, "last_day": erp.TODAY + days(1), "machines_down": 1}]
    perform(
        work_centers.update_work_center,
        actor=None,
        work_center_id=saw.pk,
        code="SAW",
        name="Saw",
        exceptions=exceptions,
    )
    row = perform(schedules.create_schedule_plan, actor=None).rows.get()
    end = row.ends_at.astimezone(zone)
    assert (end.day, end.hour) == (12, 14)


def test_work_of_a_work_centre_that_closes_goes_to_its_alternate_or_has_no_place(monkeypatch):
    """The saw is given up: what has not begun goes to the mill, what has begun there is said to have no place."""
    erp.place()
    now = dt.datetime(2026, 3, 10, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr("core.operations.moment", lambda _own=None: now)
    saw, mill, table = erp_make.work_center("SAW"), erp_make.work_center("MILL"), erp_make.made("TABLE")
    other = [{"work_center_id": mill.pk, "rank": 1, "run_minutes": D(90)}]
    erp_make.routing(table, (saw, "60", {"number": 10, "alternates": other}))
    dates = {"start_date": erp.TODAY, "due_date": erp.TODAY + days(3)}
    begun, waiting = (erp_make.released_work_order(table, "4", **dates) for _ in range(2))
    plan = perform(schedules.create_schedule_plan, actor=None)
    perform(schedules.accept_schedule_plan, actor=None, plan_id=plan.pk)
    report(begun, "2", hours="2", operation_id=step(begun, 10).pk)
    perform(work_centers.update_work_center, actor=None, work_center_id=saw.pk, is_active=False)
    plan = perform(schedules.create_schedule_plan, actor=None)
    placed = list(plan.rows.filter(starts_at__isnull=False).values_list("operation__work_order", "work_center__code"))
    assert (placed, plan.unplaced) == ([(waiting.pk, "MILL")], 1)
