"""Delivery requests 发货通知: drawn up, released to the warehouse when payment and credit allow, closed, cancelled."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from core import history
from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import NotFound
from core.fields import ZERO
from core.locks import lock_rows
from core.operations import operation
from crm import ports
from crm.errors import (
    AlreadyShipped,
    EmptyDocument,
    ForeignLine,
    MissingDeliveryAddress,
    MoreThanOpen,
    OrderNotConfirmed,
    PrepaymentMissing,
)
from crm.models import DeliveryRequest, DeliveryRequestLine, SalesOrder
from crm.selectors.deliveries import order_lines_left, prepayment_due
from crm.services.credit import require_credit_to_ship
from crm.services.guards import check_line_quantity, require_draft, require_edge, require_own_address
from crm.signals import delivery_request_cancelled, delivery_request_closed, delivery_request_released
from crm.states import DeliveryRequestState, SalesOrderState


@operation(permission="crm.add_deliveryrequest", document=(SalesOrder, "order_id"))
def create_delivery_request(
    *,
    order_id: int,
    lines: Sequence[Mapping[str, Any]] | None = None,
    ship_date: dt.date | None = None,
    ship_to_id: int | None = None,
    warehouse_id: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> DeliveryRequest:
    """Draw up a delivery of a confirmed order: ``lines`` (order_line_id, quantity in stock units), or all that is open.

    Day, address and warehouse are the order's unless given.

    Raises:
        OrderNotConfirmed: the order is a draft, closed or cancelled.
        EmptyDocument: nothing is open.
        MoreThanOpen: a line has less open than asked for (other requests count).
        ForeignLine: a line is not of this order.
        ForeignAddress, MissingDeliveryAddress: the address.
    """
    order = lock(SalesOrder, order_id)
    _require_confirmed(order)
    require_own_address(order.partner_id, ship_to_id)
    request = DeliveryRequest(
        order=order,
        partner_id=order.partner_id,
        ship_to_id=ship_to_id or order.ship_to_id,
        warehouse_id=warehouse_id or order.warehouse_id,
        ship_date=ship_date or business_date(at),
        owner_id=order.owner_id,
        note=note,
        document_date=business_date(at),
        created_at=at,
    )
    if request.ship_to_id is None:
        raise MissingDeliveryAddress(document=order, field="ship_to_id")
    rows = _rows(order, request, lines)
    request.number = next_number(DeliveryRequest, at)
    history.create_with_lines(request, rows, "request")
    return request


@operation(permission="crm.change_deliveryrequest", document=(DeliveryRequest, "request_id"))
def update_delivery_request(
    *,
    request_id: int,
    lines: Sequence[Mapping[str, Any]],
    ship_date: dt.date | None = None,
    ship_to_id: int | None = None,
    warehouse_id: int | None = None,
    note: str | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> DeliveryRequest:
    """Change a draft: what is given, and its lines to exactly ``lines``.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotEditable: it is released already.
        OrderNotConfirmed, EmptyDocument, MoreThanOpen, ForeignLine, ForeignAddress: as in `create_delivery_request`.
    """
    order, request = _lock_both(request_id, version)
    require_draft(request)
    _require_confirmed(order)
    require_own_address(order.partner_id, ship_to_id)
    request.ship_date = ship_date or request.ship_date
    request.ship_to_id = ship_to_id or request.ship_to_id
    request.warehouse_id = warehouse_id or request.warehouse_id
    request.note = request.note if note is None else note
    rows = _rows(order, request, lines)
    request.version += 1
    request.save()
    request.lines.all().delete()
    DeliveryRequestLine.objects.bulk_create(rows)
    return request


@operation(permission="crm.release_deliveryrequest", document=(DeliveryRequest, "request_id"))
def release_delivery_request(
    *, request_id: int, version: int | None = None, actor: Any, at: dt.datetime
) -> DeliveryRequest:
    """Let the warehouse ship what the request names.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not a draft.
        OrderNotConfirmed: the order was closed or cancelled meanwhile.
        MoreThanOpen: the order was changed meanwhile and has less open.
        PrepaymentMissing: 款到发货: instalments due with the order are not received in full.
        CreditLimitExceeded: the customer is above his limit and nobody approved that for this order.
    """
    order, request = _lock_both(request_id, version)
    require_edge(request, DeliveryRequestState.RELEASED, start=DeliveryRequestState.DRAFT)
    _require_confirmed(order)
    prefetch_related_objects([request], Prefetch("lines", DeliveryRequestLine.objects.select_related("order_line")))
    _rows(order, request, [_as_typed(row) for row in request.lines.all()])
    _require_prepayment(order)
    require_credit_to_ship(order)
    request.released_date = business_date(at)
    transition(request, DeliveryRequestState.RELEASED, actor=actor, at=at, fields=["released_date"])
    delivery_request_released.send(sender=DeliveryRequest, request=request, actor=actor, at=at)
    return request


@operation(permission="crm.close_deliveryrequest", document=(DeliveryRequest, "request_id"))
def close_delivery_request(*, request_id: int, reason: str = "", actor: Any, at: dt.datetime) -> DeliveryRequest:
    """Give up what a released request has not shipped, or finish a shipped one that will not be signed in full.

    Raises:
        InvalidTransition: it is a draft, closed or cancelled.
    """
    _order, request = _lock_both(request_id)
    require_edge(request, DeliveryRequestState.CLOSED)
    was_open = request.state == DeliveryRequestState.RELEASED
    transition(request, DeliveryRequestState.CLOSED, actor=actor, at=at, reason=reason)
    if was_open:
        delivery_request_closed.send(sender=DeliveryRequest, request=request, actor=actor, at=at)
    return request


@operation(permission="crm.cancel_deliveryrequest", document=(DeliveryRequest, "request_id"))
def cancel_delivery_request(*, request_id: int, reason: str = "", actor: Any, at: dt.datetime) -> DeliveryRequest:
    """Withdraw a draft, or a released request of which nothing was shipped.

    Raises:
        InvalidTransition: it is shipped, closed or cancelled.
        AlreadyShipped: part of it is shipped.
    """
    _order, request = _lock_both(request_id)
    require_edge(request, DeliveryRequestState.CANCELLED)
    if request.lines.filter(shipped_quantity__gt=0).exists():
        raise AlreadyShipped(request=request)
    was_released = request.state == DeliveryRequestState.RELEASED
    transition(request, DeliveryRequestState.CANCELLED, actor=actor, at=at, reason=reason)
    if was_released:
        delivery_request_cancelled.send(sender=DeliveryRequest, request=request, actor=actor, at=at)
    return request


def _lock_both(request_id: int, version: int | None = None) -> tuple[SalesOrder, DeliveryRequest]:
    asked = DeliveryRequest.objects.filter(pk=request_id)
    orders = lock_rows(SalesOrder.objects.filter(pk__in=asked.values("order_id")))
    if not orders:
        raise NotFound(model=str(DeliveryRequest._meta.verbose_name), pk=request_id)
    request = lock(DeliveryRequest, request_id, version=version)
    request.order = orders[0]
    return orders[0], request


def _require_confirmed(order: SalesOrder) -> None:
    if order.state != SalesOrderState.CONFIRMED:
        raise OrderNotConfirmed(order=order, state=order.get_state_display(), state_code=order.state)


def _as_typed(row: DeliveryRequestLine) -> dict[str, Any]:
    return {"order_line_id": row.order_line_id, "quantity": row.quantity}


def _rows(
    order: SalesOrder, request: DeliveryRequest, lines: Sequence[Mapping[str, Any]] | None
) -> list[DeliveryRequestLine]:
    """Unsaved lines of ``request``, each within what its order line still has open."""
    deliverable = order_lines_left(order, exclude=request)
    open_lines = {one.line.pk: one for one in deliverable if one.quantity > 0}
    if lines is None:
        lines = [{"order_line_id": pk, "quantity": one.quantity} for pk, one in open_lines.items()]
    wanted: dict[int, Decimal] = {}
    for typed in lines:
        if typed["quantity"] <= 0:
            continue
        wanted[typed["order_line_id"]] = wanted.get(typed["order_line_id"], ZERO) + typed["quantity"]
    if not wanted:
        raise EmptyDocument(document=request.number or order, field="lines")
    own = {one.line.pk: one.line for one in deliverable}
    for pk, quantity in wanted.items():
        if pk not in own:
            raise ForeignLine(line=pk, document=order, field="lines")
        left = open_lines[pk].quantity if pk in open_lines else ZERO
        if quantity > left:
            raise MoreThanOpen(line=own[pk].line_no, order=order, quantity=quantity, open=left, field="lines")
        check_line_quantity(own[pk], quantity)
    return [
        DeliveryRequestLine(request=request, line_no=own[pk].line_no, order_line=own[pk], quantity=quantity)
        for pk, quantity in wanted.items()
    ]


def _require_prepayment(order: SalesOrder) -> None:
    required = prepayment_due(order)
    if required <= 0:
        return
    received = ports.received_for_order(order.pk)
    if received < required:
        raise PrepaymentMissing(order=order, required=required, received=received, currency=order.currency.code)
