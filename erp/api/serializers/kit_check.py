"""What the API of the kit check shows and takes."""

from typing import Any

from rest_framework import serializers

from erp.api.serializers.stock import Quantity
from erp.states import KitPolicy


class KitSerializer(serializers.Serializer):
    """One work order: kits there in time, when all are, what holds it up."""

    work_order = serializers.IntegerField(source="order.pk")
    number = serializers.CharField(source="order.number")
    item = serializers.IntegerField(source="order.item_id")
    item_code = serializers.CharField(source="order.item.code")
    start_date = serializers.DateField(source="order.start_date")
    ordered = Quantity(source="order.quantity")
    kits = Quantity(source="quantity")
    kit_rate = serializers.IntegerField(source="rate")
    line_rate = serializers.IntegerField()
    full_lines = serializers.CharField()
    kit_date = serializers.DateField(source="date", allow_null=True)
    status = serializers.CharField()
    is_late = serializers.BooleanField()
    blocking_item = serializers.IntegerField(source="blocking.pk", default=None)
    blocking_item_code = serializers.CharField(source="blocking.code", default="")


class TakingSerializer(serializers.Serializer):
    """A part of a line's cover: from stock (supply null) or from an expected receipt."""

    item = serializers.IntegerField(source="item.pk")
    quantity = Quantity()
    supply = serializers.IntegerField(source="supply.pk", default=None)
    source_number = serializers.CharField(source="supply.source_number", default="")
    date = serializers.DateField()


class KitLineSerializer(serializers.Serializer):
    """One component of an order."""

    material = serializers.IntegerField(source="cover.component.key")
    item = serializers.IntegerField(source="item.pk")
    item_code = serializers.CharField(source="item.code")
    required = Quantity()
    issued = Quantity()
    reserved = Quantity()
    ready = Quantity()
    short = Quantity()
    date = serializers.DateField(allow_null=True)
    counts = serializers.BooleanField()
    takings = TakingSerializer(many=True)


class KitDetailSerializer(KitSerializer):
    """One work order with its components."""

    lines = serializers.SerializerMethodField()

    def get_lines(self, row: Any) -> list[dict[str, Any]]:
        return list(KitLineSerializer(self.context["lines"], many=True).data)


class UnlockedSerializer(serializers.Serializer):
    """A work order that gets something of a receipt."""

    work_order = serializers.IntegerField(source="order.pk")
    number = serializers.CharField(source="order.number")
    item = serializers.IntegerField(source="item.pk")
    quantity = Quantity()
    completes = serializers.BooleanField()


class ReceiptSerializer(serializers.Serializer):
    """An expected receipt and the orders it serves."""

    supply = serializers.IntegerField(source="supply.pk")
    source_number = serializers.CharField(source="supply.source_number")
    item = serializers.IntegerField(source="supply.item_id")
    item_code = serializers.CharField(source="supply.item.code")
    quantity = Quantity(source="supply.open_quantity")
    due_date = serializers.DateField(source="supply.due_date")
    completed = serializers.IntegerField()
    waiting = serializers.IntegerField()
    orders = UnlockedSerializer(many=True)


class ReleaseKitsInput(serializers.Serializer):
    """Work orders to act on."""

    work_order_ids = serializers.ListField(child=serializers.IntegerField(), allow_empty=False, max_length=200)


class ReserveKitsInput(ReleaseKitsInput):
    """Work orders to reserve for, and who gets what is short."""

    policy = serializers.ChoiceField(choices=KitPolicy.choices, default=KitPolicy.NO_HOARDING)
    with_auxiliaries = serializers.BooleanField(default=False)
