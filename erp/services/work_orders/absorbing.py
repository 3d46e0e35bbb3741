"""Machine cost and overhead: every reported hour at a work centre brings its rates into process."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import F

from core.money import round_amount
from erp import ports
from erp.models import AbsorbedCost, ProductionReport, WorkOrder
from erp.selectors.work_centers import rates_on
from erp.services.stock.valuing import base_decimals
from erp.signals import overhead_absorbed

SIXTY = Decimal(60)


def absorb(report: ProductionReport, work_order: WorkOrder, *, actor: Any, at: dt.datetime) -> None:
    """Bring what a saved report absorbs into process; a report that takes one back, the exact opposite.

    Machine hours as reported, else the hours of the work; overhead by the hours of the work, else of the machine.
    Without a work centre, or without its rate on the day, nothing is absorbed.
    """
    row = _opposite(report) if report.reverses_id else _absorbed(report)
    if row is None or not (row.machine_amount or row.overhead_amount):
        return
    row.absorbed_on = ports.posting_date("production", report.report_date)
    row.save(force_insert=True)
    amount = row.machine_amount + row.overhead_amount
    WorkOrder.objects.filter(pk=work_order.pk).update(labour_cost=F("labour_cost") + amount)
    work_order.labour_cost += amount
    overhead_absorbed.send(
        sender=AbsorbedCost, work_order=work_order, absorbed=row, date=row.absorbed_on, actor=actor, at=at
    )


def _absorbed(report: ProductionReport) -> AbsorbedCost | None:
    step = report.operation
    if step is None or step.work_center_id is None:
        return None
    rate = rates_on([step.work_center_id], report.report_date).get(step.work_center_id)
    if rate is None:
        return None
    machine_hours = report.machine_minutes / SIXTY or report.hours
    hours = report.hours or machine_hours
    decimals = base_decimals()
    return AbsorbedCost(
        report=report,
        work_order_id=report.work_order_id,
        work_center_id=step.work_center_id,
        operation_no=step.number,
        hours=hours,
        machine_hours=machine_hours,
        machine_rate=rate.machine,
        overhead_rate=rate.overhead,
        machine_amount=round_amount(machine_hours * rate.machine, decimals),
        overhead_amount=round_amount(hours * rate.overhead, decimals),
    )


def _opposite(report: ProductionReport) -> AbsorbedCost | None:
    original = AbsorbedCost.objects.filter(report=report.reverses_id).first()
    if original is None:
        return None
    return AbsorbedCost(
        report=report,
        work_order_id=original.work_order_id,
        work_center_id=original.work_center_id,
        operation_no=original.operation_no,
        hours=-original.hours,
        machine_hours=-original.machine_hours,
        machine_rate=original.machine_rate,
        overhead_rate=original.overhead_rate,
        machine_amount=-original.machine_amount,
        overhead_amount=-original.overhead_amount,
    )
