"""Pages of forecasts, the master schedule, stocking advice."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from erp.services import forecasts as services
from erp.services import schedules
from erp.views import capacity, forecasts, master_schedule, stocking
from erp.views.verbs import verb_view

PAGE = forecasts.ForecastPage
PLAN = capacity.SchedulePlanPage

urlpatterns = [
    path("capacity/", capacity.CapacityPage.as_view(), name="capacity"),
    path("capacity/<int:pk>/", capacity.CenterLoadPage.as_view(), name="capacity-center"),
    path("schedule/", capacity.LiveSchedule.as_view(), name="schedule"),
    path("schedules/", capacity.SchedulePlanList.as_view(), name="schedule-plan-list"),
    path("schedules/new/", capacity.MakeSchedulePlan.as_view(), name="schedule-plan-create"),
    path("schedules/<int:pk>/", PLAN.as_view(), name="schedule-plan"),
    path("schedules/<int:pk>/move/", capacity.MoveOperation.as_view(page=PLAN), name="schedule-plan-move"),
    path("schedules/<int:pk>/free/", capacity.FreeOperation.as_view(page=PLAN), name="schedule-plan-free"),
    path(
        "schedules/<int:pk>/move-planned/",
        capacity.MovePlannedOperation.as_view(page=PLAN),
        name="schedule-plan-move-planned",
    ),
    path(
        "schedules/<int:pk>/free-planned/",
        capacity.FreePlannedOperation.as_view(page=PLAN),
        name="schedule-plan-free-planned",
    ),
    path(
        "schedules/<int:pk>/accept/",
        verb_view(schedules.accept_schedule_plan, PLAN, _("The operations have their times.")),
        name="schedule-plan-accept",
    ),
    path(
        "schedules/<int:pk>/renew/",
        verb_view(schedules.renew_schedule_plan, PLAN, _("Planned again with the orders of now.")),
        name="schedule-plan-renew",
    ),
    path(
        "schedules/<int:pk>/discard/",
        verb_view(schedules.discard_schedule_plan, PLAN, _("The plan is discarded.")),
        name="schedule-plan-discard",
    ),
    path("mps/", master_schedule.MasterSchedulePage.as_view(), name="mps"),
    path("mps/set/", master_schedule.SetMasterQuantities.as_view(), name="mps-set"),
    path("mps/firm/", master_schedule.FirmMasterSchedule.as_view(), name="mps-firm"),
    path("stocking-advice/", stocking.StockingAdviceList.as_view(), name="stocking-advice"),
    path("stocking-advice/run/", stocking.RunStockingAdvice.as_view(), name="stocking-advice-run"),
    path("stocking-advice/accept/", stocking.AcceptStockingAdvice.as_view(), name="stocking-advice-accept"),
    path("forecasts/", forecasts.ForecastList.as_view(), name="forecast-list"),
    path("forecasts/new/", forecasts.CreateForecast.as_view(), name="forecast-create"),
    path("forecasts/accuracy/", forecasts.AccuracyReport.as_view(), name="forecast-accuracy"),
    path("forecasts/settings/", forecasts.DemandSettingsPage.as_view(), name="demand-settings"),
    path("forecasts/<int:pk>/", PAGE.as_view(), name="forecast-detail"),
    path("forecasts/<int:pk>/edit/", forecasts.EditForecast.as_view(), name="forecast-edit"),
    path("forecasts/<int:pk>/grid/", forecasts.ForecastGrid.as_view(), name="forecast-grid"),
    path("forecasts/<int:pk>/adjust/", forecasts.AdjustForecast.as_view(page=PAGE), name="forecast-adjust"),
    path("forecasts/<int:pk>/items/<int:line>/", forecasts.ForecastItem.as_view(), name="forecast-item"),
    path(
        "forecasts/<int:pk>/items/<int:line>/method/",
        forecasts.ChooseMethod.as_view(page=PAGE),
        name="forecast-method",
    ),
    path(
        "forecasts/<int:pk>/calculate/",
        verb_view(services.calculate_forecast, PAGE, _("The forecast is calculated.")),
        name="forecast-calculate",
    ),
    path(
        "forecasts/<int:pk>/release/",
        verb_view(services.release_forecast, PAGE, _("Planning knows this forecast now.")),
        name="forecast-release",
    ),
    path(
        "forecasts/<int:pk>/close/",
        verb_view(services.close_forecast, PAGE, _("The forecast is closed.")),
        name="forecast-close",
    ),
]
