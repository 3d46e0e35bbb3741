"""What the API of finance shows and takes."""

from typing import Any

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.models import (
    Account,
    Allocation,
    BankAccount,
    FiscalPeriod,
    Invoice,
    InvoiceInstalment,
    InvoiceLine,
    JournalEntry,
    JournalLine,
    Payment,
    PaymentLine,
)
from finance.states import Direction, Side

HEADER = ("id", "number", "state", "version", "document_date", "created_at", "owner", "note")


class Figure(serializers.DecimalField):
    """A figure with up to six decimals, as a string."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=6, **kwargs)


class Money(serializers.DecimalField):
    """An amount with up to four decimals, as a string."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=4, **kwargs)


class AccountSerializer(ConcordSerializer):
    class Meta:
        model = Account
        fields = ("id", "code", "name", "name_zh", "kind", "parent", "is_control", "is_active", "version")


class BankAccountSerializer(ConcordSerializer):
    class Meta:
        model = BankAccount
        fields = (
            "id",
            "code",
            "name",
            "name_zh",
            "currency",
            "account",
            "bank_name",
            "account_number",
            "is_active",
            "version",
        )


class FiscalPeriodSerializer(ConcordSerializer):
    class Meta:
        model = FiscalPeriod
        fields = ("id", "year", "month", "d0", "d1", "state", "version")


class JournalLineSerializer(ConcordSerializer):
    class Meta:
        model = JournalLine
        fields = (
            "line_no",
            "account",
            "amount",
            "currency",
            "currency_amount",
            "rate",
            "is_exchange_difference",
            "partner",
            "item",
            "department",
            "project",
            "sales_order",
            "work_order",
            "tax_code",
        )


class JournalEntrySerializer(ConcordSerializer):
    lines = JournalLineSerializer(many=True, read_only=True)

    class Meta:
        model = JournalEntry
        fields = (
            "id",
            "source_label",
            "source_id",
            "source_number",
            "event",
            "entry_date",
            "period",
            "description",
            "reverses",
            "actor",
            "posted_at",
            "lines",
        )


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
            "lines",
            "instalments",
        )


class InvoiceLineInput(serializers.Serializer):
    shipment_line_id = serializers.IntegerField(required=False, allow_null=True)
    sales_order_line_id = serializers.IntegerField(required=False, allow_null=True)
    receipt_line_id = serializers.IntegerField(required=False, allow_null=True)
    purchase_order_line_id = serializers.IntegerField(required=False, allow_null=True)
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


class AllocationSerializer(ConcordSerializer):
    class Meta:
        model = Allocation
        fields = ("id", "invoice", "amount", "base_amount", "allocated_on", "reverses")


class PaymentLineSerializer(ConcordSerializer):
    class Meta:
        model = PaymentLine
        fields = ("invoice", "amount")


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
            "currency",
            "exchange_rate",
            "amount",
            "base_amount",
            "reference",
            "sales_order",
            "purchase_order",
            "allocated_amount",
            "open_amount",
            "lines",
            "allocations",
        )


class SettledInput(serializers.Serializer):
    invoice_id = serializers.IntegerField()
    amount = Money()


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


class AllocateInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    allocations = SettledInput(many=True)
