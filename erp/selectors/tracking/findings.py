"""The checks: each finds the work orders that are beyond its threshold, in a fixed number of statements."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Max, Sum

from core.fields import ZERO
from erp.models import (
    ProductionReceipt,
    ProductionReport,
    Reservation,
    StockMove,
    Supply,
    TrackingSettings,
    WorkOrder,
    WorkOrderMaterial,
    WorkSession,
)
from erp.selectors.usable import usable_balances
from erp.states import DemandKind, TrackingKind, WorkOrderState

K = TrackingKind
OPEN = (WorkOrderState.DRAFT, WorkOrderState.RELEASED, WorkOrderState.IN_PROGRESS)
NOT_STARTED = (WorkOrderState.DRAFT, WorkOrderState.RELEASED)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong; figures as on TrackingWarning."""

    kind: str
    work_order_id: int
    days: int | None = None
    item_id: int | None = None
    quantity: Decimal | None = None
    percent: Decimal | None = None

    @property
    def key(self) -> tuple[int, str]:
        """What may stand only once at a time."""
        return (self.work_order_id, self.kind)


def current_findings(rules: TrackingSettings, day: dt.date) -> list[Finding]:
    """Return everything that is wrong on ``day`` by the thresholds that are set, in order of work orders."""
    found = [
        *_late(K.LATE_START, NOT_STARTED, "start_date", rules.late_start_days, day),
        *_late(K.LATE_FINISH, OPEN, "due_date", rules.late_finish_days, day),
        *_without_material(rules.material_days, day),
        *_idle(rules.idle_days, day),
        *_low_yield(rules.yield_percent),
    ]
    return sorted(found, key=lambda one: one.key)


def _late(kind: str, states: Sequence[str], field: str, grace: int | None, day: dt.date) -> Iterator[Finding]:
    if grace is None:
        return
    rows = WorkOrder.objects.filter(state__in=states, **{f"{field}__lt": day - dt.timedelta(days=grace)})
    for pk, planned in rows.values_list("pk", field):
        yield Finding(kind, pk, days=(day - planned).days)


def _without_material(days: int | None, day: dt.date) -> Iterator[Finding]:
    """Yield the orders that start soon and whose material is neither there nor expected by then.

    All open orders compete for the same stock, the earlier starts first; what is reserved for others is not theirs.
    """
    if days is None:
        return
    horizon = day + dt.timedelta(days=days)
    needs = list(
        WorkOrderMaterial.objects.filter(
            work_order__state__in=OPEN,
            work_order__start_date__lte=horizon,
            required_quantity__gt=F("issued_quantity"),
        )
        .order_by("work_order__start_date", "work_order_id", "line_no")
        .values_list(
            "work_order_id", "work_order__start_date", "item_id", F("required_quantity") - F("issued_quantity")
        )
    )
    items = {item_id for _order, _start, item_id, _open in needs}
    stock, supplies = _free_stock(items, day), _expected(items, horizon)
    asked: dict[int, Decimal] = defaultdict(lambda: ZERO)
    worst: dict[int, Finding] = {}
    for order_id, start, item_id, wanted in needs:
        asked[item_id] += wanted
        there = stock[item_id] + sum((quantity for due, quantity in supplies[item_id] if due <= max(start, day)), ZERO)
        missing = min(wanted, max(ZERO, asked[item_id] - there))
        if missing and (order_id not in worst or missing > (worst[order_id].quantity or ZERO)):
            worst[order_id] = Finding(K.MISSING_MATERIAL, order_id, (start - day).days, item_id, missing)
    yield from worst.values()


def _free_stock(items: set[int], day: dt.date) -> dict[int, Decimal]:
    """What of each item is free or kept for a work order."""
    free: dict[int, Decimal] = defaultdict(lambda: ZERO)
    rows = usable_balances(day).filter(item__in=items).order_by().values_list("item_id")
    for item_id, quantity in rows.annotate(free=Sum(F("on_hand") - F("reserved"))):
        free[item_id] += quantity
    kept = Reservation.objects.filter(demand__item__in=items, demand__kind=DemandKind.WORK_ORDER).order_by()
    for item_id, quantity in kept.values_list("demand__item_id").annotate(kept=Sum("quantity")):
        free[item_id] += quantity
    return free


def _expected(items: set[int], horizon: dt.date) -> dict[int, list[tuple[dt.date, Decimal]]]:
    found: dict[int, list[tuple[dt.date, Decimal]]] = defaultdict(list)
    rows = Supply.objects.filter(item__in=items, is_firm=True, due_date__lte=horizon)
    for item_id, due, quantity in rows.values_list("item_id", "due_date", "open_quantity"):
        found[item_id].append((due, quantity))
    return found


def _idle(days: int | None, day: dt.date) -> Iterator[Finding]:
    """Yield orders in progress on which nothing was issued, reported or received for so long, and nobody is at work."""
    if days is None:
        return
    at_work = WorkSession.objects.filter(finished_at__isnull=True).values("work_order_id")
    orders = WorkOrder.objects.filter(state=WorkOrderState.IN_PROGRESS).exclude(pk__in=at_work)
    last: dict[int, dt.date] = dict(orders.values_list("pk", "start_date"))
    reports = ProductionReport.objects.filter(work_order__in=last).order_by().values_list("work_order_id")
    receipts = ProductionReceipt.objects.filter(work_order__in=last).order_by().values_list("work_order_id")
    moves = (
        StockMove.objects.filter(source_label="erp.workorder", source_id__in=last).order_by().values_list("source_id")
    )
    seen: dict[int, dt.date] = {}
    for rows, field in ((reports, "report_date"), (receipts, "receipt_date"), (moves, "moved_on")):
        for pk, latest in rows.annotate(latest=Max(field)):
            seen[pk] = max(latest, seen.get(pk, latest))
    for pk, start in last.items():
        since = seen.get(pk, start)
        if (day - since).days > days:
            yield Finding(K.IDLE, pk, days=(day - since).days)


def _low_yield(percent: Decimal | None) -> Iterator[Finding]:
    if percent is None:
        return
    made = F("reported_quantity") + F("scrapped_quantity")
    rows = WorkOrder.objects.filter(state__in=OPEN, scrapped_quantity__gt=0).annotate(made=made)
    for pk, good, total in rows.filter(made__gt=0).values_list("pk", "reported_quantity", "made"):
        share = round(good * 100 / total, 2)
        if share < percent:
            yield Finding(K.YIELD_DROP, pk, percent=share)
