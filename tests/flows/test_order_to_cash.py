"""One order from first contact to cash, through all three systems, with the exact ledgers at each step."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest

from core.clock import today
from core.errors import DomainError
from core.operations import perform
from crm.ports import credit_exposure
from crm.services import deliveries, leads, order_changes, quotations, returns, sales_orders
from crm.states import DeliveryRequestState, OpportunityState, QuotationState, SalesOrderState
from erp.models import Demand, Reservation, Shipment, StockBalance, Supply, WorkOrder
from erp.models.returns import ReturnReceipt
from erp.models.valuation import ItemCost
from erp.services import boms, planning, shipments, work_orders
from erp.services import returns as erp_returns
from erp.services.stock_documents import record_opening_stock
from finance.selectors.invariants import violations
from finance.services import invoices, payments
from masterdata.models import Partner
from scm.models import PurchaseOrder, Requisition
from scm.services import goods_receipts, purchase_orders, requisitions
from tests.factories import finance, masterdata
from tests.factories.core import user_in_role
from tests.factories.erp_make import plan

D = Decimal

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


def make_world():
    """A maker of drills: 3 finished in stock, 5 motors; a drill is 2 motors and 1 column."""
    finance.open_books()
    people = SimpleNamespace(
        sales=user_in_role("sales"),
        planner=user_in_role("planner", "buyer"),
        warehouse=user_in_role("warehouse", "production"),
        finance=user_in_role("finance"),
        boss=user_in_role("manager", "sales_manager", "finance_manager", "buyer"),
    )
    place = masterdata.warehouse("MAIN")
    drill = masterdata.item("DRILL", supply_type="make", lead_time_days=2, list_price=D(200))
    motor = masterdata.item("MOTOR", supply_type="buy", lead_time_days=5)
    column = masterdata.item("COLUMN", supply_type="buy", lead_time_days=5)
    maker = masterdata.supplier("MAKER")
    masterdata.supplier_item(maker, motor, "10", is_preferred=True)
    masterdata.supplier_item(maker, column, "25", is_preferred=True)
    masterdata.price_list({"item": drill, "price": D(200)})
    bom = perform(
        boms.create_bom,
        actor=None,
        item_id=drill.pk,
        lines=[{"component_id": motor.pk, "quantity": D(2)}, {"component_id": column.pk, "quantity": D(1)}],
        valid_from=dt.date(2025, 1, 1),
    )
    perform(boms.release_bom, actor=None, bom_id=bom.pk)
    perform(
        record_opening_stock,
        actor=None,
        warehouse_id=place.pk,
        lines=[
            {"item_id": drill.pk, "quantity": D(3), "unit_cost": D(100)},
            {"item_id": motor.pk, "quantity": D(5), "unit_cost": D(10)},
        ],
    )
    worker = masterdata.employee("E1", labour_rate=D(40))
    return SimpleNamespace(
        people=people, place=place, drill=drill, motor=motor, column=column, maker=maker, worker=worker
    )


def on_hand(item):
    return sum((row.on_hand for row in StockBalance.objects.filter(item=item, location__kind="storage")), D(0))


def nothing_is_wrong():
    assert [(one.invariant.code, one.rows) for one in violations()] == []


def quote(world, quantity="10"):
    people = world.people
    lead = perform(
        leads.create_lead,
        actor=people.sales,
        company_name="Hangzhou Tools",
        contact_name="Li Lei",
        phone="13800138000",
        source="fair",
    )
    opportunity = perform(leads.qualify_lead, actor=people.sales, lead_id=lead.pk, amount=D(2000))
    customer = opportunity.partner
    perform_address(customer)
    quotation = perform(
        quotations.create_quotation,
        actor=people.sales,
        partner_id=customer.pk,
        opportunity_id=opportunity.pk,
        tax_included=False,
        requested_date=today() + dt.timedelta(days=20),
        lines=[{"item_id": world.drill.pk, "quantity": D(quantity)}],
    )
    return lead, opportunity, quotation


def perform_address(customer):
    from masterdata.services.partners import update_partner

    perform(
        update_partner,
        actor=None,
        partner_id=customer.pk,
        tax_number=masterdata._tax_number(99),
        payment_term=masterdata.payment_term(),
        credit_limit=D(50000),
        addresses=[
            {"kind": "shipping", "province": "浙江省", "city": "杭州市", "street": "文一路 1 号", "is_default": True}
        ],
        accept_duplicates=True,
    )


def confirmed(world):
    lead, opportunity, quotation = quote(world)
    people = world.people
    perform(quotations.send_quotation, actor=people.sales, quotation_id=quotation.pk)
    order = perform(quotations.accept_quotation, actor=people.sales, quotation_id=quotation.pk)
    order = perform(sales_orders.confirm_sales_order, actor=people.sales, order_id=order.pk)
    return lead, opportunity, quotation, order


def supply_everything(world):
    """Plan, firm, buy, receive, make: until the drills lie in stock."""
    people = world.people
    planned = {row.item_id: row for row in plan()}
    perform(
        planning.firm_planned_orders,
        actor=people.planner,
        identities=[row.identity for row in planned.values()],
    )
    work_order = WorkOrder.objects.get(item=world.drill)
    requisition = Requisition.objects.get()
    buy(world, requisition)
    make(world, work_order)
    return planned, work_order


def buy(world, requisition):
    people = world.people
    if requisition.state == "draft":
        perform(requisitions.submit_requisition, actor=people.planner, requisition_id=requisition.pk)
        perform(requisitions.approve_requisition, actor=people.boss, requisition_id=requisition.pk)
    [key] = perform(
        purchase_orders.create_purchase_orders_from_requisitions,
        actor=people.planner,
        selections=[{"line_id": line.pk} for line in requisition.lines.all()],
        warehouse_id=world.place.pk,
    )
    order = perform(purchase_orders.approve_purchase_order, actor=people.planner, order_id=key)
    assert {row.open_quantity for row in Supply.objects.filter(kind="purchase")} == {
        line.stock_quantity for line in order.lines.all()
    }
    return perform(
        goods_receipts.receive_goods,
        actor=people.warehouse,
        order_id=order.pk,
        lines=[{"order_line_id": line.pk, "quantity": line.quantity} for line in order.lines.all()],
    )


def make(world, work_order):
    people = world.people
    perform(work_orders.release_work_order, actor=people.planner, work_order_id=work_order.pk)
    materials = [{"material_id": row.pk, "quantity": row.required_quantity} for row in work_order.materials.all()]
    perform(work_orders.issue_materials, actor=people.warehouse, work_order_id=work_order.pk, lines=materials)
    perform(
        work_orders.report_operation,
        actor=people.warehouse,
        work_order_id=work_order.pk,
        employee_id=world.worker.pk,
        good_quantity=work_order.quantity,
        hours=D("3.5"),
    )
    perform(
        work_orders.receive_production,
        actor=people.warehouse,
        work_order_id=work_order.pk,
        quantity=work_order.quantity,
    )
    work_order.refresh_from_db()


def deliver(world, order, **delivery):
    people = world.people
    request = perform(deliveries.create_delivery_request, actor=people.sales, order_id=order.pk, **delivery)
    perform(deliveries.release_delivery_request, actor=people.sales, request_id=request.pk)
    shipment = Shipment.objects.get(delivery_request=request)
    place = masterdata.location_of(world.place)
    picks = [
        {"line_id": line.pk, "location_id": place.pk, "lot_id": None, "quantity": line.quantity}
        for line in shipment.lines.all()
    ]
    perform(shipments.pick_shipment, actor=people.warehouse, shipment_id=shipment.pk, picks=picks)
    perform(shipments.ship_shipment, actor=people.warehouse, shipment_id=shipment.pk, carrier="SF")
    return request, shipment


def test_one_order_from_first_contact_to_cash(world):  # noqa: PLR0915 - one story
    people = world.people
    opening = finance.balances()
    assert opening == {"1405": D("350.00"), "3199": D("-350.00")}

    # 1 lead -> opportunity -> quotation, with the price and why
    _lead, opportunity, quotation = quote(world)
    line = quotation.lines.get()
    assert (line.price, line.net_amount, line.tax_amount, line.gross_amount) == (
        D(200),
        D("2000.00"),
        D("260.00"),
        D("2260.00"),
    )
    assert quotation.source == "fair"
    perform(quotations.send_quotation, actor=people.sales, quotation_id=quotation.pk)
    assert finance.balances() == opening

    # 2 accepted -> sales order confirmed: demand, reservation, payment plan, nothing else
    order = perform(quotations.accept_quotation, actor=people.sales, quotation_id=quotation.pk)
    quotation.refresh_from_db()
    opportunity.refresh_from_db()
    assert (quotation.state, opportunity.state) == (QuotationState.ACCEPTED, OpportunityState.WON)
    order = perform(sales_orders.confirm_sales_order, actor=people.sales, order_id=order.pk)
    assert (order.state, order.source, order.gross_amount) == (SalesOrderState.CONFIRMED, "fair", D("2260.00"))
    demand = Demand.objects.get()
    assert (demand.item, demand.quantity, demand.open_quantity) == (world.drill, D(10), D(10))
    assert [row.quantity for row in Reservation.objects.all()] == [D(3)]
    assert [row.amount for row in order.payment_plan.all()] == [D("2260.00")]
    assert credit_exposure(partner_id=order.partner_id) == D("2260.00")
    assert finance.balances() == opening

    # 3 plan -> planned orders pegged to the demand -> firmed
    planned, work_order = supply_everything(world)
    assert {pk: row.quantity for pk, row in planned.items()} == {
        world.drill.pk: D(7),
        world.motor.pk: D(9),
        world.column.pk: D(7),
    }
    assert all(row.demands for row in planned.values())

    # 4 purchase: 9 motors at 10, 7 columns at 25, received not invoiced
    balances = finance.balances()
    assert balances["220202"] == D("-265.00")

    # 5 production: 140 motors + 175 columns + 140 labour = 455 for 7 drills
    assert (work_order.material_cost, work_order.labour_cost) == (D("315.00"), D("140.00"))
    assert on_hand(world.drill) == D(10)
    assert on_hand(world.motor) == on_hand(world.column) == D(0)
    assert ItemCost.objects.get(item=world.drill).value == D("755.00")
    assert balances["1405"] == D("755.00")
    assert balances["410101"] == D("-140.00")
    assert "400101" not in balances
    nothing_is_wrong()

    # 6 delivery request -> pick -> shipment -> sign-off
    request, shipment = deliver(world, order)
    balances = finance.balances()
    assert (balances["1406"], balances.get("1405")) == (D("755.00"), None)
    assert "5001" not in balances
    perform(shipments.sign_off_shipment, actor=people.warehouse, shipment_id=shipment.pk, signed_by="Han Meimei")
    balances = finance.balances()
    assert balances["5001"] == D("-2000.00")
    assert balances["540101"] == D("755.00")
    assert "1406" not in balances
    assert balances["112202"] == D("2000.00")
    order.refresh_from_db()
    line = order.lines.get()
    assert (line.delivered_quantity, line.signed_quantity) == (D(10), D(10))
    assert not Demand.objects.filter(open_quantity__gt=0, kind="sales").exists()
    nothing_is_wrong()

    # 7 invoice -> payment -> exposure down
    [key] = perform(invoices.invoice_deliveries, actor=people.finance, deliveries=finance.everything_of(order))
    invoice = perform(invoices.post_invoice, actor=people.finance, invoice_id=key)
    balances = finance.balances()
    assert (balances["112201"], balances["22210106"]) == (D("2260.00"), D("-260.00"))
    assert "112202" not in balances
    assert credit_exposure(partner_id=order.partner_id) == D("2260.00")
    perform(
        payments.record_payment,
        actor=people.finance,
        partner_id=order.partner_id,
        kind="customer",
        bank_account_id=finance.bank().pk,
        amount=D("2260.00"),
        lines=[{"invoice_id": invoice.pk, "amount": D("2260.00")}],
    )
    assert credit_exposure(partner_id=order.partner_id) == D(0)
    order.refresh_from_db()
    assert order.state == SalesOrderState.CLOSED

    # 8 every sub-ledger equals the general ledger
    assert finance.balances() == {
        "1002": D("2260.00"),
        "220202": D("-265.00"),
        "22210106": D("-260.00"),
        "3199": D("-350.00"),
        "410101": D("-140.00"),
        "5001": D("-2000.00"),
        "540101": D("755.00"),
    }
    assert sum(finance.balances().values()) == 0
    nothing_is_wrong()
    request.refresh_from_db()
    assert request.state in {DeliveryRequestState.SHIPPED, DeliveryRequestState.CLOSED}


def test_an_order_changed_half_way(world):
    people = world.people
    *_rest, order = confirmed(world)
    deliver_part(world, order, "3")
    line = order.lines.get()
    with pytest.raises(DomainError):
        perform(
            order_changes.change_sales_order,
            actor=people.sales,
            order_id=order.pk,
            lines=[change_of(line, quantity=D(2))],
            reason="less than delivered",
        )
    with pytest.raises(DomainError) as refusal:
        perform(
            order_changes.change_sales_order,
            actor=people.sales,
            order_id=order.pk,
            lines=[change_of(line, price=D(210))],
            reason="dearer, though delivered in part",
        )
    assert refusal.value.code == "frozen_price"
    added = {"item_id": world.drill.pk, "quantity": D(2), "price": D(210)}
    order = perform(
        order_changes.change_sales_order,
        actor=people.sales,
        order_id=order.pk,
        lines=[change_of(line, quantity=D(8)), added],
        reason="fewer of the first, two more later",
    )
    line.refresh_from_db()
    assert (order.revision, line.quantity, line.price, order.net_amount) == (1, D(8), D(200), D("2020.00"))
    assert [row.open_quantity for row in Demand.objects.filter(kind="sales").order_by("id")] == [D(5), D(2)]
    assert sum(row.amount for row in order.payment_plan.all()) == order.gross_amount == D("2282.60")
    assert {row.item_id: row.quantity for row in plan()}[world.drill.pk] == D(7)
    nothing_is_wrong()


def change_of(line, **changes):
    return {"id": line.pk, "item_id": line.item_id, "quantity": line.quantity, "price": line.price} | changes


def deliver_part(world, order, quantity):
    line = order.lines.get()
    return deliver(world, order, lines=[{"order_line_id": line.pk, "quantity": D(quantity)}])


def test_a_return_comes_back_at_its_original_cost(world):
    people = world.people
    *_rest, order = confirmed(world)
    supply_everything(world)
    _request, shipment = deliver(world, order)
    perform(shipments.sign_off_shipment, actor=people.warehouse, shipment_id=shipment.pk, signed_by="Han Meimei")
    line = order.lines.get()
    request = perform(
        returns.create_return_request,
        actor=people.sales,
        order_id=order.pk,
        lines=[{"order_line_id": line.pk, "quantity": D(2)}],
        reason="scratched",
    )
    perform(returns.approve_return_request, actor=people.boss, request_id=request.pk)
    receipt = ReturnReceipt.objects.get()
    perform(erp_returns.receive_return, actor=people.warehouse, receipt_id=receipt.pk)
    line.refresh_from_db()
    assert line.returned_quantity == D(2)
    assert on_hand(world.drill) == D(2)
    balances = finance.balances()
    assert balances["1405"] == D("151.00")  # 2 of 10 that cost 755.00
    assert balances["540101"] == D("604.00")
    assert balances["5001"] == D("-1600.00")
    assert balances["112202"] == D("1600.00")
    nothing_is_wrong()


def test_a_customer_over_his_limit_is_refused_and_nothing_is_written(world):
    _lead, _opportunity, quotation = quote(world, quantity="1000")
    people = world.people
    perform(quotations.send_quotation, actor=people.sales, quotation_id=quotation.pk)
    order = perform(quotations.accept_quotation, actor=people.sales, quotation_id=quotation.pk)
    with pytest.raises(DomainError) as refusal:
        perform(sales_orders.confirm_sales_order, actor=people.sales, order_id=order.pk)
    assert "credit" in refusal.value.code or "approval" in refusal.value.code
    order.refresh_from_db()
    assert order.state == SalesOrderState.DRAFT
    assert not Demand.objects.exists()
    assert Partner.objects.filter(pk=order.partner_id).exists()
    assert not PurchaseOrder.objects.exists()
