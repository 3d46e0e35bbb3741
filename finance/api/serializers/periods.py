"""Shapes of fiscal periods, their modules and the checks of their close."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.models import FiscalPeriod, ModulePeriod
from finance.selectors.close.base import Finding
from finance.states import PeriodModule


class ModulePeriodSerializer(ConcordSerializer):
    class Meta:
        model = ModulePeriod
        fields = ("module", "state", "version")


class FiscalPeriodSerializer(ConcordSerializer):
    modules = ModulePeriodSerializer(many=True, read_only=True)

    class Meta:
        model = FiscalPeriod
        fields = ("id", "year", "month", "d0", "d1", "state", "version", "modules")


class PeriodInput(serializers.Serializer):
    """Without ``module`` the whole period."""

    module = serializers.ChoiceField(choices=PeriodModule.choices, required=False)
    reason = serializers.CharField(required=False, allow_blank=True)


class ModuleInput(serializers.Serializer):
    """One module of a period."""

    module = serializers.ChoiceField(choices=PeriodModule.choices)


class CloseOffenceSerializer(serializers.Serializer):
    """One row that keeps a period open."""

    label = serializers.CharField()
    url = serializers.CharField()
    detail = serializers.CharField()
    date = serializers.DateField(allow_null=True)


class CloseFindingSerializer(serializers.Serializer):
    """One check of the close and what it found."""

    code = serializers.CharField(source="check.code")
    module = serializers.CharField(source="check.module")
    name = serializers.SerializerMethodField()
    owner = serializers.CharField(source="check.owner")
    passed = serializers.BooleanField()
    count = serializers.IntegerField()
    rows = CloseOffenceSerializer(many=True)

    def get_name(self, finding: Finding) -> str:
        return str(finding.check.name)
