"""What the API of engineering shows and takes: work centres, routings."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from erp.api.serializers.make import VERSION
from erp.api.serializers.stock import HEADER, Quantity
from erp.models import (
    EngineeringChange,
    EngineeringChangeFollowUp,
    EngineeringChangeLine,
    EngineeringChangeOrder,
    Routing,
    RoutingAlternate,
    RoutingOperation,
)
from erp.models.engineering_changes import OUTPUT_CHOICES, STARTS_CHOICES
from erp.services.work_centers import WORK_CENTER
from erp.states.engineering import ChangeAction, ChangeReason, Disposition, OutputCost
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
            "name_zh",
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
    name_zh = serializers.CharField(max_length=80, required=False, allow_blank=True)
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


class ChangeFollowUpSerializer(ConcordSerializer):
    class Meta:
        model = EngineeringChangeFollowUp
        fields = ("id", "document_label", "document_id", "document_number", "quantity")


class EngineeringChangeLineSerializer(ConcordSerializer):
    follow_ups = ChangeFollowUpSerializer(many=True, read_only=True)

    class Meta:
        model = EngineeringChangeLine
        fields = (
            "id",
            "line_no",
            "item",
            "action",
            "component",
            "replacement",
            "quantity",
            "scrap_percent",
            "operation_no",
            "operation_name",
            "operation_name_zh",
            "work_center",
            "setup_minutes",
            "run_minutes",
            "fixed_scrap_quantity",
            "is_level_skipped",
            "output_kind",
            "cost_method",
            "material_weight",
            "conversion_weight",
            "is_conversion_as_material",
            "cost_percent",
            "fixed_amount",
            "starts_order",
            "rank",
            "substitute_group",
            "disposition",
            "item_revision",
            "note",
            "follow_ups",
        )


class EngineeringChangeOrderSerializer(ConcordSerializer):
    class Meta:
        model = EngineeringChangeOrder
        fields = ("id", "work_order", "outcome", "differences")


class EngineeringChangeSerializer(ConcordSerializer):
    lines = EngineeringChangeLineSerializer(many=True, read_only=True)
    orders = EngineeringChangeOrderSerializer(many=True, read_only=True)

    class Meta:
        model = EngineeringChange
        fields = (*HEADER, "title", "reason_code", "cause", "effective_date", "released_on", "lines", "orders")


class ChangeLineInput(serializers.Serializer):
    item_id = serializers.IntegerField()
    action = serializers.ChoiceField(ChangeAction.choices)
    component_id = serializers.IntegerField(required=False, allow_null=True)
    replacement_id = serializers.IntegerField(required=False, allow_null=True)
    quantity = Quantity(required=False, allow_null=True)
    scrap_percent = serializers.DecimalField(max_digits=9, decimal_places=4, required=False, allow_null=True)
    operation_no = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    operation_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    operation_name_zh = serializers.CharField(max_length=80, required=False, allow_blank=True)
    work_center_id = serializers.IntegerField(required=False, allow_null=True)
    setup_minutes = Quantity(required=False, allow_null=True)
    run_minutes = Quantity(required=False, allow_null=True)
    fixed_scrap_quantity = Quantity(required=False, allow_null=True)
    is_level_skipped = serializers.BooleanField(required=False, allow_null=True)
    output_kind = serializers.ChoiceField(OUTPUT_CHOICES, required=False, allow_blank=True)
    cost_method = serializers.ChoiceField(OutputCost.choices, required=False, allow_blank=True)
    material_weight = Quantity(required=False, allow_null=True)
    conversion_weight = Quantity(required=False, allow_null=True)
    is_conversion_as_material = serializers.BooleanField(
        required=False, help_text="Empties the weight of the conversion: as that of the material."
    )
    cost_percent = serializers.DecimalField(max_digits=9, decimal_places=4, required=False, allow_null=True)
    fixed_amount = serializers.DecimalField(max_digits=18, decimal_places=6, required=False, allow_null=True)
    starts_order = serializers.ChoiceField(STARTS_CHOICES, required=False, allow_blank=True)
    rank = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=9999, help_text="Of a substitute."
    )
    substitute_group = serializers.CharField(
        max_length=20, required=False, allow_blank=True, help_text="Of a component; - takes it out of its group."
    )
    disposition = serializers.ChoiceField(Disposition.choices, required=False, allow_blank=True)
    item_revision = serializers.CharField(max_length=20, required=False, allow_blank=True)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class EngineeringChangeInput(serializers.Serializer):
    title = serializers.CharField(max_length=120)
    reason_code = serializers.ChoiceField(ChangeReason.choices)
    cause = serializers.CharField(required=False, allow_blank=True)
    effective_date = serializers.DateField()
    note = serializers.CharField(required=False, allow_blank=True)
    lines = ChangeLineInput(many=True)


class EngineeringChangeChange(EngineeringChangeInput):
    version = serializers.IntegerField(**VERSION)


class ElementsSerializer(serializers.Serializer):
    material = serializers.DecimalField(max_digits=24, decimal_places=10)
    labour = serializers.DecimalField(max_digits=24, decimal_places=10)
    machine = serializers.DecimalField(max_digits=24, decimal_places=10)
    overhead = serializers.DecimalField(max_digits=24, decimal_places=10)
    subcontract = serializers.DecimalField(max_digits=24, decimal_places=10)
    total = serializers.DecimalField(max_digits=24, decimal_places=10)


class PartCostSerializer(serializers.Serializer):
    item = serializers.IntegerField(source="item.pk")
    quantity = serializers.DecimalField(max_digits=24, decimal_places=10)
    elements = ElementsSerializer()


class StepCostSerializer(serializers.Serializer):
    operation = serializers.IntegerField(source="operation.number")
    elements = ElementsSerializer()


class ItemCostSerializer(serializers.Serializer):
    item = serializers.IntegerField()
    date = serializers.DateField()
    elements = ElementsSerializer()
    credits = serializers.DecimalField(max_digits=24, decimal_places=10)
    shared = serializers.DecimalField(max_digits=24, decimal_places=10)
    missing = serializers.ListField(child=serializers.IntegerField())
    parts = PartCostSerializer(many=True)
    steps = StepCostSerializer(many=True)
