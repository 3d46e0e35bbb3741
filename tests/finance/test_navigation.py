"""Finance in the left navigation: folded, and every page of it at hand."""

import pytest
from django.urls import URLPattern, reverse

from core.contributions import Navigation, Section, contributions
from core.shell import navigation_for
from finance.urls import urlpatterns
from tests.factories.core import user_in_role

pytestmark = pytest.mark.django_db

REACHED_FROM_THEIR_LIST = {
    "order-profit-lines",
    "cash-plan-lines",
    "voucher-prepare",
    "voucher-seals",
    "tax-invoice-answers",
    "grni-write-off",
    "budget-line-remove",
    "bank-statement-import",
    "dunning-block",
    "payment-open-invoices",
    "invoice-recalculate",
    "order-lookup",
    "charge-deductions",
    "mapping-edit",
}


def shown() -> list[Navigation]:
    return [one for one in contributions(Navigation) if one.group == "finance"]


def pages() -> dict[str, type]:
    """The pages of finance that need no key and read."""
    views = {
        route.name: route.callback.view_class
        for route in urlpatterns
        if isinstance(route, URLPattern) and "<" not in str(route.pattern)
    }
    forms = {name for name in views if name.endswith(("-create", "-new"))}
    return {name: view for name, view in views.items() if hasattr(view, "get") and name not in forms}


def right_of(view: type) -> str:
    service = view.__dict__.get("service")
    return service.operation.permission if service else view.permission_required


def test_every_page_stands_in_the_navigation_with_its_own_right():
    entries = {one.url_name.removeprefix("finance:"): one.permission for one in shown()}
    missing = pages().keys() - entries.keys() - REACHED_FROM_THEIR_LIST
    assert not missing
    assert {name: right_of(pages()[name]) for name in entries} == entries


def test_entries_are_folded_into_sections_of_at_most_ten():
    sections = {one.key for one in contributions(Section) if one.group == "finance"}
    assert {one.section for one in shown()} == sections
    assert all(sum(one.section == key for one in shown()) <= 10 for key in sections)


def finance_group(path: str, **asked: str) -> dict:
    boss = user_in_role("finance", "manager")
    return next(group for group in navigation_for(boss, path, asked) if group["code"] == "finance")


def active_leaf(group: dict) -> tuple[str, str]:
    [(fold, leaf)] = [(fold, leaf) for fold in group["children"] for leaf in fold["children"] if leaf["active"]]
    assert fold["active"]
    return str(fold["label"]), leaf["url"]


def test_the_kind_asked_for_marks_the_entry(client):
    invoices = reverse("finance:invoice-list")
    assert active_leaf(finance_group(invoices, kind="supplier")) == ("Payables", f"{invoices}?kind=supplier")
    assert active_leaf(finance_group(invoices, kind="customer")) == ("Receivables", f"{invoices}?kind=customer")
    assert active_leaf(finance_group(f"{invoices}17/"))[1].startswith(invoices)
    assert finance_group(reverse("core:my-work"))["active"] is False


def test_a_page_opens_its_section_alone(client):
    client.force_login(user_in_role("finance", "manager"))
    page = client.get(reverse("finance:payment-list")).content.decode()
    assert page.count('<details class="app-nav-section" open') == 1
    assert f'href="{reverse("finance:bank-reconciliation")}"' in page
