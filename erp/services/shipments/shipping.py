"""Shipping: goods leave for the customer, and come back whole when that was a mistake."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.audit import label_of
from core.clock import business_date
from core.context import change_later
from core.documents import transition
from core.operations import operation
from crm.services.sales_orders import register_delivery
from crm.states import DeliveryRequestState, SalesOrderState
from erp import signals
from erp.errors import NothingPicked
from erp.models import Shipment, ShipmentPick, StockMove
from erp.services.guards import require_edge
from erp.services.sales_demand import record_order_demand
from erp.services.shipments.creating import make_pick_list
from erp.services.shipments.headers import LockedShipment, by_order_line, lock_shipment, order_demands
from erp.services.stock import Known, MoveInput, PostedMoves, post_moves, reversal_of
from erp.states import MoveKind, ShipmentState
from masterdata.models import Location
from masterdata.selectors.places import places_and_virtual


@operation(
    permission="erp.ship_shipment", document=(Shipment, "shipment_id"), backdating=("date", "erp.backdate_stock")
)
def ship_shipment(
    *,
    shipment_id: int,
    date: dt.date | None = None,
    carrier: str = "",
    tracking_number: str = "",
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Shipment:
    """Post that the picked goods left, today or on ``date``; what was not picked goes on a new pick list.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not picked, or has left already.
        NothingPicked: no line has picked goods.
        ShortStock, ShortStockLater, FuturePosting, (closed period): see post_moves.
    """
    locked = lock_shipment(shipment_id, version)
    shipment = locked.shipment
    require_edge(shipment, ShipmentState.SHIPPED)
    picks = list(ShipmentPick.objects.filter(line__shipment=shipment).select_related("line").order_by("pk"))
    if not picks:
        raise NothingPicked(document=shipment)
    posted = _post(locked, picks, date or business_date(at), actor, at)
    costs = posted.cost_by_line()
    for line in locked.lines:
        line.cost = costs.get(line.pk, Decimal(0))
    change_later(locked.lines, ["cost"])
    shipment.shipped_date = posted.date
    shipment.carrier = carrier.strip() or shipment.carrier
    shipment.tracking_number = tracking_number.strip() or shipment.tracking_number
    transition(
        shipment, ShipmentState.SHIPPED, actor=actor, at=at, fields=["shipped_date", "carrier", "tracking_number"]
    )
    shipped = {line.pk: line.picked_quantity for line in locked.lines}
    register_delivery(quantities=by_order_line(locked.lines, shipped), request_id=locked.request.pk, actor=actor, at=at)
    signals.shipment_shipped.send(sender=Shipment, shipment=shipment, costs=costs, date=posted.date, actor=actor, at=at)
    _follow_up(locked, actor, at)
    return shipment


def _post(
    locked: LockedShipment, picks: Sequence[ShipmentPick], date: dt.date, actor: Any, at: dt.datetime
) -> PostedMoves:
    demands = order_demands(locked.order.pk)
    places = places_and_virtual({pick.location_id for pick in picks}, Location.Kind.CUSTOMER)
    customers = places[None]
    moves = []
    for pick in picks:
        demand = demands.get(pick.line.order_line_id)
        moves.append(
            MoveInput(
                item_id=pick.line.item_id,
                from_location_id=pick.location_id,
                to_location_id=customers.pk,
                quantity=pick.quantity,
                second_quantity=pick.second_quantity,
                lot_id=pick.lot_id,
                source_line_id=pick.line_id,
                demand_id=demand.pk if demand else None,
                uom_id=pick.uom_id,
                unit_factor=pick.unit_factor,
            )
        )
    return post_moves(
        moves=moves,
        source=locked.shipment,
        kind=MoveKind.SHIPMENT,
        date=date,
        known=Known(
            items={line.item_id: line.item for line in locked.lines},
            locations={place.pk: place for place in places.values()},
            demands={row.pk: row for row in demands.values()},
        ),
        actor=actor,
        at=at,
    )


def _follow_up(locked: LockedShipment, actor: Any, at: dt.datetime) -> None:
    """What a released request has left to ship gets a new pick list."""
    if locked.request.state == DeliveryRequestState.RELEASED:
        make_pick_list(locked.request, actor=actor, at=at)


@operation(
    permission="erp.reverse_shipment",
    document=(Shipment, "shipment_id"),
    backdating=("date", "erp.backdate_stock"),
)
def reverse_shipment(
    *,
    shipment_id: int,
    date: dt.date | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
    reason: str = "",
) -> Shipment:
    """Take a shipment back that the customer has not signed for: goods and cost return to where they were.

    The delivery request has the goods to ship again, on a new pick list.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it has not left, is signed for, or is reversed already.
        ReversalBeforeOriginal: the date is before the day it left on.
        FuturePosting, (closed period): see post_moves.
        ProgressOutOfRange: goods of it were returned already.
    """
    locked = lock_shipment(shipment_id, version)
    shipment = locked.shipment
    require_edge(shipment, ShipmentState.REVERSED)
    day = date or business_date(at)
    moves = list(StockMove.objects.filter(source_label=label_of(shipment), source_id=shipment.pk).order_by("pk"))
    back = by_order_line(locked.lines, {line.pk: line.picked_quantity for line in locked.lines})
    demands = order_demands(locked.order.pk)
    if locked.order.state == SalesOrderState.CONFIRMED and back.keys() - demands.keys():
        record_order_demand(order=locked.order, coming_back=back, actor=actor, at=at)
        demands = {}
    lines = {line.pk: line.order_line_id for line in locked.lines}
    of_line = {pk: demands[line_id].pk for pk, line_id in lines.items() if line_id in demands}
    posted = post_moves(
        moves=reversal_of(moves, demands=of_line),
        source=shipment,
        kind=MoveKind.SHIPMENT,
        date=day,
        actor=actor,
        at=at,
        reason=reason,
    )
    transition(shipment, ShipmentState.REVERSED, actor=actor, at=at, reason=reason)
    register_delivery(
        quantities={line_id: -quantity for line_id, quantity in back.items()},
        request_id=locked.request.pk,
        actor=actor,
        at=at,
    )
    signals.shipment_reversed.send(sender=Shipment, shipment=shipment, date=posted.date, actor=actor, at=at)
    _follow_up(locked, actor, at)
    return shipment
