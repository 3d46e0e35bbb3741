"""Pages of picking for production, operations and the shop floor."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from erp.services import merged_picks as pick_services
from erp.views import as_built, floor, kinds, kits, merged_picks, pick_scans
from erp.views.verbs import verb_view

PICK = merged_picks.MergedPickPage

picks = [
    path("merged-picks/", merged_picks.MergedPickList.as_view(), name="merged-pick-list"),
    path("merged-picks/new/", merged_picks.CreateMergedPick.as_view(), name="merged-pick-create"),
    path("merged-picks/<int:pk>/", PICK.as_view(), name="merged-pick-detail"),
    path("merged-picks/<int:pk>/post/", merged_picks.PostMergedPick.as_view(), name="merged-pick-post"),
    path("merged-picks/<int:pk>/quantities/", merged_picks.FoundQuantities.as_view(), name="merged-pick-quantities"),
    path("merged-picks/<int:pk>/scan/", pick_scans.PickByScan.as_view(), name="merged-pick-scan"),
    path("merged-picks/<int:pk>/print/", merged_picks.MergedPickPrint.as_view(), name="merged-pick-print"),
    path(
        "merged-picks/<int:pk>/finish/",
        verb_view(pick_services.finish_merged_pick, PICK, _("Finished.")),
        name="merged-pick-finish",
    ),
    path(
        "merged-picks/<int:pk>/cancel/",
        verb_view(pick_services.cancel_merged_pick, PICK, _("Cancelled.")),
        name="merged-pick-cancel",
    ),
]

floor_pages = [
    path("work-orders/<int:pk>/as-built/", as_built.AsBuiltPage.as_view(), name="work-order-as-built"),
    path(
        "work-orders/<int:pk>/as-built/<int:record>/remove/", as_built.RemoveAsBuilt.as_view(), name="as-built-remove"
    ),
    path("backflush-queue/", floor.BackflushQueue.as_view(), name="backflush-queue"),
    path("backflush-queue/retry/", floor.RetryQueue.as_view(), name="backflush-retry"),
    path("operations/", floor.OperationList.as_view(), name="operation-list"),
    path("operations/dispatch/", floor.Dispatch.as_view(), name="dispatch"),
    path("piece-rates/", floor.PieceRateList.as_view(), name="piece-rate-list"),
    path("piece-rates/set/", floor.SetPieceRate.as_view(), name="piece-rate-set"),
    path("piece-wages/", floor.PieceWageList.as_view(), name="piece-wage-list"),
    path("piece-wages/by-employee/", floor.PieceWageSums.as_view(), name="piece-wage-sums"),
    path("work-orders/<int:pk>/retry-backflush/", floor.RetryBackflush.as_view(), name="work-order-retry-backflush"),
]

kind_pages = [
    path("work-orders/<int:pk>/split/", kinds.SplitWorkOrder.as_view(), name="work-order-split"),
    path("work-orders/<int:pk>/merge/", kinds.MergeWorkOrders.as_view(), name="work-order-merge"),
    path("work-orders/<int:pk>/take-apart/", kinds.TakeApart.as_view(), name="work-order-take-apart"),
    path("work-orders/<int:pk>/part-quantities/", kinds.PartQuantities.as_view(), name="work-order-part-quantities"),
]

sets = [
    path("work-orders/<int:pk>/request-extra/", kits.RequestExtraMaterial.as_view(), name="work-order-request-extra"),
    path("work-orders/<int:pk>/issue-sets/", kits.IssueKits.as_view(), name="work-order-issue-sets"),
    path(
        "work-orders/<int:pk>/materials/<int:material_pk>/substitute/",
        kits.UseSubstitute.as_view(),
        name="work-order-substitute",
    ),
]

urlpatterns = [*kind_pages, *sets, *picks, *floor_pages]
