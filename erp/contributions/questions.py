"""What the kit check and the other answers of the planner show on other pages."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.contributions import Fact, Kpi, Navigation, Work, WorkItems, contribute
from erp.selectors.plan_changes import page_of, sentence_of, undecided_changes


def register() -> None:
    """Register the contributions."""
    contribute(*NAVIGATION, *WORK, *KPIS, *FACTS)


NAVIGATION = (
    Navigation("planning", _("Changes of the plan"), "erp:plan-changes", "erp.view_planchange", "arrows-exchange", 35),
    Navigation("planning", _("Kit check"), "erp:kit-check", "erp.view_workorder", "puzzle", 40),
)


def _changes(user: Any, limit: int) -> Sequence[Work]:
    return [
        Work(
            f"{one.get_kind_display()} {one.item}",
            page_of(one) or reverse("erp:plan-changes"),
            sentence_of(one),
            one.new_date,
        )
        for one in undecided_changes()[:limit]
    ]


WORK = (
    WorkItems(
        "erp.planchanges",
        _("Changes of the plan to decide"),
        "erp.decide_planchange",
        lambda user: undecided_changes(),
        _changes,
        lambda: reverse("erp:plan-changes"),
        step=3,
        order=29,
    ),
)

KPIS = (
    Kpi(
        "erp.plan_changes",
        _("Changes of the plan to decide"),
        "erp.view_planchange",
        lambda user: undecided_changes(),
        lambda: reverse("erp:plan-changes"),
        group="planning",
        order=15,
    ),
)

FACTS = (
    Fact(_("Kit check (asked, not stored) and material kept for work orders"), "erp", 5),
    Fact(_("Changes of the plan and what was decided on them"), "erp", 3),
)
