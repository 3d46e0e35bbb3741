"""Routes of order profit: by a grouping, by line, and the costs that orders bear."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from core.api.viewsets import idempotency_key
from core.operations import perform
from finance.api.serializers import order_profit as shapes
from finance.models import OrderExpense
from finance.selectors.order_profit.report import GROUPINGS, Wanted, profit_by, profit_of_lines
from finance.services import order_expenses


class OrderProfitViewSet(GenericViewSet):
    """Figures in base currency; cost and margin only with the right to see cost."""

    permission_required = "finance.view_orderprofit"
    serializer_class = shapes.ProfitSerializer
    queryset = OrderExpense.objects.none()
    pagination_class = None

    def _wanted(self, query: dict[str, Any]) -> Wanted:
        keys = {one.code: query[one.code] for one in GROUPINGS if query.get(one.code)}
        return Wanted(query.get("date_min"), query.get("date_max"), keys, self.request.user)

    def _query(self, request: Any) -> dict[str, Any]:
        asked = shapes.ProfitQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)

    @extend_schema(parameters=[shapes.ProfitQuery], responses={200: shapes.ProfitSerializer(many=True)})
    def list(self, request: Any) -> Response:
        """Order profit by customer, item, category, region, salesperson, campaign, project or order."""
        query = self._query(request)
        rows = profit_by(query["group"], self._wanted(query))
        return Response(shapes.ProfitSerializer(rows, many=True, context=self.get_serializer_context()).data)

    @extend_schema(parameters=[shapes.ProfitQuery], responses={200: shapes.LineProfitSerializer(many=True)})
    @action(detail=False, methods=["get"])
    def lines(self, request: Any) -> Response:
        """Order lines with revenue, actual cost, freight and margin, the newest orders first (2,000 at most)."""
        rows = profit_of_lines(self._wanted(self._query(request)))
        return Response(shapes.LineProfitSerializer(rows, many=True, context=self.get_serializer_context()).data)


class OrderExpenseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Suppliers' costs that sales orders bear."""

    permission_required = "finance.view_orderexpense"
    queryset = OrderExpense.objects.select_related("invoice_line").order_by("-pk")
    serializer_class = shapes.OrderExpenseSerializer

    @extend_schema(request=shapes.OrderExpenseInput, responses={201: shapes.OrderExpenseSerializer})
    def create(self, request: Any) -> Response:
        """Let a sales order bear a cost line of a posted supplier invoice."""
        form = shapes.OrderExpenseInput(data=request.data)
        form.is_valid(raise_exception=True)
        made = perform(
            order_expenses.assign_order_expense,
            actor=request.user,
            key=idempotency_key(request),
            **form.validated_data,
        )
        return Response(shapes.OrderExpenseSerializer(made).data, status=status.HTTP_201_CREATED)
