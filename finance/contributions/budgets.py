"""Budgets on others' pages: the panel of purchase documents, alerts in My work, import."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.audit import label_of
from core.clock import business_date
from core.contributions import ImportTarget, Panel, Work, WorkItems
from core.errors import InvalidInput
from core.exchange.columns import Column
from crm.models import SalesOrder
from finance.contributions.links import list_url
from finance.models import Account, Budget, BudgetLine
from finance.selectors.budgets.consumption import consumption, costs_of, is_budgeted, lines_under
from finance.selectors.budgets.report import level_of, open_alerts
from finance.services import budgets
from masterdata.models import Department, Project
from scm.services.budget import needs_of_order, needs_of_requisition

OPEN_STATES = frozenset({"draft", "submitted", "approved"})


def panel(document: Any, user: Any) -> dict[str, Any]:
    """Return the budget lines that what is still to come of a purchase document falls under."""
    if document.state not in OPEN_STATES or not is_budgeted():
        return {"rows": []}
    label = label_of(document)
    if label == "scm.purchaseorder":
        needs = needs_of_order(document, document.lines.select_related("requisition_line__requisition"))
    else:
        needs = needs_of_requisition(document)
    wanted = lines_under(costs_of(needs)) if needs else {}
    standing = consumption(wanted, (label, document.pk))
    lines = BudgetLine.objects.filter(pk__in=wanted).select_related(
        "account", "department", "project", "sales_order", "budget"
    )
    may_release = user.has_perm("finance.release_budget")
    rows = []
    for line in lines:
        after = standing[line.pk].total + wanted[line.pk]
        release = f"{reverse('finance:budget-release', args=[line.pk])}?document_label={label}&number={document.number}"
        rows.append({
            "line": line,
            "url": reverse("finance:budget-line", args=[line.pk]),
            "standing": standing[line.pk],
            "wanted": wanted[line.pk],
            "left": line.amount - after,
            "level": level_of(line, after),
            "release_url": release if may_release else "",
        })  # fmt: skip
    return {"rows": rows}


def alerts_waiting(user: Any, limit: int) -> Sequence[Work]:
    """Budget lines that passed a level and nobody has seen to."""
    return [
        Work(
            title=str(alert.line),
            url=alert.get_absolute_url(),
            subtitle=f"{alert.get_level_display()} · {alert.cause}",
            due=business_date(alert.created_at),
            overdue=alert.level == "stop",
        )
        for alert in open_alerts()[:limit]
    ]


def _by_code(model: Any, value: str | None, field: str) -> int | None:
    if not value:
        return None
    code = "number" if model is SalesOrder else "code"
    pk = model._default_manager.filter(**{code: value}).values_list("pk", flat=True).first()
    if pk is None:
        raise InvalidInput(message=f"{field}: {value}?", field=field)
    return int(pk)


def line_arguments(row: dict[str, Any], user: Any) -> dict[str, Any]:
    """Return one imported row as the service takes it."""
    levels = {name: row[name] for name in ("warn_percent", "stop_percent") if row.get(name) is not None}
    return levels | {
        "budget_id": _by_code(Budget, row["budget"], "budget"),
        "account_id": _by_code(Account, row["account"], "account"),
        "department_id": _by_code(Department, row.get("department"), "department"),
        "project_id": _by_code(Project, row.get("project"), "project"),
        "sales_order_id": _by_code(SalesOrder, row.get("sales_order"), "sales_order"),
        "month": row.get("month"),
        "amount": row["amount"],
    }


IMPORT = ImportTarget(
    "finance.budgetline",
    _("Budget lines"),
    "finance.change_budget",
    (
        Column("budget", _("Budget"), required=True, help=_("Code of the version: 2026-V1.")),
        Column("account", _("Account"), required=True),
        Column("department", _("Department"), help=_("Empty: all.")),
        Column("project", _("Project"), help=_("Empty: all.")),
        Column("sales_order", _("Sales order"), help=_("Empty: all.")),
        Column("month", _("Month"), kind="integer", help=_("1 to 12; empty: whole year.")),
        Column("amount", _("Amount"), required=True, kind="decimal"),
        Column("warn_percent", _("Warn at %"), kind="decimal"),
        Column("stop_percent", _("Stop at %"), kind="decimal"),
    ),
    budgets.save_budget_line,
    line_arguments,
    order=80,
)

TEMPLATE = "finance/panels/budget.html"
CONTRIBUTIONS = (
    Panel("scm.purchaseorder", "finance.budget", _("Budget"), "finance.view_budget", TEMPLATE, panel, 55, 12),
    Panel("scm.requisition", "finance.budget", _("Budget"), "finance.view_budget", TEMPLATE, panel, 55, 12),
    WorkItems(
        "finance.budget_alerts",
        _("Budgets passed"),
        "finance.view_budgetalert",
        waiting=lambda user: open_alerts(),
        items=alerts_waiting,
        url=list_url("finance:budget-alerts"),
        step=3,
        order=46,
    ),
    IMPORT,
)
