"""Plans of capacity: made, changed by hand, compared, accepted."""

from erp.services.schedules.accepting import accept_schedule_plan, discard_schedule_plan
from erp.services.schedules.moving import free_operation, move_operation
from erp.services.schedules.planning import make_schedule_plan

__all__ = [
    "accept_schedule_plan",
    "discard_schedule_plan",
    "free_operation",
    "make_schedule_plan",
    "move_operation",
]
