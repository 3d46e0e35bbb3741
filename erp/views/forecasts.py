"""Pages of forecasts: list, document, grid of items and buckets, one item with its back-test, accuracy, settings."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.formats import plain
from core.views.base import DocumentPage, FormPage, ListPage, OperationView, Page, Verb
from erp.filters.forecasts import AccuracyFilter, ForecastFilter, GridFilter
from erp.forms.forecasts import DemandSettingsForm, ForecastForm, typed_cells
from erp.models import Forecast, ForecastBucket, ForecastLine
from erp.selectors import forecasts as reading
from erp.selectors.forecast_pictures import item_picture, total_picture
from erp.services import forecasts
from erp.states.demand import ForecastMethod, ForecastState
from erp.tables.forecasts import AccuracyTable, ForecastGridTable, ForecastTable
from erp.views.stock_reports import StockReport
from erp.views.verbs import DocumentVerb, posted_version

OPEN: frozenset[str] = frozenset({ForecastState.DRAFT, ForecastState.RELEASED})


class ForecastList(ListPage):
    """All forecasts."""

    model = Forecast
    table_class = ForecastTable
    filterset_class = ForecastFilter
    permission_required = "erp.view_forecast"
    title = _("Forecasts")
    empty_text = _("A forecast says what customers will want of each item, month by month or week by week.")
    create_url = "erp:forecast-create"
    create_label = _("New forecast")
    create_permission = "erp.add_forecast"

    def base_queryset(self) -> Any:
        return reading.forecasts()


class ForecastPage(DocumentPage):
    """One forecast."""

    model = Forecast
    permission_required = "erp.view_forecast"
    template_name = "erp/forecast/detail.html"
    list_url = "erp:forecast-list"
    main_path = (ForecastState.DRAFT, ForecastState.RELEASED, ForecastState.CLOSED)
    verbs = (
        Verb(
            _("Calculate"),
            "erp:forecast-calculate",
            forecasts.calculate_forecast,
            states=OPEN,
            when=lambda one: one.calculated_at is None,
            main=True,
            icon="calculator",
        ),
        Verb(
            _("Calculate anew"),
            "erp:forecast-calculate",
            forecasts.calculate_forecast,
            states=OPEN,
            when=lambda one: one.calculated_at is not None,
            icon="calculator",
        ),
        Verb(
            _("Release to planning"),
            "erp:forecast-release",
            forecasts.release_forecast,
            states=OPEN,
            when=lambda one: one.calculated_at is not None,
            main=True,
            icon="send",
        ),
        Verb(_("Items and buckets"), "erp:forecast-grid", permission="erp.view_forecast", link=True, icon="table"),
        Verb(_("Edit"), "erp:forecast-edit", forecasts.update_forecast, states=OPEN, link=True, icon="edit"),
        Verb(
            _("Close"),
            "erp:forecast-close",
            forecasts.close_forecast,
            to=ForecastState.CLOSED,
            reason=True,
            danger=True,
            icon="lock",
        ),
    )

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("category", "owner")

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        totals = reading.totals_of(document)
        lines = document.lines.select_related("item__uom").order_by("-wape", "line_no")
        return {
            "subtitle": document.title,
            "picture": total_picture(document, totals) if totals else None,
            "unreleased": reading.unreleased(document),
            "worst": lines.filter(wape__isnull=False)[:10],
            "editions": document.editions.select_related("released_by")[:10],
        }


class CreateForecast(FormPage):
    """A new forecast."""

    service = forecasts.create_forecast
    form_class = ForecastForm
    template_name = "core/form.html"
    title = _("New forecast")
    message = _("Saved. Calculate it next.")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return form.header()


class EditForecast(FormPage):
    """Change what the next calculation goes by."""

    service = forecasts.update_forecast
    form_class = ForecastForm
    template_name = "core/form.html"
    title = _("Edit forecast")
    model = Forecast
    message = _("Saved. It takes effect with the next calculation.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"document": self.document}

    def get_initial(self) -> dict[str, Any]:
        return {}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"forecast_id": self.document.pk, "version": posted_version(self.request)} | form.header()


class ForecastGrid(ListPage):
    """Items down, buckets across; a typed figure takes the place of the calculated one."""

    model = ForecastLine
    table_class = ForecastGridTable
    filterset_class = GridFilter
    permission_required = "erp.view_forecast"
    template_name = "erp/forecast/grid.html"
    empty_text = _("Nothing was calculated yet.")
    page_key = "erp.forecastgrid"  # type: ignore[assignment]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        self.forecast = Forecast.objects.filter(pk=kwargs["pk"]).first()
        return super().dispatch(request, *args, **kwargs)

    @property
    def title(self) -> Any:  # type: ignore[override]
        return f"{self.forecast} {self.forecast.title}" if self.forecast else ""

    @property
    def may_adjust(self) -> bool:
        """Whether cells can be typed in."""
        return self.forecast.state in OPEN and self.request.user.has_perm("erp.adjust_forecast")

    def base_queryset(self) -> Any:
        if self.forecast is None:
            raise Http404
        return reading.lines_of(self.forecast).order_by("line_no")

    def get_table_kwargs(self) -> dict[str, Any]:
        exporting = bool(self.request.GET.get("export"))
        return super().get_table_kwargs() | {
            "starts": reading.starts_of(self.forecast),
            "size": self.forecast.bucket_size,
            "editable": self.may_adjust and not exporting,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "document": self.forecast,
            "may_adjust": self.may_adjust,
            "import_url": reverse("core:imports"),
        }


class AdjustForecast(OperationView):
    """Save the typed cells of the grid, or the row of one item's page."""

    service = forecasts.override_forecast
    message = _("The quantities are saved.")

    def arguments(self) -> dict[str, Any]:
        return {"cells": typed_cells(self.request.POST.items()), "version": posted_version(self.request)}

    def success_url(self, result: Any) -> str:
        following = self.request.POST.get("next", "")
        if following.startswith("/") and not following.startswith("//"):
            return following
        return reverse("erp:forecast-grid", args=[self.kwargs["pk"]])


class ForecastItem(Page, TemplateView):
    """One item of a forecast: its history, how each method would have done, its buckets."""

    permission_required = "erp.view_forecast"
    template_name = "erp/forecast/item.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = ForecastLine.objects.select_related("item__uom", "forecast")
        line = lines.filter(pk=self.kwargs["line"], forecast_id=self.kwargs["pk"]).first()
        if line is None:
            raise Http404
        buckets = list(ForecastBucket.objects.filter(line=line).select_related("changed_by"))
        first = line.forecast.start_date
        return super().get_context_data(**kwargs) | {
            "forecast": line.forecast,
            "line": line,
            "buckets": [
                (one, str(plain(one.override)) if one.override is not None else "", one.start_date >= first)
                for one in buckets
            ],
            "picture": item_picture(line, buckets),
            "scores": [
                (code, label, line.scores.get(code), code == line.method)
                for code, label in ForecastMethod.choices
                if code in line.scores or code == line.method
            ],
            "may_adjust": line.forecast.state in OPEN and self.request.user.has_perm("erp.adjust_forecast"),
        }


class ChooseMethod(DocumentVerb):
    """Let one method speak for an item."""

    service = forecasts.choose_forecast_method
    message = _("The item is calculated by this method now.")

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {
            "line_id": self.kwargs["line"],
            "method": self.request.POST.get("method", ""),
        }

    def success_url(self, result: Any) -> str:
        return reverse("erp:forecast-item", args=[self.kwargs["pk"], self.kwargs["line"]])


class AccuracyReport(StockReport):
    """Forecast against what came."""

    permission_required = "erp.view_forecast"
    table_class = AccuracyTable
    filterset_class = AccuracyFilter
    template_name = "erp/forecast/accuracy.html"
    title = _("Forecast accuracy")
    empty_text = _("No bucket of a released forecast is over yet.")
    page_key = "erp.forecastaccuracy"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        error, bias = reading.summed(context["filter"].qs)
        return context | {"error": error, "bias": bias}


class DemandSettingsPage(FormPage):
    """The rules of forecasts, master schedule and stocking advice."""

    service = forecasts.configure_demand
    form_class = DemandSettingsForm
    template_name = "core/form.html"
    title = _("Demand settings")

    def get_document(self) -> Any:
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {"instance": reading.demand_rules()}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"rules": form.cleaned_data, "version": posted_version(self.request)}

    def success_url(self, result: Any) -> str:
        return reverse("erp:demand-settings")
