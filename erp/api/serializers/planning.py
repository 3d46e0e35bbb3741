"""Shapes of the settings of planning."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from erp.models import PlanningSettings
from erp.states import ForecastPeriod, PromiseRule, ScrapConvention

RULES = (
    "scrap_convention",
    "reschedule_days",
    "dampener_days",
    "default_lead_days",
    "increase_days",
    "near_days",
    "forecast_period",
    "net_phantoms",
    "substitute_partly",
    "joint_orders",
    "promise_rule",
    "promise_keeps_safety_stock",
    "promise_makes_orders",
)


class PlanningSettingsSerializer(ConcordSerializer):
    class Meta:
        model = PlanningSettings
        fields = ("version", *RULES)


class PlanningSettingsInput(serializers.Serializer):
    """All rules at once: what is read, with what is to change. Days are calendar days, lead times working days."""

    version = serializers.IntegerField(required=False)
    scrap_convention = serializers.ChoiceField(ScrapConvention.choices)
    reschedule_days = serializers.IntegerField(min_value=0, max_value=32767)
    dampener_days = serializers.IntegerField(min_value=0, max_value=32767)
    default_lead_days = serializers.IntegerField(min_value=0, max_value=32767)
    increase_days = serializers.IntegerField(min_value=0, max_value=32767, allow_null=True)
    near_days = serializers.IntegerField(min_value=0, max_value=32767)
    forecast_period = serializers.ChoiceField(ForecastPeriod.choices)
    net_phantoms = serializers.BooleanField()
    substitute_partly = serializers.BooleanField()
    joint_orders = serializers.BooleanField()
    promise_rule = serializers.ChoiceField(PromiseRule.choices)
    promise_keeps_safety_stock = serializers.BooleanField()
    promise_makes_orders = serializers.BooleanField()
