"""Reading routings: the released one of a day, with its operations."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from erp.models import Routing, RoutingAlternate, RoutingOperation
from erp.selectors.boms import valid_on
from erp.states.engineering import RoutingState


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
