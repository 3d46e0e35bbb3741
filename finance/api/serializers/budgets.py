"""What the API shows of budgets and takes for them."""

from typing import Any

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.api.serializers.fields import Money
from finance.models import Budget, BudgetAlert, Commitment


class BudgetSerializer(ConcordSerializer):
    class Meta:
        model = Budget
        fields = ("id", "code", "name", "year", "number", "state", "responsible", "note", "version")


class BudgetInput(serializers.Serializer):
    year = serializers.IntegerField(min_value=1990, max_value=2200)
    name = serializers.CharField(max_length=200)
    responsible_id = serializers.IntegerField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)


class BudgetLineInput(serializers.Serializer):
    account_id = serializers.IntegerField()
    department_id = serializers.IntegerField(required=False, allow_null=True)
    project_id = serializers.IntegerField(required=False, allow_null=True)
    sales_order_id = serializers.IntegerField(required=False, allow_null=True)
    month = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=12)
    amount = Money()
    warn_percent = Money(required=False)
    stop_percent = Money(required=False, allow_null=True)


class BudgetVersion(serializers.Serializer):
    version = serializers.IntegerField(required=False)


class BudgetRowSerializer(serializers.Serializer):
    """One line against used and committed, in base currency."""

    id = serializers.IntegerField(source="line.pk")
    account = serializers.CharField(source="line.account.code")
    department = serializers.IntegerField(source="line.department_id", allow_null=True)
    project = serializers.IntegerField(source="line.project_id", allow_null=True)
    sales_order = serializers.IntegerField(source="line.sales_order_id", allow_null=True)
    month = serializers.IntegerField(source="line.month", allow_null=True)
    amount = Money(source="line.amount")
    requisitions = Money(source="consumption.requisitions")
    orders = Money(source="consumption.orders")
    receipts = Money(source="consumption.receipts")
    used = Money(source="consumption.used")
    left = Money()
    level = serializers.CharField()


class CommitmentSerializer(ConcordSerializer):
    class Meta:
        model = Commitment
        fields = (
            "id",
            "source_label",
            "source_id",
            "source_number",
            "stage",
            "account",
            "department",
            "project",
            "due_date",
            "quantity",
            "amount",
        )


class CarryRowSerializer(serializers.Serializer):
    """One open commitment of a year; ``targets`` are the lines of the next budget that would rise by it."""

    commitment = CommitmentSerializer()
    is_budgeted = serializers.BooleanField()
    is_carried = serializers.BooleanField()
    targets = serializers.SerializerMethodField()

    def get_targets(self, row: Any) -> list[int]:
        return [line.pk for line in row.targets] if row.is_carried else []


class UndoCarryInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    reason = serializers.CharField(max_length=500)


class BudgetReleaseInput(serializers.Serializer):
    document_label = serializers.ChoiceField(choices=["scm.requisition", "scm.purchaseorder"])
    document_id = serializers.IntegerField()
    line_id = serializers.IntegerField()
    amount = Money()
    reason = serializers.CharField(max_length=500)


class BudgetAlertSerializer(ConcordSerializer):
    class Meta:
        model = BudgetAlert
        fields = ("id", "line", "level", "used", "committed", "cause", "created_at", "closed_at", "closed_by")
