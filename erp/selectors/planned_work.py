"""What planned orders ask of work centres: each with the operations of the routing that is valid when it begins."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import QuerySet

from erp.models import PlannedOrder, RoutingOperation
from erp.selectors.plan import planned_orders
from erp.selectors.routings import routings_on
from erp.states import PlannedSupply

Routed = list[tuple[PlannedOrder, list[RoutingOperation]]]


def orders_to_make(until: dt.date) -> QuerySet[PlannedOrder]:
    """Return the planned orders for making to be released before a day (not included)."""
    return planned_orders().filter(supply_type=PlannedSupply.MAKE, start_date__lt=until)


def with_operations_of(orders: Sequence[PlannedOrder]) -> Routed:
    """Return planned orders with the operations of their routing; those without a routing are left out.

    Routings are looked up once a month: on the first day of the month an order begins in.
    """
    routings = routings_on((order.item_id, _month(order.start_date)) for order in orders)
    found: Routed = []
    for order in orders:
        routing = routings.get((order.item_id, _month(order.start_date)))
        if routing is not None:
            found.append((order, list(routing.operations.all())))
    return found


def _month(day: dt.date) -> dt.date:
    return day.replace(day=1)
