"""Deciding on changes of the plan: carried out, left to come to stock, or dismissed with a reason."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import audit
from core.clock import business_date
from core.errors import InvalidInput
from core.locks import LockRank, advisory_lock, lock_many, lock_rows
from core.notifications.services import notify
from core.operations import operation
from erp.errors import ChangeHasNoStock, ChangeIsDecided, NoReasonGiven, PlannedOrderGone
from erp.models import PlanChange, WorkOrder
from erp.selectors.plan import current_run, planned_orders
from erp.selectors.work_days import same_span
from erp.services.planning.changes import SHORTAGE_DAYS
from erp.services.planning.firming import AT_ONCE, firm_planned_orders
from erp.services.planning.storing import FLIP
from erp.services.work_orders.closing import cancel_work_order
from erp.services.work_orders.planning import reschedule_work_order
from erp.signals import supply_change_proposed, supply_change_withdrawn
from erp.states.plan_changes import MOVED_KINDS, UNDECIDED, PlanChangeKind, PlanChangeOutcome

WORK_ORDER = "erp.workorder"
LEFT_OVER = frozenset({PlanChangeKind.DECREASE, PlanChangeKind.CANCEL, PlanChangeKind.FREED})


@operation(permission="erp.decide_planchange")
def carry_out_changes(*, change_ids: Sequence[int], actor: Any, at: dt.datetime) -> list[int]:
    """Do what the changes ask for, all or none; return their keys.

    A work order is moved, reduced or cancelled; other supply is put to purchasing; a shortage is firmed; the
    salesperson is told of an order line that moves; goods that come free stay in free stock.

    Raises:
        InvalidInput: none is named, or too many.
        ChangeIsDecided: one of them is no longer open.
        WorkOrderIsStarted, NotInProduction, PlannedOrderGone, PlanIsBehind, NoBom: it cannot be done any more.
    """
    advisory_lock(FLIP, shared=True, rank=LockRank.HEADER)
    changes = undecided(change_ids)
    lock_many(WorkOrder, {change.source_id for change in changes if change.source_label == WORK_ORDER})
    for change in sorted(changes, key=lambda one: one.kind != PlanChangeKind.SHORTAGE):  # what it firms is locked first
        outcome = _carry_out(change, actor=actor, at=at)
        _decide(change, outcome, note="", actor=actor, at=at)
    return [change.pk for change in changes]


@operation(permission="erp.decide_planchange")
def dismiss_changes(
    *, change_ids: Sequence[int], reason: str, to_stock: bool = False, actor: Any, at: dt.datetime
) -> list[int]:
    """Leave things as they are, with a reason; ``to_stock``: what is left over comes to free stock.

    Raises:
        InvalidInput: none is named, or too many.
        ChangeIsDecided: one of them is no longer open.
        NoReasonGiven: nothing is said.
        ChangeHasNoStock: ``to_stock``, but nothing of it is left over.
    """
    changes = undecided(change_ids)
    if not reason.strip() and not to_stock:
        raise NoReasonGiven(field="reason")
    for change in changes:
        if to_stock and change.kind not in LEFT_OVER:
            raise ChangeHasNoStock(change=change)
        outcome = PlanChangeOutcome.TO_STOCK if to_stock else PlanChangeOutcome.DISMISSED
        if change.outcome == PlanChangeOutcome.PROPOSED:
            supply_change_withdrawn.send(sender=PlanChange, change=change, actor=actor, at=at)
        _decide(change, outcome, note=reason.strip(), actor=actor, at=at)
    return [change.pk for change in changes]


def undecided(change_ids: Sequence[int]) -> list[PlanChange]:
    """Lock the named changes, all of which wait for a decision."""
    changes = chosen(change_ids)
    for change in changes:
        if change.outcome not in UNDECIDED:
            raise ChangeIsDecided(change=change, outcome=change.get_outcome_display())
    return changes


def chosen(change_ids: Sequence[int]) -> list[PlanChange]:
    """Lock the named changes, whatever became of them."""
    wanted = set(change_ids)
    if not 0 < len(wanted) <= AT_ONCE:
        raise InvalidInput(
            message=_("Choose at least one change, at most %(count)s.") % {"count": AT_ONCE}, field="change_ids"
        )
    changes = lock_rows(PlanChange.objects.filter(pk__in=wanted).select_related("item"))
    if len(changes) < len(wanted):
        raise InvalidInput(message=_("One of the changes does not exist any more."), field="change_ids")
    return changes


def _decide(change: PlanChange, outcome: PlanChangeOutcome, *, note: str, actor: Any, at: dt.datetime) -> None:
    change.outcome = outcome
    change.note = note[:500]
    if outcome not in UNDECIDED:
        change.decided_at, change.decided_by = at, actor
    change.save(update_fields=["outcome", "note", "decided_at", "decided_by"])
    audit.record(change, outcome.value, actor=actor, at=at, reason=note, item=change.item.code)


def _carry_out(change: PlanChange, *, actor: Any, at: dt.datetime) -> PlanChangeOutcome:
    if change.kind == PlanChangeKind.SHORTAGE:
        _firm(change, actor=actor, at=at)
        return PlanChangeOutcome.DONE
    if change.kind == PlanChangeKind.FREED:
        return PlanChangeOutcome.TO_STOCK
    if change.kind in MOVED_KINDS:
        _tell_sales(change, actor=actor, at=at)
        return PlanChangeOutcome.DONE
    if change.source_label == WORK_ORDER:
        _change_work_order(change, actor=actor, at=at)
        return PlanChangeOutcome.DONE
    if change.outcome != PlanChangeOutcome.PROPOSED:
        supply_change_proposed.send(sender=PlanChange, change=change, actor=actor, at=at)
    return PlanChangeOutcome.PROPOSED


def _firm(change: PlanChange, *, actor: Any, at: dt.datetime) -> None:
    """Firm what is planned of the item as far ahead as shortages are looked for."""
    run = current_run()
    until = (run.as_of_date if run else business_date(at)) + dt.timedelta(days=SHORTAGE_DAYS)
    orders = planned_orders(run).filter(item=change.item_id, need_date__lte=until).order_by("due_date", "sequence")
    names = [order.identity for order in orders if not order.is_for_safety_stock]
    if not names:
        raise PlannedOrderGone(item=change.item, date=change.new_date)
    firm_planned_orders(identities=names, actor=actor, at=at)


def _change_work_order(change: PlanChange, *, actor: Any, at: dt.datetime) -> None:
    order = WorkOrder.objects.get(pk=change.source_id)
    if change.kind == PlanChangeKind.CANCEL:
        cancel_work_order(work_order_id=order.pk, actor=actor, at=at)
        return
    by = {PlanChangeKind.INCREASE: change.quantity, PlanChangeKind.DECREASE: -change.quantity}.get(
        PlanChangeKind(change.kind)
    )
    moves = by is None
    due = change.new_date if moves and change.new_date else order.due_date
    reschedule_work_order(
        work_order_id=order.pk,
        start_date=same_span(order.start_date, order.due_date, due, business_date(at)) if moves else order.start_date,
        due_date=due,
        quantity=order.quantity + (by or 0),
        actor=actor,
        at=at,
    )


def _tell_sales(change: PlanChange, *, actor: Any, at: dt.datetime) -> None:
    line = change.order_line
    if line is None or line.order.owner is None:
        return
    notify(
        users=[line.order.owner],
        message=gettext_noop("%(order)s: %(item)s will be there on %(date)s instead of %(before)s."),
        params={
            "order": line.order.number,
            "item": str(change.item),
            "date": str(change.new_date),
            "before": str(change.old_date),
        },
        url=line.order.get_absolute_url(),
        at=at,
    )
