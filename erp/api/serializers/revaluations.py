"""What the API of stock revaluations shows and takes."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from erp.models import StockRevaluation, StockRevaluationLine


class StockRevaluationLineSerializer(ConcordSerializer):
    class Meta:
        model = StockRevaluationLine
        fields = ("id", "line_no", "item", "unit_cost", "quantity", "old_value", "new_value")


class StockRevaluationSerializer(ConcordSerializer):
    lines = StockRevaluationLineSerializer(many=True, read_only=True)

    class Meta:
        model = StockRevaluation
        fields = (
            "id",
            "number",
            "state",
            "version",
            "document_date",
            "created_at",
            "owner",
            "note",
            "reason",
            "posting_date",
            "difference",
            "lines",
        )


class StockRevaluationLineInput(serializers.Serializer):
    item_id = serializers.IntegerField()
    unit_cost = serializers.DecimalField(24, 10, min_value=0)


class StockRevaluationInput(serializers.Serializer):
    cause = serializers.CharField(max_length=200)
    date = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)
    lines = StockRevaluationLineInput(many=True)
