"""The cash plan in My work and among the facts: accounts that will run short."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.contributions import Fact, Work, WorkItems
from core.formats import readable
from finance.contributions.links import list_url
from finance.selectors.cash_plan.plan import open_shortfalls


def shortfalls(user: Any, limit: int) -> Sequence[Work]:
    """Bank accounts whose plan falls below their least balance."""
    url = list_url("finance:cash-plan")()
    return [
        Work(title=str(one.bank_account), url=url, subtitle=readable(one.amount), due=one.week, overdue=True)
        for one in open_shortfalls()[:limit]
    ]


CONTRIBUTIONS = (
    WorkItems(
        "finance.cash_shortfall",
        _("Cash runs short"),
        "finance.view_cashplan",
        waiting=lambda user: open_shortfalls(),
        items=shortfalls,
        url=list_url("finance:cash-plan"),
        order=45,
    ),
    Fact(_("budget, commitment, recurring payment"), "finance"),
)
