"""Periods on others' pages: waiting work."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.contributions import Work, WorkItems
from finance.contributions.links import list_url
from finance.selectors.periods import periods_to_close


def periods_waiting(user: Any, limit: int) -> Sequence[Work]:
    """Periods that are over and not closed, the oldest first."""
    return [
        Work(str(row), reverse("finance:period-detail", args=[row.pk]), due=row.d1 + dt.timedelta(days=1), overdue=True)
        for row in periods_to_close(today())[:limit]
    ]


CONTRIBUTIONS = (
    WorkItems(
        "finance.periods",
        _("Periods to close"),
        "finance.close_fiscalperiod",
        waiting=lambda user: periods_to_close(today()),
        items=periods_waiting,
        url=list_url("finance:period-list"),
        step=8,
        order=44,
    ),
)
