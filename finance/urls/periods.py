"""Pages of the fiscal periods."""

from django.urls import path

from finance.views import periods

urlpatterns = [
    path("periods/", periods.PeriodList.as_view(), name="period-list"),
    path("periods/new-year/", periods.CreateYear.as_view(), name="year-create"),
    path("periods/<int:pk>/close/", periods.ClosePeriod.as_view(), name="period-close"),
    path("periods/<int:pk>/reopen/", periods.ReopenPeriod.as_view(), name="period-reopen"),
]
