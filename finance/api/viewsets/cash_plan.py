"""Routes of the cash plan and of recurring payments."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet
from core.clock import today
from finance.api.serializers import cash_plan as shapes
from finance.filters.cash_plan import RecurringCashFilter
from finance.models import RecurringCash
from finance.selectors.cash_plan.plan import Terms, cash_plan, planned_lines
from finance.services import cash_plan as services


class RecurringCashViewSet(DocumentViewSet):
    queryset = RecurringCash.objects.order_by("pk")
    serializer_class = shapes.RecurringCashSerializer
    input_serializer_class = shapes.RecurringCashInput
    filterset_class = RecurringCashFilter
    permission_required = "finance.view_cashplan"
    create_service = services.save_recurring_cash

    def _asked(self, request: Any) -> dict[str, Any]:
        asked = shapes.PlanQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)

    @extend_schema(parameters=[shapes.PlanQuery], responses={200: shapes.CashPlanSerializer})
    @action(detail=False, methods=["get"])
    def plan(self, request: Any) -> Response:
        """The cash plan by week and bank account."""
        asked = self._asked(request)
        return Response(shapes.CashPlanSerializer(cash_plan(Terms(today(), asked["weeks"], asked["late"]))).data)

    @extend_schema(parameters=[shapes.PlanQuery], responses={200: shapes.PlannedLineSerializer(many=True)})
    @action(detail=False, methods=["get"])
    def lines(self, request: Any) -> Response:
        """The documents behind the figures (1,000 at most)."""
        asked = self._asked(request)
        rows = planned_lines(
            Terms(today(), asked["weeks"], asked["late"]),
            week=asked.get("week"),
            bank_id=asked.get("bank"),
            source=asked.get("source", ""),
        )
        return Response(shapes.PlannedLineSerializer(rows, many=True).data)
