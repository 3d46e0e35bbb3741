"""The pages on which changes of the plan, and advice on existing supply, are decided."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.typed import is_key
from core.views.base import OperationView
from erp.filters.make import SupplyAdviceFilter
from erp.filters.plan_changes import PlanChangeFilter, PlanChangeListFilter
from erp.models import PlanChange, SupplyAdvice
from erp.selectors.plan import advice_on_supply
from erp.selectors.plan_changes import in_scope, plan_changes, undecided_by_cause
from erp.services.planning.deciding import carry_out_changes, dismiss_changes
from erp.services.planning.firming import AT_ONCE
from erp.services.planning.reopening import reopen_changes
from erp.tables.advice import SupplyAdviceTable
from erp.tables.plan_changes import PlanChangeTable
from erp.views.planning import PlanTab

CAUSES_SHOWN = 5
UNDECIDED_VERBS = frozenset({"carry-out", "to-stock", "dismiss"})


class PlanChangeList(PlanTab):
    """What the plan found changed, to carry out or to dismiss."""

    model = PlanChange
    table_class = PlanChangeTable
    filterset_class = PlanChangeListFilter
    template_name = "erp/plan/changes.html"
    permission_required = "erp.view_planchange"
    title = _("Changes of the plan")
    empty_text = _("The plan is as it was: nothing has to be decided.")

    def base_queryset(self) -> Any:
        return in_scope(plan_changes(), self.request.user)

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        """Without a question too only what waits for a decision is shown."""
        return super().get_filterset_kwargs(filterset_class) | {"data": self.request.GET}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        asked = self.request.GET
        if not (asked.get("cause") or asked.get("outcome")):
            groups = undecided_by_cause(self.base_queryset())
            if len(groups) > 1:
                context |= {"causes": groups[:CAUSES_SHOWN], "more_causes": groups[CAUSES_SHOWN:]}
        if self.request.user.has_perm("erp.decide_planchange"):
            context["bulk_actions"] = decisions({"take-back"} if asked.get("outcome") else UNDECIDED_VERBS)
        return context


def decisions(in_bulk: Collection[str] = (), following: str = "") -> list[dict[str, Any]]:
    """Return what can be done with changes by buttons in their rows, and ``in_bulk`` with the chosen ones; then
    ``following`` is shown.
    """
    rows = [
        ("carry-out", _("Carry out"), "check"),
        ("to-stock", _("Let it come to stock"), "package-import"),
        ("dismiss", _("Dismiss"), "x"),
        ("take-back", _("Take back"), "arrow-back-up"),
    ]
    return [
        {
            "name": name,
            "label": label,
            "url": reverse(f"erp:plan-change-{name}"),
            "icon": icon,
            "in_row": True,
            "next": following,
            "row_only": name not in in_bulk,
            "needs_reason": name == "dismiss",
        }
        for name, label, icon in rows
    ]


class AdviceList(PlanTab):
    """Existing supply that should come earlier, later, smaller, or not at all."""

    model = SupplyAdvice
    table_class = SupplyAdviceTable
    filterset_class = SupplyAdviceFilter
    permission_required = "erp.view_supplyadvice"
    title = _("Advice on supply")
    empty_text = _("Existing orders come when they are needed.")

    def base_queryset(self) -> Any:
        return advice_on_supply()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.request.user.has_perm("erp.decide_planchange"):
            context["bulk_actions"] = decisions(UNDECIDED_VERBS, following=self.request.get_full_path())
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
        following = self.request.POST.get("next", "")
        if following.startswith("/") and not following.startswith("//"):
            return following
        query = self.request.GET.urlencode()
        return reverse("erp:plan-changes") + (f"?{query}" if query else "")


class CarryOut(Decide):
    """Do what is proposed."""

    service = carry_out_changes


class Dismiss(Decide):
    """Leave it, with a reason."""

    service = dismiss_changes


class TakeBack(Decide):
    """Have it decided anew."""

    service = reopen_changes

    def done(self, result: Any) -> HttpResponse:
        count = len(result)
        text = ngettext("%(count)s change is open again.", "%(count)s changes are open again.", count)
        messages.success(self.request, text % {"count": count})
        return OperationView.done(self, result)


class LetComeToStock(Decide):
    """Nothing is changed: what is left over is free stock when it comes."""

    service = dismiss_changes

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"to_stock": True}
