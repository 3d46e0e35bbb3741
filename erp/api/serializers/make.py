"""What the API of engineering, planning and production shows and takes."""

from typing import Any

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from erp.api.serializers.stock import HEADER, Quantity
from erp.models import (
    Bom,
    BomLine,
    BomSubstitute,
    PlannedOrder,
    PlanRun,
    PlanVerdict,
    ProductionReceipt,
    ProductionReport,
    SupplyAdvice,
    TakenPart,
    WorkOrder,
    WorkOrderMaterial,
)
from erp.states import MaterialKind
from erp.states.engineering import BomLineKind, IssueMethod, OutputCost, StartsOrder
from erp.states.making import WorkOrderKind

PROGRESS = ("reported_quantity", "scrapped_quantity", "completed_quantity", "open_quantity")
VERSION: dict[str, Any] = {"required": False, "min_value": 0}


class BomSubstituteSerializer(ConcordSerializer):
    class Meta:
        model = BomSubstitute
        fields = ("id", "item", "ratio", "rank", "valid_from", "valid_to")


class BomLineSerializer(ConcordSerializer):
    substitutes = BomSubstituteSerializer(many=True, read_only=True)

    class Meta:
        model = BomLine
        fields = (
            "id",
            "line_no",
            "component",
            "quantity",
            "line_kind",
            "scrap_percent",
            "fixed_scrap_quantity",
            "is_level_skipped",
            "issue_method",
            "operation_no",
            "substitute_group",
            "material_kind",
            "cost_method",
            "material_weight",
            "conversion_weight",
            "cost_percent",
            "fixed_amount",
            "starts_order",
            "valid_from",
            "valid_to",
            "note",
            "substitutes",
        )


class BomSerializer(ConcordSerializer):
    lines = BomLineSerializer(many=True, read_only=True)

    class Meta:
        model = Bom
        fields = (
            *HEADER,
            "item",
            "revision",
            "quantity",
            "valid_from",
            "valid_to",
            "material_weight",
            "conversion_weight",
            "lines",
        )


class BomSubstituteInput(serializers.Serializer):
    item_id = serializers.IntegerField()
    ratio = serializers.DecimalField(max_digits=18, decimal_places=10, required=False)
    rank = serializers.IntegerField(required=False, min_value=0)
    valid_from = serializers.DateField(required=False, allow_null=True)
    valid_to = serializers.DateField(required=False, allow_null=True)


class BomLineInput(serializers.Serializer):
    component_id = serializers.IntegerField()
    quantity = Quantity()
    line_kind = serializers.ChoiceField(BomLineKind.choices, required=False)
    scrap_percent = serializers.DecimalField(max_digits=9, decimal_places=4, required=False)
    fixed_scrap_quantity = Quantity(required=False)
    is_level_skipped = serializers.BooleanField(required=False)
    issue_method = serializers.ChoiceField(IssueMethod.choices, required=False)
    operation_no = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    substitute_group = serializers.CharField(max_length=20, required=False, allow_blank=True)
    material_kind = serializers.ChoiceField(MaterialKind.choices, required=False)
    cost_method = serializers.ChoiceField(OutputCost.choices, required=False, allow_blank=True)
    material_weight = Quantity(required=False)
    conversion_weight = Quantity(required=False, allow_null=True)
    cost_percent = serializers.DecimalField(max_digits=9, decimal_places=4, required=False)
    fixed_amount = serializers.DecimalField(max_digits=18, decimal_places=6, required=False)
    starts_order = serializers.ChoiceField(StartsOrder.choices, required=False, allow_blank=True)
    valid_from = serializers.DateField(required=False, allow_null=True)
    valid_to = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    substitutes = BomSubstituteInput(many=True, required=False)


class BomInput(serializers.Serializer):
    item_id = serializers.IntegerField()
    revision = serializers.CharField(max_length=20, required=False, allow_blank=True)
    quantity = Quantity(required=False)
    valid_from = serializers.DateField(required=False, allow_null=True)
    valid_to = serializers.DateField(required=False, allow_null=True)
    material_weight = Quantity(required=False)
    conversion_weight = Quantity(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)
    lines = BomLineInput(many=True)


class BomChange(serializers.Serializer):
    revision = serializers.CharField(max_length=20, required=False, allow_blank=True)
    quantity = Quantity()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True)
    material_weight = Quantity(required=False)
    conversion_weight = Quantity(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)
    version = serializers.IntegerField(**VERSION)
    lines = BomLineInput(many=True)


class VersionInput(serializers.Serializer):
    """The version of the document that the caller saw."""

    version = serializers.IntegerField(**VERSION)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class PlannedOrderSerializer(ConcordSerializer):
    identity = serializers.CharField(read_only=True)
    is_late = serializers.BooleanField(read_only=True)
    is_past_due = serializers.BooleanField(read_only=True)
    is_for_safety_stock = serializers.BooleanField(read_only=True)
    is_without_bom = serializers.BooleanField(read_only=True)

    class Meta:
        model = PlannedOrder
        fields = (
            "identity",
            "item",
            "due_date",
            "sequence",
            "start_date",
            "need_date",
            "finish_date",
            "quantity",
            "supply_type",
            "is_late",
            "is_past_due",
            "is_for_safety_stock",
            "is_without_bom",
            "demands",
            "more_demands",
        )


class FirmInput(serializers.Serializer):
    identities = serializers.ListField(child=serializers.CharField(max_length=60), min_length=1, max_length=200)
    quantity = Quantity(required=False)
    due_date = serializers.DateField(required=False)


class FirmedSerializer(serializers.Serializer):
    work_order_ids = serializers.ListField(child=serializers.IntegerField())
    announced = serializers.IntegerField()


class PlanVerdictSerializer(ConcordSerializer):
    class Meta:
        model = PlanVerdict
        fields = (
            "id",
            "order_line",
            "due_date",
            "planned_date",
            "days_late",
            "stock_quantity",
            "reason",
            "blocking_item",
            "run_number",
        )


class SupplyAdviceSerializer(ConcordSerializer):
    """``change`` is what is decided on it (``plan-changes``), ``outcome`` what became of that."""

    change = serializers.IntegerField(read_only=True, allow_null=True)
    outcome = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = SupplyAdvice
        fields = ("id", "supply", "kind", "advised_date", "surplus_quantity", "run_number", "change", "outcome")


class PlanRunSerializer(ConcordSerializer):
    class Meta:
        model = PlanRun
        fields = (
            "number",
            "as_of_date",
            "started_at",
            "finished_at",
            "milliseconds",
            "items",
            "demands",
            "supplies",
            "orders",
            "problems",
            "digest",
        )


class MaterialSerializer(ConcordSerializer):
    open_quantity = Quantity(read_only=True)

    class Meta:
        model = WorkOrderMaterial
        fields = (
            "id",
            "line_no",
            "item",
            "required_quantity",
            "issued_quantity",
            "staged_quantity",
            "open_quantity",
            "extra_quantity",
            "uom",
            "unit_factor",
            "material_kind",
            "location",
            "issue_method",
            "operation_no",
            "path",
            "replaces",
        )


class TakenPartSerializer(ConcordSerializer):
    class Meta:
        model = TakenPart
        fields = ("id", "line_no", "item", "planned_quantity", "received_quantity")


class WorkOrderSerializer(ConcordSerializer):
    materials = MaterialSerializer(many=True, read_only=True)
    parts = TakenPartSerializer(many=True, read_only=True)
    open_quantity = Quantity(read_only=True)
    entered_quantity = Quantity(read_only=True, allow_null=True)

    class Meta:
        model = WorkOrder
        fields = (
            *HEADER,
            "kind",
            "origin",
            "item",
            "quantity",
            "uom",
            "unit_factor",
            "entered_quantity",
            "start_date",
            "due_date",
            "warehouse",
            "bom",
            "sales_order_line",
            "project",
            "priority",
            *PROGRESS,
            "material_cost",
            "labour_cost",
            "received_cost",
            "variance",
            "closed_on",
            "materials",
            "parts",
        )


class WorkOrderInput(serializers.Serializer):
    item_id = serializers.IntegerField()
    kind = serializers.ChoiceField(WorkOrderKind.choices, required=False)
    origin_id = serializers.IntegerField(required=False, allow_null=True)
    quantity = Quantity()
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    due_date = serializers.DateField()
    start_date = serializers.DateField(required=False, allow_null=True)
    warehouse_id = serializers.IntegerField(required=False, allow_null=True)
    bom_id = serializers.IntegerField(required=False, allow_null=True)
    sales_order_line_id = serializers.IntegerField(required=False, allow_null=True)
    project_id = serializers.IntegerField(required=False, allow_null=True)
    priority = serializers.IntegerField(required=False, min_value=1, max_value=9)
    note = serializers.CharField(required=False, allow_blank=True)


class WorkOrderChange(serializers.Serializer):
    quantity = Quantity()
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    due_date = serializers.DateField()
    start_date = serializers.DateField()
    warehouse_id = serializers.IntegerField(required=False, allow_null=True)
    bom_id = serializers.IntegerField(required=False, allow_null=True)
    sales_order_line_id = serializers.IntegerField(required=False, allow_null=True)
    project_id = serializers.IntegerField(required=False, allow_null=True)
    priority = serializers.IntegerField(required=False, min_value=1, max_value=9)
    note = serializers.CharField(required=False, allow_blank=True)
    version = serializers.IntegerField(**VERSION)


class RescheduleInput(serializers.Serializer):
    start_date = serializers.DateField()
    due_date = serializers.DateField()
    quantity = Quantity(required=False)
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    priority = serializers.IntegerField(required=False, min_value=1, max_value=9)
    version = serializers.IntegerField(**VERSION)


class IssueLineInput(serializers.Serializer):
    material_id = serializers.IntegerField()
    quantity = Quantity()
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    location_id = serializers.IntegerField(required=False, allow_null=True)
    lot_id = serializers.IntegerField(required=False, allow_null=True)


class ExtraLineInput(IssueLineInput):
    material_id = serializers.IntegerField(required=False, allow_null=True)
    item_id = serializers.IntegerField(required=False, allow_null=True)


class PostingInput(serializers.Serializer):
    """The day something is booked on, and why it is one that is over."""

    posting_date = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class IssueInput(PostingInput):
    lines = IssueLineInput(many=True)


class ExtraRequestInput(serializers.Serializer):
    material_id = serializers.IntegerField()
    quantity = Quantity(min_value=0)
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200)


class IssueKitsInput(PostingInput):
    sets = Quantity()


class SubstituteInput(serializers.Serializer):
    material_id = serializers.IntegerField()
    item_id = serializers.IntegerField(required=False, allow_null=True)
    quantity = Quantity(required=False, allow_null=True)


class SplitInput(serializers.Serializer):
    quantity = Quantity()
    uom_id = serializers.IntegerField(required=False, allow_null=True)


class MergeInput(serializers.Serializer):
    other_ids = serializers.ListField(child=serializers.IntegerField(), allow_empty=False)


class PartReceiptInput(serializers.Serializer):
    part_id = serializers.IntegerField()
    quantity = Quantity(min_value=0)
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    location_id = serializers.IntegerField(required=False, allow_null=True)
    lot_code = serializers.CharField(max_length=60, required=False, allow_blank=True)


class TakeApartInput(PostingInput):
    quantity = Quantity()
    parts = PartReceiptInput(many=True, required=False)


class ExtraInput(PostingInput):
    lines = ExtraLineInput(many=True)


class ReportInput(serializers.Serializer):
    employee_id = serializers.IntegerField()
    operation_id = serializers.IntegerField(required=False, allow_null=True)
    good_quantity = Quantity(required=False)
    scrap_quantity = Quantity(required=False)
    rework_quantity = Quantity(required=False)
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    machine_minutes = Quantity(required=False)
    scrap_reason = serializers.CharField(max_length=200, required=False, allow_blank=True)
    hours = Quantity(required=False)
    report_date = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class LotReceiptInput(serializers.Serializer):
    code = serializers.CharField(max_length=60)
    quantity = Quantity()
    expiry_date = serializers.DateField(required=False, allow_null=True)


class ReceiveInput(PostingInput):
    quantity = Quantity()
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    location_id = serializers.IntegerField(required=False, allow_null=True)
    lots = LotReceiptInput(many=True, required=False)


class ProductionReportSerializer(ConcordSerializer):
    entered_quantity = Quantity(read_only=True, allow_null=True, help_text="Good, as it was typed.")
    entered_scrap_quantity = Quantity(read_only=True, allow_null=True)
    entered_rework_quantity = Quantity(read_only=True, allow_null=True)

    class Meta:
        model = ProductionReport
        fields = (
            "id",
            "work_order",
            "employee",
            "operation",
            "good_quantity",
            "scrap_quantity",
            "rework_quantity",
            "uom",
            "unit_factor",
            "entered_quantity",
            "entered_scrap_quantity",
            "entered_rework_quantity",
            "scrap_reason",
            "hours",
            "machine_minutes",
            "labour_rate",
            "labour_amount",
            "report_date",
            "created_at",
            "actor",
            "reverses",
        )


class ProductionReceiptSerializer(ConcordSerializer):
    entered_quantity = Quantity(read_only=True, allow_null=True)

    class Meta:
        model = ProductionReceipt
        fields = (
            "id",
            "work_order",
            "location",
            "lot",
            "part",
            "quantity",
            "uom",
            "unit_factor",
            "entered_quantity",
            "amount",
            "receipt_date",
            "created_at",
            "actor",
            "reverses",
        )


class PauseInput(serializers.Serializer):
    employee_id = serializers.IntegerField()


class StartInput(PauseInput):
    operation_id = serializers.IntegerField(required=False, allow_null=True)


class FinishInput(StartInput):
    good_quantity = Quantity(required=False)
    scrap_quantity = Quantity(required=False)
    rework_quantity = Quantity(required=False)
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    scrap_reason = serializers.CharField(max_length=200, required=False, allow_blank=True)
