"""Routes of inspection plans, inspections and defect codes."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, ReasonInput, operation_action
from erp.api.serializers import inspections as shapes
from erp.filters.inspections import DefectCodeFilter, InspectionFilter, InspectionPlanFilter
from erp.models import DefectCode, Inspection, InspectionPlan
from erp.selectors.inspections import goods_rows
from erp.services import defect_codes, inspection_plans, inspections


class DefectCodeViewSet(DocumentViewSet):
    queryset = DefectCode.objects.order_by("-pk")
    serializer_class = shapes.DefectCodeSerializer
    input_serializer_class = shapes.DefectCodeInput
    filterset_class = DefectCodeFilter
    permission_required = "erp.view_defectcode"
    create_service = defect_codes.create_defect_code
    update_service = defect_codes.update_defect_code


class InspectionPlanViewSet(DocumentViewSet):
    queryset = InspectionPlan.objects.prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.InspectionPlanSerializer
    input_serializer_class = shapes.InspectionPlanInput
    filterset_class = InspectionPlanFilter
    permission_required = "erp.view_inspectionplan"
    create_service = inspection_plans.create_inspection_plan
    update_service = inspection_plans.update_inspection_plan

    release = operation_action(inspection_plans.release_inspection_plan, name="release", serializer=shapes.VersionInput)
    retire = operation_action(inspection_plans.retire_inspection_plan, name="retire", serializer=shapes.VersionInput)
    revise = operation_action(
        inspection_plans.revise_inspection_plan, name="revise", serializer=ReasonInput, returns_self=False
    )


class InspectionViewSet(DocumentViewSet):
    queryset = Inspection.objects.prefetch_related("lines__values", "goods__dispositions", "defects").order_by("-pk")
    serializer_class = shapes.InspectionSerializer
    input_serializer_class = shapes.InspectionInput
    filterset_class = InspectionFilter
    permission_required = "erp.view_inspection"
    create_service = inspections.create_inspection

    @extend_schema(responses=shapes.GoodsRowSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], url_path="still-there", url_name="still-there", pagination_class=None)
    def still_there(self, request: Request, pk: Any = None) -> Response:
        """The goods of the inspection: inspected, decided, still there and where, gone before the decision."""
        return Response(shapes.GoodsRowSerializer(goods_rows(self.get_object()), many=True).data)

    results = operation_action(inspections.enter_results, name="results", serializer=shapes.ResultsInput)
    finish = operation_action(inspections.finish_inspection, name="finish", serializer=shapes.FinishInput)
    reopen = operation_action(inspections.reopen_inspection, name="reopen")
    scan = operation_action(inspections.scan_finding, name="scan", serializer=shapes.FindingInput)
    undo = operation_action(inspections.undo_finding, name="undo", serializer=shapes.UndoFindingInput)
    decide = operation_action(inspections.decide_inspection, name="decide", serializer=shapes.DecisionInput)
    concede = operation_action(inspections.decide_with_concession, name="concede", serializer=shapes.DecisionInput)
    cancel = operation_action(inspections.cancel_inspection, name="cancel")


ROUTES = (
    ("defect-codes", DefectCodeViewSet, "defect-code"),
    ("inspection-plans", InspectionPlanViewSet, "inspection-plan"),
    ("inspections", InspectionViewSet, "inspection"),
)
