"""What is broken in the books, on others' pages: waiting work."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.clock import business_date
from core.contributions import Work, WorkItems
from finance.contributions.links import list_url
from finance.selectors.proofs import invariant_name, open_breaches


def breaches_waiting(user: Any, limit: int) -> Sequence[Work]:
    """What is broken, the oldest first."""
    return [
        Work(invariant_name(row.code), row.get_absolute_url(), row.evidence, business_date(row.found_at), overdue=True)
        for row in open_breaches()[:limit]
    ]


CONTRIBUTIONS = (
    WorkItems(
        "finance.breaches",
        _("Broken in the books"),
        "finance.view_breach",
        waiting=lambda user: open_breaches(),
        items=breaches_waiting,
        url=list_url("finance:breach-list", "open=true"),
        order=4,
    ),
)
