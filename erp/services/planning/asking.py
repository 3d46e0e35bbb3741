"""A planner who does not want to wait for the next event."""

import datetime as dt
from typing import Any

from core.operations import operation
from erp.models import PlanningEvent
from erp.services.planning_events import request_plan


@operation(permission="erp.run_plan")
def ask_for_plan(*, actor: Any, at: dt.datetime) -> PlanningEvent:
    """Have the planner process plan anew, though no input changed."""
    return request_plan(reason="asked", actor=actor, at=at)
