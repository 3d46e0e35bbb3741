"""Routes of the value of stock: layers, their uses, the month-end average."""

from typing import Any

from core.api.viewsets import DocumentViewSet
from erp.api.serializers import valuation as shapes
from erp.filters.valuation import AverageRunFilter, CostLayerApiFilter, LayerUseFilter
from erp.models import AverageRun, CostLayer, LayerUse
from erp.services.valuation.month_average import run_month_average


class CostLayerViewSet(DocumentViewSet):
    queryset = CostLayer.objects.order_by("-pk")
    serializer_class = shapes.CostLayerSerializer
    filterset_class = CostLayerApiFilter
    permission_required = "erp.view_costlayer"


class LayerUseViewSet(DocumentViewSet):
    queryset = LayerUse.objects.order_by("-pk")
    serializer_class = shapes.LayerUseSerializer
    filterset_class = LayerUseFilter
    permission_required = "erp.view_layeruse"


class AverageRunViewSet(DocumentViewSet):
    """POST runs the average of a month."""

    queryset = AverageRun.objects.prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.AverageRunSerializer
    filterset_class = AverageRunFilter
    permission_required = "erp.view_averagerun"
    create_service = run_month_average

    def _input(self, request: Any) -> dict[str, Any]:
        form = shapes.MonthInput(data=request.data)
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)


ROUTES = (
    ("cost-layers", CostLayerViewSet, "cost-layer"),
    ("layer-uses", LayerUseViewSet, "layer-use"),
    ("average-runs", AverageRunViewSet, "average-run"),
)
