"""Bank statements, journal and revaluation: navigation, movements that wait."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.contributions import Fact, Work, WorkItems
from finance.contributions.links import list_url
from finance.models import BankMovement
from finance.states import MovementState, StatementState


def unexplained() -> QuerySet[BankMovement]:
    """Movements of open statements that are not explained."""
    return BankMovement.objects.filter(state=MovementState.OPEN, statement__state=StatementState.OPEN)


def movements_waiting(user: Any, limit: int) -> Sequence[Work]:
    """Movements at the bank that nobody has matched, the oldest first."""
    rows = unexplained().select_related("statement").order_by("booked_on", "pk")
    return [
        Work(f"{row.amount:,.2f} {row.name}", row.get_absolute_url(), row.purpose, row.booked_on)
        for row in rows[:limit]
    ]


CONTRIBUTIONS = (
    Fact(_("bank statement, its movements and what they are"), "finance", 7),
    Fact(_("currency revaluation"), "finance", 8),
    WorkItems(
        "finance.bank_movements",
        _("Bank movements to match"),
        "finance.match_bankstatement",
        waiting=lambda user: unexplained(),
        items=movements_waiting,
        url=list_url("finance:bank-movement-list", "state=open"),
        step=7,
        order=47,
    ),
)
