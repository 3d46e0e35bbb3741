"""Asking for a new plan: a row in the business transaction; when it commits, the database nudges the planner."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from core.context import current_operation
from core.operations import operation
from erp.models import PlanningEvent

CHANNEL = "concord_planning"


@operation(permission=None)
def request_plan(
    *,
    reason: str,
    item_ids: Iterable[int] = (),
    firmed_run: int | None = None,
    source: tuple[str, int, str] | None = None,
    actor: Any,
    at: dt.datetime,
) -> None:
    """Write down that planning inputs changed; the planner makes one run of all such rows.

    reason      short code for people (``demand:sales``, ``supply:purchase``, ``stock``, ``bom`` …).
    item_ids    the items concerned; none: unknown.
    firmed_run  the run whose planned order was firmed (firming only).
    source      label, key and number of the document that changed.
    """
    label, pk, number = source or ("", None, "")
    event = PlanningEvent(
        reason=reason[:60],
        item_ids=sorted(set(item_ids)),
        firmed_run=firmed_run,
        source_label=label,
        source_id=pk,
        source_number=number[:40],
        created_at=at,
    )
    running = current_operation()
    assert running is not None, "an operation runs inside perform()"
    running.pending.note(event)
