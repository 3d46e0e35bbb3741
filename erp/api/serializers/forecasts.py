"""What the API of forecasts shows and takes."""

from typing import Any

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from erp.api.serializers.stock import Quantity
from erp.models import Forecast, ForecastBucket, ForecastLine, StockingAdvice
from erp.states.demand import ForecastBasis, ForecastBucketSize, ForecastMethod


class ForecastSerializer(ConcordSerializer):
    class Meta:
        model = Forecast
        fields = (
            "id",
            "number",
            "title",
            "state",
            "bucket_size",
            "basis",
            "category",
            "start_date",
            "horizon",
            "lookback",
            "trims_outliers",
            "with_opportunities",
            "calculated_at",
            "edition",
            "owner",
            "note",
            "version",
        )


class ForecastChange(serializers.Serializer):
    title = serializers.CharField(max_length=120)
    basis = serializers.ChoiceField(ForecastBasis.choices, default=ForecastBasis.SHIPMENTS)
    category_id = serializers.IntegerField(required=False, allow_null=True)
    horizon = serializers.IntegerField(min_value=1, max_value=60, default=12)
    lookback = serializers.IntegerField(min_value=3, max_value=156, default=24)
    trims_outliers = serializers.BooleanField(default=False)
    with_opportunities = serializers.BooleanField(default=False)
    note = serializers.CharField(required=False, allow_blank=True, default="")


class ForecastInput(ForecastChange):
    bucket_size = serializers.ChoiceField(ForecastBucketSize.choices, default=ForecastBucketSize.MONTH)


class ForecastBucketSerializer(ConcordSerializer):
    quantity = Quantity()

    class Meta:
        model = ForecastBucket
        fields = ("start_date", "statistical", "override", "reason", "opportunity", "quantity", "released")


class ForecastLineSerializer(ConcordSerializer):
    buckets = ForecastBucketSerializer(many=True)
    item_code = serializers.CharField(source="item.code")

    class Meta:
        model = ForecastLine
        fields = (
            "id",
            "forecast",
            "item",
            "item_code",
            "method",
            "by_hand",
            "pattern",
            "mae",
            "wape",
            "bias",
            "scores",
            "past",
            "outliers",
            "buckets",
        )


class CellInput(serializers.Serializer):
    item_id = serializers.IntegerField()
    date = serializers.DateField()
    quantity = Quantity(allow_null=True, min_value=0)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class OverrideInput(serializers.Serializer):
    cells = CellInput(many=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class MethodInput(serializers.Serializer):
    line_id = serializers.IntegerField()
    method = serializers.ChoiceField([("", ""), *ForecastMethod.choices], allow_blank=True, default="")


class AccuracySerializer(serializers.Serializer):
    item = serializers.IntegerField(source="item.pk")
    item_code = serializers.CharField(source="item.code")
    count = serializers.IntegerField()
    forecast = Quantity()
    actual = Quantity()
    errors = Quantity()
    wape = serializers.DecimalField(18, 1, allow_null=True)
    bias = Quantity()
    buckets = serializers.SerializerMethodField()

    def get_buckets(self, row: Any) -> list[dict[str, str]]:
        return [
            {"start_date": start.isoformat(), "forecast": str(said), "actual": str(came)}
            for start, said, came in row.buckets
        ]


class StockingAdviceSerializer(ConcordSerializer):
    item_code = serializers.CharField(source="item.code")

    class Meta:
        model = StockingAdvice
        fields = (
            "id",
            "item",
            "item_code",
            "run_on",
            "daily",
            "deviation",
            "lead_days",
            "lead_deviation",
            "lead_count",
            "abc_class",
            "service_percent",
            "present_safety",
            "present_lot",
            "present_reorder",
            "safety_stock",
            "reorder_point",
            "lot",
            "unit_cost",
            "value_effect",
            "cost_effect",
            "differs",
            "accepted_on",
            "accepted_by",
            "version",
        )


class AdviceInput(serializers.Serializer):
    advice_ids = serializers.ListField(child=serializers.IntegerField(), required=False)


class ScheduleWeekSerializer(serializers.Serializer):
    start_date = serializers.DateField()
    zone = serializers.CharField()
    forecast = Quantity()
    master = Quantity()
    net_forecast = Quantity()
    orders = Quantity()
    needs = Quantity()
    firm = Quantity()
    planned = Quantity()
    projected = Quantity()
    free = Quantity()


class FrozenNeedSerializer(serializers.Serializer):
    needed_date = serializers.DateField()
    quantity = Quantity()
    start_date = serializers.DateField()
    possible_date = serializers.DateField()
    identity = serializers.CharField()


class ScheduleItemSerializer(serializers.Serializer):
    item = serializers.IntegerField()
    item_code = serializers.CharField()
    is_master_scheduled = serializers.BooleanField()
    on_hand = Quantity()
    messages = FrozenNeedSerializer(many=True)
    weeks = ScheduleWeekSerializer(many=True)


class FirmCell(serializers.Serializer):
    item_id = serializers.IntegerField()
    date = serializers.DateField()
    quantity = Quantity()


class FirmScheduleInput(serializers.Serializer):
    cells = FirmCell(many=True)


class MasterCell(serializers.Serializer):
    item_id = serializers.IntegerField()
    date = serializers.DateField()
    quantity = serializers.DecimalField(18, 6, allow_null=True)


class MasterQuantitiesInput(serializers.Serializer):
    cells = MasterCell(many=True)
