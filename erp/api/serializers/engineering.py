"""What the API of engineering shows and takes: work centres, routings."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from erp.api.serializers.make import VERSION
from erp.api.serializers.stock import HEADER, Quantity
from erp.models import Routing, RoutingAlternate, RoutingOperation
from erp.services.work_centers import WORK_CENTER
from masterdata.api.serializers import input_serializer, read_serializer

WorkCenterSerializer = read_serializer(WORK_CENTER)
WorkCenterInput = input_serializer(WORK_CENTER)


class RoutingAlternateSerializer(ConcordSerializer):
    class Meta:
        model = RoutingAlternate
        fields = ("id", "work_center", "rank", "setup_minutes", "run_minutes")


class RoutingOperationSerializer(ConcordSerializer):
    alternates = RoutingAlternateSerializer(many=True, read_only=True)

    class Meta:
        model = RoutingOperation
        fields = (
            "id",
            "number",
            "name",
            "work_center",
            "setup_minutes",
            "run_minutes",
            "base_quantity",
            "is_count_point",
            "is_subcontracted",
            "supplier",
            "unit_price",
            "instructions",
            "alternates",
        )


class RoutingSerializer(ConcordSerializer):
    operations = RoutingOperationSerializer(many=True, read_only=True)

    class Meta:
        model = Routing
        fields = (*HEADER, "item", "revision", "valid_from", "valid_to", "operations")


class AlternateInput(serializers.Serializer):
    work_center_id = serializers.IntegerField()
    rank = serializers.IntegerField(required=False, min_value=0)
    setup_minutes = Quantity(required=False, allow_null=True)
    run_minutes = Quantity(required=False, allow_null=True)


class OperationInput(serializers.Serializer):
    number = serializers.IntegerField(required=False, min_value=0)
    name = serializers.CharField(max_length=80)
    work_center_id = serializers.IntegerField(required=False, allow_null=True)
    setup_minutes = Quantity(required=False)
    run_minutes = Quantity(required=False)
    base_quantity = Quantity(required=False)
    is_count_point = serializers.BooleanField(required=False)
    is_subcontracted = serializers.BooleanField(required=False)
    supplier_id = serializers.IntegerField(required=False, allow_null=True)
    unit_price = serializers.DecimalField(max_digits=18, decimal_places=6, required=False)
    instructions = serializers.CharField(required=False, allow_blank=True)
    alternates = AlternateInput(many=True, required=False)


class RoutingInput(serializers.Serializer):
    item_id = serializers.IntegerField()
    revision = serializers.CharField(max_length=20, required=False, allow_blank=True)
    valid_from = serializers.DateField(required=False, allow_null=True)
    valid_to = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)
    operations = OperationInput(many=True)


class RoutingChange(serializers.Serializer):
    revision = serializers.CharField(max_length=20, required=False, allow_blank=True)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)
    version = serializers.IntegerField(**VERSION)
    operations = OperationInput(many=True)


class RoutingCopyInput(serializers.Serializer):
    item_id = serializers.IntegerField(required=False, allow_null=True)


class CapacitySerializer(serializers.Serializer):
    date = serializers.DateField()
    minutes = serializers.DecimalField(max_digits=18, decimal_places=6)
