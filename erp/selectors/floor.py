"""What lies on the shop floor: steps to do by work centre and person, and what pieces have paid."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Case, F, IntegerField, QuerySet, Sum, Value, When
from django.db.models.functions import TruncMonth

from core.fields import ZERO
from erp.models import PieceRate, PieceWage, WorkOrder, WorkOrderOperation, WorkSession
from erp.selectors.schedule_inputs import company_zone, remaining_minutes
from erp.selectors.work_orders import ON_THE_FLOOR
from erp.states import WorkOrderState
from erp.states.making import OperationState
from masterdata.models import Employee

TENTH = Decimal("0.1")


def steps_on_the_floor(work_center_id: int | None = None) -> QuerySet[WorkOrderOperation]:
    """Return the steps on the floor that are to be done here and are not done, in the order of dispatching."""
    rows = WorkOrderOperation.objects.filter(work_order__state__in=ON_THE_FLOOR, is_subcontracted=False)
    rows = rows.exclude(state=OperationState.DONE)
    rows = rows.filter(work_center=work_center_id) if work_center_id else rows
    related = ("work_order__item__uom", "work_center", "responsible", "slot")
    order = ("rank", "work_order__priority", "work_order__start_date", "work_order_id", "number")
    return rows.select_related(*related).order_by(*order)


def planned_start(step: WorkOrderOperation) -> dt.datetime | dt.date:
    """Return when a step is to begin: as it is scheduled, else when its order is (slot and order read along)."""
    slot = getattr(step, "slot", None)
    return step.work_order.start_date if slot is None else slot.starts_at


def open_hours(step: WorkOrderOperation) -> Decimal:
    """Return the standard hours still to be worked at a step, to a tenth."""
    minutes = remaining_minutes(step, step.work_order.quantity)
    return (minutes / 60).quantize(TENTH, ROUND_HALF_UP)


@dataclass
class PersonLoad:
    """What waits for one person (None: for nobody yet): steps, standard hours, and from when on."""

    employee: Employee | None
    steps: int = 0
    hours: Decimal = ZERO
    first: dt.date = dt.date.max


def load_by_person(work_center_id: int | None = None) -> list[PersonLoad]:
    """Return the open steps on the floor (of a work centre) added up by person, the busiest first, nobody's last."""
    found: dict[int | None, PersonLoad] = {}
    zone = company_zone()
    for step in steps_on_the_floor(work_center_id):
        load = found.setdefault(step.responsible_id, PersonLoad(step.responsible))
        start = planned_start(step)
        day = start.astimezone(zone).date() if isinstance(start, dt.datetime) else start
        load.steps, load.hours, load.first = load.steps + 1, load.hours + open_hours(step), min(load.first, day)
    return sorted(found.values(), key=lambda one: (one.employee is None, -one.hours, str(one.employee)))


def steps_for(employee: Employee) -> QuerySet[WorkOrderOperation]:
    """Return what an employee may take up: his own steps first, then those that are nobody's."""
    mine = Case(When(responsible=employee, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = steps_on_the_floor().filter(responsible=employee) | steps_on_the_floor().filter(responsible__isnull=True)
    return rows.annotate(mine=mine).order_by(
        "mine", "rank", "work_order__priority", "work_order__start_date", "work_order_id", "number"
    )


def orders_without_steps() -> QuerySet[WorkOrder]:
    """Return the orders on the floor that have no routing: they are reported as a whole."""
    rows = WorkOrder.objects.filter(state__in=ON_THE_FLOOR, operations__isnull=True).select_related("item__uom")
    return rows.order_by("priority", "start_date", "due_date", "pk")


def steps_with_progress(work_order: WorkOrder) -> list[WorkOrderOperation]:
    """Return the steps of an order with what a page shows of them."""
    return list(work_order.operations.select_related("work_center", "responsible", "supplier").order_by("number"))


def piece_rates() -> QuerySet[PieceRate]:
    """Return piece rates with their items."""
    return PieceRate.objects.select_related("item").order_by("item__code", "operation_no", "-valid_from")


def piece_wages() -> QuerySet[PieceWage]:
    """Return piece wages with what a list shows of them."""
    return PieceWage.objects.select_related("employee", "work_order__item", "operation")


def wages_by_employee(rows: QuerySet[PieceWage]) -> QuerySet[Any, Any]:
    """Return pieces and wage of every employee and month of ``rows``."""
    by_month = rows.annotate(month=TruncMonth("wage_date")).values(
        "month", "employee", code=F("employee__code"), name=F("employee__name"), name_zh=F("employee__name_zh")
    )
    return by_month.annotate(pieces=Sum("quantity"), wage=Sum("amount")).order_by("-month", "code")


def paused_minutes(employee: Employee, work_order: WorkOrder, step: WorkOrderOperation | None) -> int | None:
    """Return how long he was at work on an order (or step) before he paused, not reported yet; None: he did not."""
    rows = WorkSession.objects.filter(
        employee=employee, work_order=work_order, operation=step, finished_at__isnull=False, report__isnull=True
    )
    times = list(rows.values_list("started_at", "finished_at"))
    if not times:
        return None
    return sum(int((finished - started).total_seconds()) for started, finished in times if finished) // 60


def mergeable_with(work_order: WorkOrder) -> QuerySet[WorkOrder]:
    """Return the orders that could be merged into one: not begun, for the same and made the same way."""
    same = ("item_id", "kind", "bom_id", "warehouse_id", "sales_order_line_id")
    rows = WorkOrder.objects.filter(
        state__in=(WorkOrderState.DRAFT, WorkOrderState.RELEASED), **{name: getattr(work_order, name) for name in same}
    )
    return rows.exclude(pk=work_order.pk).select_related("item__uom").order_by("start_date", "pk")
