"""Reading work orders: material to issue from where, and who and what is scanned on the shop floor."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from core.fields import ZERO
from erp.errors import UnknownBadge, UnknownWorkOrder
from erp.models import (
    Lot,
    ProductionReceipt,
    ProductionReport,
    StockBalance,
    StockMove,
    WorkOrder,
    WorkOrderMaterial,
    WorkSession,
)
from erp.selectors.kept import kept_for
from erp.selectors.on_picks import on_open_picks
from erp.selectors.taking import first_out
from erp.selectors.usable import WITH_LINE_SIDE, usable_balances
from erp.states import MoveKind, WorkOrderState
from masterdata.models import Employee, Location

ON_THE_FLOOR = (WorkOrderState.RELEASED, WorkOrderState.IN_PROGRESS)


@dataclass(frozen=True)
class FromPlace:
    """Take ``quantity`` (stock unit) from one place and lot."""

    location: Location
    lot: Lot | None
    quantity: Decimal


@dataclass
class MaterialSupply:
    """One material line and where its open quantity can come from; ``short``: what is nowhere in the warehouse."""

    line: WorkOrderMaterial
    free: Decimal
    places: list[FromPlace] = field(default_factory=list)
    on_pick: Decimal = ZERO

    @property
    def to_issue(self) -> Decimal:
        """Return what is open and not on an open merged pick."""
        return self.line.open_quantity - self.on_pick

    @property
    def short(self) -> Decimal:
        """Return what of it lies nowhere usable."""
        return self.to_issue - sum((one.quantity for one in self.places), ZERO)


def material_supply(work_order: WorkOrder, today: dt.date) -> list[MaterialSupply]:
    """Return for each material line what is free in the order's warehouse, or kept for it: that first, then first
    expiring, then first in.

    Lines of one item share what there is, in their order.
    """
    lines = list(
        work_order.materials.select_related("item__uom", "location__warehouse", "replaces", "uom").order_by("line_no")
    )
    usable = (
        usable_balances(today, WITH_LINE_SIDE)
        .filter(item_id__in={line.item_id for line in lines}, location__warehouse_id=work_order.warehouse_id)
        .select_related("item", "location__warehouse", "lot")
    )
    balances: dict[int, list[StockBalance]] = defaultdict(list)
    for balance in sorted(usable, key=first_out):
        balances[balance.item_id].append(balance)
    picked = on_open_picks(line.pk for line in lines)
    kept = kept_for(line.pk for line in lines)
    left = {balance.pk: balance.available for rows in balances.values() for balance in rows}
    found = []
    for line in lines:
        rows = [one for one in balances[line.item_id] if line.location_id in {None, one.location_id}]
        rows.sort(key=lambda one, line=line: (line.pk, one.pk) not in kept)
        own = {one.pk: kept.get((line.pk, one.pk), ZERO) for one in rows}
        free = sum((left[one.pk] + own[one.pk] for one in rows), ZERO)
        supply = MaterialSupply(line, free, on_pick=picked.get(line.pk, ZERO))
        missing = supply.to_issue
        for one in rows:
            taken = min(missing, left[one.pk] + own[one.pk])
            if taken > 0:
                supply.places.append(FromPlace(one.location, one.lot, taken))
                left[one.pk] -= max(ZERO, taken - own[one.pk])
                missing -= taken
        found.append(supply)
    return found


def reports_of(work_order: WorkOrder) -> list[ProductionReport]:
    """Return the reports, newest first; ``is_live``: it was not taken back and is no taking back."""
    rows = list(work_order.reports.select_related("employee", "operation", "actor", "uom").order_by("-id"))
    _mark_live(rows)
    return rows


def received_moves(work_order: WorkOrder, item_id: int) -> list[tuple[int, Decimal]]:
    """Return (move, quantity that stayed) of what an order brought of one item into stock, the first one first."""
    moves = StockMove.objects.filter(
        source_label="erp.workorder",
        source_id=work_order.pk,
        item_id=item_id,
        kind=MoveKind.PRODUCTION,
        reverses__isnull=True,
    ).annotate(undone=Sum("reversals__quantity", default=ZERO))
    rows = moves.order_by("pk").values_list("pk", "quantity", "undone")
    return [(pk, quantity - undone) for pk, quantity, undone in rows if quantity > undone]


def receipts_of(work_order: WorkOrder) -> list[ProductionReceipt]:
    """Return the receipts, newest first; ``is_live`` as in `reports_of`."""
    related = ("location__warehouse", "lot", "part__item", "output__item", "actor", "uom")
    rows = list(work_order.receipts.select_related(*related).order_by("-id"))
    _mark_live(rows)
    return rows


def _mark_live(rows: Iterable[ProductionReport | ProductionReceipt]) -> None:
    reversed_ids = {row.reverses_id for row in rows}
    for row in rows:
        row.is_live = row.reverses_id is None and row.pk not in reversed_ids  # type: ignore[union-attr]


def employee_of_badge(code: str) -> Employee:
    """Return the employee who answers to a badge, or to his code.

    Raises:
        UnknownBadge: nobody does.
    """
    code = code.strip()
    found = Employee.objects.filter(Q(badge=code) | Q(code__iexact=code), is_active=True).first() if code else None
    if found is None:
        raise UnknownBadge(badge=code)
    return found


def work_order_of_code(code: str) -> WorkOrder:
    """Return the work order of a scanned number.

    Raises:
        UnknownWorkOrder: there is none.
    """
    found = WorkOrder.objects.select_related("item__uom").filter(number__iexact=code.strip()).first()
    if found is None:
        raise UnknownWorkOrder(number=code.strip())
    return found


def open_session(employee: Employee) -> WorkSession | None:
    """Return what the employee is at work on."""
    running = WorkSession.objects.filter(employee=employee, finished_at__isnull=True)
    return running.select_related("work_order__item__uom", "operation").first()


def orders_on_the_floor() -> QuerySet[WorkOrder]:
    """Return the orders that may be worked on, the earliest start first."""
    rows = WorkOrder.objects.filter(state__in=ON_THE_FLOOR).select_related("item__uom")
    return rows.order_by("start_date", "due_date", "pk")
