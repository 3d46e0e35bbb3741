"""Reporting work: good and scrapped quantity, hours, and what the hours cost."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date, company
from core.documents import lock
from core.errors import InvalidInput
from core.fields import ZERO
from core.money import round_amount
from core.operations import operation
from erp import ports
from erp.errors import AlreadyReversed, OverReport
from erp.models import ProductionReport, WorkOrder
from erp.services.work_orders.expecting import begin_progress, expect_supply, require_bookable
from erp.services.work_orders.finishing import complete_if_done
from erp.signals import labour_reported
from masterdata.models import Employee
from masterdata.services.entry import check_quantity, require_open


@operation(permission="erp.report_workorder", document=(WorkOrder, "work_order_id"))
def report_operation(
    *,
    work_order_id: int,
    employee_id: int,
    good_quantity: Decimal = ZERO,
    scrap_quantity: Decimal = ZERO,
    scrap_reason: str = "",
    hours: Decimal = ZERO,
    report_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> ProductionReport:
    """Write down what an employee did on an order; hours cost his labour rate and are in process from now on.

    Raises:
        NotInProduction: the order is neither released nor in progress.
        OverReport: more than is still to be made.
        InvalidInput: nothing is reported, or something below zero.
        QuantityTooFine, ClosedForEntry: quantity and employee as master data demands.
        (provider of erp.ports.posting_date): the period is closed.
    """
    work_order = lock(WorkOrder, work_order_id)
    require_bookable(work_order)
    employee = Employee.objects.get(pk=employee_id)
    require_open(employee)
    if min(good_quantity, scrap_quantity, hours) < 0 or not (good_quantity or scrap_quantity or hours):
        raise InvalidInput(message=_("Report a quantity or hours, above zero."), field="good_quantity")
    check_quantity(work_order.item.uom, good_quantity + scrap_quantity)
    still_open = work_order.quantity - work_order.reported_quantity - work_order.scrapped_quantity
    if good_quantity + scrap_quantity > still_open:
        raise OverReport(document=work_order, quantity=good_quantity + scrap_quantity, open=still_open)
    own = company()
    report = ProductionReport(
        work_order=work_order,
        employee=employee,
        good_quantity=good_quantity,
        scrap_quantity=scrap_quantity,
        scrap_reason=scrap_reason.strip(),
        hours=hours,
        labour_rate=employee.labour_rate,
        labour_amount=round_amount(hours * employee.labour_rate, own.base_decimals if own else 2),
        report_date=report_date or business_date(at),
        created_at=at,
        actor=actor,
    )
    _book(report, work_order, sign=1, actor=actor, at=at)
    return report


@operation(permission="erp.report_workorder")
def reverse_report(*, report_id: int, actor: Any, at: dt.datetime) -> ProductionReport:
    """Take a report back: quantities, hours and their cost, as of today.

    Raises:
        AlreadyReversed: it was taken back already, or is itself a reversal.
        NotInProduction: the order is neither released nor in progress.
    """
    original = ProductionReport.objects.select_related("employee").get(pk=report_id)
    work_order = lock(WorkOrder, original.work_order_id)
    require_bookable(work_order)
    if original.reverses_id or ProductionReport.objects.filter(reverses=original).exists():
        raise AlreadyReversed()
    report = ProductionReport(
        work_order=work_order,
        employee=original.employee,
        good_quantity=original.good_quantity,
        scrap_quantity=original.scrap_quantity,
        scrap_reason=original.scrap_reason,
        hours=original.hours,
        labour_rate=original.labour_rate,
        labour_amount=original.labour_amount,
        report_date=business_date(at),
        created_at=at,
        actor=actor,
        reverses=original,
    )
    _book(report, work_order, sign=-1, actor=actor, at=at)
    return report


def _book(report: ProductionReport, work_order: WorkOrder, *, sign: int, actor: Any, at: dt.datetime) -> None:
    """Store a report (or its reversal) and carry it to the order's derived columns."""
    work_order.reported_quantity += sign * report.good_quantity
    work_order.scrapped_quantity += sign * report.scrap_quantity
    work_order.labour_cost += sign * report.labour_amount
    begin_progress(work_order, actor=actor, at=at)
    complete_if_done(work_order, actor=actor, at=at)
    if report.labour_amount:
        report.report_date = ports.posting_date("production", report.report_date)
    report.save(force_insert=True)
    WorkOrder.objects.filter(pk=work_order.pk).update(
        reported_quantity=work_order.reported_quantity,
        scrapped_quantity=work_order.scrapped_quantity,
        labour_cost=work_order.labour_cost,
    )
    if report.scrap_quantity:
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
