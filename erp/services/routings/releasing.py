"""Releasing routings: at most one of an item is valid on a day."""

import datetime as dt
from typing import Any

from core.documents import lock, transition
from core.locks import lock_rows
from core.operations import operation
from erp.errors.engineering import RoutingOverlaps
from erp.models import Routing
from erp.services.guards import require_edge
from erp.services.planning_events import request_plan
from erp.states.engineering import RoutingState


@operation(permission="erp.release_routing", document=(Routing, "routing_id"))
def release_routing(*, routing_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Routing:
    """Make a draft the valid routing from its first day on; its open predecessor ends that day.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is no draft.
        RoutingOverlaps: another released one is valid then and does not simply end where this one begins.
    """
    item_id = Routing.objects.values_list("item_id", flat=True).get(pk=routing_id)
    routings = {one.pk: one for one in lock_rows(Routing.objects.filter(item_id=item_id))}
    routing = lock(Routing, routing_id, version=version)
    require_edge(routing, RoutingState.RELEASED)
    predecessor = _predecessor(routing, [one for one in routings.values() if one.state == RoutingState.RELEASED])
    if predecessor is not None:
        predecessor.valid_to = routing.valid_from
        predecessor.version += 1
        predecessor.save()
    transition(routing, RoutingState.RELEASED, actor=actor, at=at)
    request_plan(reason="routing", item_ids=[routing.item_id], actor=actor, at=at)
    return routing


@operation(permission="erp.retire_routing", document=(Routing, "routing_id"))
def retire_routing(*, routing_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Routing:
    """Take a released routing out of use; no new order is made by it.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not released.
    """
    routing = lock(Routing, routing_id, version=version)
    transition(routing, RoutingState.OBSOLETE, actor=actor, at=at)
    request_plan(reason="routing", item_ids=[routing.item_id], actor=actor, at=at)
    return routing


def _predecessor(routing: Routing, released: list[Routing]) -> Routing | None:
    """Return the one released routing that ends where ``routing`` begins.

    Raises:
        RoutingOverlaps: a released one begins on its first day or later, or more than one is in the way.
    """
    end = routing.valid_to or dt.date.max
    overlapping = [
        one for one in released if one.valid_from < end and routing.valid_from < (one.valid_to or dt.date.max)
    ]
    for one in overlapping:
        if one.valid_from >= routing.valid_from:
            raise RoutingOverlaps(item=routing.item, other=one)
    return overlapping[0] if overlapping else None
