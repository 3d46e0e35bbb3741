"""What the API of pegging and shortages shows."""

from rest_framework import serializers

from erp.api.serializers.stock import Quantity


class PegNodeSerializer(serializers.Serializer):
    """A portion of a need and its source; nodes come parents first, ``depth`` says where."""

    depth = serializers.IntegerField()
    item = serializers.IntegerField(source="item.pk")
    item_code = serializers.CharField(source="item.code")
    quantity = Quantity()
    needed = serializers.DateField()
    source = serializers.CharField()
    number = serializers.CharField()
    available = serializers.DateField(allow_null=True)
    is_late = serializers.BooleanField()
    days_late = serializers.IntegerField()
    why = serializers.CharField()
    why_item = serializers.IntegerField(source="why_item.pk", default=None)


class PegsSerializer(serializers.Serializer):
    """The trees of one source."""

    is_cut = serializers.BooleanField()
    nodes = PegNodeSerializer(source="rows", many=True)


class ServedSerializer(serializers.Serializer):
    """A demand that a supply serves; ``depends`` is the part of the supply that goes there."""

    demand = serializers.IntegerField(source="demand.pk")
    number = serializers.CharField(source="demand.source_number")
    source_label = serializers.CharField(source="demand.source_label")
    source_id = serializers.IntegerField(source="demand.source_id")
    item = serializers.IntegerField(source="demand.item_id")
    due_date = serializers.DateField(source="demand.due_date")
    quantity = Quantity()
    depends = Quantity()
    days_late = serializers.IntegerField()


class UsesSerializer(serializers.Serializer):
    """Where a supply goes."""

    item = serializers.IntegerField(source="item.pk")
    quantity = Quantity()
    free = Quantity()
    available = serializers.DateField()
    is_cut = serializers.BooleanField()
    served = ServedSerializer(many=True)


class ShortItemSerializer(serializers.Serializer):
    """What is short of an item for one source; ``planned_orders`` can be firmed."""

    item = serializers.IntegerField(source="item.pk")
    item_code = serializers.CharField(source="item.code")
    supply_type = serializers.CharField()
    quantity = Quantity()
    needed = serializers.DateField()
    start = serializers.DateField(allow_null=True)
    possible = serializers.DateField(allow_null=True)
    days_late = serializers.IntegerField()
    planned_orders = serializers.ListField(source="identities", child=serializers.CharField())
