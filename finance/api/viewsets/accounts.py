"""Routes of accounts and bank accounts."""

from core.api.viewsets import DocumentViewSet
from finance.api.serializers import accounts as shapes
from finance.models import Account, BankAccount


class AccountViewSet(DocumentViewSet):
    queryset = Account.objects.order_by("code")
    serializer_class = shapes.AccountSerializer
    permission_required = "finance.view_account"


class BankAccountViewSet(DocumentViewSet):
    queryset = BankAccount.objects.order_by("code")
    serializer_class = shapes.BankAccountSerializer
    permission_required = "finance.view_bankaccount"
