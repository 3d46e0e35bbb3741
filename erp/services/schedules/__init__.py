"""Plans of capacity: made, changed by hand, compared, accepted."""

from erp.services.schedules.accepting import accept_schedule_plan, discard_schedule_plan
from erp.services.schedules.moving import (
    free_operation,
    free_planned_operation,
    move_operation,
    move_planned_operation,
    renew_schedule_plan,
)
from erp.services.schedules.planning import create_schedule_plan

__all__ = [
    "accept_schedule_plan",
    "create_schedule_plan",
    "discard_schedule_plan",
    "free_operation",
    "free_planned_operation",
    "move_operation",
    "move_planned_operation",
    "renew_schedule_plan",
]
