"""Routes of the progress of sales orders in plan and production."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from crm.models import SalesOrder
from erp.api.serializers.stock import Quantity
from erp.models import WorkOrder
from erp.selectors.order_progress import LineProgress, progress_badges, progress_of_order


class MadeForSerializer(serializers.ModelSerializer):
    """A work order made for an order line; quantities in the stock unit of its item."""

    class Meta:
        model = WorkOrder
        fields = ("id", "number", "state", "item", "quantity", "completed_quantity", "start_date", "due_date")


class LineProgressSerializer(serializers.Serializer):
    """One open line; quantities in the stock unit. Without a plan of it yet, what the plan says is null."""

    order_line = serializers.IntegerField(source="line.pk")
    line_no = serializers.IntegerField(source="line.line_no")
    item = serializers.IntegerField(source="demand.item_id")
    due_date = serializers.DateField(source="demand.due_date")
    open_quantity = Quantity(source="demand.open_quantity")
    reserved = Quantity()
    planned_date = serializers.DateField(source="verdict.planned_date", default=None, allow_null=True)
    days_late = serializers.IntegerField(source="verdict.days_late", default=None, allow_null=True)
    reason = serializers.CharField(source="verdict.reason", default=None, allow_null=True)
    blocking_item = serializers.IntegerField(source="verdict.blocking_item_id", default=None, allow_null=True)
    work_orders = MadeForSerializer(many=True, help_text="Only for who may see work orders.")

    def to_representation(self, instance: LineProgress) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if not self.context["request"].user.has_perm("erp.view_workorder"):
            del shown["work_orders"]
        return shown


class OrderProgressSerializer(serializers.Serializer):
    """``progress`` is the sentence of the list of sales orders, in the caller's language; empty: nothing is open."""

    sales_order = serializers.IntegerField()
    progress = serializers.CharField()
    lines = LineProgressSerializer(many=True)


class OrderProgressViewSet(GenericViewSet):
    """How far the open lines of a sales order have come: reserved, planned, in production."""

    queryset = SalesOrder.objects.all()
    serializer_class = OrderProgressSerializer
    permission_required = "crm.view_salesorder"
    lookup_value_regex = r"\d+"

    @extend_schema(responses=OrderProgressSerializer)
    def retrieve(self, request: Any, *args: Any, pk: Any = None, **kwargs: Any) -> Response:
        order = get_object_or_404(self.get_queryset().visible_to(request.user), pk=int(pk))
        text, _colour = progress_badges([order.pk]).get(order.pk, ("", ""))
        answer = {"sales_order": order.pk, "progress": text, "lines": progress_of_order(order.pk)}
        return Response(OrderProgressSerializer(answer, context=self.get_serializer_context()).data)


ROUTES = (("sales-order-progress", OrderProgressViewSet, "sales-order-progress"),)
