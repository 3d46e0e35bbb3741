"""Root URLs: one namespace per app, the API under /api/v1/."""

from django.urls import include, path

from finance.views.company_setup import CompanySetup

handler403 = "core.views.errors.forbidden"
handler404 = "core.views.errors.not_found"
handler500 = "core.views.errors.defect"

urlpatterns = [
    path("", include("core.urls")),
    path("setup/", CompanySetup.as_view(), name="setup"),
    path("accounts/", include("core.account_urls")),
    path("masterdata/", include("masterdata.urls")),
    path("crm/", include("crm.urls")),
    path("erp/", include("erp.urls")),
    path("scm/", include("scm.urls")),
    path("finance/", include("finance.urls")),
    path("api/v1/", include("config.api_urls")),
]
