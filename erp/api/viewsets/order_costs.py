"""Routes of order cost: the card of one order, the cards of many."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from erp.api.serializers import order_costs as shapes
from erp.filters.order_costs import OrderCostFilter
from erp.models import WorkOrder
from erp.selectors.order_costs import cost_card, orders_with_cost


class OrderCostViewSet(GenericViewSet):
    """Cost cards of work orders, base currency; only with the right to see cost."""

    permission_required = "masterdata.view_cost"
    serializer_class = shapes.CostCardSerializer
    queryset = WorkOrder.objects.none()
    pagination_class = None

    @extend_schema(responses={200: shapes.CostCardSerializer(many=True)})
    def list(self, request: Any) -> Response:
        """The newest orders with cost (1,000 at most), filtered like the report."""
        found = OrderCostFilter(request.query_params, orders_with_cost(request.user), request=request)
        return Response(shapes.CostCardSerializer(found.qs, many=True).data)

    @extend_schema(responses={200: shapes.CostCardSerializer})
    def retrieve(self, request: Any, pk: Any = None) -> Response:
        """The card of one order, by its key."""
        order = get_object_or_404(WorkOrder.objects.visible_to(request.user).select_related("item"), pk=pk)
        return Response(shapes.CostCardSerializer(cost_card(order)).data)


ROUTES = (("order-costs", OrderCostViewSet, "order-cost"),)
