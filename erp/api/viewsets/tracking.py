"""Routes of production warnings."""

from typing import Any

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer, DocumentViewSet
from erp.filters.tracking import TrackingFilter
from erp.models import TrackingWarning
from erp.selectors.tracking import hits_by_warning


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

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        asked = self.action != "list" or self.request.query_params.get("closed")
        return rows if asked else rows.filter(closed_at__isnull=True)


ROUTES = (("tracking-warnings", TrackingWarningViewSet, "tracking-warning"),)
