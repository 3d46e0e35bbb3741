"""Corrective actions as lists and queues show them."""

from typing import Any

from django.db.models import QuerySet

from core.models import User
from erp.models import CorrectiveAction
from erp.states import CorrectiveActionState

S = CorrectiveActionState
UNSOLVED = (S.DRAFT, S.ANALYSIS, S.ACTION)


def corrective_actions() -> QuerySet[CorrectiveAction]:
    """Return all corrective actions, newest first."""
    return CorrectiveAction.objects.select_related("item", "partner", "defect", "responsible").order_by("-pk")


def to_solve(user: Any) -> QuerySet[CorrectiveAction]:
    """Return what the user is responsible for and is not done, the most urgent first."""
    return corrective_actions().filter(responsible=user, state__in=UNSOLVED).order_by("due_date", "pk")


def to_verify() -> QuerySet[CorrectiveAction]:
    """Return the actions taken of which nobody has said whether they worked."""
    return corrective_actions().filter(state=S.VERIFICATION).order_by("due_date", "pk")


def staff() -> QuerySet[User]:
    """Return the people who may be responsible."""
    return User.objects.filter(is_active=True, kind=User.Kind.STAFF).order_by("username")
