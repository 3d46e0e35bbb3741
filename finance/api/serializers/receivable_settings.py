"""Shapes of the settings of receivables and payables: match tolerances, provision bands, dunning levels and blocks."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.api.serializers.fields import Money
from finance.models import DunningBlock, DunningLevel, MatchTolerance
from finance.states import AgeBucket


class Percent(serializers.DecimalField):
    """A percentage with up to four decimals, as a string."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(max_digits=9, decimal_places=4, **kwargs)


class ToleranceSerializer(ConcordSerializer):
    class Meta:
        model = MatchTolerance
        fields = ("id", "version", "partner", "quantity_percent", "price_percent", "total_amount")


class ToleranceInput(serializers.Serializer):
    """Without a supplier it counts for all that have none of their own."""

    version = serializers.IntegerField(required=False)
    partner_id = serializers.IntegerField(required=False, allow_null=True)
    quantity_percent = Percent()
    price_percent = Percent()
    total_amount = Money(required=False, allow_null=True)


class BandSerializer(serializers.Serializer):
    """How much of what is open in one band of age is provided for."""

    bucket = serializers.ChoiceField(choices=AgeBucket.choices)
    percent = Percent()


class BandsInput(serializers.Serializer):
    bands = BandSerializer(many=True, allow_empty=False)


class DunningLevelSerializer(ConcordSerializer):
    class Meta:
        model = DunningLevel
        fields = ("id", "version", "level", "days_overdue", "title", "title_zh", "text", "text_zh")


class DunningLevelInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    level = serializers.IntegerField(min_value=1, max_value=20)
    days_overdue = serializers.IntegerField(min_value=0, max_value=3650)
    title = serializers.CharField(max_length=120)
    title_zh = serializers.CharField(max_length=120)
    text = serializers.CharField()
    text_zh = serializers.CharField()


class DunningBlockSerializer(ConcordSerializer):
    class Meta:
        model = DunningBlock
        fields = ("id", "version", "partner", "until", "reason")


class DunningBlockInput(serializers.Serializer):
    partner_id = serializers.IntegerField()
    until = serializers.DateField(required=False, allow_null=True)
    reason_text = serializers.CharField(max_length=200)
