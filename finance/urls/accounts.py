"""Pages of the chart of accounts and its mapping."""

from django.urls import path

from finance.views import accounts

urlpatterns = [
    path("accounts/", accounts.ChartOfAccounts.as_view(), name="account-list"),
    path("accounts/new/", accounts.AccountCreate.as_view(), name="account-create"),
    path("accounts/<int:pk>/", accounts.AccountDetail.as_view(), name="account-detail"),
    path("accounts/<int:pk>/edit/", accounts.AccountEdit.as_view(), name="account-edit"),
    path("account-mapping/", accounts.MappingList.as_view(), name="mapping-list"),
    path("account-mapping/complete/", accounts.CompleteMapping.as_view(), name="mapping-complete"),
    path("account-mapping/edit/", accounts.MappingEdit.as_view(), name="mapping-edit"),
]
