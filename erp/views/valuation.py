"""Pages of the value of stock: an item's layers, one layer's history, the month-end average."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.errors import DomainError
from core.operations import rehearse
from core.typed import day_typed
from core.views.base import ListPage, OperationView, Page
from erp.filters.valuation import AverageRunFilter, CostLayerFilter
from erp.models import AverageRun, CostLayer
from erp.selectors.sources import name_of, url_of
from erp.selectors.stock import item_cost
from erp.selectors.valuation import average_runs, entries_of, layers_of, lines_of, months_due, uses_of
from erp.services.stock.valuing import base_decimals
from erp.services.valuation.month_average import run_month_average
from erp.tables.valuation import AverageRunTable, CostLayerTable
from masterdata.models import Item


class ItemLayers(ListPage):
    """One item: how its stock is valued, and the receipts it consists of."""

    model = CostLayer
    table_class = CostLayerTable
    filterset_class = CostLayerFilter
    permission_required = "masterdata.view_cost"
    template_name = "erp/valuation/layers.html"
    empty_text = _("Every receipt leaves a layer here; issues use the oldest first.")

    def base_queryset(self) -> Any:
        return layers_of(self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item = get_object_or_404(Item.objects.select_related("uom"), pk=self.kwargs["pk"])
        return super().get_context_data(**kwargs) | {
            "title": _("Value of %(item)s") % {"item": item},
            "item": item,
            "cost": item_cost(item.pk),
        }


class LayerPage(Page, TemplateView):
    """One layer: what its goods cost, entry by entry, and where they went."""

    permission_required = "masterdata.view_cost"
    template_name = "erp/valuation/layer.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = get_object_or_404(CostLayer, pk=self.kwargs["pk"])
        layer = layers_of(pk.item_id).get(pk=pk.pk)
        entries = [_with_source(entry, entry.source_label, entry.source_id) for entry in entries_of(layer.move)]
        uses = [_with_source(one, one.move.source_label, one.move.source_id) for one in uses_of(layer)]
        return super().get_context_data(**kwargs) | {
            "title": _("Layer of %(day)s") % {"day": layer.received_on},
            "layer": layer,
            "item": layer.item,
            "move_url": url_of(layer.move.source_label, layer.move.source_id),
            "entries": entries,
            "uses": uses,
        }


def _with_source(row: Any, label: str, key: int) -> dict[str, Any]:
    return {"row": row, "url": url_of(label, key), "source": name_of(label)}


class AverageRunList(ListPage):
    """Runs of the month-end average, and the months that wait for one."""

    model = AverageRun
    table_class = AverageRunTable
    filterset_class = AverageRunFilter
    permission_required = "erp.view_averagerun"
    template_name = "erp/valuation/average_runs.html"
    title = _("Month-end average")
    empty_text = _("Items valued by the month-end average are brought to it here, month by month.")

    def base_queryset(self) -> Any:
        return average_runs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "months": months_due(base_decimals()),
            "may_run": self.request.user.has_perm("erp.run_averagerun"),
        }


class AverageRunPage(Page, TemplateView):
    """What a run found, item by item, each with its ledger of the month."""

    permission_required = "erp.view_averagerun"
    template_name = "erp/valuation/average_run.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = get_object_or_404(average_runs(), pk=self.kwargs["pk"])
        return super().get_context_data(**kwargs) | _result(self.request, run)


class PreviewAverage(Page):
    """What a run over the month would do: it is rehearsed, nothing is kept."""

    permission_required = "erp.run_averagerun"

    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        first = _month(month)
        refusal = None
        context: dict[str, Any] = {}
        with rehearse(actor=request.user) as attempt:
            try:
                run = attempt(run_month_average, lambda: {"month": first})
                context = _result(request, average_runs().get(pk=run.pk))
            except DomainError as error:
                refusal = error
        context |= {"title": _("Preview of %(month)s") % {"month": f"{first:%Y-%m}"}, "month": first}
        status = refusal.status if refusal is not None else 200
        return render(
            request,
            "erp/valuation/average_run.html",
            context | {"refusal": refusal, "is_preview": True},
            status=status,
        )


class RunAverage(OperationView):
    """Run the average of a month."""

    service = run_month_average
    message = _("The average is run.")

    def arguments(self) -> dict[str, Any]:
        return {"month": _month(self.request.POST.get("month", ""))}


def _result(request: HttpRequest, run: AverageRun) -> dict[str, Any]:
    return {
        "title": _("Month-end average of %(month)s") % {"month": f"{run.month:%Y-%m}"},
        "run": run,
        "lines": list(lines_of(run)),
        "sees_value": request.user.has_perm("masterdata.view_cost"),  # type: ignore[union-attr]
    }


def _month(text: str) -> dt.date:
    month = day_typed(f"{text[:7]}-01")
    if month is None:
        raise Http404
    return month
