"""Figures of planning and production for dashboard and My work."""

import datetime as dt
from decimal import Decimal

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import TruncWeek

from core.clock import today
from core.counting import Summed
from core.fields import ZERO
from erp.models import ProductionReceipt, WorkOrder
from erp.selectors.plan import current_run, near_orders
from erp.states import WorkOrderState

OPEN = (WorkOrderState.DRAFT, WorkOrderState.RELEASED, WorkOrderState.IN_PROGRESS)
SOON = dt.timedelta(days=7)


def late_work_orders() -> QuerySet[WorkOrder]:
    """Return open work orders whose due date has passed, the latest first."""
    rows = WorkOrder.objects.filter(state__in=OPEN, due_date__lt=today())
    return rows.select_related("item").order_by("due_date", "pk")


def work_orders_to_release() -> QuerySet[WorkOrder]:
    """Return drafts that should start within a week."""
    rows = WorkOrder.objects.filter(state=WorkOrderState.DRAFT, start_date__lte=today() + SOON)
    return rows.select_related("item").order_by("start_date", "pk")


def work_orders_to_supply() -> QuerySet[WorkOrder]:
    """Return orders on the floor that still need material and should start within a week."""
    needy = Q(materials__required_quantity__gt=F("materials__issued_quantity"))
    rows = WorkOrder.objects.filter(
        needy, state__in=[WorkOrderState.RELEASED, WorkOrderState.IN_PROGRESS], start_date__lte=today() + SOON
    )
    return rows.select_related("item").order_by("start_date", "pk").distinct()


def work_orders_to_close() -> QuerySet[WorkOrder]:
    """Return completed orders that are not settled."""
    rows = WorkOrder.objects.filter(state=WorkOrderState.COMPLETED)
    return rows.select_related("item").order_by("due_date", "pk")


def value_in_process() -> Summed:
    """Sum what lies in process on all work orders that are not closed, base currency."""
    live = WorkOrder.objects.exclude(state__in=[WorkOrderState.CLOSED, WorkOrderState.CANCELLED])
    return Summed(live, F("material_cost") + F("labour_cost") - F("received_cost"))


def received_value_by_week(weeks: int = 12) -> list[tuple[dt.date, Decimal]]:
    """Return the value received from production in each of the last weeks (Monday, value), base currency."""
    monday = today() - dt.timedelta(days=today().weekday())
    first = monday - dt.timedelta(weeks=weeks - 1)
    rows = ProductionReceipt.objects.filter(receipt_date__gte=first).annotate(week=TruncWeek("receipt_date"))
    signed = Case(When(reverses__isnull=True, then=F("amount")), default=-F("amount"))
    sums = dict(rows.order_by().values_list("week").annotate(value=Sum(signed)))
    return [(day, sums.get(day, ZERO)) for day in (first + dt.timedelta(weeks=n) for n in range(weeks))]


def planned_releases_by_week(weeks: int = 12) -> list[tuple[dt.date, dict[str, int]]]:
    """Return how many planned orders are to be released in each coming week, by kind; overdue ones in the first."""
    monday = today() - dt.timedelta(days=today().weekday())
    run = current_run()
    if run is not None and run.near_until is not None:
        weeks = min(weeks, max(1, (run.near_until - monday).days // 7))
    last = monday + dt.timedelta(weeks=weeks)
    found: dict[dt.date, dict[str, int]] = {monday + dt.timedelta(weeks=n): {} for n in range(weeks)}
    rows = near_orders().filter(start_date__lt=last).select_related(None).annotate(week=TruncWeek("start_date"))
    for week, kind, count in rows.values_list("week", "supply_type").annotate(count=Count("sequence")):
        at = found[max(week, monday)]
        at[kind] = at.get(kind, 0) + count
    return sorted(found.items())
