"""Routes of forecasts."""

from core.api.viewsets import DocumentViewSet, Empty, ReasonInput, operation_action
from erp.api.serializers import forecasts as shapes
from erp.api.viewsets.stock_control import ReportViewSet
from erp.filters.forecasts import AccuracyFilter, ForecastFilter, ForecastLineFilter
from erp.models import Forecast, ForecastLine
from erp.services import forecasts


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


ROUTES = (
    ("forecasts", ForecastViewSet, "forecast"),
    ("forecast-lines", ForecastLineViewSet, "forecast-line"),
    ("forecast-accuracy", AccuracyViewSet, "forecast-accuracy"),
)
