"""Work by the clock: an employee starts on an order or one of its steps, pauses, and reports when he ends."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from core.documents import lock
from core.fields import ZERO
from core.locks import LockRank, advisory_lock
from core.money import round_quantity
from core.operations import operation
from erp.errors import AtWorkElsewhere, NotAtWork
from erp.models import WorkOrder, WorkSession
from erp.services.work_orders.expecting import begin_progress, require_bookable
from erp.services.work_orders.reporting import report_operation
from erp.services.work_orders.steps import chosen_step, next_step, refresh_steps, steps_of
from masterdata.models import Employee
from masterdata.services.entry import require_open


@operation(permission="erp.report_workorder", document=(WorkOrder, "work_order_id"))
def start_work(
    *, work_order_id: int, employee_id: int, operation_id: int | None = None, actor: Any, at: dt.datetime
) -> WorkSession:
    """Start an employee's clock on an order, at the step named (else the next one); it is in progress from now on.

    Raises:
        NotInProduction: the order is neither released nor in progress.
        NotTheStep: the operation is of another order.
        AtWorkElsewhere: he is at work already, on this or another order.
        ClosedForEntry: he does not work here any more.
    """
    work_order = lock(WorkOrder, work_order_id)
    require_bookable(work_order)
    employee = Employee.objects.get(pk=employee_id)
    require_open(employee)
    steps = steps_of(work_order)
    step = chosen_step(work_order, steps, operation_id) if operation_id else next_step(steps)
    advisory_lock(f"erp.at_work:{employee_id}", rank=LockRank.PARTNER)
    running = WorkSession.objects.filter(employee=employee, finished_at__isnull=True).select_related("work_order")
    if (session := running.first()) is not None:
        raise AtWorkElsewhere(employee=employee, document=session.work_order)
    begin_progress(work_order, actor=actor, at=at)
    session = WorkSession.objects.create(work_order=work_order, employee=employee, operation=step, started_at=at)
    refresh_steps(work_order, steps, actor=actor, at=at)
    return session


@operation(permission="erp.report_workorder", document=(WorkOrder, "work_order_id"))
def pause_work(*, work_order_id: int, employee_id: int, actor: Any, at: dt.datetime) -> WorkSession:
    """Stop an employee's clock without a report; the time counts when he reports.

    Raises:
        NotAtWork: he has not started on this order.
    """
    work_order = lock(WorkOrder, work_order_id)
    advisory_lock(f"erp.at_work:{employee_id}", rank=LockRank.PARTNER)
    session = _sessions(work_order, employee_id)[-1]
    if session.finished_at is not None:
        raise NotAtWork(employee=session.employee, document=work_order)
    session.finished_at = at
    session.save(update_fields=["finished_at"])
    refresh_steps(work_order, steps_of(work_order), actor=actor, at=at)
    return session


@operation(permission="erp.report_workorder", document=(WorkOrder, "work_order_id"))
def finish_work(
    *,
    work_order_id: int,
    employee_id: int,
    operation_id: int | None = None,
    good_quantity: Decimal = ZERO,
    scrap_quantity: Decimal = ZERO,
    rework_quantity: Decimal = ZERO,
    uom_id: int | None = None,
    scrap_reason: str = "",
    actor: Any,
    at: dt.datetime,
) -> WorkSession:
    """Stop an employee's clock and report what he made; the hours are those he was at work, to the hundredth.

    Time before a pause counts too. At a work centre the machine ran as long as he worked.

    Raises:
        NotAtWork: he has not started on this order (or the step named).
        NotInProduction, OverReport, StepBeforeMissing, InvalidInput, UnitNotConvertible: as in `report_operation`.
    """
    work_order = lock(WorkOrder, work_order_id)
    advisory_lock(f"erp.at_work:{employee_id}", rank=LockRank.PARTNER)
    sessions = _sessions(work_order, employee_id, operation_id)
    last = sessions[-1]
    if last.finished_at is None:
        last.finished_at = at
        last.save(update_fields=["finished_at"])
    seconds = _seconds(sessions)
    hours = round_quantity(seconds / 3600, 2)
    if hours or good_quantity or scrap_quantity or rework_quantity:
        at_machine = last.operation is not None and last.operation.work_center_id is not None
        report = report_operation(
            work_order_id=work_order_id,
            employee_id=employee_id,
            operation_id=last.operation_id,
            good_quantity=good_quantity,
            scrap_quantity=scrap_quantity,
            rework_quantity=rework_quantity,
            uom_id=uom_id,
            scrap_reason=scrap_reason,
            hours=hours,
            machine_minutes=round_quantity(seconds / 60, 2) if at_machine else ZERO,
            actor=actor,
            at=at,
        )
        last.report = report
        WorkSession.objects.filter(pk__in=[one.pk for one in sessions]).update(report=report)
    else:
        refresh_steps(work_order, steps_of(work_order), actor=actor, at=at)
    return last


def _sessions(work_order: WorkOrder, employee_id: int, operation_id: int | None = None) -> list[WorkSession]:
    """His sessions on one step that are not reported yet, the running or latest one last.

    Raises:
        NotAtWork: there is none.
    """
    rows = WorkSession.objects.filter(work_order=work_order, employee_id=employee_id, report__isnull=True)
    if operation_id is not None:
        rows = rows.filter(operation=operation_id)
    found = sorted(
        rows.select_related("employee", "operation"), key=lambda one: (one.finished_at is None, one.started_at, one.pk)
    )
    if not found:
        raise NotAtWork(employee=Employee.objects.get(pk=employee_id), document=work_order)
    return [one for one in found if one.operation_id == found[-1].operation_id]


def _seconds(sessions: Iterable[WorkSession]) -> Decimal:
    worked = (one.finished_at - one.started_at for one in sessions if one.finished_at is not None)
    return Decimal(sum(int(one.total_seconds()) for one in worked))
