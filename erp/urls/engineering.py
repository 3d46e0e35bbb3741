"""Pages of engineering: work centres, routings."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from erp.services import engineering_changes as change_services
from erp.services import routings as services
from erp.views import engineering_changes as changes
from erp.views import routings
from erp.views.operation_files import OperationFiles
from erp.views.verbs import verb_view
from erp.views.work_centers import PAGES
from masterdata.views.records import urls_of

ROUTING = routings.RoutingPage
CHANGE = changes.EngineeringChangePage

urlpatterns = [
    *urls_of(PAGES),
    path("engineering-changes/", changes.EngineeringChangeList.as_view(), name="engineering-change-list"),
    path("engineering-changes/new/", changes.CreateEngineeringChange.as_view(), name="engineering-change-create"),
    path("engineering-changes/<int:pk>/", CHANGE.as_view(), name="engineering-change-detail"),
    path("engineering-changes/<int:pk>/edit/", changes.EditEngineeringChange.as_view(), name="engineering-change-edit"),
    path(
        "engineering-changes/<int:pk>/print/",
        changes.EngineeringChangePrint.as_view(),
        name="engineering-change-print",
    ),
    path(
        "engineering-changes/<int:pk>/release/",
        verb_view(change_services.release_engineering_change, CHANGE, pgettext_lazy("engineering change", "Released.")),
        name="engineering-change-release",
    ),
    path(
        "engineering-changes/<int:pk>/use-up/",
        verb_view(change_services.begin_when_used_up, CHANGE, _("The change counts from that day on.")),
        name="engineering-change-use-up",
    ),
    path(
        "engineering-changes/<int:pk>/dispose/",
        verb_view(change_services.carry_out_dispositions, CHANGE, _("Drafted; the documents are named below.")),
        name="engineering-change-dispose",
    ),
    path(
        "engineering-changes/<int:pk>/cancel/",
        verb_view(change_services.cancel_engineering_change, CHANGE, _("Cancelled.")),
        name="engineering-change-cancel",
    ),
    path("routings/", routings.RoutingList.as_view(), name="routing-list"),
    path("routings/export/", routings.ExportRoutings.as_view(), name="routing-export"),
    path("routings/<int:pk>/export/", routings.ExportRoutings.as_view(), name="routing-export-one"),
    path("routings/new/", routings.CreateRouting.as_view(), name="routing-create"),
    path("routings/<int:pk>/", ROUTING.as_view(), name="routing-detail"),
    path("routings/<int:pk>/edit/", routings.EditRouting.as_view(), name="routing-edit"),
    path("routings/<int:pk>/operations/<int:number>/files/", OperationFiles.as_view(), name="routing-files"),
    path("routings/<int:pk>/compare/", routings.CompareRoutings.as_view(), name="routing-compare"),
    path("routings/<int:pk>/print/", routings.RoutingPrint.as_view(), name="routing-print"),
    path(
        "routings/<int:pk>/release/",
        verb_view(services.release_routing, ROUTING, pgettext_lazy("routing", "Released.")),
        name="routing-release",
    ),
    path(
        "routings/<int:pk>/copy/",
        verb_view(services.copy_routing, ROUTING, _("This is the copy.")),
        name="routing-copy",
    ),
    path(
        "routings/<int:pk>/retire/", verb_view(services.retire_routing, ROUTING, _("Retired.")), name="routing-retire"
    ),
]
