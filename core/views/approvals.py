"""Approvals: the inbox, the question, the answer, and the policies."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext

from core.approvals import selectors, services
from core.approvals.models import ApprovalPolicy, ApprovalRequest
from core.contributions import approvable
from core.forms import PolicyForm
from core.operations import perform
from core.views.base import FormPage, OperationView, Page


class Inbox(Page):
    """What waits for the user's decision, and what he decided or asked lately."""

    permission_required = "approvals.view_approvalrequest"

    def get(self, request: HttpRequest) -> HttpResponse:
        pending = [_row(one) for one in selectors.pending_for(request.user)]
        mine = ApprovalRequest.objects.filter(requested_by=request.user).select_related("policy", "decided_by")[:30]
        decided = ApprovalRequest.objects.filter(decided_by=request.user).select_related("policy", "requested_by")[:30]
        context = {
            "pending": pending,
            "mine": [_row(one) for one in mine],
            "decided": [_row(one) for one in decided],
        }
        return render(request, "core/approvals.html", context)


def _row(request: ApprovalRequest) -> dict[str, Any]:
    return {
        "request": request,
        "kind": approvable(request.document_label).name,
        "url": reverse("core:object", args=[request.document_label, request.document_id]),
    }


class AskApproval(Page):
    """POST: ask for the approvals that a document needs."""

    permission_required = "approvals.add_approvalrequest"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, label: str, pk: int) -> HttpResponse:
        document = perform(
            services.request_approval,
            actor=request.user,
            key=request.POST.get("_key") or None,
            document_label=label,
            document_id=pk,
            explanation=request.POST.get("reason", "").strip(),
        )
        return HttpResponseRedirect(document.get_absolute_url())


class DecideApproval(OperationView):
    """POST approve=1|0 and a comment."""

    service = services.decide_approval
    pk_argument = "request_id"

    def arguments(self) -> dict[str, Any]:
        return {
            "approve": self.request.POST.get("approve") == "1",
            "comment": self.request.POST.get("comment", "").strip(),
        }

    def success_url(self, result: Any) -> str:
        return reverse("core:approvals")


class Policies(Page):
    """All approval policies."""

    permission_required = "approvals.view_approvalpolicy"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = ApprovalPolicy.objects.select_related("approver_role__role")
        context = {
            "policies": [
                {
                    "row": row,
                    "kind": approvable(row.document_label).name,
                    "fact": approvable(row.document_label).fact_names.get(row.fact, row.fact),
                    "approver": selectors.approver_name(row),
                }
                for row in rows
            ]
        }
        return render(request, "core/policies.html", context)


class PolicyEdit(FormPage):
    """Create or change a policy."""

    service = services.save_policy
    form_class = PolicyForm
    template_name = "core/form.html"

    def form_kwargs(self) -> dict[str, Any]:
        pk = self.kwargs.get("pk")
        return {"instance": get_object_or_404(ApprovalPolicy, pk=pk)} if pk else {}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        values = {name: value for name, value in form.cleaned_data.items() if name != "approver_role"}
        role = form.cleaned_data["approver_role"]
        return {
            "policy_id": self.kwargs.get("pk"),
            "values": values | {"approver_role_id": role.pk if role else None},
        }

    def extra_context(self) -> dict[str, Any]:
        return {"title": gettext("Approval policy"), "back_url": reverse("core:policies")}

    def success_url(self, result: Any) -> str:
        return reverse("core:policies")
