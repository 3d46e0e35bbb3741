"""Inspections as lists, queues and pages show them."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from core.fields import ZERO
from erp.models import Inspection, InspectionGoods, InspectionPlan, StockBalance, WorkOrder
from erp.states import InspectionState, WorkOrderState
from masterdata.selectors.search import find_items

MOST_CHOICES = 30
AT_WORK = (WorkOrderState.RELEASED, WorkOrderState.IN_PROGRESS)


def inspections() -> QuerySet[Inspection]:
    """Return all inspections, newest first, with what lists show."""
    return Inspection.objects.select_related("item__uom", "partner", "work_order", "inspector").order_by("-pk")


def to_inspect() -> QuerySet[Inspection]:
    """Return the inspections nobody has finished, oldest first."""
    return inspections().filter(state=InspectionState.DRAFT).order_by("pk")


def to_decide() -> QuerySet[Inspection]:
    """Return the inspections whose goods wait for a decision, oldest first."""
    return inspections().filter(state=InspectionState.INSPECTED).order_by("pk")


OPEN = (InspectionState.DRAFT, InspectionState.INSPECTED)


def inspections_by_scan(code: str, user: Any) -> list[Inspection]:
    """Return the inspections that a scan means, oldest first: by their own number, else the open ones it belongs to.

    A scan is a number of an inspection, a document the goods came with, a work order, a lot or serial number, or an
    item (code, barcode, alias).
    """
    code = code.strip()
    if not code:
        return []
    rows = inspections().filter(pk__in=Inspection.objects.visible_to(user).values("pk")).order_by("pk")
    named = list(rows.filter(number__iexact=code)[:1])
    if named:
        return named
    is_open = rows.filter(state__in=OPEN)
    belongs = Q(source_number__iexact=code) | Q(work_order__number__iexact=code)
    with_lot = Q(pk__in=Inspection.objects.filter(goods__lot__code=code).values("pk"))
    found = list(is_open.filter(belongs | with_lot)[:MOST_CHOICES])
    if found:
        return found
    items: list[Any] = find_items(code, limit=1, include_closed=True)
    if not items or items[0].rank > 1:
        return []
    return list(is_open.filter(item_id=items[0].pk)[:MOST_CHOICES])


def inspections_of(source_label: str, source_id: int) -> QuerySet[Inspection]:
    """Return the inspections of the goods that came with a document; of a work order also those in process."""
    named = Q(source_label=source_label, source_id=source_id)
    return Inspection.objects.filter(named | Q(work_order=source_id) if source_label == "erp.workorder" else named)


def still_there(inspection: Inspection, goods: Iterable[InspectionGoods]) -> dict[int, Decimal]:
    """Return by key of goods how much of them still lies where it waits; goods in process are all there.

    Some may have been issued, scrapped or counted off since the inspection was opened.
    """
    parts = list(goods)
    places = {one.location_id for one in parts} - {None}
    if not places:
        return {one.pk: one.quantity for one in parts}
    rows = StockBalance.objects.filter(item_id=inspection.item_id, location__in=places, owner__isnull=True)
    sums = rows.order_by().values_list("location_id", "lot_id").annotate(there=Sum("on_hand"))
    there: dict[tuple[int, int | None], Decimal] = defaultdict(lambda: ZERO)
    for place, lot, quantity in sums:
        there[place, lot] += quantity
        if lot is not None:
            there[place, None] += quantity  # goods inspected by hand may name no lot
    return {
        one.pk: one.quantity
        if one.location_id is None
        else max(ZERO, min(one.quantity, there[one.location_id, one.lot_id]))
        for one in parts
    }


def inspection_plans() -> QuerySet[InspectionPlan]:
    """Return all plans, newest first."""
    return InspectionPlan.objects.select_related("item", "category").order_by("-pk")


def open_orders() -> QuerySet[WorkOrder]:
    """Return the work orders something is being made on."""
    return WorkOrder.objects.filter(state__in=AT_WORK).order_by("-pk")


def previous_and_next(inspection: Inspection) -> dict[str, Any]:
    """Return what the inspection follows and what follows it."""
    return {"parent": inspection.parent, "children": list(inspection.children.order_by("pk"))}


def with_results(rows: QuerySet[Inspection]) -> QuerySet[Inspection]:
    """Return ``rows`` with everything the page and the report of an inspection show."""
    return rows.select_related(
        "item__uom", "plan", "partner", "work_order", "work_center", "parent", "inspector", "decided_by"
    ).prefetch_related(
        "lines__values",
        "defects__code",
        "goods__lot",
        "goods__location__warehouse",
        "goods__dispositions__to_location__warehouse",
    )
