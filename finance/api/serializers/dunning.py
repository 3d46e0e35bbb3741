"""Shapes of dunning letters."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.api.serializers.fields import HEADER
from finance.models import DunningLetter, DunningLine


class DunningLineSerializer(ConcordSerializer):
    class Meta:
        model = DunningLine
        fields = ("instalment", "due_date", "days_overdue", "amount")


class DunningLetterSerializer(ConcordSerializer):
    lines = DunningLineSerializer(many=True, read_only=True)

    class Meta:
        model = DunningLetter
        fields = (*HEADER, "partner", "level", "pay_until", "amount", "lines")


class LettersInput(serializers.Serializer):
    partner_ids = serializers.ListField(child=serializers.IntegerField(), min_length=1)
    document_date = serializers.DateField(required=False, allow_null=True)
