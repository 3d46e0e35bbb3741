"""The master schedule: items down, weeks across, planned quantities to firm."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.clock import today
from core.exchange.export import as_csv, as_xlsx, safe_cell
from core.typed import is_key
from core.views.base import OperationView, Page
from core.views.listviews import chips
from erp.filters.forecasts import MasterScheduleFilter
from erp.forms.forecasts import typed_cells
from erp.selectors.forecasts import demand_rules
from erp.selectors.master_schedule import ScheduleItem, Week, master_schedule, scheduled_items, weeks_from
from erp.services.planning.mastering import set_master_quantities
from erp.services.planning.scheduling_master import firm_master_schedule
from erp.views.planning import firmed_text

PER_PAGE = 8
MOST_EXPORTED = 500
ROWS = (
    ("forecast", _("Forecast")),
    ("master", _("Master schedule")),
    ("net_forecast", _("Not consumed by orders")),
    ("orders", _("Orders")),
    ("needs", _("Components and holds")),
    ("firm", _("Firm receipts")),
    ("planned", _("Planned receipts")),
    ("projected", _("Projected stock")),
    ("free", _("Available to promise")),
)
ALWAYS = frozenset({"master", "planned", "projected", "free"})
"""Rows that are typed into, or say something by a nought; the others stand only where they have a figure."""

Row = tuple[str, Any, list[tuple[Week, Any]]]


class MasterSchedulePage(Page, TemplateView):
    """The grid, a page of items at a time, or all of them as a file."""

    permission_required = "erp.view_plannedorder"
    template_name = "erp/mps/grid.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = request.GET.get("export", "")
        if kind not in {"csv", "xlsx"}:
            return super().get(request, *args, **kwargs)
        if not request.user.has_perm("core.export_data"):
            raise PermissionDenied("core.export_data")
        weeks = self._weeks()
        items = list(self._filter().qs[:MOST_EXPORTED])
        rows = self._file(master_schedule(items, today(), weeks), weeks)
        return as_csv(rows, "mps") if kind == "csv" else as_xlsx(rows, "mps", "MPS")  # type: ignore[return-value]

    def _filter(self) -> MasterScheduleFilter:
        return MasterScheduleFilter(self.request.GET, queryset=scheduled_items(), request=self.request)

    def _weeks(self) -> list[Week]:
        asked = self.request.GET.get("weeks", "")
        count = min(max(int(asked), 4), 52) if is_key(asked) else 12
        return weeks_from(today(), count, demand_rules())

    def _file(self, rows: list[ScheduleItem], weeks: list[Week]) -> list[list[Any]]:
        head = [str(_("Item")), str(_("Name")), str(_("Unit")), str(_("Row"))]
        lines = [[*head, *(week.start.isoformat() for week in weeks)]]
        for one in rows:
            own = [safe_cell(one.item.code), safe_cell(one.item.label()), safe_cell(one.item.uom)]
            lines += [[*own, str(label), *getattr(one, name)] for name, label in ROWS]
        return lines

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filterset, weeks = self._filter(), self._weeks()
        page = Paginator(filterset.qs, PER_PAGE).get_page(self.request.GET.get("page"))
        rows = master_schedule(list(page.object_list), today(), weeks)
        user = self.request.user
        return super().get_context_data(**kwargs) | {
            "filter": filterset,
            "chips": chips(self.request, filterset),
            "page": page,
            "weeks": weeks,
            "blocks": [(one, *self._block(one, weeks)) for one in rows],
            "rules": demand_rules(),
            "may_firm": user.has_perm("erp.firm_plannedorder"),
            "may_set": user.has_perm("erp.set_masterplan"),
            "may_export": user.has_perm("core.export_data"),
        }

    def _block(self, one: ScheduleItem, weeks: list[Week]) -> tuple[list[Row], list[str]]:
        """The rows of an item in which something stands or can be typed, and what the others are called."""
        rows = [row for row in ROWS if row[0] != "master" or one.item.is_master_scheduled]
        shown = [(name, label) for name, label in rows if name in ALWAYS or any(getattr(one, name))]
        return (
            [(name, label, list(zip(weeks, getattr(one, name), strict=True))) for name, label in shown],
            [str(label) for name, label in rows if (name, label) not in shown],
        )


class FirmMasterSchedule(OperationView):
    """Firm the typed quantities."""

    service = firm_master_schedule

    def arguments(self) -> dict[str, Any]:
        return {"cells": [cell for cell in typed_cells(self.request.POST.items()) if cell["quantity"] is not None]}

    def done(self, result: Any) -> HttpResponse:
        messages.success(self.request, firmed_text(result))
        return super().done(result)

    def success_url(self, result: Any) -> str:
        return _following(self.request)


def _following(request: HttpRequest) -> str:
    following = request.POST.get("next", "")
    is_local = following.startswith("/") and not following.startswith("//")
    return following if is_local else reverse("erp:mps")


class SetMasterQuantities(OperationView):
    """Take over the typed quantities of the master schedule; an emptied cell takes one away."""

    service = set_master_quantities
    message = _("The master schedule holds these quantities; the plan follows.")

    def arguments(self) -> dict[str, Any]:
        return {"cells": typed_cells(self.request.POST.items())}

    def success_url(self, result: Any) -> str:
        return _following(self.request)
