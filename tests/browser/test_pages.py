"""The main pages of the demo company in a real Chromium: both languages, both widths, light and dark; and the tour."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.models import User
from crm.models import Quotation, SalesOrder
from erp.models import Inspection, Lot, Routing, Shipment, Stocktake, WorkOrder
from finance.models import Bill, Invoice, Voucher
from masterdata.models import Partner
from scm.models import GoodsReceipt, LandedCost, PurchaseOrder, SubcontractOrder

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
FINDINGS = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter(one => ["serious", "critical"].includes(one.impact))
    .map(one => [one.id, ...one.nodes.slice(0, 3).map(node => node.target + " " + node.any.map(any => any.message))]
    .join(" | "))"""
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
WORDS = """() => {
    const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const holder = walker.currentNode.parentElement;
        const apart = holder.closest("script, style, template, code, kbd, [lang=en]");
        if (!apart) found.push(walker.currentNode.textContent.trim());
    }
    for (const holder of document.querySelectorAll("[aria-label], [placeholder], [title]"))
        for (const name of ["aria-label", "placeholder", "title"]) found.push(holder.getAttribute(name) || "");
    return found.filter(Boolean);
}"""
ENGLISH = re.compile(r"\b[a-z]{3,}(?: [a-z]{2,})+|^[A-Z][a-z]{3,}$")
DATA = re.compile(r"English|Ctrl|XLSX|CSV|Ningbo|Xiamen|Dalian|Qingdao|axis|rpm|Concord")
"""Words that are a name, a key or what a customer wrote, not a word of ours."""

pytestmark = pytest.mark.template("demo")


def addresses() -> dict[str, tuple[str, str]]:
    """{page: (user name, address)} of the twelve main pages, of six in planning, making, quality, outside work, and of
    seven that hold what is counted, traced, packed and booked.
    """

    def newest(model, **found):
        return model.objects.filter(**found).latest("pk").get_absolute_url()

    order = SalesOrder.objects.filter(state="confirmed").latest("pk")
    packed = Shipment.objects.filter(state="picked", units__isnull=False).latest("pk")
    return {
        "my work": ("admin", "/my-work/"),
        "customer": ("li", Partner.objects.get(pk=order.partner_id).get_absolute_url()),
        "quotation": ("li", f"{newest(Quotation, state='draft')}edit/"),
        "sales order": ("li", order.get_absolute_url()),
        "plan": ("zhao", "/erp/plan/"),
        "work order": ("zhao", newest(WorkOrder, state="released")),
        "shop floor": ("wu", "/erp/shop-floor/"),
        "stock": ("zhou", "/erp/stock/"),
        "purchase order": ("sun", newest(PurchaseOrder, state="approved")),
        "receipt": ("zhou", newest(GoodsReceipt, state="posted")),
        "invoice": ("feng", newest(Invoice, state="posted", kind="customer")),
        "dashboard": ("admin", "/dashboard/"),
        "master schedule": ("zhao", "/erp/mps/"),
        "capacity": ("zhao", "/erp/capacity/"),
        "kit check": ("zhao", "/erp/kit-check/"),
        "routing": ("zhao", newest(Routing, state="released")),
        "inspection": ("zhou", newest(Inspection, state="draft")),
        "subcontract order": ("sun", newest(SubcontractOrder, state="released")),
        "stocktake": ("zhou", newest(Stocktake, state="counting")),
        "lot": ("zhou", newest(Lot, item__code="CM-3", built_in__isnull=False)),
        "packing": ("zhou", f"{packed.get_absolute_url()}pack/"),
        "landed cost": ("zheng", newest(LandedCost, state="posted")),
        "voucher": ("tang", newest(Voucher, state="posted")),
        "bill": ("feng", newest(Bill, state="discounted")),
        "journals": ("feng", "/finance/journals/"),
    }


def wrong_with(page, name: str, *, chinese: bool) -> list[str]:
    """Look at one open page at both widths, in light and dark."""
    found = []
    page.wait_for_load_state("networkidle")
    if chinese:
        left = [text for text in page.evaluate(WORDS) if ENGLISH.search(text) and not DATA.search(text)]
        found += [f"{name}: English in the Chinese page: {text[:80]}" for text in dict.fromkeys(left)]
    page.evaluate(f"() => {{ {AXE} }}")  # a script of the tests, past the page's content security policy
    for theme in ("light",) if chinese else ("light", "dark"):
        page.evaluate("theme => document.documentElement.setAttribute('data-bs-theme', theme)", theme)
        found += [f"{name} {theme}: {text}" for text in page.evaluate(FINDINGS)]
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        if (over := page.evaluate(OVERFLOW)) > 0:
            found.append(f"{name}: {over} px too wide at {width}")
    return found


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_main_pages_are_whole(desk, language):
    User.objects.update(language=language)
    pages, found = {}, []
    for name, (username, address) in addresses().items():
        if username not in pages:
            pages[username] = desk.open(
                "/health/",
                user=User.objects.get(username=username),
                reduced_motion="reduce",  # a colour on its way from light to dark is no finding
            )
        answer = pages[username].goto(address)
        assert answer.status == 200, (name, address)
        found += wrong_with(pages[username], name, chinese=language != "en")
    assert not found, "\n".join(found)


def test_the_guided_tour_leads_through_ten_pages_to_its_end(desk):
    User.objects.update(language="en")
    page = desk.open("/help/tour/", user=User.objects.get(username="chen"))
    page.get_by_role("button", name="Start the tour").click()
    box = page.locator(".driver-popover")
    for number in range(1, 11):
        expect(box).to_contain_text(f"{number} / 10")
        if number == 3:
            box.get_by_role("button", name="Back").click()
            expect(box).to_contain_text("2 / 10")
            box.get_by_role("button", name="Next").click()
            expect(box).to_contain_text("3 / 10")
        box.get_by_role("button", name="Finish" if number == 10 else "Next").click()
    expect(box).to_have_count(0)
    expect(page).to_have_url(re.compile("/dashboard/$"))
    page.reload()
    expect(box).to_have_count(0)
