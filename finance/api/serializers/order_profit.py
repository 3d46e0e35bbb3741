"""What the API shows of order profit and takes for the costs of orders."""

from typing import Any

from rest_framework import serializers

from finance.api.serializers.fields import Money
from finance.models import OrderExpense
from finance.selectors.order_profit.report import GROUPINGS

SECRET = ("cost", "expense", "dispatched", "other", "purchased", "margin", "percent", "is_provisional")


class ProfitQuery(serializers.Serializer):
    """Days of the orders, and keys of the groups that are wanted."""

    group = serializers.ChoiceField(choices=[one.code for one in GROUPINGS], required=False, default="customer")
    date_min = serializers.DateField(required=False)
    date_max = serializers.DateField(required=False)

    def get_fields(self) -> dict[str, Any]:
        keys = {one.code: serializers.IntegerField(required=False) for one in GROUPINGS}
        return super().get_fields() | keys


class ProfitSerializer(serializers.Serializer):
    """One group; what tells the cost is left out for readers without the right."""

    key = serializers.IntegerField(allow_null=True)
    label = serializers.CharField()
    lines = serializers.IntegerField()
    ordered = Money()
    revenue = Money()
    cost = Money()
    expense = Money()
    dispatched = Money()
    other = Money()
    purchased = Money()
    margin = Money()
    percent = serializers.DecimalField(max_digits=9, decimal_places=1, allow_null=True)
    is_provisional = serializers.BooleanField()

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        request = self.context.get("request")
        if request is not None and not request.user.has_perm("masterdata.view_cost"):
            fields = {name: field for name, field in fields.items() if name not in SECRET}
        return fields


class ProjectionSerializer(serializers.Serializer):
    """What a line will have earned when all of it is delivered, as its production stands now."""

    revenue = Money()
    cost = Money()
    planned = Money()
    expense = Money()
    margin = Money()
    planned_margin = Money()
    overrun = Money()
    percent = serializers.DecimalField(max_digits=9, decimal_places=1, allow_null=True)
    orders = serializers.ListField(child=serializers.CharField())
    is_over = serializers.BooleanField()


class LineProfitSerializer(serializers.Serializer):
    line = serializers.IntegerField(source="line_id")
    order = serializers.IntegerField(source="order_id")
    number = serializers.CharField()
    line_no = serializers.IntegerField()
    item = serializers.IntegerField(source="item_id", allow_null=True)
    profit = ProfitSerializer()
    projection = ProjectionSerializer(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        request = self.context.get("request")
        if request is not None and not request.user.has_perm("masterdata.view_cost"):
            fields.pop("projection")
        return fields


class OrderExpenseSerializer(serializers.ModelSerializer):
    invoice = serializers.IntegerField(source="invoice_line.invoice_id")

    class Meta:
        model = OrderExpense
        fields = ("id", "invoice", "invoice_line", "sales_order", "sales_order_line", "amount", "created_at")


class OrderExpenseInput(serializers.Serializer):
    invoice_id = serializers.IntegerField()
    invoice_line_id = serializers.IntegerField()
    sales_order_id = serializers.IntegerField()
    sales_order_line_id = serializers.IntegerField(required=False, allow_null=True)
    amount = Money(required=False, allow_null=True)
