"""What the API of inspection plans, inspections and defect codes shows and takes."""

from typing import Any

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from erp.api.serializers.counts import VersionInput
from erp.api.serializers.packing import Quantity
from erp.api.serializers.stock import HEADER
from erp.engines.sampling import AQLS
from erp.models import (
    DefectCode,
    Inspection,
    InspectionDefect,
    InspectionDisposition,
    InspectionGoods,
    InspectionLine,
    InspectionPlan,
    PlanCharacteristic,
)
from erp.states import (
    CharacteristicKind,
    DefectSeverity,
    Disposition,
    InspectionKind,
    InspectionLevel,
    SamplingMethod,
)

CHARACTERISTIC = ("line_no", "name", "kind", "unit", "target", "lower", "upper", "is_critical", "method", "instrument")


class DefectCodeSerializer(ConcordSerializer):
    class Meta:
        model = DefectCode
        fields = ("id", "code", "name", "name_zh", "severity", "is_active", "version")


class DefectCodeInput(serializers.Serializer):
    code = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=200)
    name_zh = serializers.CharField(max_length=200, required=False, allow_blank=True)
    severity = serializers.ChoiceField(DefectSeverity.choices, required=False)
    is_active = serializers.BooleanField(required=False)


class PlanCharacteristicSerializer(ConcordSerializer):
    class Meta:
        model = PlanCharacteristic
        fields = ("id", *CHARACTERISTIC, "sample_number")


class InspectionPlanSerializer(ConcordSerializer):
    lines = PlanCharacteristicSerializer(many=True, read_only=True)

    class Meta:
        model = InspectionPlan
        fields = (
            *HEADER,
            "kind",
            "item",
            "category",
            "operation_no",
            "revision",
            "replaces",
            "valid_from",
            "valid_to",
            "sampling",
            "sample_number",
            "sample_percent",
            "aql",
            "level",
            "needs_certificate",
            "lines",
        )


class CharacteristicInput(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(CharacteristicKind.choices)
    unit = serializers.CharField(max_length=20, required=False, allow_blank=True)
    target = Quantity(required=False, allow_null=True)
    lower = Quantity(required=False, allow_null=True)
    upper = Quantity(required=False, allow_null=True)
    sample_number = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    is_critical = serializers.BooleanField(required=False)
    method = serializers.CharField(max_length=120, required=False, allow_blank=True)
    instrument = serializers.CharField(max_length=80, required=False, allow_blank=True)


class InspectionPlanInput(serializers.Serializer):
    kind = serializers.ChoiceField(InspectionKind.choices)
    item_id = serializers.IntegerField(required=False, allow_null=True)
    category_id = serializers.IntegerField(required=False, allow_null=True)
    operation_no = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=9999)
    valid_from = serializers.DateField(required=False, allow_null=True)
    valid_to = serializers.DateField(required=False, allow_null=True)
    sampling = serializers.ChoiceField(SamplingMethod.choices, required=False)
    sample_number = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    sample_percent = serializers.DecimalField(9, 4, required=False, allow_null=True, min_value=0, max_value=100)
    aql = serializers.ChoiceField(AQLS, required=False, allow_blank=True)
    level = serializers.ChoiceField(InspectionLevel.choices, required=False)
    needs_certificate = serializers.BooleanField(required=False)
    note = serializers.CharField(required=False, allow_blank=True)
    lines = CharacteristicInput(many=True)


class InspectionLineSerializer(ConcordSerializer):
    values = serializers.SerializerMethodField()

    class Meta:
        model = InspectionLine
        fields = ("id", *CHARACTERISTIC, "sample_size", "failed", "values")

    def get_values(self, line: InspectionLine) -> list[dict[str, Any]]:
        return [
            {"sample_no": one.sample_no, "value": str(one.value), "passes": one.passes} for one in line.values.all()
        ]


class InspectionDefectSerializer(ConcordSerializer):
    class Meta:
        model = InspectionDefect
        fields = ("code", "quantity", "note")


class InspectionDispositionSerializer(ConcordSerializer):
    class Meta:
        model = InspectionDisposition
        fields = ("disposition", "quantity", "to_location", "note")


class InspectionGoodsSerializer(ConcordSerializer):
    dispositions = InspectionDispositionSerializer(many=True, read_only=True)

    class Meta:
        model = InspectionGoods
        fields = ("id", "lot", "location", "quantity", "source_line_id", "dispositions")


class GoodsRowSerializer(serializers.Serializer):
    """What is still there of inspected goods, and where; null when the inspection is not open any more."""

    id = serializers.IntegerField(source="goods.pk")
    lot = serializers.IntegerField(source="goods.lot_id", allow_null=True)
    location = serializers.IntegerField(source="goods.location_id", allow_null=True)
    inspected = Quantity(source="goods.quantity")
    decided = Quantity()
    still_there = Quantity(source="there", allow_null=True)
    had_left = Quantity(source="left")


class InspectionSerializer(ConcordSerializer):
    lines = InspectionLineSerializer(many=True, read_only=True)
    goods = InspectionGoodsSerializer(many=True, read_only=True)
    defects = InspectionDefectSerializer(many=True, read_only=True)

    class Meta:
        model = Inspection
        fields = (
            *HEADER,
            "kind",
            "item",
            "quantity",
            "plan",
            "source_label",
            "source_id",
            "source_number",
            "partner",
            "work_order",
            "operation_no",
            "work_center",
            "parent",
            "sample_size",
            "accept_number",
            "reject_number",
            "defective",
            "verdict",
            "inspector",
            "inspected_at",
            "decided_by",
            "decided_at",
            "lines",
            "goods",
            "defects",
        )


class InspectionInput(serializers.Serializer):
    kind = serializers.ChoiceField(InspectionKind.choices)
    item_id = serializers.IntegerField()
    quantity = Quantity(min_value=0)
    lot_code = serializers.CharField(max_length=60, required=False, allow_blank=True)
    location_id = serializers.IntegerField(required=False, allow_null=True)
    work_order_id = serializers.IntegerField(required=False, allow_null=True)
    operation_no = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=9999)
    work_center_id = serializers.IntegerField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)


class LineResultInput(serializers.Serializer):
    line_id = serializers.IntegerField()
    values = serializers.ListField(child=Quantity(allow_null=True), required=False)
    failed = serializers.IntegerField(required=False, allow_null=True, min_value=0)


class DefectInput(serializers.Serializer):
    code_id = serializers.IntegerField()
    quantity = serializers.IntegerField(min_value=1)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ResultsInput(VersionInput):
    lines = LineResultInput(many=True, required=False)
    defects = DefectInput(many=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Give the service its shape."""
        lines = attrs.pop("lines", [])
        values = {row["line_id"]: row["values"] for row in lines if "values" in row}
        failed = {row["line_id"]: row["failed"] for row in lines if "failed" in row}
        return attrs | {"values": values, "failed": failed}


class UndoFindingInput(serializers.Serializer):
    line_id = serializers.IntegerField(required=False, allow_null=True)


class FindingInput(UndoFindingInput):
    code = serializers.CharField(max_length=60)


class FinishInput(VersionInput):
    defective = serializers.IntegerField(required=False, allow_null=True, min_value=0)


class DispositionInput(serializers.Serializer):
    goods_id = serializers.IntegerField()
    disposition = serializers.ChoiceField(Disposition.choices)
    quantity = Quantity(min_value=0)
    location_id = serializers.IntegerField(required=False, allow_null=True)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class DecisionInput(VersionInput):
    dispositions = DispositionInput(many=True)
