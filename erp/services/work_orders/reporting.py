"""Reporting work: good and scrapped quantity, hours, and what the work costs."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date, company
from core.documents import lock, transition
from core.errors import InvalidInput
from core.fields import ZERO
from core.money import round_amount
from core.operations import operation
from erp import ports
from erp.errors import AlreadyReversed
from erp.errors.making import WorkNotDoneYet
from erp.models import PieceWage, ProductionReport, WorkOrder, WorkOrderOperation
from erp.services.overruns import watch_budget
from erp.services.work_orders import backflushing
from erp.services.work_orders.absorbing import absorb
from erp.services.work_orders.expecting import begin_progress, expect_materials, expect_supply, require_bookable
from erp.services.work_orders.finishing import complete_if_done
from erp.services.work_orders.steps import chosen_step, piece_rate, refresh_steps, require_reportable, steps_of
from erp.signals import labour_reported
from erp.states import WorkOrderState
from masterdata.models import Employee
from masterdata.selectors.units import in_one_unit
from masterdata.services.entry import check_quantity, require_open


@operation(
    permission="erp.report_workorder",
    document=(WorkOrder, "work_order_id"),
    backdating=("report_date", "erp.backdate_workorder"),
)
def report_operation(
    *,
    work_order_id: int,
    employee_id: int,
    operation_id: int | None = None,
    good_quantity: Decimal = ZERO,
    scrap_quantity: Decimal = ZERO,
    rework_quantity: Decimal = ZERO,
    uom_id: int | None = None,
    scrap_reason: str = "",
    hours: Decimal = ZERO,
    machine_minutes: Decimal = ZERO,
    report_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> ProductionReport:
    """Write down what an employee did on an order (at one of its steps); what it cost is in process from now on.

    Quantities are in ``uom_id`` (None: the stock unit). Without a step it is the last one, and all before it follow.
    Pieces to be reworked are reported again. Hours cost the employee's rate, or the pieces their piece rate.

    Raises:
        NotInProduction: the order is neither released nor in progress.
        NotTheStep: the operation is of another order.
        StepBeforeMissing: the count point before has not brought so much.
        OverReport: more than is still to be made.
        InvalidInput: nothing is reported, or something below zero.
        QuantityTooFine, UnitNotConvertible, ClosedForEntry, WorkNotDoneYet: quantity, employee, day as they have to be.
        (provider of erp.ports.posting_date): the period is closed.
    """
    work_order = lock(WorkOrder, work_order_id)
    require_bookable(work_order)
    require_open(employee := Employee.objects.get(pk=employee_id))
    typed = in_one_unit(work_order.item, uom_id, (good_quantity, scrap_quantity, rework_quantity))
    good, scrap, rework = typed.quantities
    _require_sound(work_order, (*typed.quantities, hours, machine_minutes))
    steps = steps_of(work_order)
    step = chosen_step(work_order, steps, operation_id)
    require_reportable(work_order, steps, step, good + scrap, in_turn=operation_id is not None)
    report = ProductionReport(
        work_order=work_order,
        employee=employee,
        operation=step,
        good_quantity=good,
        scrap_quantity=scrap,
        rework_quantity=rework,
        **typed.unit,
        scrap_reason=scrap_reason.strip(),
        hours=hours,
        machine_minutes=machine_minutes,
        labour_rate=employee.labour_rate,
        report_date=_day_of(report_date, at),
        created_at=at,
        actor=actor,
    )
    rate = piece_rate(work_order, step, report.report_date) if good else ZERO
    report.labour_amount = _rounded(good * rate if rate else hours * employee.labour_rate)
    _book(report, work_order, steps, sign=1, actor=actor, at=at)
    _pay(report, rate, sign=1)
    return report


def _day_of(report_date: dt.date | None, at: dt.datetime) -> dt.date:
    if report_date is not None and report_date > business_date(at):
        raise WorkNotDoneYet(date=report_date, field="report_date")
    return report_date or business_date(at)


def _require_sound(work_order: WorkOrder, told: Sequence[Decimal]) -> None:
    if min(told) < 0 or not any(told):
        raise InvalidInput(message=_("Report a quantity or hours, above zero."), field="good_quantity")
    good, scrap, rework = told[:3]
    check_quantity(work_order.item.uom, good + scrap)
    check_quantity(work_order.item.uom, rework)


@operation(permission="erp.report_workorder")
def reverse_report(*, report_id: int, actor: Any, at: dt.datetime) -> ProductionReport:
    """Take a report back: quantities, hours, their cost, and the material it posted by itself, as of today.

    An order that was complete is in progress again.

    Raises:
        AlreadyReversed: it was taken back already, or is itself a reversal.
        NotInProduction: the order is closed.
    """
    original = ProductionReport.objects.select_related("employee").get(pk=report_id)
    work_order = lock(WorkOrder, original.work_order_id)
    if work_order.state != WorkOrderState.COMPLETED:
        require_bookable(work_order)
    if original.reverses_id or ProductionReport.objects.filter(reverses=original).exists():
        raise AlreadyReversed()
    kept = (
        *("employee", "operation_id", "good_quantity", "scrap_quantity", "rework_quantity", "scrap_reason"),
        *("hours", "machine_minutes", "labour_rate", "labour_amount", "uom_id", "unit_factor"),
    )
    report = ProductionReport(
        work_order=work_order,
        report_date=business_date(at),
        created_at=at,
        actor=actor,
        reverses=original,
        **{name: getattr(original, name) for name in kept},
    )
    was_complete = work_order.state == WorkOrderState.COMPLETED
    if was_complete:
        transition(work_order, WorkOrderState.IN_PROGRESS, actor=actor, at=at)
    _book(report, work_order, steps_of(work_order), sign=-1, actor=actor, at=at, reopened=was_complete)
    paid = PieceWage.objects.filter(report=original).first()
    if paid is not None:
        _pay(report, paid.rate, sign=-1)
    return report


def _book(
    report: ProductionReport,
    work_order: WorkOrder,
    steps: Sequence[WorkOrderOperation],
    *,
    sign: int,
    actor: Any,
    at: dt.datetime,
    reopened: bool = False,
) -> None:
    """Store a report (or its reversal), carry it to the order and its steps, post what it used up."""
    if not steps or report.operation_id == steps[-1].pk:
        work_order.reported_quantity += sign * report.good_quantity
    work_order.scrapped_quantity += sign * report.scrap_quantity
    work_order.labour_cost += sign * report.labour_amount
    begin_progress(work_order, actor=actor, at=at)
    complete_if_done(work_order, actor=actor, at=at)
    if reopened and work_order.state == WorkOrderState.IN_PROGRESS:
        expect_materials(work_order, actor=actor, at=at)
    used = backflushing.prepare(work_order, at=at, taken_back=report.reverses)
    if report.labour_amount or report.report_date < business_date(at):
        report.report_date = ports.posting_date("production", report.report_date)
    report.save(force_insert=True)
    WorkOrder.objects.filter(pk=work_order.pk).update(
        reported_quantity=work_order.reported_quantity,
        scrapped_quantity=work_order.scrapped_quantity,
        labour_cost=work_order.labour_cost,
    )
    refresh_steps(work_order, steps, actor=actor, at=at)
    backflushing.flush(used, date=report.report_date, actor=actor, at=at, report=report)
    if report.scrap_quantity or reopened:
        expect_supply(work_order, actor=actor, at=at)
    if report.labour_amount:
        labour_reported.send(
            sender=ProductionReport,
            work_order=work_order,
            amount=sign * report.labour_amount,
            date=report.report_date,
            actor=actor,
            at=at,
        )
    absorb(report, work_order, actor=actor, at=at)
    if sign > 0:
        watch_budget(work_order, actor=actor, at=at)


def _pay(report: ProductionReport, rate: Decimal, *, sign: int) -> None:
    if not rate:
        return
    PieceWage.objects.create(
        report=report,
        employee_id=report.employee_id,
        work_order_id=report.work_order_id,
        operation_id=report.operation_id,
        quantity=sign * report.good_quantity,
        rate=rate,
        amount=sign * report.labour_amount,
        wage_date=report.report_date,
    )


def _rounded(amount: Decimal) -> Decimal:
    own = company()
    return round_amount(amount, own.base_decimals if own else 2)
