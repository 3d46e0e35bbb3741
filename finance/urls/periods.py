"""Pages of the fiscal periods."""

from django.urls import path

from finance.views import carry_over, periods, proofs

urlpatterns = [
    path("periods/", periods.PeriodList.as_view(), name="period-list"),
    path("proof/", proofs.BreachList.as_view(), name="breach-list"),
    path("periods/new-year/", periods.CreateYear.as_view(), name="year-create"),
    path("periods/<int:pk>/", periods.PeriodDetail.as_view(), name="period-detail"),
    path("periods/<int:pk>/close/", periods.ClosePeriod.as_view(), name="period-close"),
    path("periods/<int:pk>/reopen/", periods.ReopenPeriod.as_view(), name="period-reopen"),
    path("periods/<int:pk>/carry-over/", carry_over.CarryOverPage.as_view(), name="carry-over"),
    path("periods/<int:pk>/carry-over/run/", carry_over.RunCarryOver.as_view(), name="carry-over-run"),
    path("periods/<int:pk>/carry-over/undo/", carry_over.UndoCarryOver.as_view(), name="carry-over-undo"),
    path("periods/<int:pk>/year-end/run/", carry_over.EndYear.as_view(), name="year-end-run"),
    path("periods/<int:pk>/year-end/undo/", carry_over.UndoYearEnd.as_view(), name="year-end-undo"),
    path("periods/<int:pk>/checks/<slug:code>/", periods.PeriodCheck.as_view(), name="period-check"),
    path("periods/<int:pk>/<slug:module>/close/", periods.CloseModule.as_view(), name="module-close"),
    path("periods/<int:pk>/<slug:module>/hold/", periods.HoldModule.as_view(), name="module-hold"),
    path("periods/<int:pk>/<slug:module>/release/", periods.ReleaseModule.as_view(), name="module-release"),
    path("periods/<int:pk>/<slug:module>/reopen/", periods.ReopenModule.as_view(), name="module-reopen"),
]
