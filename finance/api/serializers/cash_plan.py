"""What the API shows of the cash plan and takes for recurring payments."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.api.serializers.fields import Money
from finance.models import RecurringCash
from finance.selectors.cash_plan.plan import SOURCES
from finance.states import CashStep, Direction


class PlanQuery(serializers.Serializer):
    """How the plan is drawn, and for its lines which week, bank account and source."""

    weeks = serializers.IntegerField(required=False, min_value=1, max_value=26, default=13)
    late = serializers.BooleanField(required=False, default=False)
    week = serializers.DateField(required=False)
    bank = serializers.IntegerField(required=False)
    source = serializers.ChoiceField(choices=[code for code, _label in SOURCES], required=False)


class AccountPlanSerializer(serializers.Serializer):
    """One bank account (null: all together): figures per week, in base currency."""

    bank_account = serializers.IntegerField(source="bank_account.pk", allow_null=True, default=None)
    opening = Money()
    minimum = Money()
    moves = serializers.DictField(child=serializers.ListField(child=Money()))
    closings = serializers.ListField(child=Money())


class CashPlanSerializer(serializers.Serializer):
    weeks = serializers.ListField(child=serializers.DateField())
    total = AccountPlanSerializer()
    accounts = AccountPlanSerializer(many=True)


class PlannedLineSerializer(serializers.Serializer):
    source = serializers.CharField()
    document = serializers.CharField(source="label")
    document_id = serializers.IntegerField(source="id")
    number = serializers.CharField()
    partner = serializers.IntegerField(source="partner_id", allow_null=True)
    bank_account = serializers.IntegerField(source="bank_id", allow_null=True)
    due_date = serializers.DateField()
    amount = Money()


class RecurringCashSerializer(ConcordSerializer):
    class Meta:
        model = RecurringCash
        fields = (
            "id",
            "name",
            "bank_account",
            "direction",
            "amount",
            "step",
            "first_date",
            "last_date",
            "is_active",
            "version",
        )


class RecurringCashInput(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    bank_account_id = serializers.IntegerField()
    direction = serializers.ChoiceField(choices=Direction.choices)
    amount = Money()
    step = serializers.ChoiceField(choices=CashStep.choices)
    first_date = serializers.DateField()
    last_date = serializers.DateField(required=False, allow_null=True)
    is_active = serializers.BooleanField(required=False, default=True)
