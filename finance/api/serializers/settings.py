"""Shapes of the settings of the ledger and of receivables and payables, and of the account mapping."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.api.serializers.fields import Money
from finance.models import AccountMapping, FinanceSettings, LedgerSettings
from finance.states import AccountRole, VoucherGrouping, VoucherNaming


class LedgerSettingsSerializer(ConcordSerializer):
    class Meta:
        model = LedgerSettings
        fields = ("version", "voucher_grouping", "voucher_naming", "vouchers_required", "carry_over_required")


class LedgerSettingsInput(serializers.Serializer):
    version = serializers.IntegerField(required=False)
    voucher_grouping = serializers.ChoiceField(choices=VoucherGrouping.choices)
    voucher_naming = serializers.ChoiceField(choices=VoucherNaming.choices)
    vouchers_required = serializers.BooleanField()
    carry_over_required = serializers.BooleanField()


class ReceivableSettingsSerializer(ConcordSerializer):
    class Meta:
        model = FinanceSettings
        fields = ("version", "write_off_tolerance", "grni_tolerance", "dunning_interval_days", "service_tax_code")


class ReceivableSettingsInput(serializers.Serializer):
    """Tolerances are in base currency."""

    version = serializers.IntegerField(required=False)
    write_off_tolerance = Money()
    grni_tolerance = Money()
    dunning_interval_days = serializers.IntegerField(min_value=0, max_value=365)
    service_tax_code = serializers.CharField(max_length=19, required=False, allow_blank=True)


class MappingSerializer(ConcordSerializer):
    class Meta:
        model = AccountMapping
        fields = ("id", "version", "role", "category", "account")


class MappingInput(serializers.Serializer):
    """Without a category the account counts for all; without an account a category loses its own."""

    role = serializers.ChoiceField(choices=AccountRole.choices)
    category_id = serializers.IntegerField(required=False, allow_null=True)
    account_id = serializers.IntegerField(allow_null=True)
