"""What the API of stock control and stock reports shows and takes."""

from typing import Any, ClassVar

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from core.permissions import may_view_field
from erp.api.serializers.stock import Quantity
from erp.models import ItemClass, Reservation, StockLimit


class Amount(serializers.DecimalField):
    """Money in base currency, as a string."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=24, decimal_places=4, **kwargs)


class ReportSerializer(serializers.Serializer):
    """A row of a report; its value fields are left out for those who may not see costs."""

    VALUES: ClassVar[tuple[str, ...]] = ()

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        request = self.context.get("request")
        if request is not None and not may_view_field(request.user, "erp.itemcost.value"):
            for name in self.VALUES:
                fields.pop(name, None)
        return fields


class StockAsOfSerializer(ReportSerializer):
    VALUES = ("value",)

    item = serializers.IntegerField(source="item.pk")
    item_code = serializers.CharField(source="item.code")
    warehouse = serializers.IntegerField(source="warehouse_id", allow_null=True)
    location = serializers.IntegerField(source="location.pk", default=None)
    lot = serializers.IntegerField(source="lot.pk", default=None)
    quantity = Quantity()
    value = Amount()


class SlowStockSerializer(ReportSerializer):
    VALUES = ("value", "provision")

    item = serializers.IntegerField(source="item.pk")
    item_code = serializers.CharField(source="item.code")
    on_hand = Quantity()
    value = Amount()
    first_receipt = serializers.DateField()
    last_receipt = serializers.DateField()
    last_consumption = serializers.DateField()
    age_days = serializers.IntegerField()
    idle_days = serializers.IntegerField()
    percent = serializers.DecimalField(9, 4)
    provision = Amount()
    cause = serializers.CharField()
    evidence = serializers.CharField()
    demand = Quantity()
    used_in = serializers.ListField(child=serializers.CharField())


class TurnoverSerializer(ReportSerializer):
    VALUES = ("opening", "closing", "average", "consumed")

    label = serializers.CharField()
    name = serializers.CharField()
    opening = Amount()
    closing = Amount()
    average = Amount()
    consumed = Amount()
    turns = serializers.DecimalField(18, 2, allow_null=True)
    days = serializers.DecimalField(18, 1, allow_null=True)


class BreachSerializer(serializers.Serializer):
    limit = serializers.IntegerField(source="limit.pk")
    item = serializers.IntegerField(source="limit.item_id")
    warehouse = serializers.IntegerField(source="limit.warehouse_id")
    breach = serializers.CharField()
    on_hand = Quantity()
    reserved = Quantity()
    expected = Quantity()
    missing = Quantity()


class ItemClassSerializer(ConcordSerializer):
    class Meta:
        model = ItemClass
        fields = (
            "id",
            "item",
            "abc_class",
            "proposed_class",
            "consumption",
            "share",
            "cumulative",
            "run_on",
            "accepted_on",
        )


class AcceptInput(serializers.Serializer):
    class_ids = serializers.ListField(child=serializers.IntegerField(), required=False)
    chosen = serializers.ChoiceField(["A", "B", "C"], required=False)


class StockLimitSerializer(ConcordSerializer):
    class Meta:
        model = StockLimit
        fields = ("id", "item", "warehouse", "minimum", "maximum", "reorder_quantity", "asked_on", "version")


class LimitFigures(serializers.Serializer):
    minimum = Quantity(min_value=0)
    maximum = Quantity(required=False, allow_null=True, min_value=0)
    reorder_quantity = Quantity(required=False, allow_null=True, min_value=0)


class StockLimitInput(LimitFigures):
    item_id = serializers.IntegerField()
    warehouse_id = serializers.IntegerField()


class ReservationSerializer(ConcordSerializer):
    item = serializers.IntegerField(source="demand.item_id")
    kind = serializers.CharField(source="demand.kind")
    source_label = serializers.CharField(source="demand.source_label")
    source_id = serializers.IntegerField(source="demand.source_id")
    source_number = serializers.CharField(source="demand.source_number")
    priority = serializers.IntegerField(source="demand.priority")
    due_date = serializers.DateField(source="demand.due_date")
    expires_on = serializers.DateField(source="demand.expires_on")
    location = serializers.IntegerField(source="balance.location_id")
    lot = serializers.IntegerField(source="balance.lot_id")

    class Meta:
        model = Reservation
        fields = (
            "id",
            "demand",
            "balance",
            "quantity",
            "created_at",
            "item",
            "kind",
            "source_label",
            "source_id",
            "source_number",
            "priority",
            "due_date",
            "expires_on",
            "location",
            "lot",
        )


class HoldInput(serializers.Serializer):
    quotation_id = serializers.IntegerField()
    until = serializers.DateField(required=False, allow_null=True)


class ReleaseInput(serializers.Serializer):
    quotation_id = serializers.IntegerField()
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
