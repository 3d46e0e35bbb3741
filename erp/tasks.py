"""Scheduled work of the app: nudges, the work itself is rows."""

from celery import shared_task

from core.clock import moment, today
from core.operations import perform
from erp.models import Forecast
from erp.selectors.demand import expired_holds, waiting_demands
from erp.services import forecasts, reservations, snapshots, tracking
from erp.states.demand import ForecastState

BATCH = 200


@shared_task
def extend_stock_snapshots() -> int:
    """Move the month-end sums of stock up to what is settled; returns how many month ends there are (0: later)."""
    marks = snapshots.settled_marks()
    if marks is None:
        return 0
    move_id, entry_id = marks
    return int(perform(snapshots.extend_snapshots, actor=None, move_id=move_id, entry_id=entry_id))


@shared_task
def promote_reservations() -> int:
    """Reserve free stock for demands that have come inside the horizon, in batches; returns how many got some."""
    waiting = list(waiting_demands(moment()).values_list("pk", flat=True))
    return sum(
        perform(reservations.reserve_demands, actor=None, demand_ids=waiting[start : start + BATCH])
        for start in range(0, len(waiting), BATCH)
    )


@shared_task
def expire_holds() -> int:
    """Release what is held for quotations whose hold is over; returns how many quotations."""
    over = expired_holds(today())
    for quotation_id in over:
        perform(reservations.expire_hold, actor=None, quotation_id=quotation_id)
    return len(over)


@shared_task
def roll_forecasts() -> int:
    """End the demand of forecast buckets that are over; returns how many ended."""
    released = Forecast.objects.filter(state=ForecastState.RELEASED).values_list("pk", flat=True)
    return sum(int(perform(forecasts.roll_forecast, actor=None, forecast_id=pk)) for pk in released)


@shared_task
def watch_production() -> int:
    """Compare the work orders with the thresholds of production tracking; returns how many warnings are new."""
    return int(perform(tracking.check_production, actor=None))
