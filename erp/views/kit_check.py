"""Pages of the kit check: all orders, the components of one, what each receipt sets free; reserving by hand."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.clock import moment, today
from core.typed import is_key
from core.views.base import ListPage, OperationView, Page
from erp.filters.kit_check import KitFilter, UnlockFilter
from erp.models import WorkOrder
from erp.selectors.kit_check import KitRow, open_requests
from erp.services import kits
from erp.states import KitMode, KitPolicy
from erp.tables.kit_check import KitTable, UnlockTable


class KitCheckPage(ListPage):
    """All released orders against one pool."""

    model = WorkOrder
    table_class = KitTable
    filterset_class = KitFilter
    permission_required = "erp.view_workorder"
    template_name = "erp/kit_check/list.html"
    title = _("Kit check")
    empty_text = _("No work order is released: there is nothing to be made ready.")
    page_key = "erp.kitcheck"  # type: ignore[assignment]
    views = (
        ("erp:kit-check", _("Work orders"), "tool"),
        ("erp:kit-check-receipts", _("What receipts unlock"), "lock-open"),
    )

    def base_queryset(self) -> Any:
        return WorkOrder.objects.order_by("start_date", "pk")

    def get_table_kwargs(self) -> dict[str, Any]:
        query = self.request.GET.urlencode()
        return super().get_table_kwargs() | {"query": f"?{query}" if query else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows: list[KitRow] = context["filter"].qs
        if self.request.user.has_perm("erp.reserve_kit"):
            context["bulk_actions"] = [
                {"name": "reserve", "label": _("Reserve"), "url": reverse("erp:kit-reserve"), "icon": "lock"},
                {"name": "release", "label": _("Give back"), "url": reverse("erp:kit-release"), "icon": "lock-open"},
            ]
        tabs = _mode_tabs(self.request, context["filter"].asked)
        return context | {"asked_at": moment(), "counts": _counts(rows), "tabs": tabs}


def _mode_tabs(request: Any, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """What counts as there, as tabs over the same question."""
    shown = asked.get("mode") or KitMode.ON_HAND
    tabs = []
    for mode in KitMode:
        query = request.GET.copy()
        query.pop("page", None)
        query["mode"] = mode.value
        tabs.append({"label": mode.label, "url": f"?{query.urlencode()}", "active": mode == shown})
    return tabs


def _counts(rows: list[KitRow]) -> dict[str, int]:
    counts = {"complete": 0, "partial": 0, "none": 0, "late": 0}
    for row in rows:
        counts[row.status] += 1
        counts["late"] += row.is_late
    return counts


class UnlockPage(ListPage):
    """Expected receipts and the orders that wait for them."""

    model = WorkOrder
    table_class = UnlockTable
    filterset_class = UnlockFilter
    permission_required = "erp.view_workorder"
    title = _("What receipts unlock")
    empty_text = _("No released order waits for a receipt.")
    page_key = "erp.kitreceipts"  # type: ignore[assignment]
    views = KitCheckPage.views

    def base_queryset(self) -> Any:
        return WorkOrder.objects.order_by("start_date", "pk")


class KitOrderPage(Page, TemplateView):
    """The components of one order: what each gets from where, and what is missing."""

    permission_required = "erp.view_workorder"
    template_name = "erp/kit_check/order.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filterset = KitFilter(self.request.GET, queryset=WorkOrder.objects.all())
        row = next((one for one in filterset.check.rows() if one.pk == self.kwargs["pk"]), None)
        if row is None:
            raise Http404
        lines = filterset.check.lines_of(row.pk)
        short = {one.item.pk for one in lines if one.date is None}
        query = self.request.GET.urlencode()
        return super().get_context_data(**kwargs) | {
            "row": row,
            "tabs": _mode_tabs(self.request, filterset.asked),
            "lines": lines,
            "requests": open_requests(short) if short else {},
            "query": f"?{query}" if query else "",
            "policy": filterset.asked.get("policy") or KitPolicy.GREEDY,
            "may_reserve": self.request.user.has_perm("erp.reserve_kit"),
            "has_reserved": any(one.reserved for one in lines),
            "today": today(),
        }


class KitVerb(OperationView):
    """Something done with the chosen orders; back to where one came from."""

    def arguments(self) -> dict[str, Any]:
        if self.request.POST.get("all"):
            rows = KitFilter(self.request.GET, queryset=WorkOrder.objects.all()).qs
            return {"work_order_ids": [row.pk for row in rows]}
        return {"work_order_ids": [int(one) for one in self.request.POST.getlist("ids") if is_key(one)]}

    def success_url(self, result: Any) -> str:
        query = self.request.GET.urlencode()
        back = f"{reverse('erp:kit-check')}?{query}" if query else reverse("erp:kit-check")
        following = self.request.POST.get("next", "")
        return following if following.startswith("/") and not following.startswith("//") else back


class ReserveKits(KitVerb):
    """Keep what the check gives."""

    service = kits.reserve_kits
    message = _("The material is kept for the chosen orders.")

    def arguments(self) -> dict[str, Any]:
        policy = self.request.GET.get("policy") or self.request.POST.get("policy") or KitPolicy.GREEDY
        known = policy if policy in KitPolicy.values else KitPolicy.GREEDY
        return super().arguments() | {"policy": known, "with_auxiliaries": bool(self.request.GET.get("auxiliaries"))}


class ReleaseKits(KitVerb):
    """Give back what is kept."""

    service = kits.release_kits
    message = _("The material is free again.")
