"""The steps of a work order: which one is meant, how far each is, what its pieces pay."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from core.documents import transition
from core.fields import ZERO
from erp.errors import OverReport
from erp.errors.making import NotTheStep, StepBeforeMissing
from erp.models import OperationFee, PieceRate, ProductionReport, WorkOrder, WorkOrderOperation, WorkSession
from erp.states.making import OperationState

QUANTITIES = ("good_quantity", "scrap_quantity", "rework_quantity")


def steps_of(work_order: WorkOrder) -> list[WorkOrderOperation]:
    """Return the steps of a locked order in their order."""
    return list(work_order.operations.order_by("number"))


def chosen_step(
    work_order: WorkOrder, steps: Sequence[WorkOrderOperation], operation_id: int | None
) -> WorkOrderOperation | None:
    """Return the step of that key; without a key the last one, which stands for the whole order.

    Raises:
        NotTheStep: it is a step of another order.
    """
    if operation_id is None:
        return steps[-1] if steps else None
    found = next((one for one in steps if one.pk == operation_id), None)
    if found is None:
        raise NotTheStep(document=work_order)
    return found


def next_step(steps: Sequence[WorkOrderOperation]) -> WorkOrderOperation | None:
    """Return the first step that is to be done here and is not done."""
    here = [one for one in steps if not one.is_subcontracted]
    return next((one for one in here if one.state != OperationState.DONE), here[-1] if here else None)


def input_of(work_order: WorkOrder, steps: Sequence[WorkOrderOperation], step: WorkOrderOperation) -> Decimal:
    """Return how many pieces can reach a step: those of the order, less what was scrapped before it."""
    scrapped: Decimal = sum((one.scrap_quantity for one in steps if one.number < step.number), ZERO)
    return work_order.quantity - scrapped


def still_to_report(
    work_order: WorkOrder, steps: Sequence[WorkOrderOperation], step: WorkOrderOperation | None
) -> Decimal:
    """Return how many pieces of the order (or at its step) are neither good nor scrapped yet."""
    if step is None:
        return work_order.quantity - work_order.reported_quantity - work_order.scrapped_quantity
    left: Decimal = input_of(work_order, steps, step) - step.reported_quantity
    return left


def require_reportable(
    work_order: WorkOrder,
    steps: Sequence[WorkOrderOperation],
    step: WorkOrderOperation | None,
    quantity: Decimal,
    *,
    in_turn: bool,
) -> None:
    """Refuse more than can be there; with ``in_turn`` also more than the count point before has brought.

    Raises:
        OverReport, StepBeforeMissing.
    """
    still_open = still_to_report(work_order, steps, step)
    if quantity > still_open:
        raise OverReport(document=work_order, quantity=quantity, open=still_open)
    if step is None or not in_turn or not quantity:
        return
    before = [one for one in steps if one.number < step.number and one.is_count_point and not one.is_subcontracted]
    if before and step.reported_quantity + quantity > before[-1].good_quantity:
        raise StepBeforeMissing(document=work_order, before=str(before[-1]), good=before[-1].good_quantity)


def refresh_steps(work_order: WorkOrder, steps: Sequence[WorkOrderOperation], *, actor: Any, at: dt.datetime) -> None:
    """Bring quantities and states of the steps to what is reported and who is at work.

    What was reported of a step has gone through every step before it.
    """
    if not steps:
        return
    told = _told(work_order, steps)
    after = ZERO
    for step in reversed(steps):
        good, scrap, rework = told.get(step.pk, (ZERO, ZERO, ZERO))
        step.good_quantity = max(good, after)
        step.scrap_quantity, step.rework_quantity = scrap, rework
        after = step.reported_quantity
    WorkOrderOperation.objects.bulk_update(steps, QUANTITIES)
    at_work = set(WorkSession.objects.filter(work_order=work_order, finished_at__isnull=True).values_list("operation"))
    for step in steps:
        to = _state_of(work_order, steps, step, is_running=(step.pk,) in at_work)
        if to != step.state:
            transition(step, to, actor=actor, at=at)


def _told(work_order: WorkOrder, steps: Sequence[WorkOrderOperation]) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """Good, scrapped and to be reworked by step, reports less what was taken back; with what came from suppliers."""
    taken_back = Q(reverses__isnull=False)
    sums = {f"{name}_sum": Sum(name, filter=~taken_back, default=ZERO) for name in QUANTITIES}
    sums |= {f"{name}_back": Sum(name, filter=taken_back, default=ZERO) for name in QUANTITIES}
    rows = ProductionReport.objects.filter(work_order=work_order, operation__isnull=False).values("operation")
    names = [f"{name}_{end}" for name in QUANTITIES for end in ("sum", "back")]
    told = {
        key: (good - good_back, scrap - scrap_back, rework - rework_back)
        for key, good, good_back, scrap, scrap_back, rework, rework_back in rows.annotate(**sums)
        .order_by("operation")
        .values_list("operation", *names)
    }
    back = OperationFee.objects.filter(work_order=work_order).order_by().values_list("operation_no")
    pieces = {number: total for number, total in back.annotate(total=Sum("quantity")) if total}
    for step in steps if pieces else ():
        good, scrap, rework = told.get(step.pk, (ZERO, ZERO, ZERO))
        told[step.pk] = (good + pieces.get(step.number, ZERO), scrap, rework)
    return told


def _state_of(
    work_order: WorkOrder, steps: Sequence[WorkOrderOperation], step: WorkOrderOperation, *, is_running: bool
) -> str:
    whole = input_of(work_order, steps, step)
    if is_running:
        return OperationState.RUNNING
    if step.reported_quantity >= whole:
        return OperationState.DONE
    if step.state == OperationState.WAITING and not step.reported_quantity:
        return OperationState.WAITING
    return OperationState.PAUSED


def piece_rate(work_order: WorkOrder, step: WorkOrderOperation | None, day: dt.date) -> Decimal:
    """Return what a good piece pays on ``day``: the latest rate of the step, else of the item, else nothing."""
    known = PieceRate.objects.filter(item_id=work_order.item_id, valid_from__lte=day)
    number = step.number if step else None
    rows = known.filter(Q(operation_no=number) | Q(operation_no__isnull=True))
    best = sorted(rows, key=lambda one: (one.operation_no is None, -one.valid_from.toordinal()))
    return best[0].rate if best else ZERO
