"""Routes of engineering, planning and production: reads, a POST for every verb."""

import datetime as dt
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, Empty, idempotency_key, operation_action
from core.clock import today
from core.operations import perform
from core.typed import is_key
from crm.models import SalesOrder
from erp.api.overruns import asking_action, of_work_order
from erp.api.serializers import as_built as built
from erp.api.serializers import make as shapes
from erp.api.serializers import order_costs as cost_shapes
from erp.api.serializers import overruns as asked
from erp.api.serializers.shortages import RequestShortagesInput, ShortageSerializer
from erp.api.serializers.substitutes import SubstituteSerializer
from erp.api.viewsets.stock_control import ReportViewSet
from erp.filters.make import (
    BomFilter,
    LateLineFilter,
    PlannedOrderFilter,
    PlanRunFilter,
    ProductionReceiptFilter,
    ProductionReportFilter,
    ShortageFilter,
    SupplyAdviceFilter,
    WorkOrderFilter,
)
from erp.filters.substitutes import SubstituteFilter
from erp.models import (
    Bom,
    PlannedOrder,
    PlanRun,
    PlanVerdict,
    ProductionReceipt,
    ProductionReport,
    SupplyAdvice,
    WorkOrder,
)
from erp.models.planning import identity_parts
from erp.selectors.as_built import as_built
from erp.selectors.bom_uses import substitutes
from erp.selectors.plan import planned_orders, shortages
from erp.selectors.plan_changes import with_decisions
from erp.services import boms, planning, work_orders
from erp.services.planning.asking import ask_for_plan
from erp.services.planning.changes import SHORTAGE_DAYS


class DraftViewSet(DocumentViewSet):
    """Documents whose draft is replaced by other input than it is made from."""

    change_serializer_class: Any = None

    def get_serializer_class(self) -> Any:
        is_change = bool(self.request) and self.request.method == "PUT"
        return self.change_serializer_class if is_change else super().get_serializer_class()

    def _input(self, request: Any) -> dict[str, Any]:
        form = self.get_serializer_class()(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)


class BomViewSet(DraftViewSet):
    queryset = Bom.objects.prefetch_related("lines__substitutes").order_by("-pk")
    serializer_class = shapes.BomSerializer
    input_serializer_class = shapes.BomInput
    change_serializer_class = shapes.BomChange
    filterset_class = BomFilter
    permission_required = "erp.view_bom"
    create_service = boms.create_bom
    update_service = boms.update_bom

    release = operation_action(boms.release_bom, name="release", serializer=shapes.VersionInput)
    retire = operation_action(boms.retire_bom, name="retire", serializer=shapes.VersionInput)
    copy = operation_action(boms.copy_bom, name="copy", returns_self=False)


class SubstituteViewSet(DocumentViewSet):
    """Substitutes of all bills; they are written with their bill."""

    queryset = substitutes().order_by("-pk")
    serializer_class = SubstituteSerializer
    filterset_class = SubstituteFilter
    permission_required = "erp.view_bom"


class WorkOrderViewSet(DraftViewSet):
    queryset = WorkOrder.objects.prefetch_related("materials", "parts").order_by("-pk")
    serializer_class = shapes.WorkOrderSerializer
    input_serializer_class = shapes.WorkOrderInput
    change_serializer_class = shapes.WorkOrderChange
    filterset_class = WorkOrderFilter
    permission_required = "erp.view_workorder"
    create_service = work_orders.create_work_order
    update_service = work_orders.update_work_order

    release = operation_action(work_orders.release_work_order, name="release", serializer=shapes.VersionInput)
    reschedule = operation_action(
        work_orders.reschedule_work_order, name="reschedule", serializer=shapes.RescheduleInput
    )
    issue = asking_action(
        work_orders.issue_materials, orders=of_work_order, name="issue", serializer=asked.IssueMaterialsInput
    )
    issue_extra = asking_action(
        work_orders.issue_extra_materials, orders=of_work_order, name="issue-extra", serializer=asked.IssueExtraInput
    )
    request_extra = operation_action(
        work_orders.request_extra_material, name="request-extra", serializer=shapes.ExtraRequestInput
    )
    issue_sets = asking_action(
        work_orders.issue_kits, orders=of_work_order, name="issue-sets", serializer=asked.IssueSetsInput
    )
    substitute = operation_action(work_orders.use_substitute, name="substitute", serializer=shapes.SubstituteInput)
    return_materials = operation_action(
        work_orders.return_materials, name="return-materials", serializer=shapes.IssueInput
    )
    stage_materials = operation_action(
        work_orders.stage_materials, name="stage-materials", serializer=shapes.IssueInput
    )
    bring_back_materials = operation_action(
        work_orders.bring_back_materials, name="bring-back-materials", serializer=shapes.IssueInput
    )
    use_up_materials = operation_action(work_orders.use_up_materials, name="use-up-materials")
    receive = operation_action(work_orders.receive_production, name="receive", serializer=shapes.ReceiveInput)
    receive_output = operation_action(
        work_orders.receive_output, name="receive-output", serializer=cost_shapes.OutputInput
    )
    complete = operation_action(work_orders.complete_work_order, name="complete", serializer=shapes.VersionInput)
    close = operation_action(work_orders.close_work_order, name="close", serializer=shapes.VersionInput)
    cancel = operation_action(work_orders.cancel_work_order, name="cancel", serializer=shapes.VersionInput)
    report = asking_action(
        work_orders.report_operation,
        orders=of_work_order,
        name="report",
        serializer=asked.ReportWorkInput,
        returns_self=False,
    )
    start = operation_action(work_orders.start_work, name="start", serializer=shapes.StartInput, returns_self=False)
    pause = operation_action(work_orders.pause_work, name="pause", serializer=shapes.PauseInput, returns_self=False)
    take_apart = operation_action(work_orders.take_apart, name="take-apart", serializer=shapes.TakeApartInput)
    split = operation_action(
        work_orders.split_work_order, name="split", serializer=shapes.SplitInput, returns_self=False
    )
    merge = operation_action(work_orders.merge_work_orders, name="merge", serializer=shapes.MergeInput)
    record_as_built = operation_action(
        work_orders.record_as_built, name="record-as-built", serializer=built.AsBuiltInput
    )
    remove_as_built = operation_action(
        work_orders.remove_as_built, name="remove-as-built", serializer=built.AsBuiltRemoval
    )

    @extend_schema(responses=built.BuiltSerializer(many=True))
    @action(detail=True, methods=["get"], url_path="as-built", url_name="as-built")
    def as_built(self, request: Any, pk: Any = None) -> Response:
        """The finished pieces of the order, each with what is built in and what is still to be entered."""
        return Response(built.BuiltSerializer(as_built(self.get_object()), many=True).data)

    retry_backflush = operation_action(work_orders.retry_backflush, name="retry-backflush")
    finish = asking_action(
        work_orders.finish_work,
        orders=of_work_order,
        name="finish",
        serializer=asked.FinishWorkInput,
        returns_self=False,
    )


class ProductionReportViewSet(DocumentViewSet):
    queryset = ProductionReport.objects.order_by("-pk")
    serializer_class = shapes.ProductionReportSerializer
    filterset_class = ProductionReportFilter
    permission_required = "erp.view_workorder"

    @extend_schema(request=Empty)
    @action(detail=True, methods=["post"])
    def reverse(self, request: Any, pk: Any = None) -> Response:
        """Take the report back."""
        key = idempotency_key(request)
        return self.answer(perform(work_orders.reverse_report, actor=request.user, key=key, report_id=int(pk)))


class ProductionReceiptViewSet(DocumentViewSet):
    queryset = ProductionReceipt.objects.order_by("-pk")
    serializer_class = shapes.ProductionReceiptSerializer
    filterset_class = ProductionReceiptFilter
    permission_required = "erp.view_workorder"

    @extend_schema(request=Empty, responses=shapes.WorkOrderSerializer)
    @action(detail=True, methods=["post"])
    def reverse(self, request: Any, pk: Any = None) -> Response:
        """Take the receipt back into process."""
        key = idempotency_key(request)
        order = perform(work_orders.reverse_receipt, actor=request.user, key=key, receipt_id=int(pk))
        return Response(shapes.WorkOrderSerializer(order, context=self.get_serializer_context()).data)


class ByStart(CursorPagination):
    """Pages of planned orders, the most urgent first."""

    ordering = ("start_date", "item_id", "due_date", "sequence")
    page_size_query_param = "page_size"
    max_page_size = 200


class PlannedOrderViewSet(DocumentViewSet):
    """The planned orders of the current run; ``{id}`` is the identity of one."""

    queryset = PlannedOrder.objects.none()
    serializer_class = shapes.PlannedOrderSerializer
    filterset_class = PlannedOrderFilter
    permission_required = "erp.view_plannedorder"
    pagination_class = ByStart
    http_method_names = ("get", "post", "head", "options")
    lookup_value_regex = r"\d+:\d{4}-\d{2}-\d{2}:\d+"
    lookup_field = "identity"

    def get_queryset(self) -> Any:
        return planned_orders()

    def get_object(self) -> Any:
        try:
            item_id, due, sequence = identity_parts(self.kwargs["identity"])
        except ValueError as error:
            raise Http404 from error
        found = self.get_queryset().filter(item_id=item_id, due_date=due, sequence=sequence).first()
        if found is None:
            raise Http404
        return found

    @extend_schema(request=shapes.FirmInput, responses=shapes.FirmedSerializer)
    @action(detail=False, methods=["post"])
    def firm(self, request: Any) -> Response:
        """Turn planned orders into work orders, or pass them to purchasing."""
        form = shapes.FirmInput(data=request.data)
        form.is_valid(raise_exception=True)
        result = perform(
            planning.firm_planned_orders, actor=request.user, key=idempotency_key(request), **form.validated_data
        )
        return Response(shapes.FirmedSerializer(result).data)

    @extend_schema(request=Empty, responses=None)
    @action(detail=False, methods=["post"])
    def replan(self, request: Any) -> Response:
        """Have the plan made anew."""
        perform(ask_for_plan, actor=request.user, key=idempotency_key(request))
        return Response(status=202)


class ShortageViewSet(ReportViewSet):
    """What is short, one row per item, the earliest need first; ``days`` is how far one looks ahead (30)."""

    queryset = PlannedOrder.objects.none()
    serializer_class = ShortageSerializer
    filterset_class = ShortageFilter
    permission_required = "erp.view_plannedorder"

    def get_queryset(self) -> Any:
        days = self.request.query_params.get("days", "")
        return shortages(today() + dt.timedelta(days=min(int(days), 1000) if is_key(days) else SHORTAGE_DAYS))

    @extend_schema(request=RequestShortagesInput, responses=shapes.FirmedSerializer)
    @action(detail=False, methods=["post"], url_path="request", url_name="request")
    def order(self, request: Any) -> Response:
        """Order what is short of the named items: work orders, requisitions, subcontract orders."""
        form = RequestShortagesInput(data=request.data)
        form.is_valid(raise_exception=True)
        key = idempotency_key(request)
        result = perform(planning.request_shortages, actor=request.user, key=key, **form.validated_data)
        return Response(shapes.FirmedSerializer(result).data)


class PlanVerdictViewSet(DocumentViewSet):
    queryset = PlanVerdict.objects.order_by("-pk")
    serializer_class = shapes.PlanVerdictSerializer
    filterset_class = LateLineFilter
    permission_required = "erp.view_planverdict"

    def get_queryset(self) -> Any:
        orders = SalesOrder.objects.visible_to(self.request.user)
        return super().get_queryset().filter(order_line__order__in=orders)


class SupplyAdviceViewSet(DocumentViewSet):
    queryset = with_decisions(SupplyAdvice.objects.order_by("-pk"))
    serializer_class = shapes.SupplyAdviceSerializer
    filterset_class = SupplyAdviceFilter
    permission_required = "erp.view_supplyadvice"


class PlanRunViewSet(DocumentViewSet):
    queryset = PlanRun.objects.order_by("-number")
    serializer_class = shapes.PlanRunSerializer
    filterset_class = PlanRunFilter
    permission_required = "erp.view_planrun"


ROUTES = (
    ("boms", BomViewSet, "bom"),
    ("substitutes", SubstituteViewSet, "substitute"),
    ("work-orders", WorkOrderViewSet, "work-order"),
    ("production-reports", ProductionReportViewSet, "production-report"),
    ("production-receipts", ProductionReceiptViewSet, "production-receipt"),
    ("planned-orders", PlannedOrderViewSet, "planned-order"),
    ("shortages", ShortageViewSet, "shortage"),
    ("plan-verdicts", PlanVerdictViewSet, "plan-verdict"),
    ("supply-advice", SupplyAdviceViewSet, "supply-advice"),
    ("plan-runs", PlanRunViewSet, "plan-run"),
)
