"""Pages of engineering: work centres, routings."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from erp.services import routings as services
from erp.views import routings
from erp.views.verbs import verb_view
from erp.views.work_centers import PAGES
from masterdata.views.records import urls_of

ROUTING = routings.RoutingPage

urlpatterns = [
    *urls_of(PAGES),
    path("routings/", routings.RoutingList.as_view(), name="routing-list"),
    path("routings/new/", routings.CreateRouting.as_view(), name="routing-create"),
    path("routings/<int:pk>/", ROUTING.as_view(), name="routing-detail"),
    path("routings/<int:pk>/edit/", routings.EditRouting.as_view(), name="routing-edit"),
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
