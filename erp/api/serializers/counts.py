"""What the API of stocktakes shows and takes."""

from typing import Any

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from erp.api.serializers.stock import HEADER, Quantity
from erp.models import Stocktake, StocktakeLine
from erp.selectors.stocktakes import hides_book
from erp.states import AbcClass, DifferenceReason, StocktakeKind

BOOKS = ("book_quantity", "previous_quantity", "amount")


class StocktakeLineSerializer(ConcordSerializer):
    difference = Quantity(read_only=True)

    class Meta:
        model = StocktakeLine
        fields = (
            "id",
            "line_no",
            "sheet",
            "item",
            "lot",
            "location",
            "is_found",
            "to_count",
            "book_quantity",
            "counted_quantity",
            "previous_quantity",
            "difference",
            "amount",
            "reason_code",
            "note",
            "counted_by",
            "counted_at",
        )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Leave out what a blind count hides."""
        shown: dict[str, Any] = super().to_representation(instance)
        if hides_book(instance.stocktake, self.context["request"].user):
            for name in (*BOOKS, "difference"):
                shown.pop(name, None)
        return shown


class StocktakeSerializer(ConcordSerializer):
    lines = StocktakeLineSerializer(many=True, read_only=True)

    class Meta:
        model = Stocktake
        fields = (
            *HEADER,
            "kind",
            "warehouse",
            "zone",
            "location",
            "category",
            "abc_class",
            "only_due",
            "is_blind",
            "freezes",
            "tolerance_percent",
            "tolerance_value",
            "snapshot_at",
            "rounds",
            "posting_date",
            "lines",
        )


class StocktakeInput(serializers.Serializer):
    kind = serializers.ChoiceField(StocktakeKind.choices)
    warehouse_id = serializers.IntegerField()
    zone_id = serializers.IntegerField(required=False, allow_null=True)
    location_id = serializers.IntegerField(required=False, allow_null=True)
    category_id = serializers.IntegerField(required=False, allow_null=True)
    abc_class = serializers.ChoiceField(AbcClass.choices, required=False, allow_blank=True)
    only_due = serializers.BooleanField(required=False)
    is_blind = serializers.BooleanField(required=False)
    freezes = serializers.BooleanField(required=False)
    tolerance_percent = serializers.DecimalField(9, 4, required=False, allow_null=True, min_value=0)
    tolerance_value = serializers.DecimalField(18, 4, required=False, allow_null=True, min_value=0)
    note = serializers.CharField(required=False, allow_blank=True)
    counter_ids = serializers.ListField(child=serializers.IntegerField(), required=False)


class VersionInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)


class FinishInput(VersionInput):
    uncounted_as_zero = serializers.BooleanField(required=False)


class CountedLineInput(serializers.Serializer):
    line_id = serializers.IntegerField()
    quantity = Quantity(allow_null=True, min_value=0)
    uom_id = serializers.IntegerField(required=False, allow_null=True)


class FoundLineInput(serializers.Serializer):
    item_id = serializers.IntegerField()
    location_id = serializers.IntegerField()
    lot_code = serializers.CharField(max_length=60, required=False, allow_blank=True)
    quantity = Quantity(min_value=0)
    uom_id = serializers.IntegerField(required=False, allow_null=True)


class CountedInput(serializers.Serializer):
    lines = CountedLineInput(many=True, required=False)
    found = FoundLineInput(many=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Give the service its shape."""
        counts = {row["line_id"]: row["quantity"] for row in attrs.get("lines", [])}
        units = {row["line_id"]: row["uom_id"] for row in attrs.get("lines", []) if row.get("uom_id")}
        return {"counts": counts, "units": units, "found": attrs.get("found", [])}


class ScanCountInput(serializers.Serializer):
    code = serializers.CharField(max_length=80)
    location_id = serializers.IntegerField()
    quantity = Quantity(required=False, allow_null=True)


class RecountInput(VersionInput):
    line_ids = serializers.ListField(child=serializers.IntegerField(), required=False)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class ReasonLineInput(serializers.Serializer):
    line_id = serializers.IntegerField()
    reason_code = serializers.ChoiceField(DifferenceReason.choices)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ReasonsInput(VersionInput):
    lines = ReasonLineInput(many=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Give the service its shape."""
        lines = attrs.pop("lines")
        return attrs | {"reasons": {row.pop("line_id"): dict(row) for row in lines}}
