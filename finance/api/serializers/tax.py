"""Shapes of electronic invoices and of the lines of the VAT report."""

from typing import Any

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.models import InvoiceLine, TaxInvoice
from finance.states import TaxInvoiceKind


class TaxInvoiceSerializer(ConcordSerializer):
    class Meta:
        model = TaxInvoice
        fields = (
            "id",
            "version",
            "invoice",
            "kind",
            "status",
            "buyer_name",
            "buyer_tax_number",
            "buyer_address",
            "buyer_phone",
            "buyer_bank",
            "buyer_account",
            "seller_name",
            "seller_tax_number",
            "seller_address",
            "seller_phone",
            "seller_bank",
            "seller_account",
            "fapiao_number",
            "issued_on",
            "red_confirmation",
            "red_reason",
            "answer",
        )


class TaxInvoicesInput(serializers.Serializer):
    invoice_ids = serializers.ListField(child=serializers.IntegerField(), min_length=1)
    kind = serializers.ChoiceField(choices=TaxInvoiceKind.choices, required=False)


class TaxAnswerInput(serializers.Serializer):
    number = serializers.CharField(max_length=30)
    fapiao_number = serializers.CharField(max_length=20, required=False, allow_blank=True)
    issued_on = serializers.DateField(required=False, allow_null=True)
    answer = serializers.CharField(max_length=300, required=False, allow_blank=True)


class TaxAnswersInput(serializers.Serializer):
    answers = TaxAnswerInput(many=True)


class TaxLineSerializer(ConcordSerializer):
    """A line of a posted invoice or credit note, in base currency too."""

    number = serializers.CharField(source="invoice.__str__", read_only=True)
    kind = serializers.CharField(source="invoice.kind", read_only=True)
    date: Any = serializers.DateField(source="invoice.document_date", read_only=True)
    partner = serializers.IntegerField(source="invoice.partner_id", read_only=True)

    class Meta:
        model = InvoiceLine
        fields = (
            *("id", "invoice", "number", "kind", "date", "partner", "line_no", "item", "description"),
            *("tax", "tax_rate", "net_amount", "tax_amount", "base_net_amount", "base_tax_amount"),
        )
