"""What the API of corrective actions shows and takes."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from erp.api.serializers.counts import VersionInput
from erp.api.serializers.stock import HEADER
from erp.models import CorrectiveAction

TEXTS = ("description", "containment", "cause", "action", "prevention")


class CorrectiveActionSerializer(ConcordSerializer):
    class Meta:
        model = CorrectiveAction
        fields = (
            *HEADER,
            "title",
            "inspection",
            "return_receipt",
            "item",
            "partner",
            "defect",
            "responsible",
            "due_date",
            *TEXTS,
            "verification",
            "verified_by",
            "closed_on",
        )


class CorrectiveActionInput(serializers.Serializer):
    title = serializers.CharField(max_length=200)
    inspection_id = serializers.IntegerField(required=False, allow_null=True)
    return_receipt_id = serializers.IntegerField(required=False, allow_null=True)
    item_id = serializers.IntegerField(required=False, allow_null=True)
    partner_id = serializers.IntegerField(required=False, allow_null=True)
    defect_id = serializers.IntegerField(required=False, allow_null=True)
    responsible_id = serializers.IntegerField(required=False, allow_null=True)
    due_date = serializers.DateField(required=False, allow_null=True)
    description = serializers.CharField(required=False, allow_blank=True)
    containment = serializers.CharField(required=False, allow_blank=True)
    cause = serializers.CharField(required=False, allow_blank=True)
    action = serializers.CharField(required=False, allow_blank=True)
    prevention = serializers.CharField(required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)


class CorrectiveActionChange(VersionInput):
    title = serializers.CharField(max_length=200, required=False)
    responsible_id = serializers.IntegerField(required=False, allow_null=True)
    due_date = serializers.DateField(required=False, allow_null=True)
    description = serializers.CharField(required=False, allow_blank=True)
    containment = serializers.CharField(required=False, allow_blank=True)
    cause = serializers.CharField(required=False, allow_blank=True)
    action = serializers.CharField(required=False, allow_blank=True)
    prevention = serializers.CharField(required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)


class VerificationInput(VersionInput):
    verification = serializers.CharField()
    worked = serializers.BooleanField()
