"""Reading routings: the released one of a day, with its operations."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from erp.models import Routing, RoutingAlternate, RoutingOperation
from erp.selectors.boms import valid_on
from erp.states.engineering import RoutingState

TYPED_FIELDS = (
    "number",
    "name",
    "name_zh",
    "setup_minutes",
    "run_minutes",
    "base_quantity",
    "is_count_point",
    "is_subcontracted",
    "unit_price",
    "instructions",
)
"""What is typed of an operation as it stands, in forms and files alike; the work centre and the supplier are chosen."""


def with_operations(routings: QuerySet[Routing]) -> QuerySet[Routing]:
    """Return routings with item, operations and alternatives read along, as ``operations`` and their ``alternates``."""
    alternates = RoutingAlternate.objects.select_related("work_center")
    operations = RoutingOperation.objects.select_related("work_center", "supplier")
    operations = operations.prefetch_related(Prefetch("alternates", queryset=alternates))
    return routings.select_related("item", "item__uom").prefetch_related(Prefetch("operations", queryset=operations))


def released_routings(item_ids: Iterable[int], date: dt.date) -> dict[int, Routing]:
    """Return the released routing of each item on ``date``, its operations prefetched in their order."""
    found = Routing.objects.filter(valid_on(date), item_id__in=set(item_ids), state=RoutingState.RELEASED)
    return {routing.item_id: routing for routing in with_operations(found)}


def routings_on(asked: Iterable[tuple[int, dt.date]]) -> dict[tuple[int, dt.date], Routing]:
    """Return the released routing of each (item, day), its operations prefetched; as many statements as for one day."""
    wanted = set(asked)
    rows = Routing.objects.filter(item_id__in={item_id for item_id, _day in wanted}, state=RoutingState.RELEASED)
    by_item: dict[int, list[Routing]] = defaultdict(list)
    for routing in with_operations(rows):
        by_item[routing.item_id].append(routing)
    return {
        (item_id, day): routing
        for item_id, day in wanted
        for routing in by_item[item_id]
        if routing.valid_from <= day and (routing.valid_to is None or day < routing.valid_to)
    }
