"""Pages of the general ledger."""

from django.urls import path

from finance.views import entries, trial_balance

urlpatterns = [
    path("entries/", entries.EntryList.as_view(), name="entry-list"),
    path("entries/<int:pk>/", entries.EntryDetail.as_view(), name="entry-detail"),
    path("trial-balance/", trial_balance.TrialBalancePage.as_view(), name="trial-balance"),
]
