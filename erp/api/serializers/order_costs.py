"""Shapes of order cost; amounts in base currency."""

from typing import Any

from rest_framework import serializers

from erp.selectors.order_costs import CostCard


class Amount(serializers.DecimalField):
    """An amount as a string."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=4, **kwargs)


class ElementSerializer(serializers.Serializer):
    element = serializers.CharField(source="code")
    planned = Amount()
    target = Amount()
    actual = Amount()


class CostCardSerializer(serializers.Serializer):
    work_order = serializers.IntegerField(source="work_order.pk")
    number = serializers.CharField(source="work_order.number")
    item = serializers.IntegerField(source="work_order.item_id")
    state = serializers.CharField(source="work_order.state")
    good = serializers.DecimalField(max_digits=18, decimal_places=6)
    planned = Amount()
    target = Amount()
    actual = Amount()
    projected = Amount()
    goods_in = Amount()
    added = Amount()
    in_process = Amount()
    elements = ElementSerializer(source="rows", many=True)
    variances = serializers.SerializerMethodField()

    def get_variances(self, card: CostCard) -> dict[str, str]:
        """Variance amounts by reason; they add up to actual less target."""
        return {reason: str(amount) for reason, amount in card.analysis.variances.items()}


class OutputInput(serializers.Serializer):
    output_id = serializers.IntegerField()
    quantity = serializers.DecimalField(max_digits=18, decimal_places=6)
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    lot_code = serializers.CharField(max_length=60, required=False, allow_blank=True)
    location_id = serializers.IntegerField(required=False, allow_null=True)
    posting_date = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)
