"""Progress that the apps below report: delivered, signed for, returned, invoiced (all in stock units).

The callers lock the orders, and the request, before anything that ranks after them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.context import change_later
from core.documents import transition
from core.locks import held, lock_many, lock_once
from core.operations import operation
from crm.errors import MoreThanOpen, ProgressOutOfRange
from crm.models import (
    DeliveryRequest,
    ReturnRequest,
    SalesOrder,
    SalesOrderLine,
)
from crm.selectors.fulfilment import is_line_done
from crm.signals import sales_order_closed
from crm.states import DeliveryRequestState, ReturnRequestState, SalesOrderState

PROGRESS = {
    "delivered_quantity": _("delivered"),
    "signed_quantity": _("signed for"),
    "returned_quantity": _("returned"),
    "invoiced_quantity": _("invoiced"),
}
Quantities = Mapping[int, Decimal]


@operation(permission=None)
def register_delivery(
    *, quantities: Quantities, request_id: int | None = None, actor: Any, at: dt.datetime
) -> list[SalesOrder]:
    """Count goods that left for the customer: {order line id: quantity}, negative when a shipment is reversed.

    The delivery request is shipped when all its goods are; an order that has nothing left to happen closes.

    Raises:
        MoreThanOpen: more than the line has open.
        ProgressOutOfRange: a reversal takes back more than was delivered, or goods signed for.
    """
    locked = _Locked(quantities)
    request = lock_once(DeliveryRequest, request_id) if request_id is not None else None
    locked.add("delivered_quantity", quantities)
    if request is not None:
        _ship(request, quantities, actor=actor, at=at)
    return locked.settle(quantities, actor=actor, at=at)


@operation(permission=None)
def register_sign_off(
    *, quantities: Quantities, request_id: int | None = None, actor: Any, at: dt.datetime
) -> list[SalesOrder]:
    """Count goods that the customer signed for: {order line id: quantity}, negative when a sign-off is taken back.

    With ``request_id`` a shipped delivery request closes when all its goods are signed for.

    Raises:
        ProgressOutOfRange: more than was delivered, or less than nothing.
    """
    locked = _Locked(quantities)
    request = lock_once(DeliveryRequest, request_id) if request_id is not None else None
    locked.add("signed_quantity", quantities)
    if request is not None:
        rows = list(request.lines.order_by("line_no"))
        _spread(rows, "signed_quantity", "shipped_quantity", quantities)
        if request.state == DeliveryRequestState.SHIPPED and all(r.signed_quantity == r.quantity for r in rows):
            transition(request, DeliveryRequestState.CLOSED, actor=actor, at=at)
    return locked.settle(quantities, actor=actor, at=at)


@operation(permission=None)
def register_return(
    *, quantities: Quantities, request_id: int | None = None, actor: Any, at: dt.datetime
) -> list[SalesOrder]:
    """Count goods that came back: {order line id: quantity}, negative when a return receipt is reversed.

    Raises:
        ProgressOutOfRange: more than was delivered, or less than nothing.
    """
    locked = _Locked(quantities)
    request = lock_once(ReturnRequest, request_id) if request_id is not None else None
    locked.add("returned_quantity", quantities)
    if request is not None:
        rows = list(request.lines.order_by("line_no"))
        _spread(rows, "received_quantity", "quantity", quantities)
        is_done = all(row.received_quantity == row.quantity for row in rows)
        if is_done and request.state == ReturnRequestState.APPROVED:
            transition(request, ReturnRequestState.RECEIVED, actor=actor, at=at)
        elif not is_done and request.state == ReturnRequestState.RECEIVED:
            transition(request, ReturnRequestState.APPROVED, actor=actor, at=at)
    return locked.settle({}, actor=actor, at=at)


@operation(permission=None)
def register_invoiced(*, quantities: Quantities, actor: Any, at: dt.datetime) -> list[SalesOrder]:
    """Count what was invoiced: {order line id: quantity}, negative for a credit note.

    Raises:
        ProgressOutOfRange: less than nothing.
    """
    locked = _Locked(quantities)
    locked.add("invoiced_quantity", quantities)
    return locked.settle(quantities, actor=actor, at=at)


class _Locked:
    """The orders of the lines that progress is reported on, locked, with all their lines read once."""

    def __init__(self, quantities: Quantities) -> None:
        self.orders = held(SalesOrder)
        self.lines = self._read() if self.orders else {}
        if quantities.keys() - self.lines.keys():
            keys = set(SalesOrderLine.objects.filter(pk__in=quantities).values_list("order_id", flat=True))
            self.orders = lock_many(SalesOrder, keys)
            self.lines = self._read()
        concerned = {self.lines[pk].order_id for pk in quantities}
        self.orders = {pk: self.orders[pk] for pk in sorted(concerned)}

    def _read(self) -> dict[int, SalesOrderLine]:
        lines = {line.pk: line for line in SalesOrderLine.objects.filter(order__in=self.orders).select_related("item")}
        for line in lines.values():
            line.order = self.orders[line.order_id]
        return lines

    def add(self, column: str, quantities: Quantities) -> None:
        """Add to one of the PROGRESS columns."""
        changed = [self.lines[pk] for pk in quantities]
        for line in changed:
            setattr(line, column, getattr(line, column) + quantities[line.pk])
            _refuse_out_of_range(line, column, quantities[line.pk])
        change_later(changed, [column])

    def settle(self, quantities: Quantities, *, actor: Any, at: dt.datetime) -> list[SalesOrder]:
        """Close the orders of which nothing is left; a reversal opens again what was closed."""
        is_reversal = any(quantity < 0 for quantity in quantities.values())
        for order in self.orders.values():
            is_done = all(is_line_done(line) for line in self.lines.values() if line.order_id == order.pk)
            if is_done and order.state == SalesOrderState.CONFIRMED:
                transition(order, SalesOrderState.CLOSED, actor=actor, at=at)
                sales_order_closed.send(sender=SalesOrder, order=order, actor=actor, at=at)
            elif not is_done and is_reversal and order.state == SalesOrderState.CLOSED:
                transition(order, SalesOrderState.CONFIRMED, actor=actor, at=at)
        return list(self.orders.values())


def _refuse_out_of_range(line: SalesOrderLine, column: str, quantity: Decimal) -> None:
    if line.delivered_quantity > line.stock_quantity:
        left = line.stock_quantity - line.delivered_quantity + quantity
        raise MoreThanOpen(line=line.line_no, order=line.order, quantity=quantity, open=left)
    within = 0 <= line.signed_quantity <= line.delivered_quantity
    within = within and 0 <= line.returned_quantity <= line.delivered_quantity and line.invoiced_quantity >= 0
    if not within:
        label = PROGRESS[column]
        raise ProgressOutOfRange(
            line=line.line_no, order=line.order, what=str(label), quantity=getattr(line, column), change=quantity
        )


def _ship(request: DeliveryRequest, quantities: Quantities, *, actor: Any, at: dt.datetime) -> None:
    rows = list(request.lines.order_by("line_no"))
    _spread(rows, "shipped_quantity", "quantity", quantities)
    is_done = all(row.quantity == row.shipped_quantity for row in rows)
    if is_done and request.state == DeliveryRequestState.RELEASED:
        transition(request, DeliveryRequestState.SHIPPED, actor=actor, at=at)
    elif not is_done and request.state in {DeliveryRequestState.SHIPPED, DeliveryRequestState.CLOSED}:
        transition(request, DeliveryRequestState.RELEASED, actor=actor, at=at)


def _spread(rows: Iterable[Any], column: str, bound: str, quantities: Quantities) -> None:
    """Add the quantity of each order line to the request's rows of it, each up to its bound, down to nothing."""
    left = dict(quantities)
    changed: list[Any] = []
    for row in rows:
        wanted = left.get(row.order_line_id, Decimal(0))
        if not wanted:
            continue
        before = getattr(row, column)
        after = min(max(before + wanted, Decimal(0)), getattr(row, bound))
        setattr(row, column, after)
        left[row.order_line_id] = wanted - (after - before)
        changed.append(row)
    change_later(changed, [column])
