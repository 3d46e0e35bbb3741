"""What the API of picking for production and operations shows and takes."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from erp.api.serializers.stock import HEADER, Quantity
from erp.models import (
    BackflushShortage,
    MergedPick,
    MergedPickLine,
    OperationFile,
    PickShare,
    PieceRate,
    PieceWage,
    WorkOrderOperation,
)
from erp.selectors.floor import open_hours, planned_start
from erp.states.making import SplitRule

VERSION = {"required": False, "allow_null": True}


class VersionInput(serializers.Serializer):
    version = serializers.IntegerField(**VERSION)


class PickShareSerializer(ConcordSerializer):
    open_quantity = Quantity(read_only=True)

    class Meta:
        model = PickShare
        fields = (
            "id",
            "work_order",
            "material",
            "rank",
            "planned_quantity",
            "issued_quantity",
            "dropped_quantity",
            "open_quantity",
        )


class MergedPickLineSerializer(ConcordSerializer):
    shares = PickShareSerializer(many=True, read_only=True)

    class Meta:
        model = MergedPickLine
        fields = ("id", "line_no", "item", "location", "pack_quantity", "to_line_side", "shares")


class MergedPickSerializer(ConcordSerializer):
    lines = MergedPickLineSerializer(many=True, read_only=True)

    class Meta:
        model = MergedPick
        fields = (*HEADER, "warehouse", "line_side", "split_rule", "takes_packs", "posting_date", "lines")


class MergedPickInput(serializers.Serializer):
    work_order_ids = serializers.ListField(child=serializers.IntegerField(), allow_empty=False)
    split_rule = serializers.ChoiceField(SplitRule.choices, required=False)
    takes_packs = serializers.BooleanField(required=False)
    line_side_id = serializers.IntegerField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)


class FoundInput(serializers.Serializer):
    line_id = serializers.IntegerField()
    quantity = Quantity()
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    location_id = serializers.IntegerField(required=False, allow_null=True)
    lot_id = serializers.IntegerField(required=False, allow_null=True)


class PostPickInput(VersionInput):
    found = FoundInput(many=True)
    posting_date = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ScanPickInput(VersionInput):
    """``code`` of an item, lot or barcode, also 5*CODE; the line and the place only when there are several."""

    code = serializers.CharField(max_length=100)
    quantity = Quantity(required=False, allow_null=True)
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    line_id = serializers.IntegerField(required=False, allow_null=True)
    location_id = serializers.IntegerField(required=False, allow_null=True)


class ScannedGoodsSerializer(serializers.Serializer):
    """Goods of a code that an open line asks for; ``usual_quantity`` is what the walk takes there."""

    line = serializers.IntegerField()
    item = serializers.IntegerField()
    location = serializers.IntegerField()
    lot = serializers.IntegerField(allow_null=True)
    on_hand = Quantity()
    still_open = Quantity()
    usual_quantity = Quantity()


class RefusedRetrySerializer(serializers.Serializer):
    work_order = serializers.IntegerField()
    code = serializers.CharField()
    message = serializers.CharField()


class RetriedSerializer(serializers.Serializer):
    left = serializers.IntegerField(help_text="Errors that are still open.")
    refused = RefusedRetrySerializer(many=True)
    booked_on = serializers.ListField(
        child=serializers.DateField(),
        help_text="The days of the reports while their periods are open and the goods lay there, else today.",
    )


class BackflushShortageSerializer(ConcordSerializer):
    class Meta:
        model = BackflushShortage
        fields = (
            "id",
            "work_order",
            "material",
            "item",
            "location",
            "missing_quantity",
            "reason_code",
            "report",
            "report_date",
            "created_at",
            "resolved_at",
        )


class OperationSerializer(ConcordSerializer):
    """``planned_start``: a moment when it is scheduled, else the day its order does; ``open_hours``: standard work."""

    planned_start = serializers.SerializerMethodField()
    open_hours = serializers.SerializerMethodField()

    def get_planned_start(self, step: WorkOrderOperation) -> str:
        return planned_start(step).isoformat()

    def get_open_hours(self, step: WorkOrderOperation) -> str:
        return str(open_hours(step))

    class Meta:
        model = WorkOrderOperation
        fields = (
            "id",
            "work_order",
            "number",
            "routing",
            "name",
            "name_zh",
            "work_center",
            "setup_minutes",
            "run_minutes",
            "is_count_point",
            "is_subcontracted",
            "supplier",
            "good_quantity",
            "scrap_quantity",
            "rework_quantity",
            "state",
            "responsible",
            "rank",
            "planned_start",
            "open_hours",
        )


class PersonLoadSerializer(serializers.Serializer):
    """What waits on the floor for one person; ``employee`` null: given to nobody yet."""

    employee = serializers.IntegerField(source="employee.pk", default=None, allow_null=True)
    steps = serializers.IntegerField()
    hours = serializers.DecimalField(max_digits=18, decimal_places=1)
    first = serializers.DateField()


class OperationFileSerializer(ConcordSerializer):
    """A file at an operation; it counts from ``attached_at`` until ``withdrawn_at``. The bytes: routings/…/files/…/."""

    name = serializers.CharField(source="attachment.name", read_only=True)
    size = serializers.IntegerField(source="attachment.size", read_only=True)
    sha256 = serializers.CharField(source="attachment.sha256", read_only=True)
    uploaded_by = serializers.IntegerField(source="attachment.uploaded_by_id", read_only=True)

    class Meta:
        model = OperationFile
        fields = (
            *("id", "routing", "operation_no", "name", "revision", "size", "sha256", "uploaded_by", "attached_at"),
            *("reason", "withdrawn_at", "withdrawn_by", "withdrawal_reason"),
        )


class OperationFileUpload(serializers.Serializer):
    """A file for one operation; one of the same name that is there is replaced from now on."""

    operation_no = serializers.IntegerField(min_value=1)
    file = serializers.FileField()
    revision = serializers.CharField(required=False, max_length=20, help_text="Without one it gets the next.")
    reason = serializers.CharField(required=False, max_length=200, help_text="Needed where the routing is released.")


class OperationFileWithdrawal(serializers.Serializer):
    file_id = serializers.IntegerField()
    reason = serializers.CharField(required=False, max_length=200, help_text="Needed where the routing is released.")


class DispatchRowInput(serializers.Serializer):
    operation_id = serializers.IntegerField()
    responsible_id = serializers.IntegerField(required=False, allow_null=True)
    rank = serializers.IntegerField(required=False, min_value=0, max_value=99999)


class DispatchInput(serializers.Serializer):
    rows = DispatchRowInput(many=True)


class PieceRateSerializer(ConcordSerializer):
    class Meta:
        model = PieceRate
        fields = ("id", "item", "operation_no", "valid_from", "rate")


class PieceRateInput(serializers.Serializer):
    item_id = serializers.IntegerField()
    operation_no = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    valid_from = serializers.DateField()
    rate = serializers.DecimalField(18, 6, min_value=0)


class PieceWageSerializer(ConcordSerializer):
    class Meta:
        model = PieceWage
        fields = ("id", "report", "employee", "work_order", "operation", "quantity", "rate", "amount", "wage_date")


class WageSumSerializer(serializers.Serializer):
    """What one employee earned by pieces in one month, ``month`` its first day; base currency."""

    month = serializers.DateField()
    employee = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    pieces = Quantity()
    wage = serializers.DecimalField(18, 4)
