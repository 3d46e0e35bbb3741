"""The grid of an order and the receiving door, as a buyer and a warehouse clerk use them."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from scm.models import GoodsReceipt, PurchaseOrder
from scm.states import GoodsReceiptState
from tests.factories import scm as make
from tests.factories.core import make_user
from tests.factories.finance import open_books

CLERK = ["scm.add_goodsreceipt", "scm.post_goodsreceipt", "scm.view_goodsreceipt"]


def test_the_grid_finds_price_and_totals_while_one_types(desk):
    made = make.buying_company()
    page = desk.open(reverse("scm:purchase-order-create"), user=made.buyer)
    supplier = page.locator("input[name=partner-text]")
    supplier.fill("S-ALPHA")
    page.get_by_role("option", name=re.compile("S-ALPHA")).click()
    item = page.locator("input[name=lines-0-item-text]")
    item.fill("BOLT")
    page.get_by_role("option", name=re.compile("BOLT")).click()
    page.locator("input[name=lines-0-quantity]").fill("100")
    expect(page.locator("#lines-0-net")).to_have_text("250.00")
    expect(page.locator("#lines-0-note")).to_contain_text("AL-77")
    expect(page.locator("#order-totals")).to_contain_text("282.50")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/scm/purchase-orders/\d+/$"))
    [line] = PurchaseOrder.objects.get().lines.all()
    assert (line.item, line.quantity, line.price, line.uom) == (made.bolt, 100, make.Decimal("2.5"), made.bolt.uom)


def test_a_delivery_is_scanned_counted_and_taken_into_stock(desk):
    made = make.buying_company()
    open_books()
    order = make.approved_order(made)
    page = desk.open(reverse("scm:receiving"), user=make_user("clerk", rights=CLERK), width=390, height=844)
    scanner = page.locator("#scan-input")
    scanner.fill("NOSUCH")
    scanner.press("Enter")
    expect(page.locator("[data-scan-answer]")).to_contain_text("NOSUCH")
    scanner.fill(order.number)
    scanner.press("Enter")
    page.wait_for_url(re.compile(r"/scm/receiving/\d+/"))
    scanner.fill("BOLT")
    scanner.press("Enter")
    quantity = page.locator("#scan-result input[name=quantity]")
    expect(quantity).to_have_value("10")
    expect(quantity).to_be_focused()
    quantity.fill("11")
    quantity.press("Enter")
    expect(page.locator("#scan-result .app-alert")).to_contain_text("11")
    quantity.fill("4")
    quantity.press("Enter")
    expect(page.locator("#scan-result")).to_contain_text("Take into stock")
    expect(scanner).to_be_focused()
    page.get_by_role("button", name="Take into stock").click()
    page.wait_for_url(re.compile(r"/scm/receiving/$"))
    receipt = GoodsReceipt.objects.get()
    assert (receipt.state, receipt.lines.get().quantity) == (GoodsReceiptState.POSTED, 4)
