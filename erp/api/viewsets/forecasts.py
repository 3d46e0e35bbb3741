"""Routes of forecasts."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, Empty, ReasonInput, idempotency_key, operation_action
from core.operations import perform
from erp.api.serializers import forecasts as shapes
from erp.api.viewsets.stock_control import ReportViewSet
from erp.filters.forecasts import AccuracyFilter, ForecastFilter, ForecastLineFilter, StockingAdviceFilter
from erp.models import Forecast, ForecastLine, StockingAdvice
from erp.services import forecasts, stocking


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


ROUTES = (
    ("forecasts", ForecastViewSet, "forecast"),
    ("forecast-lines", ForecastLineViewSet, "forecast-line"),
    ("stocking-advice", StockingAdviceViewSet, "stocking-advice"),
    ("forecast-accuracy", AccuracyViewSet, "forecast-accuracy"),
)
