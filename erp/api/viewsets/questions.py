"""Routes of what planners and sellers ask: kit check, changes of the plan."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, idempotency_key
from core.operations import perform
from erp.api.serializers import kit_check as shapes
from erp.api.serializers import plan_changes as change_shapes
from erp.api.viewsets.stock_control import ReportViewSet
from erp.filters.kit_check import KitFilter, UnlockFilter
from erp.filters.plan_changes import PlanChangeFilter
from erp.models import PlanChange, WorkOrder
from erp.selectors.plan_changes import in_scope
from erp.services import kits
from erp.services.planning.deciding import carry_out_changes, dismiss_changes
from erp.services.planning.reopening import reopen_changes


class KitCheckViewSet(ReportViewSet):
    """All released work orders against one pool; ``{id}`` is a work order and shows its components."""

    queryset = WorkOrder.objects.order_by("start_date", "pk")
    serializer_class = shapes.KitSerializer
    filterset_class = KitFilter
    permission_required = "erp.view_workorder"

    @extend_schema(responses=shapes.KitDetailSerializer)
    def retrieve(self, request: Any, pk: Any = None) -> Response:
        """One order with its components, under the same question as the list."""
        check = KitFilter(request.query_params, queryset=self.get_queryset()).check
        row = next((one for one in check.rows() if str(one.pk) == str(pk)), None)
        if row is None:
            raise Http404
        context = dict(self.get_serializer_context()) | {"lines": check.lines_of(row.pk)}
        return Response(shapes.KitDetailSerializer(row, context=context).data)

    @extend_schema(request=shapes.ReserveKitsInput, responses=shapes.ReleaseKitsInput)
    @action(detail=False, methods=["post"])
    def reserve(self, request: Any) -> Response:
        """Keep in stock what the check gives to the named orders."""
        return self._act(request, shapes.ReserveKitsInput, kits.reserve_kits)

    @extend_schema(request=shapes.ReleaseKitsInput, responses=shapes.ReleaseKitsInput)
    @action(detail=False, methods=["post"])
    def release(self, request: Any) -> Response:
        """Give back what is kept for the named orders."""
        return self._act(request, shapes.ReleaseKitsInput, kits.release_kits)

    def _act(self, request: Any, shape: Any, service: Any) -> Response:
        asked = shape(data=request.data or {})
        asked.is_valid(raise_exception=True)
        touched = perform(service, actor=request.user, key=idempotency_key(request), **asked.validated_data)
        return Response({"work_order_ids": list(touched)})


class KitReceiptViewSet(ReportViewSet):
    """Expected receipts and the released work orders they serve or complete."""

    queryset = WorkOrder.objects.order_by("start_date", "pk")
    serializer_class = shapes.ReceiptSerializer
    filterset_class = UnlockFilter
    permission_required = "erp.view_workorder"


class PlanChangeViewSet(DocumentViewSet):
    """What the plan found changed: undecided ones, or those of the outcomes asked for."""

    queryset = PlanChange.objects.order_by("-pk")
    serializer_class = change_shapes.PlanChangeSerializer
    filterset_class = PlanChangeFilter
    permission_required = "erp.view_planchange"

    def get_queryset(self) -> Any:
        return in_scope(super().get_queryset(), self.request.user)

    @extend_schema(request=change_shapes.ChangesInput, responses=change_shapes.ChangesInput)
    @action(detail=False, methods=["post"], url_path="carry-out", url_name="carry-out")
    def carry_out(self, request: Any) -> Response:
        """Do what the named changes ask for."""
        return self._decide(request, change_shapes.ChangesInput, carry_out_changes)

    @extend_schema(request=change_shapes.DismissInput, responses=change_shapes.ChangesInput)
    @action(detail=False, methods=["post"])
    def dismiss(self, request: Any) -> Response:
        """Leave the named changes, with a reason, or let what is left over come to stock."""
        return self._decide(request, change_shapes.DismissInput, dismiss_changes)

    @extend_schema(request=change_shapes.ChangesInput, responses=change_shapes.ChangesInput)
    @action(detail=False, methods=["post"])
    def reopen(self, request: Any) -> Response:
        """Have the named changes decided anew; what was done to a work order is put back."""
        return self._decide(request, change_shapes.ChangesInput, reopen_changes)

    def _decide(self, request: Any, shape: Any, service: Any) -> Response:
        asked = shape(data=request.data or {})
        asked.is_valid(raise_exception=True)
        decided = perform(service, actor=request.user, key=idempotency_key(request), **asked.validated_data)
        return Response({"change_ids": list(decided)})


ROUTES = (
    ("kit-checks", KitCheckViewSet, "kit-check"),
    ("kit-receipts", KitReceiptViewSet, "kit-receipt"),
    ("plan-changes", PlanChangeViewSet, "plan-change"),
)
