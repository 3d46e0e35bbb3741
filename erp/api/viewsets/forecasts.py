"""Routes of forecasts."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, Empty, ReasonInput, idempotency_key, operation_action
from core.clock import today
from core.operations import perform
from erp.api.serializers import forecasts as shapes
from erp.api.viewsets.stock_control import ReportViewSet
from erp.filters.forecasts import (
    AccuracyFilter,
    ForecastFilter,
    ForecastLineFilter,
    MasterScheduleFilter,
    StockingAdviceFilter,
)
from erp.models import Forecast, ForecastLine, StockingAdvice
from erp.selectors.forecasts import demand_rules
from erp.selectors.master_schedule import master_schedule, scheduled_items, weeks_from
from erp.services import forecasts, stocking
from erp.services.planning.mastering import set_master_quantities
from erp.services.planning.scheduling_master import firm_master_schedule


class ForecastViewSet(DocumentViewSet):
    queryset = Forecast.objects.order_by("-pk")
    serializer_class = shapes.ForecastSerializer
    input_serializer_class = shapes.ForecastInput
    filterset_class = ForecastFilter
    permission_required = "erp.view_forecast"
    create_service = forecasts.create_forecast

    change = operation_action(forecasts.update_forecast, name="change", serializer=shapes.ForecastChange)
    calculate = operation_action(forecasts.calculate_forecast, name="calculate", serializer=Empty)
    override = operation_action(forecasts.override_forecast, name="override", serializer=shapes.OverrideInput)
    choose_method = operation_action(
        forecasts.choose_forecast_method, name="choose-method", serializer=shapes.MethodInput
    )
    release = operation_action(forecasts.release_forecast, name="release", serializer=Empty)
    close = operation_action(forecasts.close_forecast, name="close", serializer=ReasonInput)


class ForecastLineViewSet(DocumentViewSet):
    queryset = ForecastLine.objects.select_related("item").prefetch_related("buckets").order_by("-pk")
    serializer_class = shapes.ForecastLineSerializer
    filterset_class = ForecastLineFilter
    permission_required = "erp.view_forecast"


class AccuracyViewSet(ReportViewSet):
    serializer_class = shapes.AccuracySerializer
    filterset_class = AccuracyFilter
    permission_required = "erp.view_forecast"


class StockingAdviceViewSet(DocumentViewSet):
    queryset = StockingAdvice.objects.select_related("item").order_by("-pk")
    serializer_class = shapes.StockingAdviceSerializer
    filterset_class = StockingAdviceFilter
    permission_required = "erp.view_stockingadvice"

    @extend_schema(request=Empty)
    @action(detail=False, methods=["post"])
    def run(self, request: Any) -> Response:
        """Propose anew; answers how many proposals differ from what is set."""
        differing = perform(stocking.run_stocking_advice, actor=request.user, key=idempotency_key(request))
        return Response({"differing": differing})

    @extend_schema(request=shapes.AdviceInput)
    @action(detail=False, methods=["post"])
    def accept(self, request: Any) -> Response:
        """Write chosen proposals, or all that differ, into the items."""
        asked = shapes.AdviceInput(data=request.data or {})
        asked.is_valid(raise_exception=True)
        changed = perform(
            stocking.accept_stocking_advice,
            actor=request.user,
            key=idempotency_key(request),
            **asked.validated_data,
        )
        return Response({"changed": changed})


FIGURES = ("forecast", "master", "net_forecast", "orders", "needs", "firm", "planned", "projected", "free")


class MasterScheduleViewSet(ReportViewSet):
    """Items by week; ``weeks`` says how many, ``cursor`` and ``page_size`` are places among the items."""

    serializer_class = shapes.ScheduleItemSerializer
    filterset_class = MasterScheduleFilter
    permission_required = "erp.view_plannedorder"

    def get_queryset(self) -> Any:
        return scheduled_items()

    def list(self, request: Any) -> Response:
        """The schedule of the items, as the filters ask."""
        items = self.filter_queryset(self.get_queryset())
        start, size = self._whole("cursor", 0), min(self._whole("page_size", 50), 200)
        weeks = weeks_from(today(), min(max(self._whole("weeks", 12), 4), 52), demand_rules())
        chosen = list(items[start : start + size + 1])
        rows = master_schedule(chosen[:size], today(), weeks)
        shown = self.get_serializer([_schedule(one, weeks) for one in rows], many=True).data
        return Response({"next": start + size if len(chosen) > size else None, "results": shown})

    @extend_schema(request=shapes.MasterQuantitiesInput)
    @action(detail=False, methods=["post"], url_path="set")
    def set_quantities(self, request: Any) -> Response:
        """Set quantities of items of the master schedule in weeks; null or 0 takes one away."""
        asked = shapes.MasterQuantitiesInput(data=request.data or {})
        asked.is_valid(raise_exception=True)
        cells = asked.validated_data["cells"]
        perform(set_master_quantities, actor=request.user, key=idempotency_key(request), cells=cells)
        return Response({"set": len(cells)})

    @extend_schema(request=shapes.FirmScheduleInput)
    @action(detail=False, methods=["post"])
    def firm(self, request: Any) -> Response:
        """Firm quantities of items in weeks."""
        asked = shapes.FirmScheduleInput(data=request.data or {})
        asked.is_valid(raise_exception=True)
        done = perform(firm_master_schedule, actor=request.user, key=idempotency_key(request), **asked.validated_data)
        made, announced = (
            (done["work_order_ids"], done["announced"])
            if isinstance(done, dict)
            else (done.work_order_ids, done.announced)
        )
        return Response({"work_orders": made, "announced": announced})


def _schedule(one: Any, weeks: list[Any]) -> dict[str, Any]:
    return {
        "item": one.item.pk,
        "item_code": one.item.code,
        "is_master_scheduled": one.item.is_master_scheduled,
        "on_hand": one.on_hand,
        "messages": one.messages,
        "weeks": [
            {"start_date": week.start, "zone": week.zone} | {name: getattr(one, name)[place] for name in FIGURES}
            for place, week in enumerate(weeks)
        ],
    }


ROUTES = (
    ("master-schedule", MasterScheduleViewSet, "master-schedule"),
    ("forecasts", ForecastViewSet, "forecast"),
    ("forecast-lines", ForecastLineViewSet, "forecast-line"),
    ("stocking-advice", StockingAdviceViewSet, "stocking-advice"),
    ("forecast-accuracy", AccuracyViewSet, "forecast-accuracy"),
)
