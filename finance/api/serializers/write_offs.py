"""Shapes of write-offs, provisions and receipts not invoiced."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.api.serializers.fields import HEADER, Figure, Money
from finance.models import AccruedCharge, GrniLine, ProvisionLine, ProvisionRun, WriteOff, WriteOffLine
from finance.states import WriteOffKind


class WriteOffLineSerializer(ConcordSerializer):
    class Meta:
        model = WriteOffLine
        fields = ("id", "invoice", "grni", "quantity", "amount", "base_amount")


class WriteOffSerializer(ConcordSerializer):
    lines = WriteOffLineSerializer(many=True, read_only=True)

    class Meta:
        model = WriteOff
        fields = (*HEADER, "kind", "partner", "reason", "amount", "lines")


class WriteOffLineInput(serializers.Serializer):
    invoice_id = serializers.IntegerField(required=False)
    grni_id = serializers.IntegerField(required=False)
    amount = Money(required=False, allow_null=True)


class WriteOffInput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=WriteOffKind.choices)
    partner_id = serializers.IntegerField()
    reason_text = serializers.CharField(max_length=300)
    document_date = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)
    lines = WriteOffLineInput(many=True)


class ProvisionLineSerializer(ConcordSerializer):
    class Meta:
        model = ProvisionLine
        fields = ("partner", "bucket", "open_amount", "percent", "amount")


class ProvisionSerializer(ConcordSerializer):
    lines = ProvisionLineSerializer(many=True, read_only=True)
    difference = Money(read_only=True)

    class Meta:
        model = ProvisionRun
        fields = (*HEADER, "needed_amount", "standing_amount", "difference", "lines")


class ProvisionInput(serializers.Serializer):
    document_date = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)


class GrniSerializer(ConcordSerializer):
    open_quantity = Figure(read_only=True)
    open_amount = Money(read_only=True)

    class Meta:
        model = GrniLine
        fields = (
            "id",
            "receipt_line",
            "receipt",
            "purchase_order",
            "partner",
            "item",
            "currency",
            "received_date",
            "received_quantity",
            "returned_quantity",
            "invoiced_quantity",
            "written_off_quantity",
            "open_quantity",
            "open_amount",
        )


class OpeningReceiptLineInput(serializers.Serializer):
    item_id = serializers.IntegerField()
    quantity = Figure()
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    price = Figure()
    tax_id = serializers.IntegerField(required=False, allow_null=True)


class OpeningReceiptInput(serializers.Serializer):
    partner_id = serializers.IntegerField()
    reference = serializers.CharField(max_length=60)
    received_date = serializers.DateField()
    currency_id = serializers.IntegerField(required=False, allow_null=True)
    exchange_rate = serializers.DecimalField(max_digits=18, decimal_places=10, required=False, allow_null=True)
    warehouse_id = serializers.IntegerField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)
    lines = OpeningReceiptLineInput(many=True, allow_empty=False)


class AccruedChargeSerializer(ConcordSerializer):
    open_amount = Money(read_only=True)

    class Meta:
        model = AccruedCharge
        fields = (
            "id",
            "charge",
            "landed_cost",
            "partner",
            "currency",
            "accrued_date",
            "amount",
            "accrued_amount",
            "invoiced_quantity",
            "invoiced_amount",
            "open_amount",
        )
