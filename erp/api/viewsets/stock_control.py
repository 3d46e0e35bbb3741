"""Routes of stock control (classes, limits, reservations, holds) and of the stock reports."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from core.api.viewsets import DocumentViewSet, Empty, idempotency_key, operation_action
from core.operations import perform
from core.typed import is_key
from erp.api.serializers import stock_control as shapes
from erp.filters.stock_reports import (
    BreachFilter,
    ItemClassFilter,
    ReservationFilter,
    SlowStockFilter,
    StockAsOfFilter,
    StockLimitFilter,
    TurnoverFilter,
)
from erp.models import ItemClass, StockLimit
from erp.selectors.demand import reservations as all_reservations
from erp.services import reservations, stock_control
from masterdata.models import Item

MOST = 1000


class ReportViewSet(GenericViewSet):
    """Rows a selector computes; ``cursor`` is the place to go on from, ``page_size`` up to 1000."""

    queryset = Item.objects.order_by("code")
    permission_required = "erp.view_stockmove"
    pagination_class = None

    def list(self, request: Any) -> Response:
        """The rows of the report, as the filters ask."""
        rows = self.filter_queryset(self.get_queryset())
        start, size = self._whole("cursor", 0), min(self._whole("page_size", 200), MOST)
        following = start + size if start + size < len(rows) else None
        shown = self.get_serializer(rows[start : start + size], many=True).data
        return Response({"next": following, "results": shown})

    def _whole(self, name: str, usual: int) -> int:
        text = self.request.query_params.get(name, str(usual))
        if not is_key(text):
            raise ParseError(f"{name} is a whole number")
        return int(text)


class StockAsOfViewSet(ReportViewSet):
    serializer_class = shapes.StockAsOfSerializer
    filterset_class = StockAsOfFilter


class SlowStockViewSet(ReportViewSet):
    serializer_class = shapes.SlowStockSerializer
    filterset_class = SlowStockFilter


class TurnoverViewSet(ReportViewSet):
    serializer_class = shapes.TurnoverSerializer
    filterset_class = TurnoverFilter


class BreachViewSet(ReportViewSet):
    serializer_class = shapes.BreachSerializer
    filterset_class = BreachFilter
    permission_required = "erp.view_stocklimit"


class ItemClassViewSet(DocumentViewSet):
    queryset = ItemClass.objects.order_by("-pk")
    serializer_class = shapes.ItemClassSerializer
    filterset_class = ItemClassFilter
    permission_required = "erp.view_itemclass"

    @extend_schema(request=Empty)
    @action(detail=False, methods=["post"])
    def run(self, request: Any) -> Response:
        """Propose the classes anew."""
        items = perform(stock_control.classify_items, actor=request.user, key=idempotency_key(request))
        return Response({"items": items})

    @extend_schema(request=shapes.AcceptInput)
    @action(detail=False, methods=["post"])
    def accept(self, request: Any) -> Response:
        """Accept the proposed classes, or give chosen items a class."""
        asked = shapes.AcceptInput(data=request.data or {})
        asked.is_valid(raise_exception=True)
        changed = perform(
            stock_control.accept_classes, actor=request.user, key=idempotency_key(request), **asked.validated_data
        )
        return Response({"changed": changed})


class StockLimitViewSet(DocumentViewSet):
    queryset = StockLimit.objects.order_by("-pk")
    serializer_class = shapes.StockLimitSerializer
    input_serializer_class = shapes.StockLimitInput
    filterset_class = StockLimitFilter
    permission_required = "erp.view_stocklimit"
    create_service = stock_control.create_stock_limit

    change = operation_action(stock_control.update_stock_limit, name="change", serializer=shapes.LimitFigures)
    ask = operation_action(stock_control.ask_for_goods, name="ask", serializer=Empty)


class ReservationViewSet(DocumentViewSet):
    queryset = all_reservations().order_by("-pk")
    serializer_class = shapes.ReservationSerializer
    filterset_class = ReservationFilter
    permission_required = "erp.view_reservation"

    @extend_schema(request=shapes.HoldInput)
    @action(detail=False, methods=["post"])
    def hold(self, request: Any) -> Response:
        """Hold free stock for a sent quotation."""
        return self._held(request, shapes.HoldInput, reservations.hold_for_quotation)

    @extend_schema(request=shapes.ReleaseInput)
    @action(detail=False, methods=["post"])
    def release(self, request: Any) -> Response:
        """Give back what is held for a quotation."""
        return self._held(request, shapes.ReleaseInput, reservations.release_hold)

    def _held(self, request: Any, shape: Any, service: Any) -> Response:
        asked = shape(data=request.data or {})
        asked.is_valid(raise_exception=True)
        quotation = perform(service, actor=request.user, key=idempotency_key(request), **asked.validated_data)
        rows = self.get_queryset().filter(demand__source_label="crm.quotation", demand__source_id=quotation.pk)
        return Response(self.get_serializer(rows, many=True).data, status=status.HTTP_200_OK)


ROUTES = (
    ("stock-as-of", StockAsOfViewSet, "stock-as-of"),
    ("slow-stock", SlowStockViewSet, "slow-stock"),
    ("stock-turnover", TurnoverViewSet, "stock-turnover"),
    ("stock-breaches", BreachViewSet, "stock-breach"),
    ("item-classes", ItemClassViewSet, "item-class"),
    ("stock-limits", StockLimitViewSet, "stock-limit"),
    ("reservations", ReservationViewSet, "reservation"),
)
