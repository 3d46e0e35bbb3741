"""Shapes of the journals of the general ledger."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from finance.models import LedgerJournal
from finance.states import Journal, VoucherSeries


class JournalSerializer(ConcordSerializer):
    class Meta:
        model = LedgerJournal
        fields = (
            *("id", "version", "code", "name", "name_zh", "kind", "series", "debit_account", "credit_account"),
            *("is_standard", "is_active"),
        )


class JournalInput(serializers.Serializer):
    """Without a series vouchers are named as the ledger settings say."""

    version = serializers.IntegerField(required=False)
    code = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=200)
    name_zh = serializers.CharField(max_length=200, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=Journal.choices, required=False)
    series = serializers.ChoiceField(choices=VoucherSeries.choices, required=False, allow_blank=True)
    debit_account_id = serializers.IntegerField(required=False, allow_null=True)
    credit_account_id = serializers.IntegerField(required=False, allow_null=True)
    is_active = serializers.BooleanField(required=False, default=True)
