"""The cards of a list on a phone: they are sorted and chosen as the rows of the table are."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import core, masterdata

NAMES = {"BOLT": "Zinc bolt", "NUT": "Hex nut", "WASHER": "Flat washer"}


def test_cards_are_sorted_and_all_chosen(desk):
    masterdata.basics()
    for code, name in NAMES.items():
        masterdata.item(code, name=name)
    page = desk.open(reverse("masterdata:item-list"), user=core.superuser("boss"), width=390, height=844)
    cards = page.locator("#list tbody tr")
    expect(cards).to_have_count(3)
    expect(page.locator("#list thead")).to_be_hidden()
    for box in (card.bounding_box() for card in cards.all()):
        assert 0 <= box["x"] < box["x"] + box["width"] <= 390
    unit = cards.first.locator("td[data-label='Stock unit']")
    assert "Stock unit" in unit.evaluate("cell => getComputedStyle(cell, '::before').content")
    page.get_by_role("button", name="Sort").click()
    page.locator(".cards-bar").get_by_role("link", name="Name", exact=True).click()
    expect(page).to_have_url(re.compile(r"[?&]sort=name"))
    expect(cards).to_contain_text(["WASHER", "NUT", "BOLT"])
    page.get_by_role("checkbox", name="All rows").check()
    expect(page.locator("[data-bulk-count]")).to_have_text("3")
    expect(page.locator("[data-bulk-bar]")).to_be_visible()
    cards.nth(1).locator("[data-row-select]").uncheck()
    expect(page.locator("[data-bulk-count]")).to_have_text("2")
    expect(page.get_by_role("checkbox", name="All rows")).to_have_js_property("indeterminate", True)
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.locator(".cards-bar")).to_be_hidden()
    expect(page.locator("thead [data-select-all]")).to_have_js_property("indeterminate", True)
