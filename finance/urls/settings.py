"""Pages of the settings of receivables and payables."""

from django.urls import path

from finance.views import settings

urlpatterns = [
    path("settings/", settings.Settings.as_view(), name="settings"),
    path("settings/provision/", settings.ProvisionBands.as_view(), name="provision-bands"),
    path("settings/match-tolerances/", settings.ToleranceList.as_view(), name="tolerance-list"),
    path("settings/match-tolerances/new/", settings.ToleranceCreate.as_view(), name="tolerance-create"),
    path("settings/match-tolerances/<int:pk>/", settings.ToleranceEdit.as_view(), name="tolerance-edit"),
]
