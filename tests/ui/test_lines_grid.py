"""The lines grid and the picker in a real browser, on a page of the test's own."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import expect

from core.widgets import Picker
from tests.browsers import PATIENCE

ITEMS = [
    {"id": 11, "code": "6204", "text": "6204 深沟球轴承", "fill": {"unit": "1", "price": "12.50"}},
    {"id": 12, "code": "6205", "text": "6205 Ball bearing", "fill": {"unit": "1", "price": "18.00"}},
    {"id": 13, "code": "M8", "text": "M8 Hex bolt", "fill": {"unit": "2", "price": "0.35"}},
]


class Head(forms.Form):
    partner = forms.CharField(widget=Picker("/search/"))


class Line(forms.Form):
    item = forms.CharField(widget=Picker("/search/"))
    quantity = forms.DecimalField()
    unit = forms.ChoiceField(choices=[("", ""), ("1", "pcs"), ("2", "box")], required=False)
    price = forms.DecimalField(required=False)
    due = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))


def page_of_the_test() -> str:
    """A form with a grid of one empty line, drawn as the program draws it."""
    formset = forms.formset_factory(Line, extra=1, can_delete=True)(prefix="lines")
    context = {"form": Head(), "formset": formset, "computed": [("net", "Net")], "recalc_url": "/recalculate/"}
    request = RequestFactory().get("/grid/")
    request.user = AnonymousUser()
    with translation.override("en"):
        return render_to_string("core/form.html", context | {"title": "Grid"}, request)


@pytest.fixture
def grid(browser, db):
    """The page at an address that exists in this browser alone; the test plays the server."""
    html = page_of_the_test()
    context = browser.new_context(base_url="http://grid.test", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.posted, errors = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def answer(route):
        url = urlsplit(route.request.url)
        if url.path.startswith("/static/"):
            route.fulfill(path=finders.find(url.path.removeprefix("/static/")))
        elif url.path == "/search/":
            query = parse_qs(url.query)["q"][0].lower()
            found = [item for item in ITEMS if query in item["text"].lower()]
            route.fulfill(content_type="application/json", body=json.dumps({"results": found}))
        elif url.path == "/recalculate/":
            page.posted.append(route.request.post_data)
            net = f'<span id="lines-0-net" hx-swap-oob="true">{len(page.posted)}</span>'
            route.fulfill(content_type="text/html", body=net)
        else:
            body = html if url.path == "/grid/" else "<p>elsewhere</p>"
            route.fulfill(content_type="text/html; charset=utf-8", body=body)

    page.route("**/*", answer)
    page.goto("/grid/")
    yield page
    context.close()
    assert not errors


def value(page, name):
    return page.locator(f'[name="{name}"]').input_value()


def focused(page):
    return page.locator(":focus").get_attribute("name")


def test_item_is_found_while_typing_and_fills_its_neighbours(grid):
    grid.locator('[name="lines-0-item-text"]').click()
    grid.keyboard.type("ball")
    expect(grid.locator(".picker-option")).to_have_text([re.compile("Ball bearing")])
    grid.keyboard.press("Enter")
    assert value(grid, "lines-0-item") == "12"
    assert value(grid, "lines-0-item-text") == "6205 Ball bearing"
    assert (value(grid, "lines-0-unit"), value(grid, "lines-0-price")) == ("1", "18.00")
    grid.keyboard.press("Enter")
    assert focused(grid) == "lines-0-quantity"


def test_scanner_that_is_faster_than_the_list(grid):
    grid.locator('[name="lines-0-item-text"]').click()
    grid.keyboard.type("6204", delay=1)
    grid.keyboard.press("Enter")
    expect(grid.locator('[name="lines-0-item"]')).to_have_value("11")


def test_changed_text_forgets_the_choice(grid):
    grid.locator('[name="lines-0-item-text"]').click()
    grid.keyboard.type("M8 ")
    expect(grid.locator(".picker-option")).to_have_text([re.compile("M8")])
    grid.keyboard.press("Enter")
    assert value(grid, "lines-0-item") == "13"
    grid.keyboard.type("x")
    assert value(grid, "lines-0-item") == ""


def test_enter_walks_and_adds_a_line_but_not_after_an_empty_one(grid):
    cell = grid.locator('[name="lines-0-item-text"]')
    cell.click()
    grid.keyboard.type("M8")
    expect(grid.locator(".picker-option")).to_have_text([re.compile("M8")])
    grid.keyboard.press("Enter")
    for name in ("quantity", "unit", "price", "due"):
        grid.keyboard.press("Enter")
        assert focused(grid) == f"lines-0-{name}"
    grid.keyboard.press("Escape")  # the calendar
    grid.keyboard.press("Enter")
    assert focused(grid) == "lines-1-item-text"
    assert value(grid, "lines-TOTAL_FORMS") == "2"
    for _cell in range(5):
        grid.keyboard.press("Enter")
    assert value(grid, "lines-TOTAL_FORMS") == "2"


def test_rows_pasted_from_a_spreadsheet(grid):
    rows = "6204\t1,200\tpcs\t１２.５\t2026/12/5\nM8 Hex bolt\t30\tbox\t0.4\t2026-12-06\nnothing\t5\t\t\t"
    grid.locator('[name="lines-0-item-text"]').click()
    grid.locator('[name="lines-0-item-text"]').evaluate(
        """(cell, rows) => {
            const data = new DataTransfer();
            data.setData("text/plain", rows);
            cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        rows,
    )
    expect(grid.locator('[name="lines-2-item-text"]')).to_have_class(re.compile("is-invalid"))
    expect(grid.locator('[name="lines-1-item"]')).to_have_value("13")
    names = ("item", "quantity", "unit", "price", "due")
    assert [value(grid, f"lines-0-{name}") for name in names] == ["11", "1200", "1", "12.5", "2026-12-05"]
    assert [value(grid, f"lines-1-{name}") for name in names] == ["13", "30", "2", "0.4", "2026-12-06"]
    assert value(grid, "lines-2-item") == ""
    assert value(grid, "lines-2-item-text") == "nothing"
    assert "is-invalid" in grid.locator('[name="lines-2-item-text"]').get_attribute("class")
    assert value(grid, "lines-TOTAL_FORMS") == "3"


def test_removed_line_is_marked_and_the_rest_is_renumbered(grid):
    grid.locator("[data-grid-add]").click()
    grid.locator("[data-grid-remove]").first.click()
    assert grid.locator('[name="lines-0-DELETE"]').is_checked()
    assert grid.locator("[data-grid-number]:visible").all_inner_texts() == ["1"]


def test_totals_follow_after_the_last_key(grid):
    # The page's clock stands still between the keys, so a slow machine cannot stretch the pause after one of them.
    grid.clock.install(time=0)
    grid.goto("/grid/")
    grid.clock.pause_at(60_000)
    grid.locator('[name="lines-0-quantity"]').click()
    for key in "123":
        grid.keyboard.type(key)
        grid.clock.run_for(200)
    assert not grid.posted
    grid.clock.run_for(200)
    grid.locator("#lines-0-net", has_text="1").wait_for()
    grid.clock.run_for(5_000)
    assert len(grid.posted) == 1, "one request after the last key, not one for each"
    assert "lines-0-quantity=123" in grid.posted[0]


def test_leaving_with_unsaved_changes_asks_first(grid):
    asked = []
    grid.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    grid.goto("/elsewhere/")
    assert not asked
    grid.goto("/grid/")
    grid.locator('[name="lines-0-quantity"]').click()
    grid.keyboard.type("1")
    grid.goto("/elsewhere/")
    assert asked == ["beforeunload"]


def test_what_was_refused_stays_in_sight_while_one_types_on(grid):
    refusal = grid.locator("#refusal")
    refusal.evaluate("holder => (holder.textContent = 'Only 7 are free.')")
    grid.locator("[name=lines-0-quantity]").fill("7")
    expect(grid.locator("#lines-0-net")).to_have_text("1")
    expect(refusal).to_have_text("Only 7 are free.")
