"""Pages of picking for production, operations and the shop floor."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from erp.services import merged_picks as pick_services
from erp.views import merged_picks
from erp.views.verbs import verb_view

PICK = merged_picks.MergedPickPage

picks = [
    path("merged-picks/", merged_picks.MergedPickList.as_view(), name="merged-pick-list"),
    path("merged-picks/new/", merged_picks.CreateMergedPick.as_view(), name="merged-pick-create"),
    path("merged-picks/<int:pk>/", PICK.as_view(), name="merged-pick-detail"),
    path("merged-picks/<int:pk>/post/", merged_picks.PostMergedPick.as_view(), name="merged-pick-post"),
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

urlpatterns = [*picks]
