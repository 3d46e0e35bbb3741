"""Shapes of electronic invoices."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.models import TaxInvoice
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
