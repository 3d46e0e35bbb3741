"""Which plan goods are inspected by, and where goods wait for it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet

from erp.models import InspectionPlan
from erp.states import InspectionKind, InspectionPlanState
from masterdata.models import Item, ItemCategory, Location, StockStatus, Warehouse

FALLBACKS = {
    InspectionKind.RETURN: (InspectionKind.RETURN, InspectionKind.FINAL, InspectionKind.RECEIPT),
}
"""Returned goods are inspected by a plan of their own, else as they once were."""


def plans_for(
    item_ids: Iterable[int], kind: str, day: dt.date, operation_no: int | None = None
) -> dict[int, InspectionPlan]:
    """Return the plan of each item that has one on ``day``: its own, else that of the nearest category above it.

    An in-process plan of the operation goes before one for any operation. Three statements.
    """
    items = dict(Item.objects.filter(pk__in=set(item_ids)).values_list("pk", "category_id"))
    above = _categories_above(category for category in items.values() if category)
    categories = {one for path in above.values() for one in path}
    kinds = FALLBACKS.get(InspectionKind(kind), (InspectionKind(kind),))
    candidates = valid_plans(day).filter(Q(item__in=items) | Q(category__in=categories), kind__in=kinds)
    by_item: dict[int, list[InspectionPlan]] = defaultdict(list)
    by_category: dict[int, list[InspectionPlan]] = defaultdict(list)
    for plan in candidates.order_by("pk"):
        if plan.operation_no in {None, operation_no}:
            (by_item[plan.item_id] if plan.item_id else by_category[plan.category_id or 0]).append(plan)
    found = {}
    for item_id, category_id in items.items():
        paths = [by_item[item_id], *(by_category[one] for one in above.get(category_id or 0, ()))]
        chosen = next((plans for plans in paths if plans), None)
        if chosen:
            found[item_id] = min(
                chosen, key=lambda one: (kinds.index(InspectionKind(one.kind)), one.operation_no is None)
            )
    return found


def valid_plans(day: dt.date) -> QuerySet[InspectionPlan]:
    """Return the released plans that count on ``day``."""
    return InspectionPlan.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=day), state=InspectionPlanState.RELEASED, valid_from__lte=day
    )


def _categories_above(keys: Iterable[int]) -> dict[int, list[int]]:
    """Return {category: itself and those above it, nearest first}."""
    wanted = set(keys)
    if not wanted:
        return {}
    parents = dict(ItemCategory.objects.values_list("pk", "parent_id"))
    paths = {}
    for key in wanted:
        path: list[int] = []
        here: int | None = key
        while here is not None and here not in path:
            path.append(here)
            here = parents.get(here)
        paths[key] = path
    return paths


def inspected_items(items: Collection[Item], kind: str, day: dt.date) -> set[int]:
    """Return the keys of ``items`` whose goods are inspected on this occasion: by a plan, or as the item says."""
    own = {one.pk for one in items if one.inspect_receipts and kind != InspectionKind.FINAL}
    return own | plans_for([one.pk for one in items if one.pk not in own], kind, day).keys()


def inspection_place(warehouse: Warehouse) -> Location | None:
    """Return the place of a warehouse where goods wait for inspection."""
    return (
        Location.objects.filter(
            warehouse=warehouse, kind=Location.Kind.STORAGE, is_active=True, status=StockStatus.INSPECTION
        )
        .order_by("put_away_order", "code")
        .first()
    )


def receiving_places(warehouse: Warehouse, items: Collection[Item], kind: str, day: dt.date) -> dict[int, Location]:
    """Return {item: place of inspection} of the items whose goods wait for inspection there before they are usable."""
    place = inspection_place(warehouse)
    if place is None:
        return {}
    return dict.fromkeys(inspected_items(items, kind, day), place)


def warehouses_without_place() -> list[Warehouse]:
    """Return the active warehouses that have no place of inspection: goods go straight into usable stock there."""
    having = Location.objects.filter(
        kind=Location.Kind.STORAGE, is_active=True, status=StockStatus.INSPECTION, warehouse__isnull=False
    )
    return list(Warehouse.objects.filter(is_active=True).exclude(pk__in=having.values("warehouse_id")).order_by("code"))
