"""Pages of the general ledger."""

from django.urls import path

from finance.views import entries, ledgers, trial_balance

urlpatterns = [
    path("entries/", entries.EntryList.as_view(), name="entry-list"),
    path("entries/<int:pk>/", entries.EntryDetail.as_view(), name="entry-detail"),
    path("trial-balance/", trial_balance.TrialBalancePage.as_view(), name="trial-balance"),
    path("general-ledger/", ledgers.GeneralLedger.as_view(), name="general-ledger"),
    path("dimension-balances/", ledgers.DimensionBalances.as_view(), name="dimension-balances"),
]
