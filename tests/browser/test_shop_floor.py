"""The shop floor on a tablet: badge, order, step, start, pause, finish, with the numbers in the books."""

from decimal import Decimal

from django.urls import reverse
from playwright.sync_api import expect

from erp.models import ProductionReport
from tests.factories import core, erp_make, finance, masterdata

D = Decimal
TABLET = {"width": 1024, "height": 768}


def test_a_worker_starts_pauses_and_reports_a_step(desk):
    erp_make.place()
    finance.open_books()
    worker = masterdata.employee("ANNA", badge="B-7", labour_rate=D(30))
    table = erp_make.made("TABLE")
    center = erp_make.work_center("SAW")
    erp_make.routing(table, (center, "2"), (center, "1"))
    order = erp_make.released_work_order(table, "10")

    page = desk.open(reverse("erp:shop-floor"), user=core.superuser("foreman"), **TABLET)
    scanner = page.locator("#scan-input")
    scanner.fill("NOBODY")
    scanner.press("Enter")
    expect(page.locator("[data-scan-answer]")).to_contain_text("NOBODY")
    scanner.fill("B-7")
    scanner.press("Enter")
    page.wait_for_url(f"**/shop-floor/{worker.pk}/")
    scanner.fill(order.number)
    scanner.press("Enter")
    page.wait_for_url(f"**/shop-floor/{worker.pk}/{order.pk}/")
    page.get_by_role("link", name="10 SAW").click()
    start = page.get_by_role("button", name="Start")
    assert start.bounding_box()["height"] >= 44
    start.click()
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Go on").click()
    page.locator("input[name=good_quantity]").fill("4")
    page.locator("input[name=scrap_quantity]").fill("1")
    page.locator("input[name=scrap_reason]").fill("bent")
    page.get_by_role("button", name="Finish").click()
    page.wait_for_url(f"**/shop-floor/{worker.pk}/")

    told = ProductionReport.objects.get()
    assert (told.good_quantity, told.scrap_quantity, told.operation.number) == (D(4), D(1), 10)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not desk.errors
