"""Return requests: a customer asks, sales agrees, the warehouse receives."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.fields import ZERO
from core.operations import operation
from crm.errors import AlreadyReceived, EmptyDocument, ForeignLine, MoreThanDelivered
from crm.models import ReturnRequest, ReturnRequestLine, SalesOrder
from crm.selectors.deliveries import returnable_quantities
from crm.services.guards import check_line_quantity, require_draft, require_edge, require_reason
from crm.signals import return_request_approved, return_request_cancelled
from crm.states import ReturnRequestState


@operation(permission="crm.add_returnrequest", document=(SalesOrder, "order_id"))
def create_return_request(
    *,
    order_id: int,
    lines: Sequence[Mapping[str, Any]],
    reason: str,
    warehouse_id: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> ReturnRequest:
    """Take down that a customer wants to return goods; ``lines``: order_line_id, quantity (stock units),
    shipment_line_id (optional), reason (optional).

    Raises:
        ReasonMissing: nobody said why.
        EmptyDocument: nothing is to come back.
        ForeignLine: a line is not of this order.
        MoreThanDelivered: more than was delivered and not returned or announced yet.
    """
    reason = require_reason(reason)
    order = lock(SalesOrder, order_id)
    request = ReturnRequest(
        order=order,
        partner_id=order.partner_id,
        warehouse_id=warehouse_id or order.warehouse_id,
        owner_id=order.owner_id,
        reason=reason[:200],
        note=note,
        document_date=business_date(at),
        created_at=at,
    )
    rows = _rows(order, request, lines)
    request.number = next_number(ReturnRequest, at)
    request.save()
    for row in rows:
        row.request = request
    ReturnRequestLine.objects.bulk_create(rows)
    return request


@operation(permission="crm.change_returnrequest", document=(ReturnRequest, "request_id"))
def update_return_request(
    *,
    request_id: int,
    lines: Sequence[Mapping[str, Any]],
    reason: str = "",
    warehouse_id: int | None = None,
    note: str | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> ReturnRequest:
    """Change a draft: what is given, and its lines to exactly ``lines``.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotEditable: it is approved already.
        EmptyDocument, ForeignLine, MoreThanDelivered: as in `create_return_request`.
    """
    order, request = _lock_both(request_id, version)
    require_draft(request)
    request.reason = reason[:200] or request.reason
    request.warehouse_id = warehouse_id or request.warehouse_id
    request.note = request.note if note is None else note
    rows = _rows(order, request, lines)
    request.version += 1
    request.save()
    request.lines.all().delete()
    ReturnRequestLine.objects.bulk_create(rows)
    return request


@operation(permission="crm.approve_returnrequest", document=(ReturnRequest, "request_id"))
def approve_return_request(
    *, request_id: int, version: int | None = None, actor: Any, at: dt.datetime
) -> ReturnRequest:
    """Agree that the goods may come back.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not a draft.
        MoreThanDelivered: part of it came back meanwhile by another request.
    """
    order, request = _lock_both(request_id, version)
    require_edge(request, ReturnRequestState.APPROVED, start=ReturnRequestState.DRAFT)
    _rows(order, request, [_as_typed(row) for row in request.lines.all()])
    transition(request, ReturnRequestState.APPROVED, actor=actor, at=at)
    return_request_approved.send(sender=ReturnRequest, request=request, actor=actor, at=at)
    return request


@operation(permission="crm.cancel_returnrequest", document=(ReturnRequest, "request_id"))
def cancel_return_request(*, request_id: int, reason: str = "", actor: Any, at: dt.datetime) -> ReturnRequest:
    """Withdraw a return of which nothing has come back.

    Raises:
        InvalidTransition: it is received or cancelled.
        AlreadyReceived: part of it has come back.
    """
    _order, request = _lock_both(request_id)
    require_edge(request, ReturnRequestState.CANCELLED)
    if request.lines.filter(received_quantity__gt=0).exists():
        raise AlreadyReceived(request=request)
    was_approved = request.state == ReturnRequestState.APPROVED
    transition(request, ReturnRequestState.CANCELLED, actor=actor, at=at, reason=reason)
    if was_approved:
        return_request_cancelled.send(sender=ReturnRequest, request=request, actor=actor, at=at)
    return request


def _lock_both(request_id: int, version: int | None = None) -> tuple[SalesOrder, ReturnRequest]:
    order_id = ReturnRequest.objects.filter(pk=request_id).values_list("order_id", flat=True).first()
    order = lock(SalesOrder, order_id)
    return order, lock(ReturnRequest, request_id, version=version)


def _as_typed(row: ReturnRequestLine) -> dict[str, Any]:
    return {
        "order_line_id": row.order_line_id,
        "shipment_line_id": row.shipment_line_id,
        "quantity": row.quantity,
        "reason": row.reason,
    }


def _rows(order: SalesOrder, request: ReturnRequest, lines: Sequence[Mapping[str, Any]]) -> list[ReturnRequestLine]:
    """Unsaved lines of ``request``, together within what can still come back of each order line."""
    typed = [line for line in lines if line["quantity"] > 0]
    if not typed:
        raise EmptyDocument(document=request.number or order, field="lines")
    own = {line.pk: line for line in order.lines.select_related("item__uom")}
    returnable = returnable_quantities(order, exclude_request_id=request.pk)
    wanted: dict[int, Decimal] = {}
    for line in typed:
        pk = line["order_line_id"]
        if pk not in own:
            raise ForeignLine(line=pk, document=order, field="lines")
        wanted[pk] = wanted.get(pk, ZERO) + line["quantity"]
        if wanted[pk] > returnable[pk]:
            raise MoreThanDelivered(
                line=own[pk].line_no, order=order, quantity=wanted[pk], returnable=returnable[pk], field="lines"
            )
        check_line_quantity(own[pk], line["quantity"])
    return [
        ReturnRequestLine(
            request=request,
            line_no=number,
            order_line=own[line["order_line_id"]],
            shipment_line_id=line.get("shipment_line_id"),
            quantity=line["quantity"],
            reason=(line.get("reason") or "")[:200],
        )
        for number, line in enumerate(typed, start=1)
    ]
