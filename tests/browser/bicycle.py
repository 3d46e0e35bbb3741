"""A hundred bicycles by hand: from the tree of the item to what is short for the order, and pictures of each page."""

import datetime as dt
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from core.clock import today
from core.operations import perform
from core.templatetags.figures import unit_price
from crm.models import Quotation, SalesOrder
from crm.services import sales_orders
from erp.selectors.boms import bom_tree
from erp.selectors.pegging import pegs_of_line
from masterdata.models import Item, Partner
from tests.browser.people import Person
from tests.browsers import Desk
from tests.databases import ROOT

BICYCLE = "BK-M68B-42"
WIDTHS = {"phone": (390, 844), "wide": (1440, 900)}
LANGUAGES = ("en", "zh-hans")
DRAWN = """() => {
  const names = [], walk = (one) => { names.push(one.name); (one.children || []).forEach(walk); };
  const chart = window.echarts.getInstanceByDom(document.querySelector("[data-chart]"));
  chart.getOption().series[0].data[0].children.forEach(walk);
  return names;
}"""
"""The labels of the tree that ECharts has drawn, below its root."""
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"


@dataclass
class BicycleStory:
    """Who sells and plans at which desk; ``seen`` fills with the pages gone through."""

    desk: Desk
    planner: Any
    seller: Any
    folder: Path
    quantity: int = 100
    seen: dict[str, tuple[Any, str]] = field(default_factory=dict)

    def tell(self) -> SalesOrder:
        """Look at the bicycle, sell a hundred, plan, see what is short."""
        planner = Person(self.desk, self.planner)
        self.look(planner)
        seller = Person(self.desk, self.seller)
        order = self.sell(seller)
        self.plan(planner, order)
        self.trace(planner, self.urgent(order))
        return order

    def note(self, name: str, person: Person) -> None:
        user = self.planner if person.page.context is self.desk.contexts[0] else self.seller
        self.seen[name] = (user, person.page.url.removeprefix(self.desk.live.url))

    def look(self, planner: Person) -> None:
        """Find the item by the search field, its tree, its cost."""
        item = Item.objects.get(code=BICYCLE)
        planner.page.locator("#global-search").fill(BICYCLE)
        hit = planner.page.locator("#search-results a.search-hit", has_text=BICYCLE).first
        with planner.page.expect_navigation():
            hit.click()
        planner.sees(BICYCLE, item.name)
        self.note("item", planner)
        self.open(planner, "Bills of material")
        tree = bom_tree(item, today())
        planner.sees(*{node.item.code for node in tree.flat()})
        expect(planner.page.locator("main tbody").first.locator("tr")).to_have_count(len(tree.flat()))
        self.note("structure", planner)
        self.open(planner, "Cost")
        planner.sees("Cost by element", unit_price(tree.unit_cost))
        self.note("cost", planner)

    @staticmethod
    def open(person: Person, label: str) -> None:
        with person.page.expect_navigation():
            person.page.locator("main a:visible").filter(has_text=label).first.click()

    def sell(self, seller: Person) -> SalesOrder:
        """A quotation typed into the grid, accepted, the order confirmed."""
        shop = Partner.objects.filter(is_customer=True, kind="company", is_active=True).order_by("code").first()
        self.open_menu(seller, "Quotations")
        self.open(seller, "New quotation")
        seller.pick("partner", shop.code)
        seller.pick("lines-0-item", BICYCLE)
        seller.page.locator('[name="lines-0-quantity"]').fill(str(self.quantity))
        price = Item.objects.get(code=BICYCLE).list_price
        expect(seller.page.locator("#document-totals")).to_contain_text(shown(price * self.quantity))
        self.note("quotation form", seller)
        picture(seller.page, self.folder, "quotation-typed")
        seller.save()
        self.note("quotation", seller)
        quotation = Quotation.objects.get(partner=shop)
        assert [(line.item.code, line.quantity) for line in quotation.lines.all()] == [(BICYCLE, self.quantity)]
        seller.press("quotation-accept")
        order = SalesOrder.objects.get(quotation=quotation)
        seller.sees(order.number)
        seller.press("sales-order-confirm")
        expect(seller.page.locator(".state-badge").first).to_contain_text("Confirmed")
        self.note("order", seller)
        return order

    @staticmethod
    def open_menu(person: Person, label: str) -> None:
        """Follow an entry of the menu at the side."""
        link = person.page.locator("nav a", has_text=re.compile(rf"^\s*{label}\s*$")).first
        if not link.is_visible():
            link.evaluate("link => link.closest('details, .collapse')?.setAttribute('open', '')")
        with person.page.expect_navigation():
            link.click()

    def plan(self, planner: Person, order: SalesOrder) -> None:
        """The planner process plans; what is short for the order is read from the plan, then from the order itself."""
        planned()
        self.open_menu(planner, "Plan")
        self.note("plan", planner)
        self.open(planner, "Shortages")
        planner.sees(BICYCLE)
        self.note("shortages", planner)
        self.open(planner, "Late orders")
        self.note("late orders", planner)

    @staticmethod
    def urgent(order: SalesOrder) -> SalesOrder:
        """The same bicycles wanted within five days, whatever was promised: nothing can be there so soon."""
        lines = [{"item_id": order.lines.get().item_id, "quantity": Decimal(200)}]
        due = today() + dt.timedelta(days=5)
        how = {"partner_id": order.partner_id, "requested_date": due, "lines": lines}
        wanted = perform(sales_orders.create_sales_order, actor=None, **how)
        confirmed = perform(sales_orders.confirm_sales_order, actor=None, order_id=wanted.pk)
        planned()
        return confirmed

    def trace(self, planner: Person, order: SalesOrder) -> None:
        """From the late line down to what is bought: every late date says why, as a list and as a tree."""
        pegs = pegs_of_line(order.lines.get().pk)
        nodes = pegs.rows()
        late = [node for node in nodes if node.is_late]
        assert late
        assert all(node.why for node in late)
        leaves = [node for node in nodes if not node.children]
        assert all(node.item.supply_type == "buy" or node.source in {"stock", "reserved", "supply"} for node in leaves)
        assert any(node.item.supply_type == "buy" and node.is_late for node in leaves)
        page = planner.page
        self.open_menu(planner, "Plan")
        self.open(planner, "Late orders")
        with page.expect_navigation():
            page.locator("main tbody tr", has_text=order.number).locator("td").nth(2).click()
        rows = page.locator("main tbody tr")
        expect(rows).to_have_count(len(nodes))
        reasons = {"parts": "waits for", "lead_time": "too little time", "late_supply": "expected late"}
        listed = rows.all_inner_texts()
        for node, text in zip(nodes, listed, strict=True):
            assert node.item.code in text
            assert not node.days_late or f"{node.days_late} day" in text, text
            assert reasons.get(node.why, "") in text
        self.note("pegging", planner)
        self.open(planner, "Tree")
        expect(page.locator("[data-chart] svg, [data-chart] canvas").first).to_be_visible()
        drawn = page.evaluate(DRAWN)
        assert len(drawn) == min(len(nodes), 250)
        assert sum(" late" in text for text in drawn) == sum(bool(node.days_late) for node in nodes[: len(drawn)])
        assert any("waits for" in text for text in drawn)
        self.note("pegging tree", planner)

    def photograph(self) -> list[str]:
        """Picture every page gone through, in each language at each width; return what is too wide."""
        found = []
        for language in LANGUAGES:
            pages: dict[int, Page] = {}
            for name, (user, address) in self.seen.items():
                if user.pk not in pages:
                    type(user).objects.filter(pk=user.pk).update(language=language)
                    pages[user.pk] = self.desk.open("/health/", user=user, reduced_motion="reduce")
                pages[user.pk].goto(address)
                found += picture(pages[user.pk], self.folder, f"{name.replace(' ', '-')}-{language[:2]}")
        return found


def planned() -> None:
    """The planner process plans what has changed."""
    subprocess.run([sys.executable, "manage.py", "planner", "--once"], cwd=ROOT, env=dict(os.environ), check=True)


def picture(page: Page, folder: Path, name: str) -> list[str]:
    """Picture a page at each width; return where it is too wide."""
    found = []
    for size, (width, height) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_load_state("networkidle")
        if (over := page.evaluate(OVERFLOW)) > 0:
            found.append(f"{name}: {over} px too wide at {width}")
        page.screenshot(path=folder / f"{name}-{size}.png", full_page=True)
    return found


def shown(value: Decimal) -> str:
    """A figure as the pages print it."""
    return f"{value:,.2f}"
