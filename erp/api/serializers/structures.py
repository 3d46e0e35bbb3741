"""Shapes of structures: what an item is made of, what it goes into, and what differs between two bills."""

from rest_framework import serializers

QUANTITY = {"max_digits": 30, "decimal_places": 10}


class StructureInput(serializers.Serializer):
    date = serializers.DateField(required=False, help_text="The day the bills are read for; today without one.")
    quantity = serializers.DecimalField(
        max_digits=18, decimal_places=6, min_value=0, required=False, help_text="Of the item; one without it."
    )


class PartSerializer(serializers.Serializer):
    """One place in the tree, parents first: ``depth`` 0 is the item itself."""

    item = serializers.IntegerField(source="item.pk")
    depth = serializers.IntegerField()
    quantity = serializers.DecimalField(**QUANTITY)
    bom = serializers.IntegerField(source="bom.pk", default=None, allow_null=True)
    line = serializers.IntegerField(source="line.pk", default=None, allow_null=True)
    is_cut = serializers.BooleanField()


class UseSerializer(serializers.Serializer):
    """A product above the item: how much of the item one unit of it takes."""

    item = serializers.IntegerField(source="item.pk")
    depth = serializers.IntegerField()
    quantity = serializers.DecimalField(**QUANTITY)
    bom = serializers.IntegerField(source="line.bom_id")
    line = serializers.IntegerField(source="line.pk")


class StructureSerializer(serializers.Serializer):
    item = serializers.IntegerField()
    date = serializers.DateField()
    parts = PartSerializer(many=True)
    uses = UseSerializer(many=True)


class ComparisonInput(serializers.Serializer):
    other = serializers.IntegerField(help_text="What stood before.")


class DifferenceSerializer(serializers.Serializer):
    """One line: added, dropped, changed or same; ``fields`` are [label, before, after] of what changed in it."""

    kind = serializers.CharField()
    label = serializers.CharField()
    line_kind = serializers.CharField()
    item = serializers.IntegerField(source="item.pk", default=None, allow_null=True)
    before = serializers.CharField()
    after = serializers.CharField()
    fields = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
