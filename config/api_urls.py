"""The REST API: every app's routes under one version."""

from django.urls import include, path

app_name = "api"

urlpatterns = [
    path("", include("core.api.urls")),
    path("masterdata/", include("masterdata.api.urls")),
    path("crm/", include("crm.api.urls")),
    path("erp/", include("erp.api.urls")),
    path("scm/", include("scm.api.urls")),
    path("finance/", include("finance.api.urls")),
]
