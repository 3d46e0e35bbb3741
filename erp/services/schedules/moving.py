"""Moving an operation in a what-if plan; everything else is planned around it."""

import datetime as dt
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.operations import operation
from erp.engines.scheduling import Job, Placed, Resource, Step, overlapping, placed_at
from erp.errors.demand import MachineIsTaken, OperationIsRunning, OperationsOverlap, OutsideTheCalendar
from erp.models import SchedulePlan, SchedulePlanRow, WorkCenter
from erp.selectors.schedule_inputs import Inputs, is_running, schedule_inputs
from erp.services.schedules.planning import lock_draft, pinned_of, write_rows


@operation(permission="erp.move_scheduleplan", document=(SchedulePlan, "plan_id"))
def move_operation(
    *,
    plan_id: int,
    operation_id: int,
    starts_at: dt.datetime,
    work_center_id: int | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> SchedulePlan:
    """Pin an operation to the first working minute from ``starts_at`` on (never before now), and plan the rest anew.

    work_center_id  one of the alternatives of its routing; None: where it is now.

    Raises:
        StaleVersion: somebody changed the plan since the user saw it.
        PlanIsOver: it was accepted or discarded.
        InvalidInput: the operation is not in the plan, or is not done in that work centre.
        OperationIsRunning: it has begun.
        MachineIsTaken: begun or pinned operations keep all machines there busy.
        OperationsOverlap: it would begin before the operation before it ends, or end after a pinned one begins.
        OutsideTheCalendar: there are not enough working hours.
    """
    plan = lock_draft(plan_id, version)
    inputs = schedule_inputs(plan, at)
    row = plan.rows.filter(operation_id=operation_id).first()
    one = inputs.operations.get(operation_id)
    if row is None or one is None:
        raise InvalidInput(message=_("This operation is not in the plan (any more)."), field="operation_id")
    if is_running(one):
        raise OperationIsRunning(order=one.work_order, operation=one)
    pinned = pinned_of(plan, inputs) | _running(inputs)
    pinned.pop(operation_id, None)
    pinned[operation_id] = _place(inputs, row, work_center_id, starts_at, pinned)
    inputs = schedule_inputs(plan, at, pinned)
    write_rows(plan, inputs, at, {operation_id: pinned[operation_id]} | pinned_of(plan, inputs))
    _require_sequence(plan, inputs, one.work_order_id)
    return plan


@operation(permission="erp.move_scheduleplan", document=(SchedulePlan, "plan_id"))
def free_operation(
    *, plan_id: int, operation_id: int, version: int | None = None, actor: Any, at: dt.datetime
) -> SchedulePlan:
    """Let the planner place an operation again that somebody had pinned.

    Raises:
        StaleVersion, PlanIsOver, OperationIsRunning: as in `move_operation`.
        InvalidInput: the operation is not in the plan.
    """
    plan = lock_draft(plan_id, version)
    inputs = schedule_inputs(plan, at)
    one = inputs.operations.get(operation_id)
    if one is None:
        raise InvalidInput(message=_("This operation is not in the plan (any more)."), field="operation_id")
    if is_running(one):
        raise OperationIsRunning(order=one.work_order, operation=one)
    pinned = pinned_of(plan, inputs)
    pinned.pop(operation_id, None)
    freed = schedule_inputs(plan, at, pinned)
    freed.slots.pop(operation_id, None)
    for job in freed.jobs:
        for step in (step for step in job.steps if step.key == operation_id):
            step.fixed = None
    write_rows(plan, freed, at, pinned)
    return plan


def _running(inputs: Inputs) -> dict[int, Placed]:
    return {
        step.key: step.fixed
        for job in inputs.jobs
        for step in job.steps
        if step.fixed is not None and step.key in inputs.operations and is_running(inputs.operations[step.key])
    }


def _place(
    inputs: Inputs,
    row: SchedulePlanRow,
    work_center_id: int | None,
    starts_at: dt.datetime,
    pinned: dict[int, Placed],
) -> Placed:
    center_id = work_center_id or row.work_center_id
    step = next(step for job in inputs.jobs for step in job.steps if step.key == row.operation_id)
    start = max(inputs.now, inputs.clock(starts_at))
    if center_id is None:
        return Placed(step.key, None, -1, start, start + step.lag)
    resource = next(one for one in inputs.resources if one.key == center_id)
    minutes = next((choice.minutes for choice in step.choices if choice.resource == center_id), None)
    if minutes is None:
        raise InvalidInput(message=_("This operation is not done in that work centre."), field="work_center_id")
    return _free_machine(resource, step, row, minutes=minutes, start=start, pinned=pinned)


def _free_machine(
    resource: Resource, step: Step, row: SchedulePlanRow, *, minutes: int, start: int, pinned: dict[int, Placed]
) -> Placed:
    center = WorkCenter.objects.get(pk=resource.key)
    order = [row.machine, *(number for number in range(resource.machines) if number != row.machine)]
    for machine in (number for number in order if 0 <= number < resource.machines):
        placed = placed_at(resource, step, minutes, start, machine)
        if placed is None:
            raise OutsideTheCalendar(center=center)
        if not overlapping(placed, pinned.values()):
            return placed
    raise MachineIsTaken(center=center)


def _require_sequence(plan: SchedulePlan, inputs: Inputs, order_id: int) -> None:
    job: Job = next(one for one in inputs.jobs if one.key == order_id)
    rows = {row.operation_id: row for row in plan.rows.filter(operation_id__in=[step.key for step in job.steps])}
    for before, after in pairwise(step.key for step in job.steps):
        if before in rows and after in rows and rows[after].starts_at < rows[before].ends_at:
            raise OperationsOverlap(
                order=inputs.operations[after].work_order,
                operation=inputs.operations[after],
                before=inputs.operations[before],
                ends=rows[before].ends_at.astimezone(inputs.zone).strftime("%Y-%m-%d %H:%M"),
            )
