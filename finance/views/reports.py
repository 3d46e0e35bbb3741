"""One page that leads to all reports of finance."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.views.base import Page
from finance.views.statements import statement_groups

REPORTS: tuple[tuple[Any, str, str, str, Any], ...] = (
    (
        _("Trial balance"),
        "finance:trial-balance",
        "finance.view_account",
        "scale",
        _("Opening, movement and closing of every account."),
    ),
    (
        _("Order profit"),
        "finance:order-profit",
        "finance.view_orderprofit",
        "chart-bar",
        _("What orders earned, by customer, item, region, person, campaign or project."),
    ),
    (
        _("Budgets"),
        "finance:budget-list",
        "finance.view_budget",
        "target",
        _("Budget against what is used and committed."),
    ),
    (
        _("Cash plan"),
        "finance:cash-plan",
        "finance.view_cashplan",
        "calendar-dollar",
        _("Money expected to come and go, by week and bank account."),
    ),
    (
        _("Receivables by age"),
        "finance:receivables",
        "finance.view_receivables",
        "arrow-down-left",
        _("What customers owe, and how late it is."),
    ),
    (
        _("Payables by age"),
        "finance:payables",
        "finance.view_payables",
        "arrow-up-right",
        _("What we owe suppliers, and when it is due."),
    ),
)
"""(label, address, right, icon, what it answers) of the reports besides the statements."""


class ReportIndex(Page):
    """All reports of finance that the reader may open, the statements first."""

    permission_required = "finance.view_statements"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "title": _("Reports"),
            "groups": statement_groups(),
            "reports": [
                {"label": label, "url": reverse(name), "icon": icon, "text": text}
                for label, name, right, icon, text in REPORTS
                if request.user.has_perm(right)
            ],
            "may_change": request.user.has_perm("finance.change_statementlayout"),
        }
        return render(request, "finance/reports.html", context)
