"""Accepting a what-if plan: its times become the times of the operations, and orders are told when they are late."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from core.audit import label_of
from core.documents import lock, transition
from core.locks import LockRank, advisory_lock, lock_many
from core.operations import operation
from erp.errors.demand import PlanIsOutdated
from erp.models import OperationSlot, SchedulePlan, SchedulePlanProposal, SchedulePlanRow, WorkOrder
from erp.selectors.schedule_drift import drift_of
from erp.selectors.schedule_inputs import company_zone, is_running
from erp.services.planning.storing import FLIP
from erp.services.planning.times import accept_times
from erp.services.planning_events import request_plan
from erp.services.schedules.planning import lock_draft
from erp.services.work_orders.planning import reschedule_work_order
from erp.states.demand import SchedulePlanState


@operation(permission="erp.accept_scheduleplan", document=(SchedulePlan, "plan_id"))
def accept_schedule_plan(*, plan_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> SchedulePlan:
    """Take over the times of a plan. A work order begins when its first operation does; its due date moves out only.

    A planned order of which somebody moved an operation gets the plan's dates, in this run and those to come, whose
    components are needed when it starts.

    Raises:
        StaleVersion: somebody changed the plan since the user saw it.
        PlanIsOver: it was accepted or discarded already.
        PlanIsOutdated: operations were done, have other work to do or got other times, orders were completed or
            cancelled, or a moved planned order is not planned any more, since it was made (`renew_schedule_plan`).
    """
    advisory_lock(FLIP, shared=True, rank=LockRank.HEADER)
    order_ids = SchedulePlanRow.objects.filter(plan_id=plan_id).values_list("operation__work_order_id", flat=True)
    orders = lock_many(WorkOrder, set(order_ids))
    plan = lock_draft(plan_id, version)
    rows = list(plan.rows.select_related("operation"))
    changed = len(drift_of(plan, at).changed)
    if changed:
        raise PlanIsOutdated(count=changed, document=plan)
    _move_planned(plan, actor=actor, at=at)
    _write_slots(rows)
    by_order: dict[int, list[SchedulePlanRow]] = defaultdict(list)
    for row in rows:
        by_order[row.operation.work_order_id].append(row)
    for order_id, own in sorted(by_order.items()):
        _move_order(orders[order_id], own, actor=actor, at=at)
    transition(plan, SchedulePlanState.ACCEPTED, actor=actor, at=at)
    return plan


def _move_planned(plan: SchedulePlan, *, actor: Any, at: dt.datetime) -> None:
    """Give moved planned orders their dates, and have the plan made anew: their components are needed on other days."""
    rows: dict[str, list[SchedulePlanProposal]] = defaultdict(list)
    for one in plan.proposals.order_by("pk"):
        rows[one.identity].append(one)
    moved = {identity: parts for identity, parts in rows.items() if any(one.is_pinned for one in parts)}
    gone = accept_times(plan, moved, company_zone()) if moved else []
    if gone:
        raise PlanIsOutdated(count=len(gone), document=plan)
    if moved:
        items = {parts[0].item_id for parts in moved.values()}
        source = (label_of(plan), plan.pk, plan.number)
        request_plan(reason="moved", item_ids=sorted(items), source=source, actor=actor, at=at)


def _write_slots(rows: Sequence[SchedulePlanRow]) -> None:
    OperationSlot.objects.bulk_create(
        [
            OperationSlot(
                operation_id=row.operation_id,
                work_center_id=row.work_center_id,
                machine=row.machine,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                is_pinned=row.is_pinned,
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["operation"],
        update_fields=["work_center", "machine", "starts_at", "ends_at", "is_pinned"],
    )


def _move_order(order: WorkOrder, rows: Sequence[SchedulePlanRow], *, actor: Any, at: dt.datetime) -> None:
    zone = company_zone()
    first = min(row.starts_at for row in rows).astimezone(zone).date()
    last = max(row.ends_at for row in rows).astimezone(zone).date()
    begun = any(is_running(row.operation) for row in rows) or order.reported_quantity > 0
    start = order.start_date if begun else first
    due = max(order.due_date, last, start)
    if (start, due) != (order.start_date, order.due_date):
        reschedule_work_order(work_order_id=order.pk, start_date=start, due_date=due, actor=actor, at=at)


@operation(permission="erp.discard_scheduleplan", document=(SchedulePlan, "plan_id"))
def discard_schedule_plan(*, plan_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> SchedulePlan:
    """Give a what-if plan up.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it was accepted or discarded already.
    """
    plan = lock(SchedulePlan, plan_id, version=version)
    transition(plan, SchedulePlanState.DISCARDED, actor=actor, at=at)
    return plan
