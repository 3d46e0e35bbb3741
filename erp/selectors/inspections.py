"""Inspections as lists, queues and pages show them."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

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

    Some may have been issued, scrapped or counted off since the inspection was opened. Where several open inspections
    wait for pieces of one place and lot, each piece is one inspection's: the older one has its share first. Claims and
    balances are read by one statement: a decision committed beside it is seen whole or not at all, so that two
    decisions at once never take the same piece.
    """
    parts = list(goods)
    there = {one.pk: one.quantity for one in parts if one.location_id is None}
    places = {one.location_id for one in parts} - {None}
    if not places:
        return there
    shared: dict[int, Decimal] = {}
    of_lot: dict[tuple[int, int], Decimal] = {}
    for pk, place, lot, quantity, in_place, in_lot in _claims(inspection, places):
        left = shared.setdefault(place, in_place or ZERO)
        share = min(quantity, left)
        if lot is not None:
            share = min(share, of_lot.setdefault((place, lot), in_lot or ZERO))
        there[pk] = share = max(ZERO, share)
        shared[place] = left - share
        if lot is not None:
            of_lot[place, lot] -= share
    return {one.pk: there.get(one.pk, ZERO) for one in parts}


def _claims(inspection: Inspection, places: Collection[Any]) -> Any:
    """Return (goods, place, lot, quantity, on hand in the place, of the lot there) of it and the older open ones."""
    older = Q(inspection__state__in=OPEN, inspection__lt=inspection.pk)
    rows = InspectionGoods.objects.filter(Q(inspection=inspection) | older, inspection__item=inspection.item_id)
    held = StockBalance.objects.filter(
        item=inspection.item_id, location=OuterRef("location_id"), owner__isnull=True
    ).order_by()
    summed = held.values("location").annotate(there=Sum("on_hand")).values("there")
    of_lot = held.filter(lot=OuterRef("lot_id")).values("location").annotate(there=Sum("on_hand")).values("there")
    rows = rows.filter(location__in=places).order_by("inspection_id", "pk")
    return rows.values_list("pk", "location_id", "lot_id", "quantity", Subquery(summed), Subquery(of_lot))


def goods_rows(inspection: Inspection) -> list[dict[str, Any]]:
    """Return each goods row, ``there``: what waits of it, ``decided``, ``left``: what had left before that.

    ``there`` is None once nothing waits any more.
    """
    goods = list(inspection.goods.all())
    there = still_there(inspection, goods) if inspection.state in OPEN else {}
    rows = []
    for part in goods:
        decided = sum((one.quantity for one in part.dispositions.all()), ZERO)
        left = part.quantity - decided if inspection.state == InspectionState.DECIDED else ZERO
        rows.append({"goods": part, "there": there.get(part.pk), "decided": decided, "left": left})
    return rows


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
