"""Routes of accounts and bank accounts."""

from finance.api.serializers import accounts as shapes
from finance.api.viewsets.receivable_settings import SavedViewSet
from finance.filters.bank_accounts import BankAccountFilter
from finance.models import Account, BankAccount
from finance.services import accounts


class AccountViewSet(SavedViewSet):
    queryset = Account.objects.order_by("code")
    serializer_class = shapes.AccountSerializer
    input_serializer_class = shapes.AccountInput
    permission_required = "finance.view_account"
    create_service = accounts.save_account
    saved_key = "account_id"


class BankAccountViewSet(SavedViewSet):
    queryset = BankAccount.objects.order_by("code")
    serializer_class = shapes.BankAccountSerializer
    input_serializer_class = shapes.BankAccountInput
    filterset_class = BankAccountFilter
    permission_required = "finance.view_bankaccount"
    create_service = accounts.save_bank_account
    saved_key = "bank_account_id"
