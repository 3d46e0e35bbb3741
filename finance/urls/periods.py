"""Pages of the fiscal periods."""

from django.urls import path

from finance.views import periods

urlpatterns = [
    path("periods/", periods.PeriodList.as_view(), name="period-list"),
    path("periods/new-year/", periods.CreateYear.as_view(), name="year-create"),
    path("periods/<int:pk>/", periods.PeriodDetail.as_view(), name="period-detail"),
    path("periods/<int:pk>/close/", periods.ClosePeriod.as_view(), name="period-close"),
    path("periods/<int:pk>/reopen/", periods.ReopenPeriod.as_view(), name="period-reopen"),
    path("periods/<int:pk>/checks/<slug:code>/", periods.PeriodCheck.as_view(), name="period-check"),
    path("periods/<int:pk>/<slug:module>/close/", periods.CloseModule.as_view(), name="module-close"),
    path("periods/<int:pk>/<slug:module>/hold/", periods.HoldModule.as_view(), name="module-hold"),
    path("periods/<int:pk>/<slug:module>/release/", periods.ReleaseModule.as_view(), name="module-release"),
    path("periods/<int:pk>/<slug:module>/reopen/", periods.ReopenModule.as_view(), name="module-reopen"),
]
