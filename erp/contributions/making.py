"""What picking for production, operations and the shop floor show on other pages."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.contributions import (
    Approvable,
    Fact,
    Hit,
    Navigation,
    RelatedDocuments,
    SearchSource,
    Work,
    WorkItems,
    contribute,
)
from erp.models import MergedPick
from erp.selectors.backflushing import open_shortages
from erp.selectors.over_issues import extra_content, extra_facts
from erp.states.making import MergedPickState

PICKS = "erp:merged-pick-list"
QUEUE = "erp:backflush-queue"


def register() -> None:
    """Register the contributions of making."""
    contribute(OVER_ISSUE, *NAVIGATION, *WORK, *RELATED, *SEARCH, *FACTS)


OVER_ISSUE = Approvable(
    "erp.workorder",
    _("Work order: more material than planned"),
    "erp.view_workorder",
    extra_facts,
    extra_content,
    lambda order: order.get_absolute_url(),
    {"over_issue": _("Value of the material beyond the plan, base currency")},
)

NAVIGATION = (
    Navigation("production", _("Merged picks"), PICKS, "erp.view_mergedpick", "shopping-cart", 12),
    Navigation("production", _("Backflush errors"), QUEUE, "erp.view_backflushshortage", "alert-circle", 14),
    Navigation(
        "production", _("Operations to do"), "erp:operation-list", "erp.view_workorderoperation", "list-check", 16
    ),
    Navigation("production", _("Piece wages"), "erp:piece-wage-list", "erp.view_piecewage", "coin", 40, section="cost"),
    Navigation(
        "production", _("Piece rates"), "erp:piece-rate-list", "erp.view_piecerate", "receipt", 42, section="cost"
    ),
)


def _listed(url_name: str, **query: Any) -> str:
    return f"{reverse(url_name)}?{urlencode(query, doseq=True)}"


def _open_picks(user: Any) -> Any:
    return MergedPick.objects.visible_to(user).filter(state=MergedPickState.OPEN)


WORK = (
    WorkItems(
        "erp.merged_picks",
        _("Merged picks to fetch"),
        "erp.post_mergedpick",
        _open_picks,
        lambda user, limit: [
            Work(one.number, one.get_absolute_url(), str(one.warehouse))
            for one in _open_picks(user).select_related("warehouse").order_by("pk")[:limit]
        ],
        lambda: _listed(PICKS, state="open"),
        step=5,
        order=53,
    ),
    WorkItems(
        "erp.backflush_errors",
        _("Backflush errors"),
        "erp.retry_backflushshortage",
        lambda user: open_shortages(),
        lambda user, limit: [
            Work(f"{one.work_order} {one.item}", one.get_absolute_url(), one.get_reason_code_display(), one.report_date)
            for one in open_shortages()[:limit]
        ],
        lambda: reverse(QUEUE),
        step=5,
        order=54,
    ),
)

RELATED = (
    RelatedDocuments(
        "erp.workorder",
        "erp.mergedpicks",
        _("Merged picks"),
        "erp.view_mergedpick",
        lambda order, user: MergedPick.objects.filter(lines__shares__work_order=order).distinct().count(),
        lambda order: _listed(PICKS, work_order=order.pk),
        icon="shopping-cart",
        order=30,
    ),
)


def _find_picks(text: str, user: Any, limit: int) -> Sequence[Hit]:
    rows = MergedPick.objects.visible_to(user).filter(number__icontains=text).order_by("-pk")
    return [
        Hit(one.number, one.get_absolute_url(), one.get_state_display(), "shopping-cart", one.number == text.upper())
        for one in rows[:limit]
    ]


SEARCH = (SearchSource("erp.mergedpick", _("Merged picks"), "erp.view_mergedpick", _find_picks, 63),)
FACTS = (
    Fact(_("Merged pick and what it hands to each work order"), "erp", 5),
    Fact(_("Operation of a work order, backflush error, piece rate and piece wage"), "erp", 5),
)
