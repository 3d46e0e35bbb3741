"""One order made to measure, changed half-way: plan, parts, a supplier's work, scrap, inspection, cost and margin.

All figures by hand. A PUMP takes 1 BODY (made), 2 SEAL at 4.00 (picked) and 0.5 kg GREASE at 6.00 (backflushed at
step 20); step 10 is plated outside for 3.00, step 20 takes half an hour at 20 labour, 8 machine, 10 overhead. A BODY
takes 2 kg STEEL at 5.00 and 0.2 h at 30, 10 and 5: 10 + 6 + 2 + 1 = 19.00. So a PUMP is to cost
19 + 8 + 3 + 3 + 10 + 4 + 5 = 52.00.

The customer orders 10 at 100.00 and, when both work orders are firm, takes 8: the plan says two fewer of each.

BODY, 8 wanted: 16 kg STEEL and 1 kg more (85.00), 2 h instead of 1.6: 60 + 20 + 10 = 90.00. They cost 175.00,
21.875 each; by the plan 152.00. Usage 5.00, efficiency (2 - 1.6) x 30 = 12.00, overhead (20 - 16) + (10 - 8) = 6.00.

PUMP, 8 begun: BODY 175.00, SEAL 16 x 4 = 64.00, GREASE 4 kg x 6 = 24.00, plating ordered at 3.50 = 28.00 and invoiced
at 4.00 = 32.00, 4.5 h instead of 4: 90 + 36 + 45 = 171.00. 7 are good, 1 is scrap. Actual 466.00, target 7 x 52 =
364.00. Price (21.875 - 19) x 8 + (4 - 3) x 8 = 31.00, efficiency 0.5 x 20 = 10.00, overhead 4 + 5 = 9.00, scrap
1 x 52 = 52.00: together 102.00, nothing left.

7 are delivered and invoiced: 700.00 less 466.00 is 234.00, where the plan promised 7 x 48 = 336.00.
"""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest

from core.operations import perform
from crm.models import SalesOrder
from crm.services.order_changes import change_sales_order
from erp.models import Inspection, PickShare, PlanChange, StockBalance, WorkOrder
from erp.selectors.order_costs import cost_card
from erp.services import planning, work_orders
from erp.services.planning.deciding import carry_out_changes
from erp.services.stock_documents import create_stock_document, post_stock_document
from finance.models import AccountMapping, JournalLine
from finance.selectors.invariants import violations
from finance.selectors.order_profit.report import Wanted, profit_of_lines
from finance.services import invoices
from scm.models import PurchaseOrder
from scm.services import goods_receipts, purchase_orders
from tests.erp.services.work_order_steps import fresh, on_hand, receive, report
from tests.factories import core, crm, erp, erp_make, erp_making, erp_quality, finance, masterdata

D = Decimal
TODAY = dt.date(2026, 3, 2)

pytestmark = pytest.mark.django_db


@pytest.fixture
def works() -> SimpleNamespace:
    """A maker of pumps with material in stock, grease at the line, and a supplier who plates."""
    core.company(pinned_date=TODAY)
    finance.open_books(years=[2026])
    place = erp_make.place()
    erp_quality.waiting_place(place)
    steel, seal, grease = (masterdata.item(code, **more) for code, more in (
        ("STEEL", {"uom": "KG"}), ("SEAL", {}), ("GREASE", {"uom": "KG"}),
    ))  # fmt: skip
    body, pump = erp_make.made("BODY", lead_time_days=3), erp_make.made("PUMP", lead_time_days=5)
    pump = make_to_order(pump)
    plater = masterdata.supplier("PLATER")
    erp_make.bom(body, (steel, "2"))
    erp_make.bom(pump, (body, "1"), (seal, "2"), (grease, "0.5", {"issue_method": "backflush", "operation_no": 20}))
    erp_make.routing(body, (erp_make.work_center("LATHE", rate=("30", "10", "5")), "12", {"number": 10}))
    outside = {"number": 10, "is_subcontracted": True, "supplier_id": plater.pk, "unit_price": D(3)}
    bench = erp_make.work_center("BENCH", rate=("20", "8", "10"))
    erp_make.routing(pump, (None, "0", outside | {"name": "Plating"}), (bench, "30", {"number": 20}))
    erp_make.stock(steel, "100", "5")
    erp_make.stock(seal, "100", "4")
    at_the_line(grease, "10", "6")
    erp_quality.plan(pump, "final")
    return SimpleNamespace(place=place, steel=steel, body=body, pump=pump, plater=plater)


def make_to_order(item):
    type(item).objects.filter(pk=item.pk).update(order_policy="make_to_order")
    return type(item).objects.get(pk=item.pk)


def at_the_line(item, quantity: str, cost: str) -> None:
    row = {"item_id": item.pk, "quantity": D(quantity), "unit_cost": D(cost)}
    document = perform(
        create_stock_document,
        actor=None,
        kind="misc_receipt",
        reason_code="found",
        warehouse_id=erp_make.place().pk,
        lines=[row | {"location_id": erp_making.line_side().pk}],
    )
    perform(post_stock_document, actor=None, document_id=document.pk)


def balance(role: str) -> Decimal:
    codes = set(AccountMapping.objects.filter(role=role).values_list("account__code", flat=True))
    return sum((amount for code, amount in finance.balances().items() if code in codes), D(0))


def changed(order: SalesOrder, quantity: str) -> SalesOrder:
    line = order.lines.get()
    row = {"id": line.pk, "item_id": line.item_id, "quantity": D(quantity), "price": D(100)}
    perform(
        change_sales_order,
        actor=None, order_id=order.pk, reason="fewer", lines=[row | {"ship_date": line.ship_date}],
    )  # fmt: skip
    return SalesOrder.objects.get(pk=order.pk)


def projected(order: SalesOrder) -> tuple[Decimal, Decimal, bool]:
    [row] = profit_of_lines(Wanted(keys={"order": order.pk}))
    return row["projection"].cost, row["projection"].margin, row["projection"].is_over


def planned_and_changed(works) -> tuple[SalesOrder, WorkOrder, WorkOrder]:
    """Ten are ordered, planned and firmed; eight are wanted after all, and the planner follows."""
    order = crm.confirmed_order(
        masterdata.customer("ACME"),
        crm.line(works.pump, "10", "100", ship_date=TODAY + dt.timedelta(days=60)),
        warehouse_id=works.place.pk,
        tax_included=False,
    )
    planned = [one for one in erp_make.plan() if one.item.supply_type == "make"]
    assert [(one.item.code, one.quantity) for one in planned] == [("BODY", D(10)), ("PUMP", D(10))]
    perform(planning.firm_planned_orders, actor=None, identities=[one.identity for one in planned])
    body, pump = (WorkOrder.objects.get(item=one) for one in (works.body, works.pump))
    assert pump.sales_order_line == order.lines.get()
    order = changed(order, "8")
    for _level in range(2):
        erp_make.plan()
        asked = PlanChange.objects.filter(outcome="open", kind="decrease")
        if asked:
            perform(carry_out_changes, actor=None, change_ids=[one.pk for one in asked])
    erp_make.plan()
    assert not PlanChange.objects.filter(outcome="open", item__in=[works.body, works.pump]).exists()
    body, pump = fresh(body), fresh(pump)
    assert (body.quantity, pump.quantity) == (8, 8)
    assert [line.required_quantity for line in pump.materials.order_by("line_no")] == [8, 16, 4]
    assert {step.number: step.run_minutes for step in pump.operations.all()} == {10: 0, 20: 240}
    return order, body, pump


def body_made(body: WorkOrder) -> None:
    """17 kg and 2 hours for 8 bodies: 175.00."""
    steel = body.materials.get().item_id
    perform(
        work_orders.issue_extra_materials,
        actor=None, work_order_id=body.pk, lines=[{"item_id": steel, "quantity": D(17)}],
    )  # fmt: skip
    report(body, "8", hours="2", employee=masterdata.employee(labour_rate=D(30)))
    receive(body, "8")
    done = perform(work_orders.close_work_order, actor=None, work_order_id=body.pk)
    card = cost_card(done)
    assert (card.planned, card.target, card.actual) == (D(152), D(152), D(175))
    assert card.analysis.variances == {"usage": D(5), "efficiency": D(12), "overhead": D(6)}
    assert (done.variance, on_hand("BODY"), balance("wip")) == (0, D(8), 0)


def plated(pump: WorkOrder) -> PurchaseOrder:
    """8 go out and come back for 3.50 a piece."""
    draft = perform(purchase_orders.order_operation, actor=None, work_order_id=pump.pk, operation_no=10, price=D("3.5"))
    order = perform(purchase_orders.approve_purchase_order, actor=None, order_id=draft.pk)
    rows = [{"order_line_id": order.lines.get().pk, "quantity": D(8)}]
    perform(goods_receipts.receive_goods, actor=None, order_id=order.pk, lines=rows)
    return order


def plating_invoiced(order: PurchaseOrder, price: str) -> None:
    bill = finance.draft_bill(order)
    row = {"receipt_line_id": bill.lines.get().receipt_line_id, "quantity": D(8), "price": D(price)}
    perform(
        invoices.update_invoice,
        actor=None, invoice_id=bill.pk, lines=[row], document_date=bill.document_date, supplier_reference="F-1",
    )  # fmt: skip
    finance.post(bill)


def pump_made(pump: WorkOrder, order: SalesOrder) -> None:
    """From the pick to the closed order, with what stands in process and what the margin will be at each step."""
    pick = erp_making.pick_for([pump])
    shares = PickShare.objects.filter(line__pick=pick).values_list("line__item__code", "planned_quantity")
    assert dict(shares) == {"BODY": D(8), "SEAL": D(16)}
    erp_making.post(pick, "8", "16")
    assert (balance("wip"), fresh(pump).material_cost) == (D(239), D(239))
    assert projected(order) == (D(439), D(361), True)  # 416 and 23 dearer bodies
    fee = plated(pump)
    assert (balance("wip"), balance("grni"), projected(order)) == (D(267), D(-28), (D(443), D(357), True))
    report(
        fresh(pump), "7", "1", "4.5", scrap_reason="Leaks", employee=masterdata.employee(labour_rate=D(20)),
        operation_id=pump.operations.get(number=20).pk,
    )  # fmt: skip
    assert (balance("wip"), on_hand("GREASE")) == (D(462), D(6))
    receive(fresh(pump), "7")
    assert (fresh(pump).state, balance("wip"), fresh(pump).received_cost) == ("completed", 0, D(462))
    inspection = Inspection.objects.get()
    erp_quality.inspected(inspection, *["10"] * 7)
    erp_quality.decided(inspection, ("accept", "7"))
    plating_invoiced(fee, "4")
    assert (balance("wip"), balance("grni")) == (D(4), 0)
    done = perform(work_orders.close_work_order, actor=None, work_order_id=pump.pk)
    card = cost_card(done)
    assert card.elements == {
        "material": D(88), "sub_assembly": D(175), "labour": D(90), "machine": D(36), "overhead": D(45),
        "subcontract": D(32), "other": D(0), "by_product": D(0),
    }  # fmt: skip
    assert (card.planned, card.target, card.actual) == (D(416), D(364), D(466))
    assert card.analysis.variances == {"price": D(31), "efficiency": D(10), "overhead": D(9), "scrap": D(52)}
    assert sum(card.analysis.variances.values()) == card.difference == D(102)
    assert (done.variance, balance("wip"), balance("production_variance"), balance("scrap_loss")) == (0, 0, 0, 0)


def test_an_order_changed_half_way_is_made_and_earns_what_the_books_say(works):
    order, body, pump = planned_and_changed(works)
    for one in (body, pump):
        perform(work_orders.release_work_order, actor=None, work_order_id=one.pk)
    assert cost_card(fresh(pump)).planned == D(416)
    assert projected(order) == (D(416), D(384), False)
    body_made(body)
    pump_made(fresh(pump), order)
    assert {code: on_hand(code) for code in ("STEEL", "SEAL", "GREASE", "BODY", "PUMP")} == {
        "STEEL": D(83), "SEAL": D(84), "GREASE": D(6), "BODY": D(0), "PUMP": D(7),
    }  # fmt: skip

    order = changed(order, "7")
    assert projected(order) == (D(466), D(234), True)
    erp.signed(order)
    finance.posted_invoice(order)

    [row] = profit_of_lines(Wanted(keys={"order": order.pk}))
    earned = row["profit"]
    assert (earned.revenue, earned.cost, earned.margin, earned.percent) == (D(700), D(466), D(234), D("33.4"))
    assert (row["projection"].cost, row["projection"].margin) == (D(466), D(234))
    booked = JournalLine.objects.filter(account__kind="revenue", sales_order=order)
    assert (-sum(booked.values_list("amount", flat=True)), balance("cost_of_sales")) == (D(700), D(466))
    assert not StockBalance.objects.filter(item=works.pump, on_hand__gt=0).exists()
    assert (SalesOrder.objects.get(pk=order.pk).state, balance("wip")) == ("closed", 0)
    assert violations() == []
