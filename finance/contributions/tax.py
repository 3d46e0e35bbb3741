"""Tax: navigation, invoices that wait for their electronic one."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.contributions import Fact, Work, WorkItems
from finance.contributions.links import list_url
from finance.selectors.tax import issuable_invoices


def issuable_waiting(user: Any, limit: int) -> Sequence[Work]:
    """Posted customer invoices without an electronic one."""
    rows = issuable_invoices().select_related("partner").order_by("document_date", "pk")
    return [Work(str(row), row.get_absolute_url(), str(row.partner), row.document_date) for row in rows[:limit]]


CONTRIBUTIONS = (
    Fact(_("electronic invoice"), "finance", 7),
    WorkItems(
        "finance.to_issue",
        _("Invoices to issue electronically"),
        "finance.issue_taxinvoice",
        waiting=lambda user: issuable_invoices(),
        items=issuable_waiting,
        url=list_url("finance:tax-invoice-due"),
        step=7,
        order=49,
    ),
)
