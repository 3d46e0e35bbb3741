"""The grid of a typed entry: debit, credit and difference follow while one types, without asking the server."""

from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import core, masterdata
from tests.factories.finance import open_books


def test_totals_follow_while_one_types(desk):
    open_books()
    dollar = masterdata.currency("USD")
    page = desk.open(reverse("finance:manual-entry-create"), user=core.superuser("boss"))
    asked = []
    page.on("request", lambda request: request.resource_type in {"xhr", "fetch"} and asked.append(request.url))
    total = {name: page.locator(f"[data-total={name}]") for name in ("debit", "credit", "difference", "label")}
    page.locator("[name=lines-0-debit]").press_sequentially("12345.67")
    expect(total["debit"]).to_have_text("12,345.67")
    expect(total["label"]).to_have_text("Lacks in credit")
    page.locator("[name=lines-1-credit]").press_sequentially("0.1")
    expect(total["difference"]).to_have_text("12,345.57")
    page.get_by_role("button", name="Add a line").click()
    page.locator("[name=lines-2-credit]").press_sequentially("0.2")  # the side; the amount follows from the currency
    page.locator("[name=lines-2-currency]").select_option(str(dollar.pk))
    page.locator("[name=lines-2-currency_amount]").press_sequentially("1700")
    page.locator("[name=lines-2-rate]").press_sequentially("7.262096875")
    expect(total["credit"]).to_have_text("12,345.66")  # 12,345.5646875 is 12,345.56 in our money
    expect(total["difference"]).to_have_text("0.01")
    page.locator("[name=lines-1-credit]").fill("0.11")
    expect(total["difference"]).to_have_text("0.00")
    expect(total["label"]).to_have_text("Difference")
    page.locator("[data-grid-row]").nth(1).locator("[data-grid-remove]").click()
    expect(total["label"]).to_have_text("Lacks in credit")
    expect(total["difference"]).to_have_text("0.11")
    assert asked == []


def test_number_and_due_date_stand_on_opening_vouchers_only(desk):
    open_books()
    page = desk.open(reverse("finance:manual-entry-create"), user=core.superuser("boss"))
    due, head = page.locator("[name=lines-0-due_date]"), page.get_by_role("columnheader", name="Due date")
    expect(due).to_be_hidden()
    expect(head).to_be_hidden()
    page.locator("[name=lines-0-rate]").press("Enter")
    expect(page.locator("[name=lines-1-description]")).to_be_focused()  # the next cell one sees
    page.get_by_label("Kind").select_option("opening")
    expect(due).to_be_visible()
    expect(head).to_be_visible()
