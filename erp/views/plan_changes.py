"""The page on which changes of the plan are decided."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.typed import is_key
from core.views.base import OperationView
from erp.filters.plan_changes import PlanChangeFilter
from erp.models import PlanChange
from erp.selectors.plan_changes import in_scope, plan_changes
from erp.services.planning.deciding import carry_out_changes, dismiss_changes
from erp.services.planning.firming import AT_ONCE
from erp.tables.plan_changes import PlanChangeTable
from erp.views.planning import PlanTab


class PlanChangeList(PlanTab):
    """What the plan found changed, to carry out or to dismiss."""

    model = PlanChange
    table_class = PlanChangeTable
    filterset_class = PlanChangeFilter
    permission_required = "erp.view_planchange"
    title = _("Changes of the plan")
    empty_text = _("The plan is as it was: nothing has to be decided.")

    def base_queryset(self) -> Any:
        return in_scope(plan_changes(), self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.request.user.has_perm("erp.decide_planchange"):
            dismiss = reverse("erp:plan-change-dismiss")
            context["bulk_actions"] = [
                {
                    "name": "carry-out",
                    "label": _("Carry out"),
                    "url": reverse("erp:plan-change-carry-out"),
                    "icon": "check",
                },
                {
                    "name": "to-stock",
                    "label": _("Let it come to stock"),
                    "url": reverse("erp:plan-change-to-stock"),
                    "icon": "package-import",
                },
                {"name": "dismiss", "label": _("Dismiss"), "url": dismiss, "icon": "x", "needs_reason": True},
            ]
        return context


class Decide(OperationView):
    """One decision on the chosen changes, or on all that match the filter."""

    def arguments(self) -> dict[str, Any]:
        if self.request.POST.get("all"):
            rows = PlanChangeFilter(self.request.GET, queryset=in_scope(plan_changes(), self.request.user)).qs
            return {"change_ids": list(rows.values_list("pk", flat=True)[: AT_ONCE + 1])}
        return {"change_ids": [int(one) for one in self.request.POST.getlist("ids") if is_key(one)]}

    def done(self, result: Any) -> HttpResponse:
        count = len(result)
        text = ngettext("%(count)s change is decided.", "%(count)s changes are decided.", count) % {"count": count}
        messages.success(self.request, text)
        return super().done(result)

    def success_url(self, result: Any) -> str:
        query = self.request.GET.urlencode()
        return reverse("erp:plan-changes") + (f"?{query}" if query else "")


class CarryOut(Decide):
    """Do what is proposed."""

    service = carry_out_changes


class Dismiss(Decide):
    """Leave it, with a reason."""

    service = dismiss_changes


class LetComeToStock(Decide):
    """Nothing is changed: what is left over is free stock when it comes."""

    service = dismiss_changes

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"to_stock": True}
