"""What the API of picking for production and operations shows and takes."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from erp.api.serializers.stock import HEADER, Quantity
from erp.models import MergedPick, MergedPickLine, PickShare
from erp.states.making import SplitRule

VERSION = {"required": False, "allow_null": True}


class VersionInput(serializers.Serializer):
    version = serializers.IntegerField(**VERSION)


class PickShareSerializer(ConcordSerializer):
    open_quantity = Quantity(read_only=True)

    class Meta:
        model = PickShare
        fields = (
            "id",
            "work_order",
            "material",
            "rank",
            "planned_quantity",
            "issued_quantity",
            "dropped_quantity",
            "open_quantity",
        )


class MergedPickLineSerializer(ConcordSerializer):
    shares = PickShareSerializer(many=True, read_only=True)

    class Meta:
        model = MergedPickLine
        fields = ("id", "line_no", "item", "location", "pack_quantity", "to_line_side", "shares")


class MergedPickSerializer(ConcordSerializer):
    lines = MergedPickLineSerializer(many=True, read_only=True)

    class Meta:
        model = MergedPick
        fields = (*HEADER, "warehouse", "line_side", "split_rule", "takes_packs", "posting_date", "lines")


class MergedPickInput(serializers.Serializer):
    work_order_ids = serializers.ListField(child=serializers.IntegerField(), allow_empty=False)
    split_rule = serializers.ChoiceField(SplitRule.choices, required=False)
    takes_packs = serializers.BooleanField(required=False)
    line_side_id = serializers.IntegerField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)


class FoundInput(serializers.Serializer):
    line_id = serializers.IntegerField()
    quantity = Quantity()
    location_id = serializers.IntegerField(required=False, allow_null=True)
    lot_id = serializers.IntegerField(required=False, allow_null=True)


class PostPickInput(VersionInput):
    found = FoundInput(many=True)
    posting_date = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
