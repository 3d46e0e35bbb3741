"""What the API shows of the value of stock."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from erp.models import AverageRun, AverageRunLine, CostLayer, LayerUse


class CostLayerSerializer(ConcordSerializer):
    class Meta:
        model = CostLayer
        fields = ("id", "item", "move", "received_on", "quantity", "remaining_quantity", "remaining_value")


class LayerUseSerializer(ConcordSerializer):
    class Meta:
        model = LayerUse
        fields = ("id", "layer", "move", "entry", "quantity", "amount")


class AverageRunLineSerializer(ConcordSerializer):
    class Meta:
        model = AverageRunLine
        fields = (
            "id",
            "item",
            "month",
            "opening_quantity",
            "opening_value",
            "received_quantity",
            "received_value",
            "average",
            "issued_quantity",
            "booked_value",
            "final_value",
        )


class AverageRunSerializer(ConcordSerializer):
    lines = AverageRunLineSerializer(many=True, read_only=True)

    class Meta:
        model = AverageRun
        fields = ("id", "month", "created_at", "actor", "lines")


class MonthInput(serializers.Serializer):
    """The month to run: any day of it."""

    month = serializers.DateField()
