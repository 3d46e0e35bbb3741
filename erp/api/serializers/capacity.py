"""What the API of capacity shows and takes."""

from rest_framework import serializers

from core.api.fields import MomentField
from core.api.viewsets import ConcordSerializer
from erp.models import SchedulePlan, SchedulePlanProposal, SchedulePlanRow
from erp.states.demand import ScheduleDirection, ScheduleRule, ScheduleSolver


class SchedulePlanSerializer(ConcordSerializer):
    class Meta:
        model = SchedulePlan
        fields = (
            "id",
            "number",
            "state",
            "direction",
            "rule",
            "solver",
            "is_proven",
            "waits_for_material",
            "with_drafts",
            "with_planned",
            "planned_at",
            "unplaced",
            "owner",
            "note",
            "version",
        )


class SchedulePlanInput(serializers.Serializer):
    direction = serializers.ChoiceField(ScheduleDirection.choices, default=ScheduleDirection.FORWARD)
    rule = serializers.ChoiceField(ScheduleRule.choices, default=ScheduleRule.PRIORITY)
    solver = serializers.ChoiceField(ScheduleSolver.choices, default=ScheduleSolver.RULES)
    waits_for_material = serializers.BooleanField(default=True)
    with_drafts = serializers.BooleanField(default=True)
    with_planned = serializers.BooleanField(default=False)
    note = serializers.CharField(required=False, allow_blank=True, default="")


class SchedulePlanRowSerializer(ConcordSerializer):
    work_order = serializers.IntegerField(source="operation.work_order_id")
    operation_number = serializers.IntegerField(source="operation.number")

    class Meta:
        model = SchedulePlanRow
        fields = (
            "id",
            "plan",
            "operation",
            "operation_number",
            "work_order",
            "work_center",
            "machine",
            "starts_at",
            "ends_at",
            "is_pinned",
            "was_starts_at",
            "was_ends_at",
            "material_date",
        )


class SchedulePlanProposalSerializer(ConcordSerializer):
    class Meta:
        model = SchedulePlanProposal
        fields = (
            "id",
            "plan",
            "identity",
            "item",
            "quantity",
            "due_date",
            "order_line",
            "number",
            "name",
            "name_zh",
            "work_center",
            "machine",
            "starts_at",
            "ends_at",
            "is_pinned",
        )


class MoveInput(serializers.Serializer):
    operation_id = serializers.IntegerField()
    starts_at = MomentField()
    work_center_id = serializers.IntegerField(required=False, allow_null=True)
    version = serializers.IntegerField(required=False)


class FreeInput(serializers.Serializer):
    operation_id = serializers.IntegerField()
    version = serializers.IntegerField(required=False)


class FreePlannedInput(serializers.Serializer):
    identity = serializers.CharField(max_length=60)
    number = serializers.IntegerField()
    version = serializers.IntegerField(required=False)


class MovePlannedInput(FreePlannedInput):
    starts_at = MomentField()
    work_center_id = serializers.IntegerField(required=False, allow_null=True)


class LoadCellSerializer(serializers.Serializer):
    start_date = serializers.DateField(source="start")
    capacity_minutes = serializers.DecimalField(18, 2, source="capacity")
    firm_minutes = serializers.DecimalField(18, 2, source="firm")
    planned_minutes = serializers.DecimalField(18, 2, source="planned")
    percent = serializers.DecimalField(18, 1, allow_null=True)


class CenterLoadSerializer(serializers.Serializer):
    work_center = serializers.IntegerField(source="center.pk")
    code = serializers.CharField(source="center.code")
    cells = LoadCellSerializer(many=True)
