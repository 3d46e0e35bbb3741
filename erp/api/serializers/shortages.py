"""What the API of shortages shows and takes."""

from rest_framework import serializers

from erp.api.serializers.stock import Quantity


class ShortageSerializer(serializers.Serializer):
    """What neither stock nor expected supply covers, in the stock unit; first need and release, last possible day."""

    item = serializers.IntegerField(source="item_id")
    code = serializers.CharField(source="item__code")
    supply_type = serializers.CharField()
    quantity = Quantity()
    orders = serializers.IntegerField()
    needed = serializers.DateField()
    start = serializers.DateField()
    possible = serializers.DateField()


class RequestShortagesInput(serializers.Serializer):
    """Items of which all that is planned and needed until a day is ordered."""

    item_ids = serializers.ListField(child=serializers.IntegerField(), allow_empty=False, max_length=200)
    until = serializers.DateField()
