"""Routes of stock revaluations."""

from core.api.viewsets import DocumentViewSet, operation_action
from erp.api.serializers import revaluations as shapes
from erp.filters.revaluations import StockRevaluationFilter
from erp.models import StockRevaluation
from erp.services import revaluations


class StockRevaluationViewSet(DocumentViewSet):
    queryset = StockRevaluation.objects.prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.StockRevaluationSerializer
    input_serializer_class = shapes.StockRevaluationInput
    filterset_class = StockRevaluationFilter
    permission_required = "erp.view_stockrevaluation"
    create_service = revaluations.create_stock_revaluation
    update_service = revaluations.update_stock_revaluation

    post_document = operation_action(revaluations.post_stock_revaluation, name="post")
    reverse = operation_action(revaluations.reverse_stock_revaluation, name="reverse")
    cancel = operation_action(revaluations.cancel_stock_revaluation, name="cancel")


ROUTES = (("stock-revaluations", StockRevaluationViewSet, "stock-revaluation"),)
