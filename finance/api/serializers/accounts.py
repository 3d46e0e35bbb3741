"""Shapes of accounts, bank accounts and periods."""

from core.api.viewsets import ConcordSerializer
from finance.models import (
    Account,
    BankAccount,
)


class AccountSerializer(ConcordSerializer):
    class Meta:
        model = Account
        fields = ("id", "code", "name", "name_zh", "kind", "parent", "is_control", "is_active", "version")


class BankAccountSerializer(ConcordSerializer):
    class Meta:
        model = BankAccount
        fields = (
            "id",
            "code",
            "name",
            "name_zh",
            "currency",
            "account",
            "bank_name",
            "account_number",
            "is_active",
            "version",
        )
