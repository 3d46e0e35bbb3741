"""Reading the plan: the current run, its orders, what they are for."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, QuerySet, Sum

from core.clock import today
from core.context import once_a_page
from erp.models import CurrentRun, Demand, PlannedOrder, PlanRun, PlanVerdict, SupplyAdvice
from erp.selectors.sources import name_of, url_of

PASSED = "phantom"
"""The kind of what is no proposal: a phantom or a skipped level."""


def current_run() -> PlanRun | None:
    """Return the run that readers read; None before the first."""
    current = once_a_page("erp.current_run", CurrentRun.objects.select_related("run").first)
    return current.run if current else None


def planned_orders(run: PlanRun | None = None) -> QuerySet[PlannedOrder]:
    """Return the planned orders of the current run (none before the first), with their items."""
    return pegged_orders(run).exclude(supply_type=PASSED)


def pegged_orders(run: PlanRun | None = None) -> QuerySet[PlannedOrder]:
    """Return planned orders and the phantoms and skipped levels between them, through which they are pegged."""
    run = run or current_run()
    if run is None:
        return PlannedOrder.objects.none()
    return PlannedOrder.objects.filter(slot=run.slot).select_related("item__uom")


def listed_orders(run: PlanRun, until: dt.date) -> QuerySet[PlannedOrder]:
    """Return the planned orders to be released until a day; of the rows alone where they reach so far."""
    orders = planned_orders(run).filter(start_date__lte=until)
    return orders.filter(is_near=True) if run.near_until is None or until <= run.near_until else orders


def near_orders() -> QuerySet[PlannedOrder]:
    """Return what a list shows at once: the planned orders of the near horizon, of a usual plan all."""
    return planned_orders().filter(is_near=True)


def planned_order(identity: tuple[int, dt.date, int]) -> PlannedOrder | None:
    """Return one order of the current run by (item, due date, sequence)."""
    item_id, due, sequence = identity
    return planned_orders().filter(item_id=item_id, due_date=due, sequence=sequence).first()


@dataclass(frozen=True)
class DemandLink:
    """A demand as people know it: its document, its place, its customer."""

    label: str
    kind: str
    url: str
    due_date: dt.date
    partner: str


def demand_links(demand_ids: Iterable[int]) -> dict[int, DemandLink]:
    """Return how demands are shown, by key; those that ended meanwhile are left out."""
    rows = Demand.objects.filter(pk__in=set(demand_ids)).select_related("partner")
    return {
        row.pk: DemandLink(
            row.source_number,
            name_of(row.source_label),
            url_of(row.source_label, row.source_id),
            row.due_date,
            str(row.partner) if row.partner else "",
        )
        for row in rows
    }


def shortages(until: dt.date) -> QuerySet[Any]:
    """Return what neither stock nor expected supply covers until a day, one row per item, the earliest need first.

    Rows are dicts: item (with code, names, unit and supply type), quantity (stock unit), orders, needed (first day),
    possible (last day it can be there), start (when the first order must be released).
    """
    run = current_run()
    orders = planned_orders(run).filter(need_date__lte=until)
    if run is not None and (run.near_until is None or until <= run.near_until):
        orders = orders.filter(is_near=True)
    return (
        orders.values(
            "item_id",
            "item__code",
            "item__name",
            "item__name_zh",
            "item__specification",
            "item__uom__name",
            "item__uom__name_zh",
            "supply_type",
        )
        .annotate(
            quantity=Sum("quantity"),
            orders=Count("sequence"),
            needed=Min("need_date"),
            start=Min("start_date"),
            possible=Max("finish_date"),
        )
        .order_by("needed", "item__code")
    )


def demands_of_items(item_ids: Iterable[int], until: dt.date) -> dict[int, list[int]]:
    """Return the earliest demands that the planned orders of each item until a day are for, five at most."""
    found: dict[int, list[int]] = {}
    orders = planned_orders().filter(item_id__in=set(item_ids), need_date__lte=until).order_by("due_date", "sequence")
    for item_id, demands in orders.values_list("item_id", "demands"):
        known = found.setdefault(item_id, [])
        known.extend(pk for pk in demands if pk not in known)
    return {item_id: demands[: PlannedOrder.PEGS_SHOWN] for item_id, demands in found.items()}


def late_verdicts() -> QuerySet[PlanVerdict]:
    """Return the order lines that the plan cannot meet in time, the latest first."""
    return (
        PlanVerdict.objects.filter(days_late__gt=0)
        .select_related("order_line__order__partner", "order_line__item__uom", "blocking_item")
        .order_by("-days_late", "due_date", "pk")
    )


def advice_on_supply() -> QuerySet[SupplyAdvice]:
    """Return what the planner proposes for existing supply."""
    return SupplyAdvice.objects.filter(supply__isnull=False).select_related("supply__item__uom")


def to_firm(within_days: int = 7) -> QuerySet[PlannedOrder]:
    """Return the planned orders that must be released soon, the most urgent first."""
    run = current_run()
    if run is None:
        return PlannedOrder.objects.none()
    until = today() + dt.timedelta(days=within_days)
    return listed_orders(run, until).order_by("start_date", "item_id", "sequence")
