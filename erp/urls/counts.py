"""Pages of stocktakes, stock control and stock reports."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from erp.services import stocktakes as services
from erp.views import count_scans, stock_control, stock_reports, stocktakes
from erp.views.verbs import verb_view

PAGE = stocktakes.StocktakePage

urlpatterns = [
    path("stock/as-of/", stock_reports.StockAsOf.as_view(), name="stock-as-of"),
    path("stock/slow/", stock_reports.SlowStock.as_view(), name="slow-stock"),
    path("stock/turnover/", stock_reports.StockTurnover.as_view(), name="stock-turnover"),
    path("stock/limits/", stock_control.StockLimitList.as_view(), name="stock-limit-list"),
    path("stock/limits/new/", stock_control.CreateStockLimit.as_view(), name="stock-limit-create"),
    path("stock/limits/broken/", stock_reports.LimitBreaches.as_view(), name="stock-breaches"),
    path("stock/limits/<int:pk>/", stock_control.EditStockLimit.as_view(), name="stock-limit-edit"),
    path("stock/limits/<int:pk>/delete/", stock_control.DeleteStockLimit.as_view(), name="stock-limit-delete"),
    path("stock/limits/<int:pk>/ask/", stock_control.AskForGoods.as_view(), name="stock-limit-ask"),
    path("stock/classes/", stock_control.ItemClasses.as_view(), name="item-class-list"),
    path("stock/classes/run/", stock_control.ClassifyItems.as_view(), name="item-class-run"),
    path("stock/classes/accept/", stock_control.AcceptClasses.as_view(), name="item-class-accept"),
    path("stock/settings/", stock_control.StockSettingsPage.as_view(), name="stock-settings"),
    path("stock/reservations/", stock_control.ReservationList.as_view(), name="reservation-list"),
    path("quotations/<int:pk>/hold/", stock_control.HoldStock.as_view(), name="quotation-hold"),
    path("quotations/<int:pk>/hold/release/", stock_control.ReleaseHold.as_view(), name="quotation-hold-release"),
    path("stocktakes/", stocktakes.StocktakeList.as_view(), name="stocktake-list"),
    path("stocktakes/plan/", stocktakes.CountPlan.as_view(), name="count-plan"),
    path("stocktakes/new/", stocktakes.CreateStocktake.as_view(), name="stocktake-create"),
    path("stocktakes/new/due/", stocktakes.CreateStocktake.as_view(only_due=True), name="stocktake-create-due"),
    path("stocktakes/<int:pk>/", PAGE.as_view(), name="stocktake-detail"),
    path("stocktakes/<int:pk>/edit/", stocktakes.EditStocktake.as_view(), name="stocktake-edit"),
    path("stocktakes/<int:pk>/lines/", stocktakes.StocktakeLines.as_view(), name="stocktake-lines"),
    path(
        "stocktakes/<int:pk>/start/",
        verb_view(services.start_stocktake, PAGE, _("The books are recorded, counting begins.")),
        name="stocktake-start",
    ),
    path("stocktakes/<int:pk>/count/", stocktakes.CountSheet.as_view(), name="stocktake-count"),
    path("stocktakes/<int:pk>/scan/", count_scans.CountScanPage.as_view(), name="stocktake-scan"),
    path("stocktakes/<int:pk>/scan/code/", count_scans.CountScan.as_view(), name="stocktake-scan-code"),
    path("stocktakes/<int:pk>/scan/undo/", count_scans.UndoCountScan.as_view(), name="stocktake-scan-undo"),
    path(
        "stocktakes/<int:pk>/finish/",
        verb_view(services.finish_counting, PAGE, _("Counting is finished.")),
        name="stocktake-finish",
    ),
    path("stocktakes/<int:pk>/finish/empty/", stocktakes.FinishEmpty.as_view(), name="stocktake-finish-empty"),
    path("stocktakes/<int:pk>/review/", stocktakes.ReviewStocktake.as_view(), name="stocktake-review"),
    path("stocktakes/<int:pk>/recount/", stocktakes.Recount.as_view(), name="stocktake-recount"),
    path(
        "stocktakes/<int:pk>/post/",
        verb_view(services.post_stocktake, PAGE, _("The differences are posted.")),
        name="stocktake-post",
    ),
    path(
        "stocktakes/<int:pk>/post-on-day/",
        stocktakes.PostStocktakeOnDay.as_view(),
        name="stocktake-post-on-day",
    ),
    path("stocktakes/<int:pk>/reverse/", stocktakes.ReverseStocktake.as_view(), name="stocktake-reverse"),
    path(
        "stocktakes/<int:pk>/cancel/",
        verb_view(services.cancel_stocktake, PAGE, _("Cancelled.")),
        name="stocktake-cancel",
    ),
    path("stocktakes/<int:pk>/print/", stocktakes.PrintSheets.as_view(), name="stocktake-print"),
    path("stocktakes/<int:pk>/print/result/", stocktakes.PrintResult.as_view(), name="stocktake-print-result"),
]
