"""Shapes of bills of exchange."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.api.serializers.fields import HEADER, Money
from finance.api.serializers.payments import SettledInput
from finance.models import Bill
from finance.states import OPENING_BILLS, BillKind, BillSide


class BillSerializer(ConcordSerializer):
    class Meta:
        model = Bill
        fields = (
            *HEADER,
            "side",
            "kind",
            "bill_number",
            "partner",
            "drawer",
            "acceptor",
            "currency",
            "exchange_rate",
            "amount",
            "base_amount",
            "issue_date",
            "due_date",
            "split_from",
            "parts",
            "endorsed_to",
            "bank_account",
            "interest",
            "settled_date",
            "opening_state",
        )


class BillInput(serializers.Serializer):
    side = serializers.ChoiceField(choices=BillSide.choices)
    kind = serializers.ChoiceField(choices=BillKind.choices)
    bill_number = serializers.CharField(max_length=40)
    partner_id = serializers.IntegerField()
    amount = Money()
    issue_date = serializers.DateField()
    due_date = serializers.DateField()
    document_date = serializers.DateField(required=False, allow_null=True)
    currency_id = serializers.IntegerField(required=False, allow_null=True)
    drawer = serializers.CharField(max_length=120, required=False, allow_blank=True)
    acceptor = serializers.CharField(max_length=120, required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)


class OpeningBillInput(serializers.Serializer):
    side = serializers.ChoiceField(choices=BillSide.choices)
    kind = serializers.ChoiceField(choices=BillKind.choices)
    bill_number = serializers.CharField(max_length=40)
    partner_id = serializers.IntegerField()
    amount = Money()
    issue_date = serializers.DateField()
    due_date = serializers.DateField()
    state = serializers.ChoiceField(choices=[(str(state), state.label) for state in OPENING_BILLS], required=False)
    drawer = serializers.CharField(max_length=120, required=False, allow_blank=True)
    acceptor = serializers.CharField(max_length=120, required=False, allow_blank=True)
    endorsed_to_id = serializers.IntegerField(required=False, allow_null=True)
    bank_account_id = serializers.IntegerField(required=False, allow_null=True)
    currency_id = serializers.IntegerField(required=False, allow_null=True)
    exchange_rate = serializers.DecimalField(max_digits=18, decimal_places=10, required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)


class RegisterInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    lines = SettledInput(many=True, required=False)


class SplitInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    parts = serializers.ListField(child=Money(), min_length=2, max_length=100)


class EndorseInput(RegisterInput):
    partner_id = serializers.IntegerField()
    document_date = serializers.DateField(required=False, allow_null=True)


class SettleInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    bank_account_id = serializers.IntegerField()
    document_date = serializers.DateField(required=False, allow_null=True)


class DiscountInput(SettleInput):
    interest = Money()
