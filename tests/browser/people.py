"""What a person does at a page: presses verbs, follows links, fills fields, picks from a search field."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browsers import Desk


class Person:
    """One user in a browser profile of his own, with one page open."""

    def __init__(self, desk: Desk, user: Any, path: str = "/", **options: Any) -> None:
        self.page: Page = desk.open(path, user=user, **options)

    def go(self, path: str) -> None:
        self.page.goto(path)

    @property
    def key(self) -> int:
        """The key of the document whose page is open."""
        return int(re.search(r"/(\d+)/", self.page.url).group(1))  # type: ignore[union-attr]

    def press(self, verb: str) -> None:
        """Press a verb of a document (its URL name) and wait for the page that answers it."""
        self._click(self.page.locator(f'form[data-verb="{verb}"] button').first)

    def follow(self, label: str) -> None:
        """Follow a verb that leads to a form, by its label; it may stand in the menu."""
        self._click(self.page.locator(".document-header-verbs").get_by_role("link", name=label, exact=True))

    def _click(self, found: Any) -> None:
        if not found.is_visible():
            self.page.locator(".verb-menu-toggle").first.click()
        with self.page.expect_navigation():
            found.click()

    def fill(self, **values: str) -> None:
        """Fill fields by name; a select takes the value of its option."""
        for name, value in values.items():
            field = self.page.locator(f'[name="{name.replace("__", "-")}"]')
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def pick(self, name: str, text: str) -> None:
        """Type into a search field and take the entry found."""
        self.page.locator(f'[name="{name}-text"]').fill(text)
        self.page.get_by_role("option", name=re.compile(text)).first.click()

    def save(self, label: str = "Save") -> None:
        """Press the button of a form and wait for the page behind it."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=label, exact=True).first.click()
        assert not self.page.locator(".is-invalid, #refusal .app-alert").count(), self.page.locator("main").inner_text()

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def scan(self, code: str) -> None:
        field = self.page.locator("#scan-input")
        field.fill(code)
        field.press("Enter")
