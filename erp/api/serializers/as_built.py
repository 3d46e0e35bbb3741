"""What the API shows and takes of pieces as they were built."""

from typing import Any

from rest_framework import serializers

from erp.api.serializers.stock import Quantity


class AsBuiltInput(serializers.Serializer):
    product = serializers.CharField(max_length=60, help_text="Serial number (or lot) of the finished piece.")
    components = serializers.ListField(child=serializers.CharField(max_length=60), allow_empty=False)


class AsBuiltRemoval(serializers.Serializer):
    record_id = serializers.IntegerField()


class BuiltPartSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    item = serializers.CharField(source="component.item.code")
    component = serializers.CharField(source="component.code")
    quantity = Quantity()
    created_at = serializers.DateTimeField()


class BuiltSerializer(serializers.Serializer):
    """A finished piece as it was built."""

    product = serializers.CharField(source="product.code")
    parts = BuiltPartSerializer(many=True)
    missing = serializers.SerializerMethodField()

    def get_missing(self, built: Any) -> dict[str, str]:
        """Tracked material that is still to be entered, by item."""
        return {item.code: str(quantity) for item, quantity in built.missing}
