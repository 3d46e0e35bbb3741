"""Making a what-if plan: all open operations on limited machines."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from core.clock import business_date
from core.documents import lock, next_number
from core.operations import operation
from erp.engines import optimising
from erp.engines.scheduling import Placed, Schedule, schedule
from erp.errors.demand import NothingToPlan, OptimiserIsMissing, PlanIsOver
from erp.models import SchedulePlan, SchedulePlanProposal, SchedulePlanRow
from erp.selectors.schedule_inputs import Inputs, schedule_inputs
from erp.states.demand import ScheduleDirection, SchedulePlanState, ScheduleRule, ScheduleSolver

SEARCH_SECONDS = 10.0
"""How long the optimiser may look; the operation waits for it, and nothing but the plan is locked meanwhile."""


@operation(permission="erp.add_scheduleplan")
def create_schedule_plan(
    *,
    direction: str = ScheduleDirection.FORWARD,
    rule: str = ScheduleRule.PRIORITY,
    solver: str = ScheduleSolver.RULES,
    waits_for_material: bool = True,
    with_drafts: bool = True,
    with_planned: bool = False,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> SchedulePlan:
    """Plan every operation that is not done, from now on. Begun and pinned ones stay where they are.

    Raises:
        NothingToPlan: no open order has an operation left, and there is no planned one (where they are wanted).
        OptimiserIsMissing: it is asked for, and not installed here.
    """
    plan = SchedulePlan(
        number=next_number(SchedulePlan, at),
        owner=actor,
        document_date=business_date(at),
        created_at=at,
        planned_at=at,
        direction=direction,
        rule=rule,
        solver=solver,
        waits_for_material=waits_for_material,
        with_drafts=with_drafts,
        with_planned=with_planned,
        note=note,
    )
    inputs = schedule_inputs(plan, at)
    if not inputs.jobs:
        raise NothingToPlan()
    plan.save()
    write_rows(plan, inputs, at, {})
    return plan


def lock_draft(plan_id: int, version: int | None) -> SchedulePlan:
    """Lock a plan that can still be changed.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        PlanIsOver: it was accepted or discarded.
    """
    plan = lock(SchedulePlan, plan_id, version=version)
    if plan.state != SchedulePlanState.DRAFT:
        raise PlanIsOver(document=plan, state=plan.get_state_display())
    return plan


def pinned_of(plan: SchedulePlan, inputs: Inputs) -> dict[int, Placed]:
    """Return the operations, of planned orders too, that somebody put in their place in this plan."""
    keys = {(one.order.identity, one.operation.number): key for key, one in inputs.proposals.items()}
    moved = [(keys.get((row.identity, row.number)), row) for row in plan.proposals.filter(is_pinned=True)]
    pinned = {key: placed_row(key, row, inputs) for key, row in moved if key is not None}
    return pinned | {
        row.operation_id: placed_row(row.operation_id, row, inputs) for row in plan.rows.filter(is_pinned=True)
    }


def placed_row(key: int, row: SchedulePlanRow | SchedulePlanProposal, inputs: Inputs) -> Placed:
    """Return where a row of a plan puts the step of this key."""
    return Placed(key, row.work_center_id, row.machine, inputs.clock(row.starts_at), inputs.clock(row.ends_at))


def write_rows(plan: SchedulePlan, inputs: Inputs, at: dt.datetime, pinned: Mapping[int, Placed]) -> dict[int, Placed]:
    """Schedule and store the rows of a plan; ``pinned`` are marked as such. Returns where everything is."""
    answer = _worked_out(plan, inputs)
    minutes = inputs.minutes()
    rows, proposals = [], []
    for key, placed in answer.placed.items():
        if key in inputs.proposals:
            proposals.append(_proposal(plan, inputs, placed, is_pinned=key in pinned))
            continue
        slot = inputs.slots.get(key)
        rows.append(
            SchedulePlanRow(
                plan=plan,
                operation_id=key,
                work_center_id=placed.resource,
                machine=placed.machine,
                starts_at=inputs.moment(placed.start),
                ends_at=inputs.moment(placed.end),
                is_pinned=key in pinned or bool(slot and slot.is_pinned),
                was_starts_at=slot.starts_at if slot else None,
                was_ends_at=slot.ends_at if slot else None,
                material_date=inputs.material.get(inputs.operations[key].work_order_id),
                minutes=minutes.get((key, placed.resource)),
            )
        )
    plan.rows.all().delete()
    SchedulePlanRow.objects.bulk_create(rows)
    plan.proposals.all().delete()
    SchedulePlanProposal.objects.bulk_create(proposals)
    plan.planned_at, plan.unplaced = at, len(answer.unplaced)
    plan.version += 1
    plan.save()
    return answer.placed


def _proposal(plan: SchedulePlan, inputs: Inputs, placed: Placed, *, is_pinned: bool) -> SchedulePlanProposal:
    one = inputs.proposals[placed.step]
    return SchedulePlanProposal(
        plan=plan,
        identity=one.order.identity,
        item_id=one.order.item_id,
        quantity=one.order.quantity,
        due_date=one.order.due_date,
        order_line_id=one.order_line_id or None,
        number=one.operation.number,
        name=one.operation.name,
        name_zh=one.operation.name_zh,
        work_center_id=placed.resource,
        machine=placed.machine,
        starts_at=inputs.moment(placed.start),
        ends_at=inputs.moment(placed.end),
        is_pinned=is_pinned,
    )


def _worked_out(plan: SchedulePlan, inputs: Inputs) -> Schedule:
    """Ask the built-in rules, or the optimiser where the plan wants it and it is there."""
    how: dict[str, Any] = {"now": inputs.now, "direction": plan.direction, "rule": plan.rule}
    if plan.solver != ScheduleSolver.OPTIMISER:
        return schedule(inputs.resources, inputs.jobs, **how)
    if not optimising.is_installed():
        raise OptimiserIsMissing()
    solved = optimising.solve(inputs.resources, inputs.jobs, seconds=SEARCH_SECONDS, **how)
    plan.is_proven = solved.is_proven
    return solved.schedule
