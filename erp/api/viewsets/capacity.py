"""Routes of capacity: plans, their rows, load of work centres."""

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, Empty, operation_action
from core.clock import today
from erp.api.serializers import capacity as shapes
from erp.api.viewsets.stock_control import ReportViewSet
from erp.filters.capacity import CenterFilter, SchedulePlanFilter, SchedulePlanProposalFilter, SchedulePlanRowFilter
from erp.models import SchedulePlan, SchedulePlanProposal, SchedulePlanRow, WorkCenter
from erp.selectors.capacity import ALL, DAY, SHOWN, WEEK, center_loads
from erp.services import schedules


class SchedulePlanViewSet(DocumentViewSet):
    queryset = SchedulePlan.objects.order_by("-pk")
    serializer_class = shapes.SchedulePlanSerializer
    input_serializer_class = shapes.SchedulePlanInput
    filterset_class = SchedulePlanFilter
    permission_required = "erp.view_scheduleplan"
    create_service = schedules.create_schedule_plan

    move = operation_action(schedules.move_operation, name="move", serializer=shapes.MoveInput)
    free = operation_action(schedules.free_operation, name="free", serializer=shapes.FreeInput)
    move_planned = operation_action(
        schedules.move_planned_operation, name="move-planned", serializer=shapes.MovePlannedInput
    )
    free_planned = operation_action(
        schedules.free_planned_operation, name="free-planned", serializer=shapes.FreePlannedInput
    )
    accept = operation_action(schedules.accept_schedule_plan, name="accept", serializer=Empty)
    renew = operation_action(schedules.renew_schedule_plan, name="renew", serializer=Empty)
    discard = operation_action(schedules.discard_schedule_plan, name="discard", serializer=Empty)


class SchedulePlanRowViewSet(DocumentViewSet):
    queryset = SchedulePlanRow.objects.select_related("operation").order_by("-pk")
    serializer_class = shapes.SchedulePlanRowSerializer
    filterset_class = SchedulePlanRowFilter
    permission_required = "erp.view_scheduleplan"


class SchedulePlanProposalViewSet(DocumentViewSet):
    """Operations of planned orders in plans of capacity."""

    queryset = SchedulePlanProposal.objects.order_by("-pk")
    serializer_class = shapes.SchedulePlanProposalSerializer
    filterset_class = SchedulePlanProposalFilter
    permission_required = "erp.view_scheduleplan"


class CapacityViewSet(ReportViewSet):
    """Load of work centres; ``by`` is week or day, ``buckets`` how many, ``show`` all, firm or planned work."""

    queryset = WorkCenter.objects.filter(is_active=True).order_by("code")
    serializer_class = shapes.CenterLoadSerializer
    filterset_class = CenterFilter
    permission_required = "erp.view_scheduleplan"

    def list(self, request: Any) -> Response:
        """The work centres with their load, the fullest first."""
        size = request.query_params.get("by", WEEK)
        if size not in {DAY, WEEK}:
            raise ParseError("by is week or day")
        show = request.query_params.get("show", ALL)
        if show not in SHOWN:
            raise ParseError("show is all, firm or planned")
        centers = self.filter_queryset(self.get_queryset())
        count = min(max(self._whole("buckets", 12), 1), 60)
        rows = center_loads(today(), count, size, list(centers.values_list("pk", flat=True)), show=show)
        return Response({"next": None, "results": self.get_serializer(rows, many=True).data})


ROUTES = (
    ("schedule-plans", SchedulePlanViewSet, "schedule-plan"),
    ("schedule-plan-rows", SchedulePlanRowViewSet, "schedule-plan-row"),
    ("schedule-plan-proposals", SchedulePlanProposalViewSet, "schedule-plan-proposal"),
    ("capacity", CapacityViewSet, "capacity"),
)
