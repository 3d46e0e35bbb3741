"""Routes of engineering: work centres with their capacity, routings with a POST for every verb."""

import datetime as dt
from typing import Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from core.api.viewsets import idempotency_key, operation_action
from core.clock import today
from core.operations import perform
from core.views.conversations import download
from erp.api.serializers import engineering as shapes
from erp.api.serializers import making as file_shapes
from erp.api.serializers.make import VersionInput
from erp.api.viewsets.make import DraftViewSet
from erp.filters.engineering import EngineeringChangeFilter, RoutingFilter, WorkCenterFilter
from erp.models import EngineeringChange, Routing, WorkCenter
from erp.selectors.cost_rollup import roll_up
from erp.selectors.cost_sheets import cost_sheet
from erp.selectors.operation_files import operation_files
from erp.selectors.work_centers import capacities
from erp.services import engineering_changes, routings, work_centers
from masterdata.api.viewsets import RecordViewSet
from masterdata.models import Item

LONGEST = 400
DAYS = [OpenApiParameter(name, dt.date, required=True) for name in ("first", "last")]


class WorkCenterViewSet(RecordViewSet):
    record = work_centers.WORK_CENTER
    permission_required = "erp.view_workcenter"
    queryset = WorkCenter.objects.all()
    serializer_class = shapes.WorkCenterSerializer
    input_serializer_class = shapes.WorkCenterInput
    filterset_class = WorkCenterFilter
    create_service = staticmethod(work_centers.create_work_center)
    update_service = staticmethod(work_centers.update_work_center)

    @extend_schema(parameters=DAYS, responses=shapes.CapacitySerializer(many=True))
    @action(detail=True, methods=["get"])
    def capacity(self, request: Any, pk: Any = None) -> Response:
        """The minutes of standard work on each day from ``first`` to ``last``, 400 days at most."""
        center = get_object_or_404(self.get_queryset(), pk=int(pk))
        try:
            first, last = (dt.date.fromisoformat(request.query_params.get(name, "")) for name in ("first", "last"))
        except ValueError as error:
            raise ParseError("first and last are dates, YYYY-MM-DD") from error
        if not 0 <= (last - first).days < LONGEST:
            raise ParseError(f"last is on or after first, at most {LONGEST} days")
        days = capacities([center.pk], first, last)[center.pk]
        rows = [{"date": day, "minutes": minutes} for day, minutes in days.items()]
        return Response(shapes.CapacitySerializer(rows, many=True).data)


class RoutingViewSet(DraftViewSet):
    queryset = Routing.objects.prefetch_related("operations__alternates").order_by("-pk")
    serializer_class = shapes.RoutingSerializer
    input_serializer_class = shapes.RoutingInput
    change_serializer_class = shapes.RoutingChange
    filterset_class = RoutingFilter
    permission_required = "erp.view_routing"
    create_service = routings.create_routing
    update_service = routings.update_routing

    release = operation_action(routings.release_routing, name="release", serializer=VersionInput)
    retire = operation_action(routings.retire_routing, name="retire", serializer=VersionInput)
    copy = operation_action(routings.copy_routing, name="copy", serializer=shapes.RoutingCopyInput, returns_self=False)
    withdraw_file = operation_action(
        routings.withdraw_operation_file,
        name="withdraw-file",
        serializer=file_shapes.OperationFileWithdrawal,
        returns_self=False,
    )

    @extend_schema(responses=file_shapes.OperationFileSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, parser_classes=(MultiPartParser,))
    def files(self, request: Any, pk: Any = None) -> Response:
        """The files at the operations of a routing, those that were withdrawn too."""
        routing = get_object_or_404(self.get_queryset(), pk=int(pk))
        return self._told(operation_files().filter(routing=routing), many=True)

    @extend_schema(
        request={"multipart/form-data": file_shapes.OperationFileUpload},
        responses={201: file_shapes.OperationFileSerializer},
    )
    @files.mapping.post
    def attach_file(self, request: Any, pk: Any = None) -> Response:
        """Attach a file to an operation; one of the same name is replaced from now on."""
        form = file_shapes.OperationFileUpload(data=request.data)
        form.is_valid(raise_exception=True)
        row = perform(
            routings.attach_operation_file,
            actor=request.user,
            key=idempotency_key(request),
            routing_id=int(pk),
            operation_no=form.validated_data["operation_no"],
            upload=form.validated_data["file"],
            revision=form.validated_data.get("revision", ""),
            reason=form.validated_data.get("reason", ""),
        )
        return self._told(row, status=201)

    @extend_schema(responses={(200, "application/octet-stream"): bytes}, filters=False)
    @action(detail=True, methods=["get"], url_path=r"files/(?P<file_id>\d+)", url_name="file")
    def file(self, request: Any, pk: Any = None, file_id: Any = None) -> FileResponse:
        """The bytes of one file, also of one that was withdrawn."""
        routing = get_object_or_404(self.get_queryset(), pk=int(pk))
        return download(get_object_or_404(operation_files(), pk=int(file_id), routing=routing).attachment)

    def _told(self, rows: Any, *, many: bool = False, status: int = 200) -> Response:
        context = self.get_serializer_context()
        return Response(file_shapes.OperationFileSerializer(rows, many=many, context=context).data, status=status)


class EngineeringChangeViewSet(DraftViewSet):
    queryset = EngineeringChange.objects.prefetch_related("lines__follow_ups", "orders").order_by("-pk")
    serializer_class = shapes.EngineeringChangeSerializer
    input_serializer_class = shapes.EngineeringChangeInput
    change_serializer_class = shapes.EngineeringChangeChange
    filterset_class = EngineeringChangeFilter
    permission_required = "erp.view_engineeringchange"
    create_service = engineering_changes.create_engineering_change
    update_service = engineering_changes.update_engineering_change

    release = operation_action(engineering_changes.release_engineering_change, name="release", serializer=VersionInput)
    use_up = operation_action(engineering_changes.begin_when_used_up, name="use_up", serializer=VersionInput)
    dispose = operation_action(engineering_changes.carry_out_dispositions, name="dispose", serializer=VersionInput)
    cancel = operation_action(engineering_changes.cancel_engineering_change, name="cancel", serializer=VersionInput)


class ItemCostViewSet(GenericViewSet):
    """What a unit of an item costs by element, rolled up on ``date`` (today without one)."""

    queryset = Item.objects.none()
    serializer_class = shapes.ItemCostSerializer
    permission_required = "masterdata.view_cost"
    http_method_names = ("get", "head", "options")

    @extend_schema(parameters=[OpenApiParameter("date", dt.date)], responses=shapes.ItemCostSerializer)
    def retrieve(self, request: Any, *args: Any, pk: Any = None, **kwargs: Any) -> Response:
        item = get_object_or_404(Item, pk=int(pk))
        try:
            asked = request.query_params.get("date")
            day = dt.date.fromisoformat(asked) if asked else today()
        except ValueError as error:
            raise ParseError("date is a date, YYYY-MM-DD") from error
        rolled = roll_up([item.pk], day)
        sheet = cost_sheet(rolled, item.pk)
        answer = {
            "item": item.pk,
            "date": day,
            "elements": sheet.cost.elements,
            "credits": sheet.cost.credits,
            "shared": sheet.cost.shared,
            "missing": sorted(sheet.cost.missing),
            "parts": sheet.parts,
            "steps": sheet.steps,
        }
        return Response(shapes.ItemCostSerializer(answer).data)


ROUTES = (
    ("engineering-changes", EngineeringChangeViewSet, "engineering-change"),
    ("rolled-up-costs", ItemCostViewSet, "rolled-up-cost"),
    ("work-centers", WorkCenterViewSet, "work-center"),
    ("routings", RoutingViewSet, "routing"),
)
