"""A planner who does not want to wait for the next event."""

import datetime as dt
from typing import Any

from core.operations import operation
from erp.models import PlanningEvent


@operation(permission="erp.run_plan")
def ask_for_plan(*, actor: Any, at: dt.datetime) -> PlanningEvent:
    """Have the planner process plan anew, though no input changed."""
    return PlanningEvent.objects.create(reason="asked", created_at=at)
