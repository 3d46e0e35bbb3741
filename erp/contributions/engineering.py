"""What engineering shows on other pages."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.contributions import Approvable, Hit, Navigation, RelatedDocuments, SearchSource, Work, WorkItems, contribute
from core.fields import ZERO
from erp.contributions import engineering_imports
from erp.models import EngineeringChange, EngineeringChangeLine, Routing, WorkCenter
from erp.selectors.engineering_changes import affected_orders, going_components
from erp.states.engineering import EngineeringChangeState


def register() -> None:
    """Register the contributions of engineering."""
    contribute(*NAVIGATION, *RELATED, *SEARCH, APPROVABLE, TO_RELEASE, *engineering_imports.TARGETS)


NAVIGATION = (
    Navigation("production", _("Routings"), "erp:routing-list", "erp.view_routing", "route", 32, section="engineering"),
    Navigation(
        "production",
        _("Engineering changes"),
        "erp:engineering-change-list",
        "erp.view_engineeringchange",
        "replace",
        33,
        section="engineering",
    ),
    Navigation(
        "production",
        _("Work centres"),
        "erp:work-center-list",
        "erp.view_workcenter",
        "building-factory",
        34,
        section="engineering",
    ),
)


def _changes_of(item: Any) -> Any:
    lines = Q(lines__item=item) | Q(lines__component=item) | Q(lines__replacement=item)
    return EngineeringChange.objects.filter(lines).distinct()


RELATED = (
    RelatedDocuments(
        "masterdata.item",
        "erp.engineeringchanges",
        _("Engineering changes"),
        "erp.view_engineeringchange",
        lambda item, user: _changes_of(item).count(),
        lambda item: f"{reverse('erp:engineering-change-list')}?{urlencode({'item': item.pk})}",
        icon="replace",
        order=24,
    ),
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


def _change_hits(text: str, user: Any, limit: int) -> list[Hit]:
    found = EngineeringChange.objects.filter(Q(number__icontains=text) | Q(title__icontains=text))
    return [
        Hit(str(one), one.get_absolute_url(), one.get_state_display(), "replace", exact=one.number == text)
        for one in found[:limit]
    ]


def _facts(change: EngineeringChange) -> dict[str, Any]:
    return {
        "stock": sum((one.value for one in going_components(change)), ZERO),
        "orders": Decimal(affected_orders(change).count()),
    }


def _content(change: EngineeringChange) -> Any:
    names = [one.attname for one in EngineeringChangeLine._meta.concrete_fields if one.attname != "id"]
    lines = [[str(value) for value in row] for row in change.lines.values_list(*names)]
    return [change.title, change.reason_code, str(change.effective_date), lines]


def _drafts(user: Any) -> Any:
    return EngineeringChange.objects.filter(state=EngineeringChangeState.DRAFT).order_by("effective_date", "pk")


def _to_release(user: Any, limit: int) -> Sequence[Work]:
    return [
        Work(
            str(one),
            one.get_absolute_url(),
            " · ".join(filter(None, (one.get_reason_code_display(), str(one.owner or "")))),
            one.effective_date,
            one.effective_date < today(),
        )
        for one in _drafts(user).select_related("owner")[:limit]
    ]


TO_RELEASE = WorkItems(
    "erp.changestorelease",
    _("Engineering changes to release"),
    "erp.release_engineeringchange",
    _drafts,
    _to_release,
    lambda: f"{reverse('erp:engineering-change-list')}?{urlencode({'state': EngineeringChangeState.DRAFT})}",
    step=5,
    order=33,
)
APPROVABLE = Approvable(
    "erp.engineeringchange",
    _("Engineering change"),
    "erp.view_engineeringchange",
    _facts,
    _content,
    lambda change: change.get_absolute_url(),
    {
        "stock": _("Stock of the components that go, base currency"),
        "orders": _("Open work orders that are touched"),
    },
)

SEARCH = (
    SearchSource(
        "erp.engineeringchange", _("Engineering changes"), "erp.view_engineeringchange", _change_hits, order=63
    ),
    SearchSource("erp.routing", _("Routings"), "erp.view_routing", _routing_hits, order=62),
    SearchSource("erp.workcenter", _("Work centres"), "erp.view_workcenter", _center_hits, order=64),
)
