"""Shapes of bank statements and their movements."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.api.serializers.fields import HEADER, Money
from finance.api.serializers.payments import SettledInput
from finance.models import BankMovement, BankStatement
from finance.states import Side


class BankMovementSerializer(ConcordSerializer):
    class Meta:
        model = BankMovement
        fields = (
            "id",
            "statement",
            "bank_account",
            "line_no",
            "booked_on",
            "amount",
            "name",
            "account",
            "reference",
            "purpose",
            "state",
            "version",
            "payment",
        )


class BankStatementSerializer(ConcordSerializer):
    movements = BankMovementSerializer(many=True, read_only=True)

    class Meta:
        model = BankStatement
        fields = (
            *HEADER,
            "bank_account",
            "first_date",
            "opening_balance",
            "closing_balance",
            "bank_reference",
            "file_name",
            "movements",
        )


class MovementInput(serializers.Serializer):
    booked_on = serializers.DateField()
    amount = Money()
    reference = serializers.CharField(max_length=80)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    account = serializers.CharField(max_length=40, required=False, allow_blank=True)
    purpose = serializers.CharField(max_length=300, required=False, allow_blank=True)


class BankStatementInput(serializers.Serializer):
    bank_account_id = serializers.IntegerField()
    opening_balance = Money(required=False, allow_null=True)
    closing_balance = Money(required=False, allow_null=True)
    bank_reference = serializers.CharField(max_length=80, required=False, allow_blank=True)
    file_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    movements = MovementInput(many=True)


class MovementLinkInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    payment_id = serializers.IntegerField()


class MovementPaymentInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    partner_id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Side.choices)
    lines = SettledInput(many=True, required=False)


class MovementBookingInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    account_id = serializers.IntegerField()
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)
