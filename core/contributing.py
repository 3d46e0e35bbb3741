"""What the platform shows: its navigation, its work items."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.approvals import selectors as approvals
from core.clock import business_date, today
from core.contributions import Fact, Navigation, Work, WorkItems, contribute


def _approval_items(user: Any, limit: int) -> list[Work]:
    return [
        Work(
            title=f"{row.document_number} · {row.policy}",
            url=reverse("core:object", args=[row.document_label, row.document_id]),
            subtitle=f"{row.requested_by}: {row.reason}",
            due=business_date(row.requested_at),
            overdue=business_date(row.requested_at) < today(),
        )
        for row in approvals.pending_for(user)[:limit]
    ]


def register() -> None:
    """Register the platform's contributions."""
    contribute(
        Navigation("work", _("My work"), "core:my-work", "", "checkbox", 10),
        Navigation("work", _("Dashboard"), "core:dashboard", "core.view_dashboard", "chart-bar", 20),
        Navigation("work", _("Approvals"), "core:approvals", "approvals.view_approvalrequest", "rubber-stamp", 30),
        Navigation("settings", _("Import"), "core:imports", "core.import_data", "database-import", 40),
        Navigation("settings", _("Company"), "core:company", "core.configure_company", "building", 10),
        Navigation("settings", _("People and roles"), "core:people", "core.manage_people", "users", 20),
        Navigation(
            "settings", _("Approval policies"), "core:policies", "approvals.view_approvalpolicy", "rubber-stamp", 30
        ),
        Navigation("help", _("How we work"), "core:help", "", "help", 10),
        Navigation("help", _("Guided tour"), "core:tour", "", "map", 20),
        WorkItems(
            "approvals",
            _("To approve"),
            "approvals.decide_approvalrequest",
            approvals.pending_for,
            _approval_items,
            lambda: reverse("core:approvals"),
            order=5,
        ),
        Fact(_("user, role, approval, attachment, notification, follow-up"), "core"),
    )
