"""Shapes of accounts and bank accounts."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.models import Account, BankAccount
from finance.states import AccountKind, BalanceSide, Dimension


class AccountSerializer(ConcordSerializer):
    dimensions = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Account
        fields = (
            *("id", "code", "name", "name_zh", "kind", "parent", "direction", "dimensions", "is_control", "is_active"),
            "version",
        )


class AccountInput(serializers.Serializer):
    """``dimensions`` are those that every line must name; without ``direction`` the balance stands as usual."""

    version = serializers.IntegerField(required=False)
    code = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=200)
    name_zh = serializers.CharField(max_length=200, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=AccountKind.choices)
    parent_id = serializers.IntegerField(required=False, allow_null=True)
    direction = serializers.ChoiceField(choices=BalanceSide.choices, required=False, allow_blank=True)
    dimensions = serializers.ListField(child=serializers.ChoiceField(choices=Dimension.choices), required=False)
    is_control = serializers.BooleanField(required=False, default=False)
    is_active = serializers.BooleanField(required=False, default=True)


class BankAccountSerializer(ConcordSerializer):
    class Meta:
        model = BankAccount
        fields = (
            *("id", "code", "name", "name_zh", "currency", "account", "bank_name", "account_number", "is_active"),
            "version",
        )


class BankAccountInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    code = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=200)
    name_zh = serializers.CharField(max_length=200, required=False, allow_blank=True)
    currency_id = serializers.IntegerField()
    account_id = serializers.IntegerField()
    bank_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    account_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    is_active = serializers.BooleanField(required=False, default=True)
