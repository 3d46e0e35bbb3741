"""Routes of pegging both ways, and of what is short for one order."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from crm.models import SalesOrder, SalesOrderLine
from erp.api.serializers import pegging as shapes
from erp.models import Supply, WorkOrder
from erp.models.planning import identity_parts
from erp.selectors.peg_uses import uses_of_planned_order, uses_of_stock, uses_of_supply
from erp.selectors.pegging import pegs_of_line, pegs_of_work_order
from erp.selectors.plan import planned_order
from erp.selectors.short_of import short_items
from masterdata.models import Item


def found(thing: Any) -> Any:
    """Return what was looked for.

    Raises:
        Http404: it is not there.
    """
    if thing is None:
        raise Http404
    return thing


class PeggingViewSet(GenericViewSet):
    """From an order line or a work order down, from a supply up; read afresh by the current plan."""

    queryset = Supply.objects.order_by("pk")
    serializer_class = shapes.PegsSerializer
    permission_required = "erp.view_plannedorder"
    pagination_class = None

    def _line(self, pk: str) -> SalesOrderLine:
        orders = SalesOrder.objects.visible_to(self.request.user)
        line: SalesOrderLine = found(SalesOrderLine.objects.filter(pk=pk, order__in=orders).first())
        return line

    @extend_schema(responses=shapes.PegsSerializer)
    @action(detail=False, methods=["get"], url_path=r"lines/(?P<key>\d+)", url_name="line")
    def line(self, request: Any, key: str) -> Response:
        """What a sales order line comes from, down to the raw material."""
        return Response(shapes.PegsSerializer(found(pegs_of_line(self._line(key).pk))).data)

    @extend_schema(responses=shapes.PegsSerializer)
    @action(detail=False, methods=["get"], url_path=r"work-orders/(?P<key>\d+)", url_name="work-order")
    def work_order(self, request: Any, key: str) -> Response:
        """What the open material of a work order comes from."""
        order = found(WorkOrder.objects.filter(pk=key).first())
        return Response(shapes.PegsSerializer(found(pegs_of_work_order(order.pk))).data)

    @extend_schema(responses=shapes.UsesSerializer)
    @action(detail=False, methods=["get"], url_path=r"supplies/(?P<key>\d+)", url_name="supply")
    def supply(self, request: Any, key: str) -> Response:
        """Which demands an expected receipt serves."""
        supply = found(Supply.objects.select_related("item__uom").filter(pk=key).first())
        return Response(shapes.UsesSerializer(uses_of_supply(supply)).data)

    @extend_schema(responses=shapes.UsesSerializer)
    @action(
        detail=False,
        methods=["get"],
        url_path=r"planned-orders/(?P<identity>\d+:\d{4}-\d{2}-\d{2}:\d+)",
        url_name="planned-order",
    )
    def planned_order(self, request: Any, identity: str) -> Response:
        """Which demands a planned order serves."""
        try:
            order = found(planned_order(identity_parts(identity)))
        except ValueError as error:
            raise Http404 from error
        return Response(shapes.UsesSerializer(found(uses_of_planned_order(order))).data)

    @extend_schema(responses=shapes.UsesSerializer)
    @action(detail=False, methods=["get"], url_path=r"stock/(?P<key>\d+)", url_name="stock")
    def stock(self, request: Any, key: str) -> Response:
        """Which demands the free stock of an item serves."""
        item = found(Item.objects.filter(pk=key).first())
        return Response(shapes.UsesSerializer(found(uses_of_stock(item))).data)

    @extend_schema(responses=shapes.ShortItemSerializer(many=True))
    @action(detail=False, methods=["get"], url_path=r"lines/(?P<key>\d+)/short", url_name="short")
    def short(self, request: Any, key: str) -> Response:
        """What is short for a sales order line, and the planned orders that would bring it."""
        rows = short_items(pegs_of_line(self._line(key).pk))
        return Response(shapes.ShortItemSerializer(rows, many=True).data)


ROUTES = (("pegging", PeggingViewSet, "pegging"),)
