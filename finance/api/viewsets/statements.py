"""Routes of the statements: layouts, and a report of each."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, idempotency_key, operation_action
from core.clock import today
from core.operations import perform
from finance.api.serializers import statements as shapes
from finance.filters.statements import LayoutFilter
from finance.models import StatementLayout
from finance.selectors.statements.figures import Dimension
from finance.selectors.statements.report import statement
from finance.services import statements


class StatementViewSet(DocumentViewSet):
    queryset = StatementLayout.objects.prefetch_related("rows").order_by("code")
    serializer_class = shapes.StatementLayoutSerializer
    input_serializer_class = shapes.StatementLayoutInput
    filterset_class = LayoutFilter
    permission_required = "finance.view_statements"
    create_service = statements.save_layout

    classify = operation_action(statements.classify_cash_line, name="classify", serializer=shapes.ClassifyInput)

    def update(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        layout = self.get_object()
        saved = perform(
            statements.save_layout,
            actor=request.user,
            key=idempotency_key(request),
            layout_id=layout.pk,
            **self._input(request),
        )
        return self.answer(saved)

    @extend_schema(parameters=[shapes.ReportQuery], responses={200: shapes.ReportSerializer})
    @action(detail=True, methods=["get"])
    def report(self, request: Any, pk: Any = None) -> Response:
        """The statement with its figures up to a day; see the views of columns on the page."""
        asked = shapes.ReportQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        query = asked.validated_data
        made = statement(
            get_object_or_404(self.get_queryset(), pk=pk),
            query.get("date") or today(),
            query["view"],
            Dimension(query.get("department"), query.get("project")),
        )
        return Response(shapes.ReportSerializer(made).data)
