"""What the API of stock by project and order shows and takes."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from erp.api.serializers.stock import Quantity
from erp.api.serializers.stock_control import ReservationSerializer
from erp.models import ProjectTransfer, ProjectTransferLine


class ProjectStockSerializer(ReservationSerializer):
    """What is kept for a project or an order: ``kind`` project is the project's own, without an order."""

    project = serializers.IntegerField(source="demand.project_id")
    warehouse = serializers.IntegerField(source="balance.location.warehouse_id")

    class Meta(ReservationSerializer.Meta):
        fields: tuple[str, ...] = (
            "id",
            "project",
            "item",
            "quantity",
            "kind",
            "source_label",
            "source_id",
            "source_number",
            "warehouse",
            "location",
            "lot",
            "created_at",
        )


class PositionSerializer(serializers.Serializer):
    """One item of a project, stock unit."""

    item = serializers.IntegerField(source="item.pk")
    item_code = serializers.CharField(source="item.code")
    on_hand = Quantity()
    free = Quantity()
    inspected = Quantity()
    on_order = Quantity()
    in_production = Quantity()
    needed = Quantity()
    common = Quantity()
    short = Quantity()


class PositionQuestion(serializers.Serializer):
    project = serializers.IntegerField(min_value=1)


class MoveProjectStockInput(serializers.Serializer):
    """No project is common stock."""

    item_id = serializers.IntegerField()
    quantity = Quantity()
    from_project_id = serializers.IntegerField(required=False, allow_null=True)
    to_project_id = serializers.IntegerField(required=False, allow_null=True)
    warehouse_id = serializers.IntegerField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200)


class ProjectTransferLineSerializer(ConcordSerializer):
    class Meta:
        model = ProjectTransferLine
        fields = ("id", "line_no", "item", "location", "lot", "quantity")


class ProjectTransferSerializer(ConcordSerializer):
    """A transfer between projects; no project is common stock."""

    lines = ProjectTransferLineSerializer(many=True, read_only=True)

    class Meta:
        model = ProjectTransfer
        fields = (
            "id",
            "number",
            "transfer_date",
            "created_at",
            "actor",
            "from_project",
            "to_project",
            "warehouse",
            "reason",
            "lines",
        )


class ProjectTransferLineInput(serializers.Serializer):
    item_id = serializers.IntegerField(min_value=1)
    quantity = Quantity()


class ProjectTransferInput(serializers.Serializer):
    """No project is common stock."""

    from_project_id = serializers.IntegerField(required=False, allow_null=True)
    to_project_id = serializers.IntegerField(required=False, allow_null=True)
    warehouse_id = serializers.IntegerField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200)
    lines = ProjectTransferLineInput(many=True)
