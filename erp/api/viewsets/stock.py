"""Routes of stock, shipments and returns: reads in the user's scope, a POST for every verb."""

from typing import Any

from django.db.models import Sum
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, operation_action
from core.fields import ZERO
from erp.api.serializers import packing as packs
from erp.api.serializers import stock as shapes
from erp.filters.stock import (
    DemandFilter,
    LotFilter,
    ReturnReceiptFilter,
    ShipmentFilter,
    StockBalanceFilter,
    StockDocumentFilter,
    StockMoveFilter,
    SupplyFilter,
    ValueEntryFilter,
)
from erp.models import (
    Demand,
    Lot,
    ReturnReceipt,
    Shipment,
    StockBalance,
    StockDocument,
    StockMove,
    Supply,
    ValueEntry,
)
from erp.selectors.genealogy import genealogy
from erp.services import holds, packing, reservations, returns, shipments, stock_documents


class LotViewSet(DocumentViewSet):
    queryset = Lot.objects.order_by("-pk")
    serializer_class = shapes.LotSerializer
    filterset_class = LotFilter
    permission_required = "erp.view_lot"

    set_status = operation_action(holds.set_lot_status, name="set-status", serializer=shapes.StatusInput)

    @extend_schema(responses=shapes.TraceSerializer)
    @action(detail=True, methods=["get"])
    def trace(self, request: Any, pk: Any = None) -> Response:
        """Where the lot came from and where it went, over all levels."""
        return Response(shapes.TraceSerializer(genealogy(self.get_object())).data)


class StockBalanceViewSet(DocumentViewSet):
    queryset = StockBalance.objects.filter(on_hand__gt=0).select_related("item").order_by("-pk")
    serializer_class = shapes.StockBalanceSerializer
    filterset_class = StockBalanceFilter
    permission_required = "erp.view_stockbalance"


class StockMoveViewSet(DocumentViewSet):
    queryset = StockMove.objects.order_by("-pk")
    serializer_class = shapes.StockMoveSerializer
    filterset_class = StockMoveFilter
    permission_required = "erp.view_stockmove"


class ValueEntryViewSet(DocumentViewSet):
    queryset = ValueEntry.objects.order_by("-pk")
    serializer_class = shapes.ValueEntrySerializer
    filterset_class = ValueEntryFilter
    permission_required = "erp.view_valueentry"


class DemandViewSet(DocumentViewSet):
    queryset = Demand.objects.annotate(reserved=Sum("reservations__quantity", default=ZERO)).order_by("-pk")
    serializer_class = shapes.DemandSerializer
    filterset_class = DemandFilter
    permission_required = "erp.view_demand"

    reassign = operation_action(reservations.reassign_reservation, name="reassign", serializer=shapes.ReassignInput)

    def answer(self, document: Any, status_code: int = status.HTTP_200_OK) -> Response:
        """Return the demand with what is kept for it now."""
        return super().answer(self.get_queryset().get(pk=document.pk), status_code)


class SupplyViewSet(DocumentViewSet):
    queryset = Supply.objects.order_by("-pk")
    serializer_class = shapes.SupplySerializer
    filterset_class = SupplyFilter
    permission_required = "erp.view_supply"


class ShipmentViewSet(DocumentViewSet):
    queryset = Shipment.objects.prefetch_related("lines__picks", "units__contents").order_by("-pk")
    serializer_class = shapes.ShipmentSerializer
    input_serializer_class = shapes.ShipmentInput
    filterset_class = ShipmentFilter
    permission_required = "erp.view_shipment"
    create_service = shipments.create_shipment

    pick = operation_action(shipments.pick_shipment, name="pick", serializer=shapes.PicksInput)
    scan = operation_action(shipments.scan_pick, name="scan", serializer=shapes.ScanInput)
    weigh = operation_action(shipments.weigh_pick, name="weigh", serializer=shapes.WeighInput)
    undo = operation_action(shipments.undo_pick, name="undo")
    reopen = operation_action(shipments.reopen_picking, name="reopen")
    open_unit = operation_action(packing.open_unit, name="open-unit", serializer=packs.UnitInput)
    pack = operation_action(packing.pack_goods, name="pack", serializer=packs.PackGoodsInput)
    place_on = operation_action(packing.place_on, name="place-on", serializer=packs.PlaceOnInput)
    weigh_unit = operation_action(packing.weigh_unit, name="weigh-unit", serializer=packs.WeighInput)
    unpack = operation_action(packing.unpack_unit, name="unpack", serializer=packs.UnpackInput)
    ship = operation_action(shipments.ship_shipment, name="ship", serializer=shapes.ShipInput)
    sign_off = operation_action(shipments.sign_off_shipment, name="sign-off", serializer=shapes.SignOffInput)
    reverse = operation_action(shipments.reverse_shipment, name="reverse", serializer=shapes.ReverseInput)
    cancel = operation_action(shipments.cancel_shipment, name="cancel")


class ReturnReceiptViewSet(DocumentViewSet):
    queryset = ReturnReceipt.objects.prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.ReturnReceiptSerializer
    filterset_class = ReturnReceiptFilter
    permission_required = "erp.view_returnreceipt"

    receive = operation_action(returns.receive_return, name="receive", serializer=shapes.ReceiveInput)
    cancel = operation_action(returns.cancel_return_receipt, name="cancel")


class StockDocumentViewSet(DocumentViewSet):
    queryset = StockDocument.objects.prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.StockDocumentSerializer
    input_serializer_class = shapes.StockDocumentInput
    filterset_class = StockDocumentFilter
    permission_required = "erp.view_stockdocument"
    create_service = stock_documents.create_stock_document
    update_service = stock_documents.update_stock_document

    def get_serializer_class(self) -> Any:
        is_change = bool(self.request) and self.request.method == "PUT"
        return shapes.StockDocumentChange if is_change else super().get_serializer_class()

    def _input(self, request: Any) -> dict[str, Any]:
        form = self.get_serializer_class()(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    post_document = operation_action(stock_documents.post_stock_document, name="post", serializer=shapes.DateInput)
    send = operation_action(stock_documents.send_transfer, name="send", serializer=shapes.DateInput)
    receive = operation_action(stock_documents.receive_transfer, name="receive", serializer=shapes.ArrivalInput)
    reverse = operation_action(stock_documents.reverse_stock_document, name="reverse", serializer=shapes.ReverseInput)
    cancel = operation_action(stock_documents.cancel_stock_document, name="cancel")


ROUTES = (
    ("lots", LotViewSet, "lot"),
    ("stock-balances", StockBalanceViewSet, "stock-balance"),
    ("stock-moves", StockMoveViewSet, "stock-move"),
    ("value-entries", ValueEntryViewSet, "value-entry"),
    ("demands", DemandViewSet, "demand"),
    ("supplies", SupplyViewSet, "supply"),
    ("shipments", ShipmentViewSet, "shipment"),
    ("return-receipts", ReturnReceiptViewSet, "return-receipt"),
    ("stock-documents", StockDocumentViewSet, "stock-document"),
)
