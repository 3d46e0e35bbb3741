"""The whole story in a real Chromium, by the hands of four people: sales, planner and buyer, warehouse, finance."""

import datetime as dt
import os
import re
import subprocess
import sys
from decimal import Decimal

from playwright.sync_api import expect

from core.clock import today
from crm.models import DeliveryRequest, Lead, SalesOrder
from erp.models import PlannedOrder, Reservation, Shipment, WorkOrder
from finance.models import Invoice, Payment, UnbilledLine
from finance.selectors.invariants import violations
from masterdata.models import Partner
from scm.models import GoodsReceipt, PurchaseOrder
from tests.browser.people import Person
from tests.databases import ROOT
from tests.factories import finance, masterdata
from tests.flows import test_order_to_cash as flow

D = Decimal
BOOKED = {  # what the same story leaves in the books when it is told by services
    "1002": D("2260.00"),
    "220202": D("-265.00"),
    "22210106": D("-260.00"),
    "3199": D("-350.00"),
    "410101": D("-140.00"),
    "5001": D("-2000.00"),
    "540101": D("755.00"),
}


def test_one_order_from_first_contact_to_cash_by_hand(desk):
    world = flow.make_world()
    people = world.people
    term = masterdata.payment_term()
    sales = Person(desk, people.sales, "/crm/leads/new/")
    clerk = Person(desk, people.finance)
    order = sell(sales, clerk, term)
    planner = Person(desk, people.planner, "/erp/plan/")
    purchase = plan_and_buy(planner)
    warehouse = Person(desk, people.warehouse, "/scm/receiving/", width=390, height=844)
    receive(warehouse, purchase)
    make(planner, warehouse, WorkOrder.objects.get(), world)
    deliver(sales, warehouse, order)
    invoice = collect(clerk, order)

    order.refresh_from_db()
    assert (invoice.gross_amount, invoice.open_amount, order.state) == (D("2260.00"), D(0), "closed")
    assert finance.balances() == BOOKED
    assert [(one.invariant.code, one.rows) for one in violations()] == []
    sales.go(order.get_absolute_url())
    sales.sees("Closed", "Signed", "2,260.00")
    sales.go(order.partner.get_absolute_url())
    sales.sees(order.number)


def sell(sales: Person, clerk: Person, term) -> SalesOrder:
    """Lead, opportunity, customer's data (terms and limit by finance), quotation, order."""
    sales.fill(company_name="Hangzhou Tools", contact_name="Li Lei", phone="13800138000", source="exhibition")
    sales.fill(interest="Ten drills")
    sales.save()
    lead = Lead.objects.get()
    sales.follow("Qualify")
    sales.fill(amount="2000")
    sales.save()
    lead.refresh_from_db()
    customer = Partner.objects.get(name="Hangzhou Tools")
    assert (lead.state, lead.partner) == ("qualified", customer)

    sales.go(f"/masterdata/partners/{customer.pk}/edit/")
    sales.fill(tax_number=masterdata._tax_number(99))
    sales.save()
    clerk.go(f"/masterdata/partners/{customer.pk}/edit/")
    clerk.fill(payment_term=str(term.pk), credit_limit="50000")
    clerk.save()
    sales.go(f"/masterdata/partners/{customer.pk}/addresses/new/")
    sales.fill(kind="shipping", province="浙江省", city="杭州市", street="文一路 1 号")
    sales.save()

    sales.go(lead.opportunities.get().get_absolute_url())
    sales.follow("New quotation")
    sales.fill(tax_included="0", requested_date=(today() + dt.timedelta(days=20)).isoformat())
    sales.pick("lines-0-item", "DRILL")
    sales.page.locator('[name="lines-0-quantity"]').fill("10")
    expect(sales.page.locator("#lines-0-amount")).to_have_text("2,000.00")
    expect(sales.page.locator("#document-totals")).to_contain_text("2,260.00")
    sales.save()
    sales.press("quotation-send")
    sales.press("quotation-accept")
    order = SalesOrder.objects.get()
    sales.sees(order.number)
    sales.press("sales-order-confirm")
    expect(sales.page.locator(".state-badge").first).to_contain_text("Confirmed")
    order.refresh_from_db()
    assert (order.source, order.gross_amount, order.lines.get().quantity) == ("exhibition", D("2260.00"), 10)
    assert [row.quantity for row in Reservation.objects.all()] == [3]
    return order


def plan_and_buy(planner: Person) -> PurchaseOrder:
    """The planner process plans; the rest is clicked: firm, to order, approve."""
    subprocess.run([sys.executable, "manage.py", "planner", "--once"], cwd=ROOT, env=dict(os.environ), check=True)
    planned = {row.item.code: row.quantity for row in PlannedOrder.objects.select_related("item")}
    assert planned == {"DRILL": 7, "MOTOR": 9, "COLUMN": 7}
    planner.page.reload()
    planner.sees("DRILL", "MOTOR", "COLUMN")
    planner.page.locator("thead [data-select-all]").check()
    with planner.page.expect_navigation():
        planner.page.locator(".bulk-bar").get_by_role("button", name="Firm").click()
    planner.sees("Nothing is missing")
    planner.go("/scm/requisitions/to-order/")
    planner.page.locator("thead [data-select-all]").check()
    planner.save("Write draft orders")
    purchase = PurchaseOrder.objects.get()
    planner.sees(purchase.number, "265.00")
    planner.press("purchase-order-approve")
    purchase.refresh_from_db()
    assert (purchase.state, {line.item.code: line.quantity for line in purchase.lines.all()}) == (
        "approved",
        {"MOTOR": 9, "COLUMN": 7},
    )
    return purchase


def receive(warehouse: Person, purchase: PurchaseOrder) -> None:
    """The receiving door on a phone: scan the order, scan and count each item, take into stock."""
    warehouse.scan(purchase.number)
    warehouse.page.wait_for_url(re.compile(r"/scm/receiving/\d+/"))
    for code, expected in (("MOTOR", "9"), ("COLUMN", "7")):
        warehouse.scan(code)
        quantity = warehouse.page.locator("#scan-result input[name=quantity]")
        expect(quantity).to_have_value(expected)
        quantity.press("Enter")
        expect(warehouse.page.locator("#scan-input")).to_be_focused()
    warehouse.save("Take into stock")
    receipt = GoodsReceipt.objects.get()
    assert (receipt.state, sorted(line.quantity for line in receipt.lines.all())) == ("posted", [7, 9])
    assert finance.balances()["220202"] == D("-265.00")


def make(planner: Person, warehouse: Person, work_order: WorkOrder, world) -> None:
    """Release at the desk; issue by list, work and report on the shop floor's phone, goods into stock."""
    planner.go(work_order.get_absolute_url())
    planner.press("work-order-release")
    warehouse.go(work_order.get_absolute_url())
    warehouse.follow("Issue material")
    warehouse.save("Issue material")
    warehouse.go("/erp/shop-floor/")
    warehouse.scan(masterdata.employee("E2", labour_rate=D(0)).code)  # his minutes must not show in the exact figures
    warehouse.page.wait_for_url(re.compile(r"/erp/shop-floor/\d+/$"))
    warehouse.scan(work_order.number)
    warehouse.page.wait_for_url(re.compile(r"/erp/shop-floor/\d+/\d+/$"))
    warehouse.save("Start")
    warehouse.fill(good_quantity="7")
    warehouse.save("Finish")
    warehouse.go(work_order.get_absolute_url())
    warehouse.follow("Report work")
    warehouse.fill(employee=str(world.worker.pk), hours="3.5")
    warehouse.save()
    expect(warehouse.page.get_by_text("is projected to cost")).to_be_visible()  # nobody planned hours of it
    warehouse.save()
    warehouse.follow("Receive")
    expect(warehouse.page.locator("[name=quantity]")).to_have_value("7")
    warehouse.save("Receive production")
    work_order.refresh_from_db()
    assert (work_order.completed_quantity, work_order.material_cost, work_order.labour_cost) == (7, 315, 140)
    assert (flow.on_hand(world.drill), flow.on_hand(world.motor), flow.on_hand(world.column)) == (10, 0, 0)


def deliver(sales: Person, warehouse: Person, order: SalesOrder) -> None:
    """Delivery request, pick by scan, ship, sign-off."""
    sales.go(order.get_absolute_url())
    sales.follow("Deliver")
    sales.save()
    sales.press("delivery-request-release")
    shipment = Shipment.objects.get(delivery_request=DeliveryRequest.objects.get())
    warehouse.go(f"/erp/shipments/{shipment.pk}/scan/")
    warehouse.scan("DRILL")
    expect(warehouse.page.locator("#scan-result")).to_contain_text("1 / 10")
    with warehouse.page.expect_navigation():
        warehouse.page.get_by_role("link", name="Type quantities").click()
    warehouse.page.locator('[name="lines-0-quantity"]').fill("10")
    warehouse.save("Picked")
    warehouse.follow("Ship")
    warehouse.fill(carrier="SF")
    warehouse.save()
    sales.go(order.get_absolute_url())
    sales.sees("Shipped")
    assert finance.balances()["1406"] == D("755.00")
    warehouse.follow("Sign off")
    warehouse.fill(signed_by="Han Meimei")
    warehouse.save("Sign off")
    shipment.refresh_from_db()
    line = order.lines.get()
    assert (shipment.state, line.delivered_quantity, line.signed_quantity) == ("signed", 10, 10)
    assert finance.balances()["112202"] == D("2000.00")


def collect(clerk: Person, order: SalesOrder) -> Invoice:
    """What was delivered becomes an invoice, and the invoice is paid."""
    clerk.go("/finance/to-invoice/")
    clerk.sees(order.number)
    clerk.page.locator("thead [data-select-all]").first.check()
    clerk.save("Write draft invoices")
    clerk.press("invoice-post")
    clerk.sees("2,260.00")
    assert not UnbilledLine.objects.exclude(open_quantity=0).exists()
    clerk.follow("Record payment")
    clerk.save("Save and post")
    payment = Payment.objects.get()
    assert (payment.state, payment.amount, payment.open_amount) == ("posted", D("2260.00"), 0)
    return Invoice.objects.get()
