"""What the API of packing shows and takes."""

from typing import Any

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from erp.models import HandlingUnit, PackedGoods
from erp.states import HandlingUnitKind


class Quantity(serializers.DecimalField):
    """A quantity in the stock unit, as a string."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=6, **kwargs)


class UnitInput(serializers.Serializer):
    kind = serializers.ChoiceField(HandlingUnitKind.choices, default=HandlingUnitKind.CARTON)
    sscc = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class PackGoodsInput(serializers.Serializer):
    unit_id = serializers.IntegerField()
    line_id = serializers.IntegerField(required=False, allow_null=True)
    lot_id = serializers.IntegerField(required=False, allow_null=True)
    quantity = Quantity(required=False, allow_null=True)


class PlaceOnInput(serializers.Serializer):
    unit_id = serializers.IntegerField()
    parent_id = serializers.IntegerField(allow_null=True)


class WeighInput(serializers.Serializer):
    unit_id = serializers.IntegerField()
    gross_weight = Quantity(allow_null=True)


class UnpackInput(serializers.Serializer):
    unit_id = serializers.IntegerField()
    drop = serializers.BooleanField(required=False, default=False)


class PackedGoodsSerializer(ConcordSerializer):
    class Meta:
        model = PackedGoods
        fields = ("line", "lot", "quantity")


class HandlingUnitSerializer(ConcordSerializer):
    contents = PackedGoodsSerializer(many=True, read_only=True)

    class Meta:
        model = HandlingUnit
        fields = ("id", "number", "kind", "sscc", "parent", "gross_weight", "contents")
