"""Routes of production warnings and of the thresholds behind them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.one_row import OneRow
from core.api.viewsets import ConcordSerializer, DocumentViewSet, idempotency_key
from core.operations import perform
from erp.filters.tracking import TrackingFilter
from erp.models import TrackingSettings, TrackingWarning
from erp.selectors.tracking import hits_by_warning, tracking_rules
from erp.services.tracking import RULES, check_production, configure_tracking


class TrackingWarningSerializer(ConcordSerializer):
    """A warning with the customer orders that it hits, as far as the caller may see them."""

    sales_orders = serializers.SerializerMethodField()

    class Meta:
        model = TrackingWarning
        fields = (
            "id",
            "kind",
            "work_order",
            "days",
            "item",
            "quantity",
            "percent",
            "raised_at",
            "closed_at",
            "sales_orders",
        )

    def get_sales_orders(self, warning: TrackingWarning) -> list[int]:
        hits = self.context.get("hits")
        if hits is None:
            hits = hits_by_warning([warning.pk], self.context["request"].user)
        return [order.pk for order in hits.get(warning.pk, [])]


class TrackingSettingsSerializer(ConcordSerializer):
    class Meta:
        model = TrackingSettings
        fields = ("version", *RULES)


class TrackingSettingsInput(serializers.Serializer):
    """Calendar days and percent; null: not watched. What is left out stays as it is."""

    version = serializers.IntegerField(required=False)
    late_start_days = serializers.IntegerField(min_value=0, max_value=32767, allow_null=True, required=False)
    late_finish_days = serializers.IntegerField(min_value=0, max_value=32767, allow_null=True, required=False)
    material_days = serializers.IntegerField(min_value=0, max_value=32767, allow_null=True, required=False)
    idle_days = serializers.IntegerField(min_value=0, max_value=32767, allow_null=True, required=False)
    yield_percent = serializers.DecimalField(max_digits=9, decimal_places=4, allow_null=True, required=False)
    notifies_sales = serializers.BooleanField(required=False)


class TrackingSettingsView(OneRow):
    """From when on the program warns."""

    permission_required = "erp.configure_tracking"
    service = configure_tracking
    input_shape = TrackingSettingsInput
    shape = TrackingSettingsSerializer

    @extend_schema(responses=TrackingSettingsSerializer)
    def get(self, request: Any) -> Response:
        """Return the thresholds."""
        return Response(self.shape(tracking_rules(), context={"request": request}).data)

    @extend_schema(request=TrackingSettingsInput, responses=TrackingSettingsSerializer)
    def put(self, request: Any) -> Response:
        """Change thresholds."""
        return self.saved(request)

    def arguments(self, typed: dict[str, Any]) -> dict[str, Any]:
        return {"version": typed.pop("version", None), "rules": typed}


class CheckedSerializer(serializers.Serializer):
    new_warnings = serializers.IntegerField()


class TrackingWarningViewSet(DocumentViewSet):
    queryset = TrackingWarning.objects.order_by("-pk")
    serializer_class = TrackingWarningSerializer
    filterset_class = TrackingFilter
    permission_required = "erp.view_trackingwarning"

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Read the customer orders of a whole page at once."""
        serializer = super().get_serializer(*args, **kwargs)
        if kwargs.get("many") and args:
            serializer.context["hits"] = hits_by_warning([row.pk for row in args[0]], self.request.user)
        return serializer

    @extend_schema(request=None, responses=CheckedSerializer)
    @action(detail=False, methods=["post"])
    def check(self, request: Any) -> Response:
        """Compare all work orders with the thresholds now."""
        found = perform(check_production, actor=request.user, key=idempotency_key(request))
        return Response({"new_warnings": found})

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        asked = self.action != "list" or self.request.query_params.get("closed")
        return rows if asked else rows.filter(closed_at__isnull=True)


ROUTES = (("tracking-warnings", TrackingWarningViewSet, "tracking-warning"),)
