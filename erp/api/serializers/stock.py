"""What the API of stock, shipments and returns shows and takes."""

from typing import Any

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from core.permissions import may_view_field
from erp.api.serializers.packing import HandlingUnitSerializer, Quantity
from erp.models import (
    Demand,
    Lot,
    ReturnReceipt,
    ReturnReceiptLine,
    Shipment,
    ShipmentLine,
    ShipmentPick,
    StockBalance,
    StockDocument,
    StockDocumentLine,
    StockMove,
    Supply,
    ValueEntry,
)
from erp.services.stock_documents.drafting import TYPED_KINDS
from erp.states import StockReason
from masterdata.models import StockStatus

HEADER = ("id", "number", "state", "version", "document_date", "created_at", "owner", "note")


class LotSerializer(ConcordSerializer):
    class Meta:
        model = Lot
        fields = ("id", "item", "code", "supplier_lot", "expiry_date", "status", "status_reason", "created_at")


class StatusInput(serializers.Serializer):
    status = serializers.ChoiceField(StockStatus.choices)
    reason = serializers.CharField(max_length=200)


class TraceEndSerializer(serializers.Serializer):
    """A document by which goods of a lot came in or went out (quantity below zero)."""

    lot = serializers.IntegerField(source="lot.pk")
    lot_code = serializers.CharField(source="lot.code")
    item = serializers.IntegerField(source="lot.item_id")
    kind = serializers.CharField()
    number = serializers.CharField()
    partner = serializers.IntegerField(source="partner.pk", allow_null=True, default=None)
    day = serializers.DateField()
    quantity = Quantity()


class TraceNodeSerializer(serializers.Serializer):
    """A lot below or above another one, and the order that joins them."""

    lot = serializers.IntegerField(source="lot.pk", allow_null=True, default=None)
    lot_code = serializers.CharField(source="lot.code", allow_null=True, default=None)
    item = serializers.IntegerField(source="lot.item_id", allow_null=True, default=None)
    work_order = serializers.CharField(source="work_order.number", allow_null=True, default=None)
    document = serializers.CharField(source="number", help_text="Work order, or a subcontractor's delivery.")
    quantity = Quantity()
    children = serializers.SerializerMethodField()

    def get_children(self, node: Any) -> list[dict[str, Any]]:
        """The next level."""
        return [dict(one) for one in TraceNodeSerializer(node.children, many=True).data]


class TraceSerializer(serializers.Serializer):
    """The whole life of a lot."""

    components = TraceNodeSerializer(many=True)
    products = TraceNodeSerializer(many=True)
    came = TraceEndSerializer(many=True)
    went = TraceEndSerializer(many=True)


class StockBalanceSerializer(ConcordSerializer):
    available = Quantity(read_only=True)
    second_on_hand = serializers.SerializerMethodField()

    def get_second_on_hand(self, balance: StockBalance) -> str | None:
        """What lies there in the item's second unit; null for an item of one unit."""
        return f"{balance.second_on_hand:f}" if balance.item.second_uom_id else None

    class Meta:
        model = StockBalance
        fields = (
            "id",
            "item",
            "location",
            "lot",
            "owner",
            "on_hand",
            "reserved",
            "available",
            "second_on_hand",
        )


class StockMoveSerializer(ConcordSerializer):
    entered_quantity = Quantity(read_only=True, allow_null=True)

    class Meta:
        model = StockMove
        fields = (
            "id",
            "item",
            "lot",
            "from_location",
            "to_location",
            "quantity",
            "uom",
            "unit_factor",
            "entered_quantity",
            "second_quantity",
            "owner",
            "kind",
            "source_label",
            "source_id",
            "source_number",
            "source_line_id",
            "reverses",
            "moved_on",
            "created_at",
            "actor",
            "reason",
        )


class ValueEntrySerializer(ConcordSerializer):
    class Meta:
        model = ValueEntry
        fields = (
            "id",
            "move",
            "item",
            "kind",
            "quantity",
            "amount",
            "counter",
            "is_provisional",
            "work_order_id",
            "source_label",
            "source_id",
            "source_line_id",
            "booked_on",
            "created_at",
        )


class DemandSerializer(ConcordSerializer):
    reserved = Quantity(read_only=True)

    class Meta:
        model = Demand
        fields = (
            "id",
            "kind",
            "source_label",
            "source_id",
            "source_number",
            "source_line_id",
            "item",
            "quantity",
            "open_quantity",
            "reserved",
            "due_date",
            "priority",
            "warehouse",
            "partner",
        )


class SupplySerializer(ConcordSerializer):
    class Meta:
        model = Supply
        fields = (
            "id",
            "kind",
            "source_label",
            "source_id",
            "source_number",
            "source_line_id",
            "item",
            "open_quantity",
            "due_date",
            "is_firm",
            "warehouse",
        )


class ReassignInput(serializers.Serializer):
    to_demand_id = serializers.IntegerField()
    quantity = Quantity()
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class ShipmentPickSerializer(ConcordSerializer):
    entered_quantity = Quantity(read_only=True, allow_null=True)

    class Meta:
        model = ShipmentPick
        fields = ("id", "location", "lot", "quantity", "uom", "unit_factor", "entered_quantity", "second_quantity")


class ShipmentLineSerializer(ConcordSerializer):
    picks = ShipmentPickSerializer(many=True, read_only=True)
    entered_quantity = Quantity(read_only=True, allow_null=True, help_text="What was signed for, as it was typed.")
    entered_damaged_quantity = Quantity(read_only=True, allow_null=True)
    entered_short_quantity = Quantity(read_only=True, allow_null=True)

    class Meta:
        model = ShipmentLine
        fields = (
            "id",
            "line_no",
            "order_line",
            "request_line",
            "item",
            "quantity",
            "picked_quantity",
            "signed_quantity",
            "damaged_quantity",
            "short_quantity",
            "uom",
            "unit_factor",
            "entered_quantity",
            "entered_damaged_quantity",
            "entered_short_quantity",
            "cost",
            "picks",
        )


class ShipmentSerializer(ConcordSerializer):
    lines = ShipmentLineSerializer(many=True, read_only=True)
    units = HandlingUnitSerializer(many=True, read_only=True)

    class Meta:
        model = Shipment
        fields = (
            *HEADER,
            "delivery_request",
            "order",
            "partner",
            "warehouse",
            "ship_to",
            "planned_date",
            "carrier",
            "tracking_number",
            "shipped_date",
            "signed_date",
            "signed_by",
            "lines",
            "units",
        )


class ShipmentInput(serializers.Serializer):
    request_id = serializers.IntegerField()


class PickInput(serializers.Serializer):
    line_id = serializers.IntegerField()
    location_id = serializers.IntegerField()
    lot_id = serializers.IntegerField(required=False, allow_null=True, default=None)
    quantity = Quantity()
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    second_quantity = Quantity(required=False, allow_null=True)


class WeighInput(serializers.Serializer):
    pick_id = serializers.IntegerField()
    second_quantity = Quantity(allow_null=True)


class PicksInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    picks = PickInput(many=True, required=False)


class ScanInput(serializers.Serializer):
    code = serializers.CharField(max_length=80)
    quantity = Quantity(required=False, allow_null=True)
    second_quantity = Quantity(required=False, allow_null=True)
    location_id = serializers.IntegerField(required=False, allow_null=True)


class ShipInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    date = serializers.DateField(required=False, allow_null=True)
    carrier = serializers.CharField(max_length=80, required=False, allow_blank=True)
    tracking_number = serializers.CharField(max_length=60, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class SignedLineInput(serializers.Serializer):
    line_id = serializers.IntegerField()
    signed = Quantity()
    damaged = Quantity(required=False)
    short = Quantity(required=False)
    uom_id = serializers.IntegerField(required=False, allow_null=True)


class SignOffInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    date = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    signed_by = serializers.CharField(max_length=80, required=False, allow_blank=True)
    lines = SignedLineInput(many=True, required=False)


class ReverseInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    date = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class DateInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    date = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ReturnReceiptLineSerializer(ConcordSerializer):
    entered_quantity = Quantity(read_only=True, allow_null=True)

    class Meta:
        model = ReturnReceiptLine
        fields = (
            "id",
            "line_no",
            "request_line",
            "order_line",
            "shipment_line",
            "item",
            "lot",
            "location",
            "quantity",
            "received_quantity",
            "uom",
            "unit_factor",
            "entered_quantity",
            "second_quantity",
            "cost",
        )


class ReturnReceiptSerializer(ConcordSerializer):
    lines = ReturnReceiptLineSerializer(many=True, read_only=True)

    class Meta:
        model = ReturnReceipt
        fields = (*HEADER, "return_request", "order", "partner", "warehouse", "received_date", "lines")


class ReceivedLineInput(serializers.Serializer):
    line_id = serializers.IntegerField()
    quantity = Quantity()
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    second_quantity = Quantity(required=False, allow_null=True)
    location_id = serializers.IntegerField(required=False, allow_null=True)
    lot_code = serializers.CharField(max_length=60, required=False, allow_blank=True)


class ReceiveInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    date = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    lines = ReceivedLineInput(many=True, required=False)


class StockDocumentLineSerializer(ConcordSerializer):
    class Meta:
        model = StockDocumentLine
        fields = (
            "id",
            "line_no",
            "item",
            "lot",
            "location",
            "to_location",
            "quantity",
            "uom",
            "entered_quantity",
            "second_quantity",
            "received_quantity",
            "lost_quantity",
            "book_quantity",
            "unit_cost",
            "amount",
            "note",
        )


class StockDocumentSerializer(ConcordSerializer):
    lines = StockDocumentLineSerializer(many=True, read_only=True)

    class Meta:
        model = StockDocument
        fields = (
            *HEADER,
            "kind",
            "warehouse",
            "to_warehouse",
            "is_two_step",
            "goods_owner",
            "reason_code",
            "department",
            "posting_date",
            "lines",
        )


class StockDocumentLineInput(serializers.Serializer):
    item_id = serializers.IntegerField()
    location_id = serializers.IntegerField(required=False, allow_null=True)
    to_location_id = serializers.IntegerField(required=False, allow_null=True)
    lot_code = serializers.CharField(max_length=60, required=False, allow_blank=True)
    expiry_date = serializers.DateField(required=False, allow_null=True)
    quantity = Quantity(required=False, allow_null=True, min_value=0)
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    second_quantity = Quantity(required=False, allow_null=True, min_value=0)
    unit_cost = serializers.DecimalField(24, 10, required=False, allow_null=True, min_value=0)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A cost may be given by those who may see costs."""
        user = self.context["request"].user
        if attrs.get("unit_cost") is not None and not may_view_field(user, "erp.stockdocumentline.unit_cost"):
            raise serializers.ValidationError({"unit_cost": "may not be given"})
        return attrs


class StockDocumentHeaderInput(serializers.Serializer):
    warehouse_id = serializers.IntegerField()
    to_warehouse_id = serializers.IntegerField(required=False, allow_null=True)
    reason_code = serializers.ChoiceField(StockReason.choices, required=False, allow_blank=True)
    department_id = serializers.IntegerField(required=False, allow_null=True)
    is_two_step = serializers.BooleanField(required=False)
    goods_owner_id = serializers.IntegerField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)
    lines = StockDocumentLineInput(many=True)


class ArrivedLineInput(serializers.Serializer):
    line_id = serializers.IntegerField()
    quantity = Quantity(min_value=0)
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    to_location_id = serializers.IntegerField(required=False, allow_null=True)
    second_quantity = Quantity(required=False, allow_null=True, min_value=0)


class ArrivalInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    date = serializers.DateField(required=False, allow_null=True)
    lines = ArrivedLineInput(many=True, required=False)
    close = serializers.BooleanField(required=False, default=False)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class StockDocumentInput(StockDocumentHeaderInput):
    kind = serializers.ChoiceField([(kind.value, kind.label) for kind in TYPED_KINDS])


class StockDocumentChange(StockDocumentHeaderInput):
    version = serializers.IntegerField(required=False)
