"""Scheduled work of the app: nudges, the work itself is rows."""

from celery import shared_task

from core.clock import moment
from core.operations import perform
from erp.selectors.demand import waiting_demands
from erp.services import reservations

BATCH = 200


@shared_task
def promote_reservations() -> int:
    """Reserve free stock for demands that have come inside the horizon, in batches; returns how many got some."""
    waiting = list(waiting_demands(moment()).values_list("pk", flat=True))
    return sum(
        perform(reservations.reserve_demands, actor=None, demand_ids=waiting[start : start + BATCH])
        for start in range(0, len(waiting), BATCH)
    )
