"""What the API of changes of the plan shows and takes."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from erp.models import PlanChange


class PlanChangeSerializer(ConcordSerializer):
    class Meta:
        model = PlanChange
        fields = (
            "id",
            "kind",
            "outcome",
            "run_number",
            "item",
            "source_label",
            "source_id",
            "source_number",
            "order_line",
            "old_date",
            "new_date",
            "old_quantity",
            "quantity",
            "cause",
            "cause_label",
            "cause_id",
            "cause_number",
            "created_at",
            "decided_at",
            "decided_by",
            "note",
        )


class ChangesInput(serializers.Serializer):
    """Changes to decide on."""

    change_ids = serializers.ListField(child=serializers.IntegerField(), allow_empty=False, max_length=200)


class DismissInput(ChangesInput):
    """Why nothing is done; ``to_stock``: what is left over comes to free stock."""

    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    to_stock = serializers.BooleanField(default=False)
