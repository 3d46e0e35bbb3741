"""How far the goods of sales orders have come in plan and production."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.fields import ZERO
from crm.models import SalesOrderLine
from erp.models import Demand, PlanVerdict, WorkOrder
from erp.states import WorkOrderState

FINISHED = frozenset({WorkOrderState.COMPLETED, WorkOrderState.CLOSED})


@dataclass
class LineProgress:
    """One open order line: what the plan says of it, what is reserved, and the work orders made for it."""

    line: Any
    demand: Demand
    reserved: Decimal
    verdict: PlanVerdict | None = None
    work_orders: list[WorkOrder] = field(default_factory=list)

    @property
    def missing(self) -> Decimal:
        """What is not there yet."""
        return max(ZERO, self.demand.open_quantity - self.reserved)

    @property
    def running_orders(self) -> list[WorkOrder]:
        """The work orders from which something is still to come."""
        return [one for one in self.work_orders if one.state not in FINISHED]

    @property
    def finished_orders(self) -> int:
        """How many work orders have brought all they should."""
        return len(self.work_orders) - len(self.running_orders)


def progress_of_order(order_id: int) -> list[LineProgress]:
    """Return the open lines of a sales order, in their order."""
    demands = list(
        Demand.objects.filter(source_label="crm.salesorder", source_id=order_id, open_quantity__gt=0)
        .annotate(held=Sum("reservations__quantity", default=ZERO))
        .select_related("item__uom")
    )
    lines = SalesOrderLine.objects.in_bulk([one.source_line_id for one in demands])
    verdicts = {
        one.order_line_id: one
        for one in PlanVerdict.objects.filter(order_line_id__in=lines).select_related("blocking_item")
    }
    orders = defaultdict(list)
    for one in WorkOrder.objects.filter(sales_order_line_id__in=lines).exclude(state=WorkOrderState.CANCELLED):
        orders[one.sales_order_line_id].append(one)
    rows = [
        LineProgress(
            lines[one.source_line_id], one, one.held, verdicts.get(one.source_line_id), orders[one.source_line_id]
        )
        for one in demands
        if one.source_line_id in lines
    ]
    return sorted(rows, key=lambda row: (row.line.line_no, row.line.pk))


def late_lines(order_ids: Sequence[int]) -> dict[int, list[PlanVerdict]]:
    """Return {sales order: the lines the plan cannot meet in time}, the latest first."""
    found: dict[int, list[PlanVerdict]] = defaultdict(list)
    rows = PlanVerdict.objects.filter(order_line__order__in=order_ids, days_late__gt=0)
    for one in rows.select_related("order_line__item", "blocking_item").order_by("-days_late", "pk"):
        found[one.order_line.order_id].append(one)
    return found


def progress_badges(order_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return {sales order: (text, colour)}: late, in production with its percentage, in stock, planned."""
    demands = (
        Demand.objects.filter(source_label="crm.salesorder", source_id__in=order_ids, open_quantity__gt=0)
        .annotate(held=Sum("reservations__quantity", default=ZERO))
        .values_list("source_id", "source_line_id", "open_quantity", "held")
    )
    lines: dict[int, list[tuple[int, Decimal, Decimal]]] = defaultdict(list)
    for order_id, line_id, still_open, held in demands:
        lines[order_id].append((line_id, still_open, held))
    every = [line_id for rows in lines.values() for line_id, _open, _held in rows]
    late = dict(PlanVerdict.objects.filter(order_line_id__in=every).values_list("order_line_id", "days_late"))
    made = _made(every)
    return {order_id: _badge(rows, late, made) for order_id, rows in lines.items()}


def _made(line_ids: Iterable[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """(ordered, received) quantity of the released work orders made for each line."""
    sums = (
        WorkOrder.objects.filter(sales_order_line_id__in=list(line_ids))
        .exclude(state__in=[WorkOrderState.DRAFT, WorkOrderState.CANCELLED])
        .values_list("sales_order_line_id")
        .annotate(ordered=Sum("quantity"), done=Sum("completed_quantity"))
    )
    return {line_id: (ordered, done) for line_id, ordered, done in sums}


def _badge(
    rows: Sequence[tuple[int, Decimal, Decimal]],
    late: dict[int, int],
    made: dict[int, tuple[Decimal, Decimal]],
) -> tuple[str, str]:
    days = max((late.get(line_id, 0) for line_id, _open, _held in rows), default=0)
    started = [made[line_id] for line_id, _open, _held in rows if line_id in made]
    ordered = sum((one[0] for one in started), ZERO)
    percent = int(sum((one[1] for one in started), ZERO) * 100 / ordered) if ordered else None
    if days > 0:
        late_text = ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}
        return late_text if percent is None else f"{late_text} · {percent} %", "red"
    if all(held >= still_open for _line, still_open, held in rows):
        return _("In stock"), "green"
    if percent is not None:
        return _("In production, %(percent)s %%") % {"percent": percent}, "blue"
    if any(line_id in late for line_id, _open, _held in rows):
        return _("Planned"), "grey"
    return _("Not planned yet"), "amber"
