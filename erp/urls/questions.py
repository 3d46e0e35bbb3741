"""Pages of what planners and sellers ask: kit check, pegging, shortages, changes of the plan."""

from django.urls import path

from erp.views import kit_check, pegging, plan_changes

urlpatterns = [
    path("kit-check/", kit_check.KitCheckPage.as_view(), name="kit-check"),
    path("kit-check/receipts/", kit_check.UnlockPage.as_view(), name="kit-check-receipts"),
    path("kit-check/reserve/", kit_check.ReserveKits.as_view(), name="kit-reserve"),
    path("kit-check/release/", kit_check.ReleaseKits.as_view(), name="kit-release"),
    path("kit-check/<int:pk>/", kit_check.KitOrderPage.as_view(), name="kit-check-order"),
    path("plan/lines/<int:pk>/", pegging.PeggingPage.as_view(), name="pegging"),
    path("plan/lines/<int:pk>/short/", pegging.LineShortages.as_view(), name="line-shortages"),
    path("plan/supplies/<int:pk>/uses/", pegging.SupplyUses.as_view(), name="supply-uses"),
    path("plan/orders/<str:identity>/uses/", pegging.PlannedOrderUses.as_view(), name="planned-order-uses"),
    path("plan/request/", pegging.RequestShort.as_view(), name="request-short"),
    path("stock/items/<int:pk>/uses/", pegging.StockUses.as_view(), name="stock-uses"),
    path("work-orders/<int:pk>/uses/", pegging.WorkOrderUses.as_view(), name="work-order-uses"),
    path("work-orders/<int:pk>/short/", pegging.WorkOrderShortages.as_view(), name="work-order-shortages"),
    path("plan/changes/", plan_changes.PlanChangeList.as_view(), name="plan-changes"),
    path("plan/changes/carry-out/", plan_changes.CarryOut.as_view(), name="plan-change-carry-out"),
    path("plan/changes/dismiss/", plan_changes.Dismiss.as_view(), name="plan-change-dismiss"),
    path("plan/changes/take-back/", plan_changes.TakeBack.as_view(), name="plan-change-take-back"),
    path("plan/changes/to-stock/", plan_changes.LetComeToStock.as_view(), name="plan-change-to-stock"),
]
