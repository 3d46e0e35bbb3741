"""What a document page shows about approvals."""

from typing import Any

from django.urls import reverse

from core.approvals import selectors


def approval_context(document: Any, user: Any) -> dict[str, Any] | None:
    """Return the unmet needs and the latest requests of ``document``, or None when no policy concerns it."""
    label = document._meta.label_lower
    if not selectors.is_approvable(label):
        return None
    is_settled = document.state in getattr(document, "APPROVAL_DONE_STATES", ())
    if is_settled and not getattr(document, "pending_change", None):
        return None
    needs = selectors.needs(document)
    if not needs:
        return None
    rows = [
        {
            "policy": str(need.policy),
            "approver": selectors.approver_name(need.policy),
            "request": need.request,
            "is_met": need.is_met,
            "is_pending": need.is_pending,
            "may_decide": need.is_pending and selectors.may_decide(need.request, user),
        }
        for need in needs
    ]
    return {
        "needs": rows,
        "may_request": any(not row["is_met"] and not row["is_pending"] for row in rows)
        and user.has_perm("approvals.add_approvalrequest"),
        "request_url": reverse("core:approval-request", args=[label, document.pk]),
    }
