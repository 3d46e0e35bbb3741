"""What decisions about the value of stock show on other pages."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.contributions import Fact, Hit, Navigation, SearchSource, contribute
from erp.models import StockRevaluation


def _find_revaluations(text: str, user: Any, limit: int) -> Sequence[Hit]:
    rows = StockRevaluation.objects.visible_to(user).filter(number__icontains=text).order_by("-pk")
    return [
        Hit(one.number, one.get_absolute_url(), one.reason, "arrows-up-down", one.number == text.upper())
        for one in rows[:limit]
    ]


def register() -> None:
    """Register everything of this module."""
    contribute(
        Navigation(
            "warehouse",
            _("Stock revaluations"),
            "erp:stock-revaluation-list",
            "erp.view_stockrevaluation",
            "arrows-up-down",
            85,
            section="control",
        ),
        SearchSource(
            "erp.stockrevaluation", _("Stock revaluations"), "erp.view_stockrevaluation", _find_revaluations, 62
        ),
        Fact(_("Stock revaluation"), "erp"),
    )
