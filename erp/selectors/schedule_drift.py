"""What became of the work while a plan of capacity was looked at: why it cannot be accepted as it is."""

import datetime as dt
from dataclasses import dataclass

from erp.models import SchedulePlan, SchedulePlanRow, WorkOrder
from erp.selectors.schedule_inputs import Inputs, is_running, schedule_inputs


@dataclass(frozen=True)
class Drift:
    """Since the plan was made.

    changed  operations that are over, have other work to do, got other times from another plan, or whose order has
             other dates or another priority.
    came     work orders the plan does not know; accepting it leaves them without times.
    """

    changed: list[SchedulePlanRow]
    came: list[WorkOrder]

    @property
    def orders(self) -> list[WorkOrder]:
        """The work orders with changed operations."""
        return list({row.operation.work_order_id: row.operation.work_order for row in self.changed}.values())


def drift_of(plan: SchedulePlan, at: dt.datetime) -> Drift:
    """Return what is different ``at`` a moment from what the plan was made from."""
    inputs = schedule_inputs(plan, at)
    rows = list(plan.rows.select_related("operation__work_order__item"))
    minutes = inputs.minutes()
    known = {row.operation.work_order_id for row in rows}
    came: dict[int, WorkOrder] = {}
    for one in inputs.operations.values():
        order = one.work_order
        if order.pk not in known and (not plan.unplaced or order.created_at > plan.planned_at):
            came[order.pk] = order
    moved = _moved(plan, {row.operation.work_order_id: row.operation.work_order for row in rows})
    changed = [row for row in rows if row.operation.work_order_id in moved or _is_changed(row, inputs, minutes)]
    return Drift(changed, list(came.values()))


def _moved(plan: SchedulePlan, orders: dict[int, WorkOrder]) -> set[int]:
    """Return which orders have other dates, or another priority, than when the plan was made."""
    then = WorkOrder.history.model.objects.filter(id__in=orders, history_date__lte=plan.planned_at)
    latest = then.order_by("id", "-history_date", "-history_id").distinct("id")
    return {
        pk
        for pk, *known in latest.values_list("id", "start_date", "due_date", "priority")
        if known != [orders[pk].start_date, orders[pk].due_date, orders[pk].priority]
    }


def _is_changed(row: SchedulePlanRow, inputs: Inputs, minutes: dict[tuple[int, int | None], int]) -> bool:
    one = inputs.operations.get(row.operation_id)
    if one is None:
        return True
    if is_running(one):
        return False
    slot = inputs.slots.get(row.operation_id)
    if (slot.starts_at if slot else None) != row.was_starts_at:
        return True
    present = minutes.get((row.operation_id, row.work_center_id))
    return None not in (present, row.minutes) and present != row.minutes
