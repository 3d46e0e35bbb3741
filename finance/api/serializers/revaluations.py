"""Shapes of currency revaluations."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.api.serializers.fields import HEADER, Money
from finance.models import Revaluation, RevaluationLine


class RevaluationLineSerializer(ConcordSerializer):
    difference = Money(read_only=True)

    class Meta:
        model = RevaluationLine
        fields = (
            "account",
            "partner",
            "currency",
            "currency_amount",
            "booked_amount",
            "rate",
            "valued_amount",
            "difference",
        )


class RevaluationSerializer(ConcordSerializer):
    lines = RevaluationLineSerializer(many=True, read_only=True)

    class Meta:
        model = Revaluation
        fields = (*HEADER, "difference", "lines")


class RevaluationInput(serializers.Serializer):
    document_date = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)
