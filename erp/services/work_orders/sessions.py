"""Work by the clock: an employee starts on an order, and reports when he ends."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.documents import lock
from core.fields import ZERO
from core.locks import LockRank, advisory_lock
from core.money import round_quantity
from core.operations import operation
from erp.errors import AtWorkElsewhere, NotAtWork
from erp.models import ProductionReport, WorkOrder, WorkSession
from erp.services.work_orders.expecting import begin_progress, require_bookable
from erp.services.work_orders.reporting import report_operation
from masterdata.models import Employee
from masterdata.services.entry import require_open


@operation(permission="erp.report_workorder", document=(WorkOrder, "work_order_id"))
def start_work(*, work_order_id: int, employee_id: int, actor: Any, at: dt.datetime) -> WorkSession:
    """Start an employee's clock on an order; the order is in progress from now on.

    Raises:
        NotInProduction: the order is neither released nor in progress.
        AtWorkElsewhere: he is at work already, on this or another order.
        ClosedForEntry: he does not work here any more.
    """
    work_order = lock(WorkOrder, work_order_id)
    require_bookable(work_order)
    employee = Employee.objects.get(pk=employee_id)
    require_open(employee)
    advisory_lock(f"erp.at_work:{employee_id}", rank=LockRank.PARTNER)
    running = WorkSession.objects.filter(employee=employee, finished_at__isnull=True).select_related("work_order")
    if (session := running.first()) is not None:
        raise AtWorkElsewhere(employee=employee, document=session.work_order)
    begin_progress(work_order, actor=actor, at=at)
    return WorkSession.objects.create(work_order=work_order, employee=employee, started_at=at)


@operation(permission="erp.report_workorder", document=(WorkOrder, "work_order_id"))
def finish_work(
    *,
    work_order_id: int,
    employee_id: int,
    good_quantity: Decimal = ZERO,
    scrap_quantity: Decimal = ZERO,
    scrap_reason: str = "",
    actor: Any,
    at: dt.datetime,
) -> WorkSession:
    """Stop an employee's clock and report what he made; the hours are those since he started, to the hundredth.

    Raises:
        NotAtWork: he has not started on this order.
        NotInProduction, OverReport, InvalidInput: as in `report_operation`.
    """
    work_order = lock(WorkOrder, work_order_id)
    advisory_lock(f"erp.at_work:{employee_id}", rank=LockRank.PARTNER)
    session = (
        WorkSession.objects.filter(work_order=work_order, employee_id=employee_id, finished_at__isnull=True)
        .select_related("employee")
        .first()
    )
    if session is None:
        raise NotAtWork(employee=Employee.objects.get(pk=employee_id), document=work_order)
    hours = round_quantity(Decimal(int((at - session.started_at).total_seconds())) / 3600, 2)
    session.finished_at = at
    if hours or good_quantity or scrap_quantity:
        report: ProductionReport = report_operation(
            work_order_id=work_order_id,
            employee_id=employee_id,
            good_quantity=good_quantity,
            scrap_quantity=scrap_quantity,
            scrap_reason=scrap_reason,
            hours=hours,
            actor=actor,
            at=at,
        )
        session.report = report
    session.save()
    return session
