"""What the API shows of statements and takes for their layouts."""

from typing import Any

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.models import StatementLayout, StatementRow
from finance.states import CashDirection, RowKind, RowSide, StatementKind


class StatementRowSerializer(serializers.ModelSerializer):
    class Meta:
        model = StatementRow
        fields = ("code", "name", "name_zh", "kind", "level", "side", "direction", "is_memo", "accounts", "formula")


class StatementLayoutSerializer(ConcordSerializer):
    rows = StatementRowSerializer(many=True, read_only=True)

    class Meta:
        model = StatementLayout
        fields = ("id", "code", "name", "name_zh", "kind", "standard", "form_code", "is_active", "version", "rows")


class RowInput(serializers.Serializer):
    code = serializers.CharField(max_length=10)
    name = serializers.CharField(max_length=120)
    name_zh = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    kind = serializers.ChoiceField(choices=RowKind.choices)
    level = serializers.IntegerField(min_value=0, max_value=3, required=False, default=1)
    side = serializers.ChoiceField(choices=RowSide.choices)
    direction = serializers.ChoiceField(choices=CashDirection.choices, required=False, allow_blank=True, default="")
    is_memo = serializers.BooleanField(required=False, default=False)
    accounts = serializers.CharField(max_length=400, required=False, allow_blank=True, default="")
    formula = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class StatementLayoutInput(serializers.Serializer):
    code = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=200)
    name_zh = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    kind = serializers.ChoiceField(choices=StatementKind.choices)
    form_code = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    is_active = serializers.BooleanField(required=False, default=True)
    rows = RowInput(many=True)
    version = serializers.IntegerField(required=False)


class ClassifyInput(serializers.Serializer):
    entry_id = serializers.IntegerField()
    account_id = serializers.IntegerField()
    row_code = serializers.CharField(max_length=10, allow_blank=True)


class ReportQuery(serializers.Serializer):
    """What a statement is asked for; every field may be left out."""

    date = serializers.DateField(required=False)
    view = serializers.CharField(required=False, default="statutory")
    department = serializers.IntegerField(required=False)
    project = serializers.IntegerField(required=False)


class FindingSerializer(serializers.Serializer):
    account = serializers.CharField(source="account.code")
    name = serializers.CharField(source="account.label")
    figures = serializers.ListField(child=serializers.DecimalField(max_digits=20, decimal_places=4))
    rows = serializers.ListField(child=serializers.CharField())


class ColumnSerializer(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()
    first = serializers.DateField()
    last = serializers.DateField()


class ReportRowSerializer(serializers.Serializer):
    code = serializers.CharField(source="row.code")
    name = serializers.CharField(source="row.label")
    kind = serializers.CharField(source="row.kind")
    level = serializers.IntegerField(source="row.level")
    figures = serializers.ListField(child=serializers.DecimalField(max_digits=20, decimal_places=4), allow_null=True)


class ReportSerializer(serializers.Serializer):
    """A statement: figures as strings, one per column; ``difference`` is null where nothing must balance."""

    layout: Any = serializers.CharField(source="layout.code")
    name = serializers.CharField(source="layout.label")
    columns = ColumnSerializer(many=True)
    rows = ReportRowSerializer(many=True)
    is_right = serializers.BooleanField()
    difference = serializers.ListField(child=serializers.DecimalField(max_digits=20, decimal_places=4), allow_null=True)
    uncovered = FindingSerializer(many=True)
    doubled = FindingSerializer(many=True)
