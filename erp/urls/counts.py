"""Pages of stocktakes."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from erp.services import stocktakes as services
from erp.views import count_scans, stocktakes
from erp.views.verbs import verb_view

PAGE = stocktakes.StocktakePage

urlpatterns = [
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
        "stocktakes/<int:pk>/cancel/",
        verb_view(services.cancel_stocktake, PAGE, _("Cancelled.")),
        name="stocktake-cancel",
    ),
    path("stocktakes/<int:pk>/print/", stocktakes.PrintSheets.as_view(), name="stocktake-print"),
    path("stocktakes/<int:pk>/print/result/", stocktakes.PrintResult.as_view(), name="stocktake-print-result"),
]
