"""Shapes of payments."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.api.serializers.fields import HEADER, Money
from finance.models import (
    Allocation,
    Payment,
    PaymentLine,
)
from finance.states import Direction, Side


class AllocationSerializer(ConcordSerializer):
    class Meta:
        model = Allocation
        fields = ("id", "kind", "invoice", "amount", "base_amount", "allocated_on", "belongs_to", "reverses")


class PaymentLineSerializer(ConcordSerializer):
    class Meta:
        model = PaymentLine
        fields = ("invoice", "amount", "discount_amount", "difference_amount")


class PaymentSerializer(ConcordSerializer):
    lines = PaymentLineSerializer(many=True, read_only=True)
    allocations = AllocationSerializer(many=True, read_only=True)
    open_amount = Money(read_only=True)

    class Meta:
        model = Payment
        fields = (
            *HEADER,
            "direction",
            "kind",
            "partner",
            "bank_account",
            "bill",
            "currency",
            "exchange_rate",
            "amount",
            "base_amount",
            "reference",
            "sales_order",
            "purchase_order",
            "is_opening",
            "opening_entry",
            "allocated_amount",
            "open_amount",
            "lines",
            "allocations",
        )


class SettledInput(serializers.Serializer):
    invoice_id = serializers.IntegerField()
    amount = Money()
    discount = Money(required=False)
    difference = Money(required=False)


class PaymentInput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=Side.choices)
    direction = serializers.ChoiceField(choices=Direction.choices, required=False)
    partner_id = serializers.IntegerField()
    bank_account_id = serializers.IntegerField()
    amount = Money()
    document_date = serializers.DateField(required=False, allow_null=True)
    exchange_rate = serializers.DecimalField(max_digits=18, decimal_places=10, required=False, allow_null=True)
    reference = serializers.CharField(max_length=80, required=False, allow_blank=True)
    sales_order_id = serializers.IntegerField(required=False, allow_null=True)
    purchase_order_id = serializers.IntegerField(required=False, allow_null=True)
    lines = SettledInput(many=True, required=False)
    note = serializers.CharField(required=False, allow_blank=True)


class OpeningAdvanceInput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=Side.choices)
    partner_id = serializers.IntegerField()
    reference = serializers.CharField(max_length=60)
    amount = Money()
    currency_id = serializers.IntegerField(required=False, allow_null=True)
    exchange_rate = serializers.DecimalField(max_digits=18, decimal_places=10, required=False, allow_null=True)
    sales_order_id = serializers.IntegerField(required=False, allow_null=True)
    purchase_order_id = serializers.IntegerField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)


class PaymentChange(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    bank_account_id = serializers.IntegerField()
    amount = Money()
    document_date = serializers.DateField()
    exchange_rate = serializers.DecimalField(max_digits=18, decimal_places=10, required=False, allow_null=True)
    reference = serializers.CharField(max_length=80, required=False, allow_blank=True)
    sales_order_id = serializers.IntegerField(required=False, allow_null=True)
    purchase_order_id = serializers.IntegerField(required=False, allow_null=True)
    lines = SettledInput(many=True, required=False)
    note = serializers.CharField(required=False, allow_blank=True)


class UndoInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    allocation_id = serializers.IntegerField()


class AllocateInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    allocations = SettledInput(many=True)
