"""The whole story in a real Chromium, as four people: sales, planner and buyer, warehouse, finance."""

import re

from playwright.sync_api import expect

from crm.models import Quotation, SalesOrder
from erp.models import Shipment, WorkOrder
from finance.models import Invoice, UnbilledLine
from scm.models import PurchaseOrder
from tests.factories import finance
from tests.flows import test_order_to_cash as flow

SLOW = 20_000


def press(page, verb):
    """Press a verb of a document page and wait for the page that answers it."""
    button = page.locator(f'form[data-verb="{verb}"] button').first
    if not button.is_visible():
        page.locator(".verb-menu-toggle").first.click()
    with page.expect_navigation(timeout=SLOW):
        button.click()


def test_an_order_from_quotation_to_payment_in_the_browser(desk, django_db_blocker):  # noqa: PLR0915 - one story
    with django_db_blocker.unblock():
        world = flow.make_world()
        _lead, _opportunity, draft = flow.quote(world)
        customer = draft.partner
    people = world.people

    sales = desk.open(f"/crm/quotations/new/?partner={customer.pk}", user=people.sales)
    item = sales.locator("#id_lines-0-item")
    item.fill("DRILL")
    sales.get_by_role("option", name=re.compile("DRILL")).first.click(timeout=SLOW)
    sales.locator("#id_lines-0-quantity").fill("10")
    sales.locator("#id_lines-0-quantity").press("Tab")
    expect(sales.locator("#lines-0-note, .lines-grid-note").first).to_be_visible(timeout=SLOW)
    with sales.expect_navigation(timeout=SLOW):
        sales.get_by_role("button", name="Save").first.click()
    with django_db_blocker.unblock():
        quotation = Quotation.objects.latest("pk")
        assert quotation.pk != draft.pk
        assert quotation.lines.get().quantity == 10
    expect(sales.locator("h1")).to_contain_text(quotation.number)
    press(sales, "quotation-send")
    press(sales, "quotation-accept")
    with django_db_blocker.unblock():
        order = SalesOrder.objects.get()
    expect(sales.locator("h1")).to_contain_text(order.number)
    press(sales, "sales-order-confirm")
    expect(sales.locator(".state-badge").first).to_contain_text("Confirmed")

    with django_db_blocker.unblock():
        flow.supply_everything(world)
        work_order, purchase = WorkOrder.objects.get(), PurchaseOrder.objects.get()
    planner = desk.open("/erp/plan/", user=people.planner)
    expect(planner.locator("h1")).to_contain_text("Plan")
    planner.goto(f"{desk.live.url}{work_order.get_absolute_url()}")
    expect(planner.locator("h1")).to_contain_text(work_order.number)
    planner.goto(f"{desk.live.url}{purchase.get_absolute_url()}")
    expect(planner.locator("h1")).to_contain_text(purchase.number)

    with django_db_blocker.unblock():
        flow.deliver(world, order)
        shipment = Shipment.objects.get()
    warehouse = desk.open(shipment.get_absolute_url(), user=people.warehouse)
    expect(warehouse.locator("h1")).to_contain_text(shipment.number)
    with django_db_blocker.unblock():
        flow.perform(flow.shipments.sign_off_shipment, actor=people.warehouse, shipment_id=shipment.pk, signed_by="Li")

    with django_db_blocker.unblock():
        deliveries = finance.everything_of(order)
        [key] = flow.perform(flow.invoices.invoice_deliveries, actor=people.finance, deliveries=deliveries)
        invoice = Invoice.objects.get(pk=key)
    books = desk.open(invoice.get_absolute_url(), user=people.finance)
    press(books, "invoice-post")
    with django_db_blocker.unblock():
        invoice.refresh_from_db()
        assert invoice.state == "posted"
        assert not UnbilledLine.objects.exclude(open_quantity=0).exists()
    expect(books.locator("h1")).to_contain_text(str(invoice))

    sales.goto(f"{desk.live.url}{order.get_absolute_url()}")
    expect(sales.locator("main")).to_contain_text("Signed")
