"""Pages of the company's own bank and cash accounts."""

from django.urls import path

from finance.views import bank_accounts

urlpatterns = [
    path("bank-accounts/", bank_accounts.BankAccountList.as_view(), name="bank-account-list"),
    path("bank-accounts/new/", bank_accounts.BankAccountCreate.as_view(), name="bank-account-create"),
    path("bank-accounts/<int:pk>/edit/", bank_accounts.BankAccountEdit.as_view(), name="bank-account-edit"),
]
