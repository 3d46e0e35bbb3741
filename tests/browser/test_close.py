"""The close cockpit, as an accountant uses it: refused, the cause mended by its link, granted."""

import datetime as dt
import re

from playwright.sync_api import expect

from finance.models import FiscalPeriod, JournalEntry, LedgerSettings
from tests.factories import masterdata
from tests.factories.core import superuser
from tests.factories.finance import free_invoice, open_books


def test_close_refused_mended_and_granted(desk):
    open_books()
    LedgerSettings.objects.update(carry_over_required=True)
    draft = free_invoice(masterdata.customer("ACME"), "250", document_date=dt.date(2025, 1, 15))
    january = FiscalPeriod.objects.get(year=2025, month=1)
    page = desk.open(january.get_absolute_url(), user=superuser())
    close = page.get_by_role("button", name="Close the whole period")
    expect(page.locator("#module-receivables")).to_contain_text("1 row")
    close.click()
    expect(page.locator("#refusal")).to_contain_text(draft.number)

    page.locator("#module-receivables").get_by_role("link", name="1 row").click()
    page.get_by_role("link", name=draft.number).click()
    page.get_by_role("button", name="Post", exact=True).click()
    page.wait_for_url(re.compile(r"/finance/invoices/\d+/"))
    expect(page.get_by_role("button", name="Post", exact=True)).to_have_count(0)

    page.goto(january.get_absolute_url())
    expect(page.locator("#module-receivables")).not_to_contain_text("1 row")
    page.locator("#module-ledger").get_by_role("link", name="Carry over").click()
    page.get_by_role("button", name="Carry over", exact=True).click()
    expect(page.get_by_text("Everything is carried over")).to_be_visible()

    page.goto(january.get_absolute_url())
    close.click()
    expect(page.locator("#module-ledger .state-badge").first).to_have_attribute("data-state", "closed")
    january.refresh_from_db()
    assert january.state == "closed"
    assert JournalEntry.objects.filter(journal="closing").count() == 1
