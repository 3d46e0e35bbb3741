"""What counting shows on other pages."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.contributions import Approvable, Fact, Hit, Navigation, SearchSource, Work, WorkItems, contribute
from erp.models import Stocktake
from erp.selectors.count_plan import due_count
from erp.selectors.stocktakes import lines_of, result_of, to_review, waiting_for

LIST = "erp:stocktake-list"


def register() -> None:
    """Register the contributions of counting."""
    contribute(NAVIGATION, APPROVABLE, *WORK, SEARCH, FACT)


NAVIGATION = Navigation("warehouse", _("Stocktakes"), LIST, "erp.view_stocktake", "clipboard-check", 55)


def _facts(stocktake: Stocktake) -> dict[str, Any]:
    return {"difference": result_of(stocktake).weight}


def _content(stocktake: Stocktake) -> Any:
    return [
        [line.item_id, line.location_id, line.lot_id, line.book_quantity, line.counted_quantity, line.reason_code]
        for line in lines_of(stocktake)
        if line.difference
    ]


APPROVABLE = Approvable(
    "erp.stocktake",
    _("Stocktake"),
    "erp.view_stocktake",
    _facts,
    _content,
    lambda stocktake: stocktake.get_absolute_url(),
    {"difference": _("Gain and loss together, base currency")},
)


def _to_count(user: Any, limit: int) -> Sequence[Work]:
    return [
        Work(f"{one.number} {one.get_kind_display()}", reverse("erp:stocktake-scan", args=[one.pk]), str(one.warehouse))
        for one in waiting_for(user)[:limit]
    ]


def _reviews(user: Any, limit: int) -> Sequence[Work]:
    return [
        Work(f"{one.number} {one.get_kind_display()}", one.get_absolute_url(), str(one.warehouse))
        for one in to_review()[:limit]
    ]


WORK = (
    WorkItems(
        "erp.counts",
        _("To count"),
        "erp.count_stocktake",
        waiting_for,
        _to_count,
        lambda: f"{reverse(LIST)}?{urlencode({'state': 'counting'})}",
        order=65,
    ),
    WorkItems(
        "erp.count_reviews",
        _("Counts to review"),
        "erp.review_stocktake",
        lambda user: to_review(),
        _reviews,
        lambda: f"{reverse(LIST)}?{urlencode({'state': 'review'})}",
        order=66,
    ),
    WorkItems(
        "erp.counts_due",
        _("Items due to be counted"),
        "erp.add_stocktake",
        lambda user: due_count(),
        lambda user, limit: (),
        lambda: reverse("erp:count-plan"),
        order=67,
    ),
)


def _find(text: str, user: Any, limit: int) -> Sequence[Hit]:
    rows = Stocktake.objects.visible_to(user).filter(number__icontains=text).order_by("-pk")
    return [
        Hit(one.number, one.get_absolute_url(), one.get_state_display(), "clipboard-check", one.number == text.upper())
        for one in rows[:limit]
    ]


SEARCH = SearchSource("erp.stocktake", _("Stocktakes"), "erp.view_stocktake", _find, 62)
FACT = Fact(_("Stocktake and counting plan"), "erp")
