"""Routes of stock by project and order."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, idempotency_key
from core.operations import perform
from erp.api.serializers import project_stock as shapes
from erp.filters.project_stock import ProjectStockFilter, ProjectTransferFilter
from erp.models import ProjectTransfer
from erp.selectors.project_stock import project_position, stock_by_project
from erp.services.project_stock import move_project_stock


class ProjectStockViewSet(DocumentViewSet):
    queryset = stock_by_project().order_by("-pk")
    serializer_class = shapes.ProjectStockSerializer
    filterset_class = ProjectStockFilter
    permission_required = "erp.view_projectstock"

    @extend_schema(parameters=[shapes.PositionQuestion], responses=shapes.PositionSerializer(many=True))
    @action(detail=False, methods=["get"], pagination_class=None, filterset_class=None)
    def position(self, request: Any) -> Response:
        """What a project has on hand, on order and in production, needs and lacks, item by item."""
        asked = shapes.PositionQuestion(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows = project_position(asked.validated_data["project"])
        return Response(shapes.PositionSerializer(rows, many=True).data)

    @extend_schema(request=shapes.MoveProjectStockInput, responses=shapes.PositionSerializer(many=True))
    @action(detail=False, methods=["post"])
    def move(self, request: Any) -> Response:
        """Move stock between projects, or out of and into common stock; answers how the project that gets it stands."""
        asked = shapes.MoveProjectStockInput(data=request.data or {})
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        lines = [{name: given.pop(name) for name in ("item_id", "quantity")}]
        perform(move_project_stock, actor=request.user, key=idempotency_key(request), lines=lines, **given)
        owner = given.get("to_project_id") or given.get("from_project_id")
        rows = shapes.PositionSerializer(project_position(owner), many=True).data
        return Response(rows, status=status.HTTP_200_OK)


class ProjectTransferViewSet(DocumentViewSet):
    queryset = ProjectTransfer.objects.prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.ProjectTransferSerializer
    input_serializer_class = shapes.ProjectTransferInput
    filterset_class = ProjectTransferFilter
    permission_required = "erp.view_projectstock"
    create_service = move_project_stock


ROUTES = (
    ("project-stock", ProjectStockViewSet, "project-stock"),
    ("project-transfers", ProjectTransferViewSet, "project-transfer"),
)
