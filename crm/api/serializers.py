"""What the API of sales shows."""

from typing import Any

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from crm.models import (
    Campaign,
    DeliveryRequest,
    DeliveryRequestLine,
    Lead,
    Opportunity,
    OpportunityLine,
    OpportunityStage,
    OrderChange,
    PaymentPlanLine,
    Quotation,
    QuotationLine,
    ReturnRequest,
    ReturnRequestLine,
    SalesOrder,
    SalesOrderLine,
)
from crm.selectors.fulfilment import fulfilment_of

DOCUMENT = ("id", "number", "state", "version", "document_date", "created_at", "owner", "note")
PRICED = ("partner", "currency", "exchange_rate", "tax_included", "net_amount", "tax_amount", "gross_amount")
TERMS = ("payment_term", "ship_to", "warehouse", "requested_date", "source", "campaign")
PRICED_LINE = (
    "id",
    "line_no",
    "item",
    "description",
    "quantity",
    "uom",
    "stock_quantity",
    "price",
    "discount_percent",
    "tax",
    "tax_rate",
    "net_amount",
    "tax_amount",
    "gross_amount",
    "ship_date",
    "price_reason",
    "price_from",
    "floor_price",
)


class CampaignSerializer(ConcordSerializer):
    class Meta:
        model = Campaign
        fields = ("id", "code", "name", "name_zh", "start_date", "end_date", "budget", "is_active", "version")


class StageSerializer(ConcordSerializer):
    class Meta:
        model = OpportunityStage
        fields = ("id", "code", "name", "name_zh", "sequence", "probability", "is_active", "version")


class LeadSerializer(ConcordSerializer):
    class Meta:
        model = Lead
        fields = (
            *DOCUMENT,
            "company_name",
            "contact_name",
            "phone",
            "email",
            "city",
            "interest",
            "source",
            "campaign",
            "next_contact_date",
            "partner",
            "lost_reason",
        )


class OpportunityLineSerializer(ConcordSerializer):
    class Meta:
        model = OpportunityLine
        fields = ("id", "line_no", "item", "description", "quantity", "uom", "price", "amount")


class OpportunitySerializer(ConcordSerializer):
    lines = OpportunityLineSerializer(many=True, read_only=True)

    class Meta:
        model = Opportunity
        fields = (
            *DOCUMENT,
            "title",
            "partner",
            "lead",
            "stage",
            "stage_since",
            "probability",
            "currency",
            "amount",
            "base_amount",
            "expected_date",
            "source",
            "campaign",
            "lost_reason",
            "competitor",
            "lines",
        )


class QuotationLineSerializer(ConcordSerializer):
    class Meta:
        model = QuotationLine
        fields = (*PRICED_LINE, "is_promised")


class QuotationSerializer(ConcordSerializer):
    lines = QuotationLineSerializer(many=True, read_only=True)

    class Meta:
        model = Quotation
        fields = (
            *DOCUMENT,
            *PRICED,
            *TERMS,
            "revision",
            "supersedes",
            "opportunity",
            "valid_until",
            "customer_reference",
            "contact_name",
            "lost_reason",
            "lines",
        )


class SalesOrderLineSerializer(ConcordSerializer):
    open_quantity = serializers.DecimalField(18, 6, read_only=True)

    class Meta:
        model = SalesOrderLine
        fields = (
            *PRICED_LINE,
            "is_promised",
            "promised_date",
            "quotation_line",
            "is_closed",
            "open_quantity",
            "delivered_quantity",
            "signed_quantity",
            "returned_quantity",
            "invoiced_quantity",
        )


class PaymentPlanSerializer(ConcordSerializer):
    class Meta:
        model = PaymentPlanLine
        fields = ("seq", "basis", "percent", "days", "end_of_month", "amount", "due_date")


class OrderChangeSerializer(ConcordSerializer):
    class Meta:
        model = OrderChange
        fields = ("revision", "reason", "before", "after", "actor", "at")


class SalesOrderSerializer(ConcordSerializer):
    lines = SalesOrderLineSerializer(many=True, read_only=True)
    payment_plan = PaymentPlanSerializer(many=True, read_only=True)
    changes = OrderChangeSerializer(many=True, read_only=True)
    fulfilment = serializers.SerializerMethodField()

    class Meta:
        model = SalesOrder
        fields = (
            *DOCUMENT,
            *PRICED,
            *TERMS,
            "quotation",
            "customer_po",
            "department",
            "project",
            "confirmed_date",
            "revision",
            "is_history",
            "pending_change",
            "fulfilment",
            "lines",
            "payment_plan",
            "changes",
        )

    def get_fulfilment(self, order: Any) -> str:
        return fulfilment_of(order, list(order.lines.all()))


class DeliveryRequestLineSerializer(ConcordSerializer):
    class Meta:
        model = DeliveryRequestLine
        fields = ("id", "line_no", "order_line", "quantity", "shipped_quantity", "signed_quantity")


class DeliveryRequestSerializer(ConcordSerializer):
    lines = DeliveryRequestLineSerializer(many=True, read_only=True)

    class Meta:
        model = DeliveryRequest
        fields = (*DOCUMENT, "order", "partner", "ship_to", "warehouse", "ship_date", "released_date", "lines")


class ReturnRequestLineSerializer(ConcordSerializer):
    class Meta:
        model = ReturnRequestLine
        fields = ("id", "line_no", "order_line", "shipment_line_id", "quantity", "reason", "received_quantity")


class ReturnRequestSerializer(ConcordSerializer):
    lines = ReturnRequestLineSerializer(many=True, read_only=True)

    class Meta:
        model = ReturnRequest
        fields = (*DOCUMENT, "order", "partner", "warehouse", "reason", "lines")


class PromiseStepSerializer(serializers.Serializer):
    """A link of the chain that decides a promise."""

    item = serializers.IntegerField(source="item_id")
    item_code = serializers.CharField()
    cause = serializers.CharField()
    date = serializers.DateField(allow_null=True)
    days = serializers.IntegerField()
    resource = serializers.CharField()
    spoken = serializers.DecimalField(18, 6)


class PartSerializer(serializers.Serializer):
    """A part of a split delivery, in the line's unit."""

    quantity = serializers.DecimalField(18, 6)
    date = serializers.DateField(allow_null=True)


class LinePromiseSerializer(serializers.Serializer):
    """What can be promised for one line; quantities in the item's stock unit, those of parts in the line's."""

    line = serializers.IntegerField(source="line.pk")
    item = serializers.IntegerField(source="line.item_id")
    wanted = serializers.DateField()
    on_hand = serializers.DecimalField(18, 6, source="promise.on_hand")
    available = serializers.DecimalField(18, 6, source="promise.available")
    short_quantity = serializers.DecimalField(18, 6, source="promise.short_quantity")
    promise_date = serializers.DateField(source="promise.promise_date", allow_null=True)
    is_late = serializers.BooleanField()
    why = PromiseStepSerializer(source="promise.why", many=True)
    parts = PartSerializer(many=True)
