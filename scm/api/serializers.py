"""What the API of purchasing shows and takes."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from scm.models import (
    GoodsReceipt,
    GoodsReceiptLine,
    LandedCost,
    LandedCostCharge,
    LandedCostShare,
    PurchaseOrder,
    PurchaseOrderChange,
    PurchaseOrderLine,
    Requisition,
    RequisitionLine,
    SupplierReturn,
    SupplierReturnLine,
)
from scm.states import ChargeKind, Settlement, SpreadBasis

HEADER = ("id", "number", "state", "version", "document_date", "created_at", "owner", "note")


class Quantity(serializers.DecimalField):
    """A figure with up to six decimals, as a string."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=6, **kwargs)


class RequisitionLineSerializer(ConcordSerializer):
    progress = serializers.CharField(read_only=True)

    class Meta:
        model = RequisitionLine
        fields = (
            "id",
            "line_no",
            "item",
            "description",
            "quantity",
            "uom",
            "stock_quantity",
            "estimated_price",
            "needed_date",
            "supplier",
            "warehouse",
            "ordered_quantity",
            "received_quantity",
            "is_closed",
            "progress",
            "plan_references",
        )


class RequisitionSerializer(ConcordSerializer):
    lines = RequisitionLineSerializer(many=True, read_only=True)

    class Meta:
        model = Requisition
        fields = (*HEADER, "origin", "department", "requester", "project", "needed_date", "purpose", "lines")


class RequisitionLineInput(serializers.Serializer):
    item_id = serializers.IntegerField(required=False, allow_null=True)
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)
    quantity = Quantity()
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    estimated_price = serializers.DecimalField(18, 6, min_value=Decimal(0), required=False, allow_null=True)
    needed_date = serializers.DateField(required=False, allow_null=True)
    supplier_id = serializers.IntegerField(required=False, allow_null=True)
    warehouse_id = serializers.IntegerField(required=False, allow_null=True)


class RequisitionInput(serializers.Serializer):
    needed_date = serializers.DateField()
    department_id = serializers.IntegerField(required=False, allow_null=True)
    purpose = serializers.CharField(max_length=200, required=False, allow_blank=True)
    project_id = serializers.IntegerField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)
    lines = RequisitionLineInput(many=True)


class PurchaseOrderLineSerializer(ConcordSerializer):
    open_quantity = Quantity(read_only=True)

    class Meta:
        model = PurchaseOrderLine
        fields = (
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
            "due_date",
            "confirmed_date",
            "requisition_line",
            "received_quantity",
            "returned_quantity",
            "to_replace_quantity",
            "invoiced_quantity",
            "open_quantity",
            "is_closed",
        )


class PurchaseOrderChangeSerializer(ConcordSerializer):
    class Meta:
        model = PurchaseOrderChange
        fields = ("revision", "reason", "before", "after", "actor", "at")


class PurchaseOrderSerializer(ConcordSerializer):
    lines = PurchaseOrderLineSerializer(many=True, read_only=True)
    changes = PurchaseOrderChangeSerializer(many=True, read_only=True)

    class Meta:
        model = PurchaseOrder
        fields = (
            *HEADER,
            "partner",
            "currency",
            "exchange_rate",
            "tax_included",
            "rounding_level",
            "net_amount",
            "tax_amount",
            "gross_amount",
            "warehouse",
            "payment_term",
            "department",
            "project",
            "supplier_reference",
            "over_receipt_percent",
            "work_order",
            "operation_no",
            "revision",
            "approved_at",
            "pending_change",
            "lines",
            "changes",
        )


class OperationOrderInput(serializers.Serializer):
    work_order_id = serializers.IntegerField()
    operation_no = serializers.IntegerField()
    partner_id = serializers.IntegerField(required=False, allow_null=True, help_text="Left out: the step's supplier.")
    quantity = Quantity(required=False, allow_null=True, help_text="Pieces; left out: all that are not ordered yet.")
    price = Quantity(required=False, allow_null=True, help_text="Per piece; left out: the step's, in base currency.")
    due_date = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)


class PurchaseOrderLineInput(serializers.Serializer):
    line_id = serializers.IntegerField(required=False, allow_null=True)
    item_id = serializers.IntegerField(required=False, allow_null=True)
    description = serializers.CharField(max_length=300, required=False, allow_blank=True)
    quantity = Quantity()
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    price = Quantity(required=False, allow_null=True, help_text="Left out: the resolved purchase price.")
    discount_percent = serializers.DecimalField(max_digits=9, decimal_places=4, required=False)
    tax_id = serializers.IntegerField(required=False, allow_null=True)
    due_date = serializers.DateField(required=False, allow_null=True)


class PurchaseOrderInput(serializers.Serializer):
    partner_id = serializers.IntegerField()
    warehouse_id = serializers.IntegerField(required=False, allow_null=True)
    currency_id = serializers.IntegerField(required=False, allow_null=True)
    tax_included = serializers.BooleanField(required=False)
    payment_term_id = serializers.IntegerField(required=False, allow_null=True)
    department_id = serializers.IntegerField(required=False, allow_null=True)
    project_id = serializers.IntegerField(required=False, allow_null=True)
    supplier_reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    over_receipt_percent = serializers.DecimalField(max_digits=9, decimal_places=4, required=False)
    note = serializers.CharField(required=False, allow_blank=True)
    lines = PurchaseOrderLineInput(many=True)


class ReasonedInput(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class ChangeInput(ReasonedInput):
    version = serializers.IntegerField(required=False, allow_null=True)
    lines = PurchaseOrderLineInput(many=True)


class CloseInput(ReasonedInput):
    line_ids = serializers.ListField(child=serializers.IntegerField(), required=False, allow_null=True)


class ConfirmedDate(serializers.Serializer):
    line_id = serializers.IntegerField()
    confirmed_date = serializers.DateField(allow_null=True)


class ConfirmDatesInput(serializers.Serializer):
    supplier_reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    dates = ConfirmedDate(many=True)


class Selection(serializers.Serializer):
    line_id = serializers.IntegerField()
    partner_id = serializers.IntegerField(required=False, allow_null=True)


class FromRequisitionsInput(serializers.Serializer):
    warehouse_id = serializers.IntegerField(required=False, allow_null=True)
    selections = Selection(many=True)


class GoodsReceiptLineSerializer(ConcordSerializer):
    class Meta:
        model = GoodsReceiptLine
        fields = (
            "id",
            "line_no",
            "order_line",
            "item",
            "quantity",
            "uom",
            "stock_quantity",
            "second_quantity",
            "location",
            "lot_code",
            "expiry_date",
            "lot",
            "net_amount",
            "amount",
            "returned_quantity",
        )


class GoodsReceiptSerializer(ConcordSerializer):
    lines = GoodsReceiptLineSerializer(many=True, read_only=True)

    class Meta:
        model = GoodsReceipt
        fields = (
            *HEADER,
            "order",
            "partner",
            "warehouse",
            "delivery_note",
            "from_consignment",
            "exchange_rate",
            "lines",
        )


class GoodsReceiptLineInput(serializers.Serializer):
    order_line_id = serializers.IntegerField()
    quantity = Quantity()
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    second_quantity = Quantity(required=False, allow_null=True)
    location_id = serializers.IntegerField(required=False, allow_null=True)
    lot_code = serializers.CharField(max_length=60, required=False, allow_blank=True)
    expiry_date = serializers.DateField(required=False, allow_null=True)


class GoodsReceiptChange(serializers.Serializer):
    date = serializers.DateField(required=False, allow_null=True)
    warehouse_id = serializers.IntegerField(required=False, allow_null=True)
    delivery_note = serializers.CharField(max_length=60, required=False, allow_blank=True)
    from_consignment = serializers.BooleanField(required=False)
    note = serializers.CharField(required=False, allow_blank=True)
    lines = GoodsReceiptLineInput(many=True)


class GoodsReceiptInput(GoodsReceiptChange):
    order_id = serializers.IntegerField()


class SupplierReturnLineSerializer(ConcordSerializer):
    class Meta:
        model = SupplierReturnLine
        fields = ("id", "line_no", "receipt_line", "quantity", "stock_quantity", "location", "net_amount", "amount")


class SupplierReturnSerializer(ConcordSerializer):
    lines = SupplierReturnLineSerializer(many=True, read_only=True)

    class Meta:
        model = SupplierReturn
        fields = (*HEADER, "receipt", "order", "partner", "settlement", "reason", "lines")


class SupplierReturnLineInput(serializers.Serializer):
    receipt_line_id = serializers.IntegerField()
    quantity = Quantity()
    location_id = serializers.IntegerField(required=False, allow_null=True)


class SupplierReturnChange(serializers.Serializer):
    cause = serializers.CharField(max_length=200)
    settlement = serializers.ChoiceField(choices=Settlement.choices, required=False)
    note = serializers.CharField(required=False, allow_blank=True)
    lines = SupplierReturnLineInput(many=True)


class SupplierReturnInput(SupplierReturnChange):
    receipt_id = serializers.IntegerField()


class LandedCostShareSerializer(ConcordSerializer):
    class Meta:
        model = LandedCostShare
        fields = ("receipt_line", "weight", "amount")


class LandedCostChargeSerializer(ConcordSerializer):
    shares = LandedCostShareSerializer(many=True, read_only=True)

    class Meta:
        model = LandedCostCharge
        fields = ("id", "line_no", "kind", "description", "basis", "amount", "base_amount", "shares")


class LandedCostSerializer(ConcordSerializer):
    lines = LandedCostChargeSerializer(many=True, read_only=True)

    class Meta:
        model = LandedCost
        fields = (*HEADER, "partner", "reference", "currency", "exchange_rate", "receipts", "total_amount", "lines")


class LandedCostChargeInput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=ChargeKind.choices)
    basis = serializers.ChoiceField(choices=SpreadBasis.choices)
    amount = Quantity()
    description = serializers.CharField(max_length=120, required=False, allow_blank=True)


class LandedCostInput(serializers.Serializer):
    receipt_ids = serializers.ListField(child=serializers.IntegerField(), allow_empty=False)
    partner_id = serializers.IntegerField(required=False, allow_null=True)
    currency_id = serializers.IntegerField(required=False, allow_null=True)
    date = serializers.DateField(required=False, allow_null=True)
    reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)
    lines = LandedCostChargeInput(many=True)
