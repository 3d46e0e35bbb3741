"""Shapes of invoices."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.api.serializers.fields import HEADER, Figure, Money
from finance.models import (
    Invoice,
    InvoiceInstalment,
    InvoiceLine,
)
from finance.states import Side


class InvoiceLineSerializer(ConcordSerializer):
    class Meta:
        model = InvoiceLine
        fields = (
            "id",
            "line_no",
            "item",
            "description",
            "quantity",
            "uom",
            "billed_quantity",
            "price",
            "discount_percent",
            "tax",
            "tax_rate",
            "net_amount",
            "tax_amount",
            "gross_amount",
            "sales_order_line",
            "shipment_line",
            "purchase_order_line",
            "receipt_line",
            "landed_charge",
            "account",
            "corrects_line",
        )


class InstalmentSerializer(ConcordSerializer):
    open_amount = Money(read_only=True)

    class Meta:
        model = InvoiceInstalment
        fields = ("line_no", "due_date", "amount", "settled_amount", "open_amount")


class InvoiceSerializer(ConcordSerializer):
    lines = InvoiceLineSerializer(many=True, read_only=True)
    instalments = InstalmentSerializer(many=True, read_only=True)
    open_amount = Money(read_only=True)

    class Meta:
        model = Invoice
        fields = (
            *HEADER,
            "kind",
            "is_credit",
            "corrects",
            "legal_number",
            "supplier_reference",
            "is_opening",
            "opening_entry",
            "partner",
            "currency",
            "exchange_rate",
            "tax_included",
            "payment_term",
            "due_date",
            "source",
            "campaign",
            "net_amount",
            "tax_amount",
            "gross_amount",
            "base_gross_amount",
            "settled_amount",
            "open_amount",
            "match_state",
            "discount_percent",
            "discount_until",
            "lines",
            "instalments",
        )


class OpeningItemInput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=Side.choices)
    partner_id = serializers.IntegerField()
    reference = serializers.CharField(max_length=60)
    due_date = serializers.DateField()
    amount = Money()
    currency_id = serializers.IntegerField(required=False, allow_null=True)
    exchange_rate = serializers.DecimalField(max_digits=18, decimal_places=10, required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)


class InvoiceLineInput(serializers.Serializer):
    shipment_line_id = serializers.IntegerField(required=False, allow_null=True)
    sales_order_line_id = serializers.IntegerField(required=False, allow_null=True)
    receipt_line_id = serializers.IntegerField(required=False, allow_null=True)
    purchase_order_line_id = serializers.IntegerField(required=False, allow_null=True)
    landed_charge_id = serializers.IntegerField(required=False, allow_null=True)
    account_id = serializers.IntegerField(required=False, allow_null=True)
    description = serializers.CharField(max_length=300, required=False, allow_blank=True)
    quantity = Figure()
    price = Figure(required=False, allow_null=True)
    discount_percent = serializers.DecimalField(
        max_digits=9, decimal_places=4, min_value=0, max_value=100, required=False, allow_null=True
    )
    tax_id = serializers.IntegerField(required=False, allow_null=True)


class InvoiceInput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=Side.choices)
    partner_id = serializers.IntegerField()
    document_date = serializers.DateField(required=False, allow_null=True)
    currency_id = serializers.IntegerField(required=False, allow_null=True)
    tax_included = serializers.BooleanField(required=False)
    payment_term_id = serializers.IntegerField(required=False, allow_null=True)
    supplier_reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)
    lines = InvoiceLineInput(many=True)


class InvoiceChange(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    document_date = serializers.DateField()
    payment_term_id = serializers.IntegerField(required=False, allow_null=True)
    supplier_reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)
    lines = InvoiceLineInput(many=True)


class DeliveriesInput(serializers.Serializer):
    """Keys and the quantity of each in stock unit; null is all that is left."""

    deliveries = serializers.DictField(child=Figure(allow_null=True), required=False, default=dict)
    fees = serializers.DictField(child=Figure(allow_null=True), required=False, default=dict)
    merge = serializers.BooleanField(required=False, default=True)
    document_date = serializers.DateField(required=False, allow_null=True)


class ChargesInput(serializers.Serializer):
    charge_ids = serializers.ListField(child=serializers.IntegerField(), allow_empty=False)
    document_date = serializers.DateField(required=False, allow_null=True)
    tax_id = serializers.IntegerField(required=False, allow_null=True, help_text="Tax on top of the charges.")
    note = serializers.CharField(required=False, allow_blank=True)


class ReceiptsInput(serializers.Serializer):
    """Keys and the quantity of each in stock unit; null is all that is left."""

    receipts = serializers.DictField(child=Figure(allow_null=True), required=False, default=dict)
    services = serializers.DictField(child=Figure(allow_null=True), required=False, default=dict)
    supplier_reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    document_date = serializers.DateField(required=False, allow_null=True)


class CreditNoteInput(serializers.Serializer):
    quantities = serializers.DictField(child=Figure(), required=False, allow_null=True, default=None)
    document_date = serializers.DateField(required=False, allow_null=True)
    supplier_reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)


class EarlyInput(serializers.Serializer):
    """Keys of order lines and the quantity of each in stock unit; null is all that is left."""

    kind = serializers.ChoiceField(choices=Side.choices)
    order_lines = serializers.DictField(child=Figure(allow_null=True))
    merge = serializers.BooleanField(required=False, default=True)
    supplier_reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    document_date = serializers.DateField(required=False, allow_null=True)


class CorrectionInput(serializers.Serializer):
    """Amounts by invoice line: above zero a debit note, below zero an allowance."""

    amounts = serializers.DictField(child=Money())
    document_date = serializers.DateField(required=False, allow_null=True)
    supplier_reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)
