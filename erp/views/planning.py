"""Pages of planning: planned orders and firming, exceptions, late orders, shortages, pegging, settings."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.clock import today
from core.typed import is_key
from core.views.base import FormPage, ListPage, OperationView, visible
from crm.models import SalesOrder
from erp.filters.make import LateLineFilter, PlannedOrderFilter, PlanRunFilter, ShortageFilter
from erp.forms.planning import FirmForm, PlanningSettingsForm
from erp.models import PlannedOrder, PlanningEvent, PlanningSettings, PlanRun, PlanVerdict
from erp.models.planning import identity_parts
from erp.selectors.plan import (
    current_run,
    demand_links,
    late_verdicts,
    near_orders,
    planned_order,
    planned_orders,
    shortages,
)
from erp.selectors.schedules import accepted_time
from erp.services import planning
from erp.services.planning.asking import ask_for_plan
from erp.services.planning.changes import SHORTAGE_DAYS
from erp.services.planning.firming import AT_ONCE
from erp.tables.make import (
    LateLineTable,
    PlannedOrderTable,
    PlanRunTable,
    ShortageTable,
    remarks_of,
)
from erp.views.verbs import posted_version

PROBLEMS_SHOWN = 20
PROBLEM_WORDS = {
    "no_bom": _("Cannot be made, no released bill of material:"),
    "no_time": _(
        "Planned as if it took no time, as neither a lead time nor a released routing says how long it takes:"
    ),
}


def _problems_of(run: PlanRun | None) -> list[dict[str, Any]]:
    """Return what a run lacks, by kind: sentence, the first items, how many more."""
    found = []
    for code, sentence in PROBLEM_WORDS.items():
        rows = [one for one in run.problems if one["code"] == code] if run else []
        if rows:
            more = max(0, len(rows) - PROBLEMS_SHOWN)
            found.append({"sentence": sentence, "items": rows[:PROBLEMS_SHOWN], "more": more})
    return found


class PlanTab(ListPage):
    """One tab of the plan; all show which run they read."""

    template_name = "erp/plan/list.html"
    TABS = (
        ("erp:plan", _("Planned orders"), "erp.view_plannedorder"),
        ("erp:shortages", _("Shortages"), "erp.view_plannedorder"),
        ("erp:late-lines", _("Late orders"), "erp.view_planverdict"),
        ("erp:advice", _("Advice on supply"), "erp.view_supplyadvice"),
        ("erp:plan-changes", _("Changes of the plan"), "erp.view_planchange"),
        ("erp:plan-runs", _("Runs"), "erp.view_planrun"),
    )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        tabs = [(reverse(name), label) for name, label, right in self.TABS if user.has_perm(right)]
        run = current_run()
        return super().get_context_data(**kwargs) | {
            "run": run,
            "problems": _problems_of(run),
            "is_behind": PlanningEvent.objects.exists(),
            "may_run": user.has_perm("erp.run_plan"),
            "tabs": [{"label": label, "url": url, "active": self.request.path == url} for url, label in tabs],
        }


class PlanList(PlanTab):
    """Planned orders, to filter and firm in bulk."""

    model = PlannedOrder
    table_class = PlannedOrderTable
    filterset_class = PlannedOrderFilter
    permission_required = "erp.view_plannedorder"
    title = _("Plan")
    empty_text = _("Nothing is missing: stock and existing supply cover all demand.")

    def base_queryset(self) -> Any:
        return shown_orders(self.request).order_by("start_date", "item__code", "due_date", "sequence")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.request.user.has_perm("erp.firm_plannedorder"):
            firm = {"name": "firm", "label": _("Firm"), "url": reverse("erp:plan-firm"), "icon": "check"}
            context["bulk_actions"] = [firm]
        return context


def shown_orders(request: HttpRequest) -> Any:
    """The planned orders of the list: of a large plan the near ones, unless one item or the whole horizon is asked."""
    asks_all = request.GET.get("item") or request.GET.get("horizon") == "all"
    return planned_orders() if asks_all else near_orders()


class Firming(OperationView):
    """What turns planned orders into real ones, and says how many came of it."""

    page_name = "erp:plan"

    def done(self, result: Any) -> HttpResponse:
        messages.success(self.request, firmed_text(result))
        return super().done(result)

    def success_url(self, result: Any) -> str:
        query = self.request.GET.urlencode()
        return reverse(self.page_name) + (f"?{query}" if query else "")


class FirmOrders(Firming):
    """Firm the chosen planned orders, or all that match the filter (the most urgent ones first)."""

    service = planning.firm_planned_orders

    def arguments(self) -> dict[str, Any]:
        if self.request.POST.get("all"):
            rows = PlannedOrderFilter(self.request.GET, queryset=shown_orders(self.request)).qs
            rows = rows.order_by("start_date", "item_id", "due_date", "sequence")
            return {"identities": [order.identity for order in rows[: AT_ONCE + 1]]}
        return {"identities": self.request.POST.getlist("ids")}


def firmed_text(result: Any) -> str:
    """Return what came of firming in a sentence, without what did not."""
    made, announced = firmed_counts(result)
    texts = []
    if made or not announced:
        texts.append(ngettext("%(count)s work order made.", "%(count)s work orders made.", made) % {"count": made})
    if announced:
        passed = ngettext("%(count)s order passed to purchasing.", "%(count)s orders passed to purchasing.", announced)
        texts.append(passed % {"count": announced})
    return " ".join(texts)


def firmed_counts(result: Any) -> tuple[int, int]:
    """Return (work orders, announced) of a fresh result or of the stored one of a repeated request."""
    if isinstance(result, dict):
        return len(result["work_order_ids"]), result["announced"]
    return len(result.work_order_ids), result.announced


class PlannedOrderPage(FormPage):
    """One planned order: why it is there, and its firming, changed or not."""

    service = planning.firm_planned_orders
    form_class = FirmForm
    template_name = "erp/plan/order.html"
    title = _("Planned order")
    message = _("Firmed.")

    @property
    def permission_required(self) -> str:  # type: ignore[override]
        return "erp.view_plannedorder" if self.request.method == "GET" else "erp.firm_plannedorder"

    def get_document(self) -> Any:
        try:
            order = planned_order(identity_parts(self.kwargs["identity"]))
        except ValueError as error:
            raise Http404 from error
        if order is None:
            raise Http404
        return order

    def get_initial(self) -> dict[str, Any]:
        order, moved = self.document, accepted_time(self.document)
        due = max(order.due_date, moved.finish_date) if moved else order.due_date
        return {"quantity": order.quantity, "due_date": due}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"identities": [self.kwargs["identity"]]} | form.cleaned_data

    def extra_context(self) -> dict[str, Any]:
        order = self.document
        links = demand_links(order.demands)
        return {
            "order": order,
            "moved": accepted_time(order),
            "remarks": remarks_of(order),
            "demands": [links[key] for key in order.demands if key in links],
            "may_firm": self.request.user.has_perm("erp.firm_plannedorder"),
        }

    def success_url(self, result: Any) -> str:
        ids = result["work_order_ids"] if isinstance(result, dict) else result.work_order_ids
        return reverse("erp:work-order-detail", args=ids) if ids else reverse("erp:plan")


def shortage_days(request: HttpRequest) -> dt.date:
    """Return the last day of need that is looked at; ``days`` in the address changes it."""
    days = request.GET.get("days", "")
    return today() + dt.timedelta(days=min(int(days), 1000) if is_key(days) else SHORTAGE_DAYS)


class ShortageList(PlanTab):
    """What is short, by when, for whom."""

    model = PlannedOrder
    table_class = ShortageTable
    filterset_class = ShortageFilter
    permission_required = "erp.view_plannedorder"
    title = _("Shortages")
    empty_text = _("Nothing is short in this time.")
    page_key = "erp.shortage"  # type: ignore[assignment]

    def base_queryset(self) -> Any:
        return shortages(shortage_days(self.request))

    def get_table_kwargs(self) -> dict[str, Any]:
        return super().get_table_kwargs() | {"until": shortage_days(self.request)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.request.user.has_perm("erp.firm_plannedorder"):
            act = {"name": "request", "label": _("Order what is short"), "url": reverse("erp:shortages-request")}
            context["bulk_actions"] = [act | {"icon": "shopping-cart-plus", "in_row": True}]
        return context


class RequestShortages(Firming):
    """Order what is short of the chosen items, or of all that match the filter, as far as the list looks ahead."""

    service = planning.request_shortages
    page_name = "erp:shortages"

    def arguments(self) -> dict[str, Any]:
        until = shortage_days(self.request)
        if self.request.POST.get("all"):
            rows = ShortageFilter(self.request.GET, queryset=shortages(until)).qs
            return {"item_ids": [row["item_id"] for row in rows], "until": until}
        keys = [int(key) for key in self.request.POST.getlist("ids") if is_key(key)]
        return {"item_ids": keys, "until": until}


class LateLineList(PlanTab):
    """Order lines the plan cannot meet in time, and what holds them up."""

    model = PlanVerdict
    table_class = LateLineTable
    filterset_class = LateLineFilter
    permission_required = "erp.view_planverdict"
    title = _("Late orders")
    empty_text = _("All confirmed orders can be met in time.")

    def base_queryset(self) -> Any:
        return late_verdicts().filter(order_line__order__in=visible(SalesOrder, self.request.user))


class RunList(PlanTab):
    """What the planner did."""

    model = PlanRun
    table_class = PlanRunTable
    filterset_class = PlanRunFilter
    permission_required = "erp.view_planrun"
    title = _("Runs")
    empty_text = _("The planner has not run yet.")


class AskForPlan(OperationView):
    """Have the plan made anew."""

    service = ask_for_plan
    message = _("The planner is told; the plan is new in a moment.")

    def success_url(self, result: Any) -> str:
        return reverse("erp:plan")


class SettingsPage(FormPage):
    """The rules the planner works by."""

    service = planning.configure_planning
    form_class = PlanningSettingsForm
    template_name = "core/form.html"
    title = _("Planning settings")
    message = _("Saved; the plan is made anew.")

    def get_document(self) -> Any:
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {"instance": PlanningSettings.objects.first()}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return form.cleaned_data | {"version": posted_version(self.request)}

    def success_url(self, result: Any) -> str:
        return reverse("erp:planning-settings")
