"""Taking decisions on changes of the plan back, so that they are decided anew."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from core import audit
from core.clock import business_date
from core.locks import lock_many
from core.operations import operation
from erp.errors.plan_changes import ChangeAskedAnew, ChangedSince, ChangeStands
from erp.models import PlanChange, WorkOrder
from erp.selectors.work_days import same_span
from erp.services.planning.deciding import WORK_ORDER, chosen
from erp.services.work_orders.planning import reschedule_work_order
from erp.signals import supply_change_withdrawn
from erp.states.plan_changes import UNDECIDED, PlanChangeKind, PlanChangeOutcome

LEFT_ALONE = frozenset({PlanChangeOutcome.DISMISSED, PlanChangeOutcome.TO_STOCK})
PUT_BACK = frozenset({PlanChangeKind.EXPEDITE, PlanChangeKind.DEFER, PlanChangeKind.INCREASE, PlanChangeKind.DECREASE})
"""What was done to a work order and can be done the other way round."""


@operation(permission="erp.decide_planchange")
def reopen_changes(*, change_ids: Sequence[int], actor: Any, at: dt.datetime) -> list[int]:
    """Have the changes decided anew, all or none; return their keys.

    A work order that was moved, raised or reduced gets its date or quantity back; what was put to purchasing is
    withdrawn there; what was dismissed or left to come to stock is open again.

    Raises:
        InvalidInput: none is named, or too many.
        ChangeStands: a cancelled work order, firmed orders or news to sales are not taken back here; nor is what still
            waits for a decision, or settled by itself.
        ChangedSince: the work order was moved again.
        ChangeAskedAnew: a newer change of the same supply, item or line waits already.
        WorkOrderIsStarted, NotInProduction: the work order cannot be put back any more.
    """
    changes = chosen(change_ids)
    lock_many(WorkOrder, {change.source_id for change in changes if _was_done(change)})
    for change in changes:
        _require_alone(change)
        if change.outcome == PlanChangeOutcome.PROPOSED:
            supply_change_withdrawn.send(sender=PlanChange, change=change, actor=actor, at=at)
        elif _was_done(change):
            _put_back(change, actor=actor, at=at)
        elif change.outcome not in LEFT_ALONE:
            raise ChangeStands(change=change, outcome=change.get_outcome_display())
        change.outcome, change.note = PlanChangeOutcome.OPEN, ""
        change.decided_at = change.decided_by = None
        change.save(update_fields=["outcome", "note", "decided_at", "decided_by"])
        audit.record(change, "reopened", actor=actor, at=at, item=change.item.code)
    return [change.pk for change in changes]


def may_be_reopened(change: PlanChange) -> bool:
    """Return whether a decision is one that can be taken back."""
    return change.outcome in LEFT_ALONE or change.outcome == PlanChangeOutcome.PROPOSED or _was_done(change)


def _was_done(change: PlanChange) -> bool:
    return change.outcome == PlanChangeOutcome.DONE and change.source_label == WORK_ORDER and change.kind in PUT_BACK


def _require_alone(change: PlanChange) -> None:
    if change.outcome in UNDECIDED:
        return
    same = Q(supply_id=change.supply_id, kind=change.kind) if change.supply_id else Q(pk=None)
    if change.order_line_id:
        same = Q(order_line=change.order_line_id)
    elif change.kind == PlanChangeKind.SHORTAGE:
        same = Q(item=change.item_id, kind=change.kind)
    if PlanChange.objects.filter(same, outcome__in=UNDECIDED).exists():
        raise ChangeAskedAnew(change=change)


def _put_back(change: PlanChange, *, actor: Any, at: dt.datetime) -> None:
    order = WorkOrder.objects.get(pk=change.source_id)  # as the change before it left it
    by = {PlanChangeKind.INCREASE: -change.quantity, PlanChangeKind.DECREASE: change.quantity}.get(
        PlanChangeKind(change.kind)
    )
    start, due = order.start_date, order.due_date
    if by is None:
        if change.old_date is None or due != change.new_date:
            raise ChangedSince(document=order)
        due = change.old_date
        start = same_span(start, order.due_date, due, business_date(at))
    reschedule_work_order(
        work_order_id=order.pk,
        start_date=start,
        due_date=due,
        quantity=order.quantity + (by or 0),
        actor=actor,
        at=at,
    )
