"""Routes of picking for production, operations and pieces paid."""

import datetime as dt
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, idempotency_key, operation_action
from core.errors import DomainError
from core.operations import perform
from erp.api.overruns import asking_action, of_pick
from erp.api.serializers import making as shapes
from erp.api.serializers import overruns as asked
from erp.api.viewsets.stock_control import ReportViewSet
from erp.filters.making import (
    BackflushShortageFilter,
    MergedPickFilter,
    OperationFilter,
    PieceRateFilter,
    PieceWageFilter,
    WageSumFilter,
)
from erp.models import BackflushShortage, MergedPick, PieceRate, PieceWage, WorkOrderOperation
from erp.selectors.backflushing import open_shortages, waiting_orders
from erp.selectors.floor import load_by_person
from erp.selectors.operation_files import files_of_steps, may_open_files
from erp.selectors.pick_scans import goods_of_scan, open_rows, usual_quantity
from erp.services import floor, merged_picks, work_orders

CODE = OpenApiParameter("code", str, required=True, description="Of an item, a lot or a serial number, or a barcode.")


class MergedPickViewSet(DocumentViewSet):
    queryset = MergedPick.objects.prefetch_related("lines__shares").order_by("-pk")
    serializer_class = shapes.MergedPickSerializer
    input_serializer_class = shapes.MergedPickInput
    filterset_class = MergedPickFilter
    permission_required = "erp.view_mergedpick"
    create_service = merged_picks.create_merged_pick

    post_document = asking_action(
        merged_picks.post_merged_pick, orders=of_pick, name="post", serializer=asked.PostFoundInput
    )
    scan = asking_action(merged_picks.scan_merged_pick, orders=of_pick, name="scan", serializer=asked.PostScanInput)
    finish = operation_action(merged_picks.finish_merged_pick, name="finish", serializer=shapes.VersionInput)
    cancel = operation_action(merged_picks.cancel_merged_pick, name="cancel", serializer=shapes.VersionInput)

    @extend_schema(parameters=[CODE], responses=shapes.ScannedGoodsSerializer(many=True))
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def goods(self, request: Any, pk: Any = None) -> Response:
        """The goods that a scanned ``code`` means to the open lines of a pick, with line and place."""
        pick = get_object_or_404(self.get_queryset().select_related("warehouse"), pk=int(pk))
        found = goods_of_scan(pick, open_rows(pick), request.query_params.get("code", "").strip())
        rows = [
            {
                "line": row.line.pk,
                "item": row.line.item_id,
                "location": balance.location_id,
                "lot": balance.lot_id,
                "on_hand": balance.on_hand,
                "still_open": row.still_open,
                "usual_quantity": usual_quantity(row, balance),
            }
            for row, balance in found
        ]
        return Response(shapes.ScannedGoodsSerializer(rows, many=True).data)


class BackflushShortageViewSet(DocumentViewSet):
    """Material that was used up and could not be posted; settled rows have their time."""

    queryset = BackflushShortage.objects.order_by("-pk")
    serializer_class = shapes.BackflushShortageSerializer
    filterset_class = BackflushShortageFilter
    permission_required = "erp.view_backflushshortage"

    @extend_schema(request=None, responses=shapes.RetriedSerializer)
    @action(detail=False, methods=["post"], url_path="retry", url_name="retry")
    def retry(self, request: Any) -> Response:
        """Post everything in the queue again, order by order; what is refused or still missing stays."""
        key = idempotency_key(request)
        refused: list[dict[str, Any]] = []
        days: set[dt.date] = set()
        for pk in waiting_orders(request.user):
            try:
                order = perform(work_orders.retry_backflush, actor=request.user, key=f"{key}:{pk}", work_order_id=pk)
                days |= set(getattr(order, "booked_on", ()))
            except DomainError as refusal:
                refused.append({"work_order": pk, "code": refusal.code, "message": str(refusal)})
        found = {"left": open_shortages().count(), "refused": refused, "booked_on": sorted(days)}
        return Response(shapes.RetriedSerializer(found).data)


class OperationViewSet(DocumentViewSet):
    queryset = WorkOrderOperation.objects.select_related("work_order", "slot").order_by("-pk")
    serializer_class = shapes.OperationSerializer
    filterset_class = OperationFilter
    permission_required = "erp.view_workorderoperation"

    @extend_schema(responses=shapes.OperationFileSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def files(self, request: Any, pk: Any = None) -> Response:
        """The instructions and drawings of a step: those of now, of a step that is done those it was done by."""
        step = get_object_or_404(self.get_queryset(), pk=int(pk))
        if not may_open_files(request.user):
            raise PermissionDenied
        rows = files_of_steps([step]).get(step.pk, [])
        return Response(shapes.OperationFileSerializer(rows, many=True, context=self.get_serializer_context()).data)

    @extend_schema(responses=shapes.PersonLoadSerializer(many=True), filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def load(self, request: Any) -> Response:
        """What waits on the floor for whom: open steps and standard hours by person, the busiest first."""
        return Response(shapes.PersonLoadSerializer(load_by_person(), many=True).data)

    @extend_schema(request=shapes.DispatchInput, responses=shapes.OperationSerializer(many=True))
    @action(detail=False, methods=["post"], url_path="dispatch", url_name="dispatch")
    def dispatch_steps(self, request: Any) -> Response:
        """Say who does which operations, in which order; the answer is what changed."""
        form = shapes.DispatchInput(data=request.data)
        form.is_valid(raise_exception=True)
        rows = perform(
            floor.dispatch_operations, actor=request.user, key=idempotency_key(request), **form.validated_data
        )
        changed = self.get_queryset().filter(pk__in=[one.pk for one in rows]).order_by("pk")
        return Response(shapes.OperationSerializer(changed, many=True, context=self.get_serializer_context()).data)


class PieceRateViewSet(DocumentViewSet):
    queryset = PieceRate.objects.order_by("-pk")
    serializer_class = shapes.PieceRateSerializer
    input_serializer_class = shapes.PieceRateInput
    filterset_class = PieceRateFilter
    permission_required = "erp.view_piecerate"
    create_service = floor.set_piece_rate


class PieceWageViewSet(DocumentViewSet):
    queryset = PieceWage.objects.order_by("-pk")
    serializer_class = shapes.PieceWageSerializer
    filterset_class = PieceWageFilter
    permission_required = "erp.view_piecewage"


class WageSumViewSet(ReportViewSet):
    """Piece wages added up by employee and month, the newest month first."""

    queryset = PieceWage.objects.all()
    serializer_class = shapes.WageSumSerializer
    filterset_class = WageSumFilter
    permission_required = "erp.view_piecewage"


ROUTES = (
    ("merged-picks", MergedPickViewSet, "merged-pick"),
    ("backflush-errors", BackflushShortageViewSet, "backflush-error"),
    ("operations", OperationViewSet, "operation"),
    ("piece-rates", PieceRateViewSet, "piece-rate"),
    ("piece-wages/by-employee", WageSumViewSet, "piece-wage-sum"),
    ("piece-wages", PieceWageViewSet, "piece-wage"),
)
