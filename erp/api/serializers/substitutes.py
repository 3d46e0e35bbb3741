"""Shapes of substitutes."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from erp.models import BomSubstitute


class SubstituteSerializer(ConcordSerializer):
    """A substitute with where it stands: the bill, its product, the component and what it is replaced together with."""

    bom = serializers.IntegerField(source="bom_line.bom_id", read_only=True)
    parent = serializers.IntegerField(source="bom_line.bom.item_id", read_only=True)
    state = serializers.CharField(source="bom_line.bom.state", read_only=True)
    component = serializers.IntegerField(source="bom_line.component_id", read_only=True)
    substitute_group = serializers.CharField(source="bom_line.substitute_group", read_only=True)

    stands_for = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = BomSubstitute
        fields = (
            "id",
            "bom",
            "parent",
            "state",
            "component",
            "substitute_group",
            "stands_for",
            "item",
            "ratio",
            "rank",
            "valid_from",
            "valid_to",
        )
