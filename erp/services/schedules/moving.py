"""Moving an operation in a what-if plan, of a work order or a planned one; everything else is planned around it."""

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.operations import operation
from erp.engines.scheduling import Job, Placed, Resource, Step, overlapping, placed_at
from erp.errors.demand import MachineIsTaken, NothingToPlan, OperationIsRunning, OperationsOverlap, OutsideTheCalendar
from erp.models import SchedulePlan, SchedulePlanProposal, SchedulePlanRow, WorkCenter
from erp.selectors.schedule_inputs import Inputs, is_running, schedule_inputs
from erp.services.schedules.planning import lock_draft, pinned_of, write_rows

Row = SchedulePlanRow | SchedulePlanProposal


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
    _require_free(inputs, operation_id, row)
    _put(plan, inputs, operation_id, row, where=(work_center_id, starts_at), at=at)
    return plan


@operation(permission="erp.move_scheduleplan", document=(SchedulePlan, "plan_id"))
def move_planned_operation(
    *,
    plan_id: int,
    identity: str,
    number: int,
    starts_at: dt.datetime,
    work_center_id: int | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> SchedulePlan:
    """Pin an operation (by number) of a planned order (by PlannedOrder.identity), as `move_operation` does.

    Raises:
        InvalidInput: the planned order is not in the plan any more, or the operation is not done in that work centre.
        StaleVersion, PlanIsOver, MachineIsTaken, OperationsOverlap, OutsideTheCalendar: as in `move_operation`.
    """
    plan = lock_draft(plan_id, version)
    inputs = schedule_inputs(plan, at)
    row = plan.proposals.filter(identity=identity, number=number).first()
    key = _key_of(inputs, identity, number)
    _put(plan, inputs, key, row, where=(work_center_id, starts_at), at=at)
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
    _require_free(inputs, operation_id, inputs.operations.get(operation_id))
    _free(plan, inputs, operation_id, at)
    return plan


@operation(permission="erp.move_scheduleplan", document=(SchedulePlan, "plan_id"))
def free_planned_operation(
    *, plan_id: int, identity: str, number: int, version: int | None = None, actor: Any, at: dt.datetime
) -> SchedulePlan:
    """Let the planner place an operation of a planned order again that somebody had pinned.

    Raises:
        StaleVersion, PlanIsOver: as in `move_operation`.
        InvalidInput: the planned order is not in the plan any more.
    """
    plan = lock_draft(plan_id, version)
    inputs = schedule_inputs(plan, at)
    _free(plan, inputs, _key_of(inputs, identity, number), at)
    return plan


@operation(permission="erp.move_scheduleplan", document=(SchedulePlan, "plan_id"))
def renew_schedule_plan(*, plan_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> SchedulePlan:
    """Plan again with the orders and times of now; what somebody pinned stays, unless its time has passed.

    Raises:
        StaleVersion, PlanIsOver: as in `move_operation`.
        NothingToPlan: nothing is left to be done.
    """
    plan = lock_draft(plan_id, version)
    inputs = schedule_inputs(plan, at)
    if not inputs.jobs:
        raise NothingToPlan()
    keys = {step.key for job in inputs.jobs for step in job.steps}
    running = _running(inputs)
    pinned = {
        key: placed
        for key, placed in pinned_of(plan, inputs).items()
        if key in keys - running.keys() and placed.start >= inputs.now
    }
    _fix(inputs, pinned | running)
    write_rows(plan, inputs, at, pinned)
    return plan


def _require_free(inputs: Inputs, operation_id: int, row: Any) -> None:
    one = inputs.operations.get(operation_id)
    if row is None or one is None:
        raise _not_there()
    if is_running(one):
        raise OperationIsRunning(order=one.work_order, operation=one)


def _not_there() -> InvalidInput:
    return InvalidInput(message=_("This operation is not in the plan (any more)."), field="operation_id")


def _key_of(inputs: Inputs, identity: str, number: int) -> int:
    for key, one in inputs.proposals.items():
        if (one.order.identity, one.operation.number) == (identity, number):
            return key
    raise _not_there()


def _put(
    plan: SchedulePlan,
    inputs: Inputs,
    key: int,
    row: Row | None,
    *,
    where: tuple[int | None, dt.datetime],
    at: dt.datetime,
) -> None:
    """Pin the step of ``key`` to a work centre and a moment; all the rest is planned around it."""
    if row is None:
        raise _not_there()
    before = pinned_of(plan, inputs)
    pinned = before | _running(inputs)
    pinned.pop(key, None)
    pinned[key] = _place(inputs, key, row, where, pinned)
    _fix(inputs, pinned)
    placed = write_rows(plan, inputs, at, before | {key: pinned[key]})
    _require_sequence(inputs, key, placed)


def _free(plan: SchedulePlan, inputs: Inputs, key: int, at: dt.datetime) -> None:
    pinned = pinned_of(plan, inputs)
    pinned.pop(key, None)
    inputs.slots.pop(key, None)
    for step in (step for job in inputs.jobs for step in job.steps if step.key == key):
        step.fixed = None
    _fix(inputs, pinned)
    write_rows(plan, inputs, at, pinned)


def _fix(inputs: Inputs, pinned: Mapping[int, Placed]) -> None:
    for step in (step for job in inputs.jobs for step in job.steps):
        step.fixed = pinned.get(step.key, step.fixed)


def _running(inputs: Inputs) -> dict[int, Placed]:
    return {
        step.key: step.fixed
        for job in inputs.jobs
        for step in job.steps
        if step.fixed is not None and step.key in inputs.operations and is_running(inputs.operations[step.key])
    }


def _place(
    inputs: Inputs, key: int, row: Row, where: tuple[int | None, dt.datetime], pinned: Mapping[int, Placed]
) -> Placed:
    center_id = where[0] or row.work_center_id
    step = next(step for job in inputs.jobs for step in job.steps if step.key == key)
    start = max(inputs.now, inputs.clock(where[1]))
    if center_id is None:
        return Placed(step.key, None, -1, start, start + step.lag)
    resource = next((one for one in inputs.resources if one.key == center_id), None)
    minutes = next((choice.minutes for choice in step.choices if choice.resource == center_id), None)
    if minutes is None or resource is None:
        raise InvalidInput(message=_("This operation is not done in that work centre."), field="work_center_id")
    return _free_machine(resource, step, row.machine, minutes=minutes, start=start, pinned=pinned)


def _free_machine(
    resource: Resource, step: Step, usual: int, *, minutes: int, start: int, pinned: Mapping[int, Placed]
) -> Placed:
    center = WorkCenter.objects.get(pk=resource.key)
    order = [usual, *(number for number in range(resource.machines) if number != usual)]
    for machine in (number for number in order if 0 <= number < resource.machines):
        placed = placed_at(resource, step, minutes, start, machine)
        if placed is None:
            raise OutsideTheCalendar(center=center)
        if not overlapping(placed, pinned.values()):
            return placed
    raise MachineIsTaken(center=center)


def _require_sequence(inputs: Inputs, key: int, placed: Mapping[int, Placed]) -> None:
    job: Job = next(one for one in inputs.jobs if any(step.key == key for step in one.steps))
    for before, after in pairwise(step.key for step in job.steps):
        if before in placed and after in placed and placed[after].start < placed[before].end:
            order, operation_ = _named(inputs, after)
            raise OperationsOverlap(
                order=order,
                operation=operation_,
                before=_named(inputs, before)[1],
                ends=inputs.moment(placed[before].end).astimezone(inputs.zone).strftime("%Y-%m-%d %H:%M"),
            )


def _named(inputs: Inputs, key: int) -> tuple[str, str]:
    """The order of a step and the step itself, as people call them."""
    if key in inputs.operations:
        one = inputs.operations[key]
        return str(one.work_order), str(one)
    planned = inputs.proposals[key]
    return str(planned.order), f"{planned.operation.number} {planned.operation.label()}"
