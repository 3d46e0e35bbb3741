"""Pick lists: made when a delivery request is released, given up when it is withdrawn."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core import history
from core.clock import business_date
from core.documents import lock, next_number, transition
from core.fields import ZERO
from core.operations import operation
from crm.models import DeliveryRequest, DeliveryRequestLine, SalesOrder
from crm.states import DeliveryRequestState
from erp.errors import NothingLeftToShip
from erp.models import Shipment, ShipmentLine
from erp.services.guards import require_edge
from erp.services.reservations import keep_for
from erp.services.shipments.headers import lock_shipment, order_demands
from erp.states import ShipmentState

OPEN_STATES = (ShipmentState.DRAFT, ShipmentState.PICKED)


@operation(permission="erp.add_shipment")
def create_shipment(*, request_id: int, actor: Any, at: dt.datetime) -> Shipment:
    """Make the pick list of what a released delivery request has left to ship.

    Raises:
        NothingLeftToShip: the request is not released, or everything is shipped or on a pick list already.
    """
    order_id = DeliveryRequest.objects.filter(pk=request_id).values_list("order_id", flat=True).first()
    order = lock(SalesOrder, order_id)
    request = lock(DeliveryRequest, request_id)
    found = None
    if request.state == DeliveryRequestState.RELEASED:
        found = _pick_list(request, actor=actor, at=at)
    if found is None:
        raise NothingLeftToShip(document=request)
    shipment, lines = found
    _reserve(order.pk, lines, at)
    return shipment


@operation(permission=None)
def create_shipment_for_request(*, request: DeliveryRequest, actor: Any, at: dt.datetime) -> Shipment | None:
    """Make the pick list of a delivery request just released (locked, its lines prefetched with their order lines), and
    keep the stock for it that is free.
    """
    found = _pick_list(request, actor=actor, at=at, asked=request.lines.all())
    if found is None:
        return None
    shipment, lines = found
    _reserve(request.order_id, lines, at)
    return shipment


def make_pick_list(request: DeliveryRequest, *, actor: Any, at: dt.datetime) -> Shipment | None:
    """Create a draft shipment of what is not shipped and on no open pick list; None when that is nothing."""
    found = _pick_list(request, actor=actor, at=at)
    return found[0] if found else None


def _pick_list(
    request: DeliveryRequest, *, actor: Any, at: dt.datetime, asked: Iterable[DeliveryRequestLine] = ()
) -> tuple[Shipment, list[ShipmentLine]] | None:
    listed = _on_pick_lists(request)
    rows = [
        (line, quantity)
        for line in asked or request.lines.select_related("order_line").order_by("line_no")
        if (quantity := line.open_quantity - listed.get(line.pk, ZERO)) > 0 and line.order_line.item_id
    ]
    if not rows:
        return None
    shipment = Shipment(
        number=next_number(Shipment, at),
        document_date=business_date(at),
        created_at=at,
        owner=actor if getattr(actor, "pk", None) else None,
        delivery_request=request,
        order_id=request.order_id,
        partner_id=request.partner_id,
        warehouse_id=request.warehouse_id,
        ship_to_id=request.ship_to_id,
        planned_date=request.ship_date,
    )
    lines = [
        ShipmentLine(
            line_no=number,
            order_line_id=line.order_line_id,
            request_line=line,
            item_id=line.order_line.item_id,
            quantity=quantity,
        )
        for number, (line, quantity) in enumerate(rows, start=1)
    ]
    history.create_with_lines(shipment, lines, "shipment")
    return shipment, lines


def _on_pick_lists(request: DeliveryRequest) -> dict[int, Decimal]:
    rows = ShipmentLine.objects.filter(request_line__request=request, shipment__state__in=OPEN_STATES).order_by()
    return dict(rows.values_list("request_line_id").annotate(Sum("quantity")))


def _reserve(order_id: int, lines: Iterable[ShipmentLine], at: dt.datetime) -> None:
    demands = order_demands(order_id)
    wanted = {line.order_line_id for line in lines}
    named = [demand for line_id, demand in demands.items() if line_id in wanted]
    if named:
        keep_for(named, at)


@operation(permission="erp.cancel_shipment", document=(Shipment, "shipment_id"))
def cancel_shipment(
    *, shipment_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> Shipment:
    """Give a pick list up: what was picked is put back, the delivery request stays released.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it has left already, or is cancelled.
    """
    locked = lock_shipment(shipment_id, version)
    require_edge(locked.shipment, ShipmentState.CANCELLED)
    transition(locked.shipment, ShipmentState.CANCELLED, actor=actor, at=at, reason=reason)
    return locked.shipment


@operation(permission=None)
def cancel_open_shipments(*, request: DeliveryRequest, actor: Any, at: dt.datetime) -> list[Shipment]:
    """Give up the open pick lists of a delivery request that was withdrawn or closed (locked)."""
    ids = Shipment.objects.filter(delivery_request=request, state__in=OPEN_STATES).order_by("pk")
    shipments = [lock(Shipment, pk) for pk in ids.values_list("pk", flat=True)]
    for shipment in shipments:
        transition(shipment, ShipmentState.CANCELLED, actor=actor, at=at)
    return shipments
