"""What engineering shows on other pages."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.contributions import Hit, Navigation, RelatedDocuments, SearchSource, contribute
from erp.contributions import engineering_imports
from erp.models import Routing, WorkCenter


def register() -> None:
    """Register the contributions of engineering."""
    contribute(*NAVIGATION, *RELATED, *SEARCH, *engineering_imports.TARGETS)


NAVIGATION = (
    Navigation("production", _("Routings"), "erp:routing-list", "erp.view_routing", "route", 32),
    Navigation("production", _("Work centres"), "erp:work-center-list", "erp.view_workcenter", "building-factory", 34),
)

RELATED = (
    RelatedDocuments(
        "masterdata.item",
        "erp.routings",
        _("Routings"),
        "erp.view_routing",
        lambda item, user: Routing.objects.filter(item=item).count(),
        lambda item: f"{reverse('erp:routing-list')}?{urlencode({'item': item.pk})}",
        icon="route",
        order=22,
    ),
)


def _routing_hits(text: str, user: Any, limit: int) -> list[Hit]:
    found = Routing.objects.filter(Q(number__icontains=text) | Q(item__code__istartswith=text)).select_related("item")
    return [
        Hit(one.number, one.get_absolute_url(), str(one.item), "route", exact=one.number == text)
        for one in found[:limit]
    ]


def _center_hits(text: str, user: Any, limit: int) -> list[Hit]:
    found = WorkCenter.objects.filter(Q(code__istartswith=text) | Q(name__icontains=text) | Q(name_zh__icontains=text))
    return [
        Hit(str(one), one.get_absolute_url(), "", "building-factory", exact=one.code == text) for one in found[:limit]
    ]


SEARCH = (
    SearchSource("erp.routing", _("Routings"), "erp.view_routing", _routing_hits, order=62),
    SearchSource("erp.workcenter", _("Work centres"), "erp.view_workcenter", _center_hits, order=64),
)
