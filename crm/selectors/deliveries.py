"""What of an order is on its way out, and what may still be asked to go."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Subquery, Sum

from core.fields import ZERO
from crm.models import DeliveryRequest, DeliveryRequestLine, ReturnRequestLine, SalesOrder, SalesOrderLine
from crm.states import DeliveryRequestState, PaymentBasis, ReturnRequestState

ON_THE_WAY = (DeliveryRequestState.DRAFT, DeliveryRequestState.RELEASED)


@dataclass(frozen=True)
class Deliverable:
    """An order line with what can still be requested for delivery, in the item's stock unit."""

    line: SalesOrderLine
    quantity: Decimal


def released_quantities(order: SalesOrder, exclude: DeliveryRequest | None = None) -> dict[int, Decimal]:
    """Return {order line id: quantity asked for by drafts and released requests and not shipped yet}."""
    rows = DeliveryRequestLine.objects.filter(request__order=order, request__state__in=ON_THE_WAY)
    if exclude is not None and exclude.pk:
        rows = rows.exclude(request=exclude)
    return _sums(rows, F("quantity") - F("shipped_quantity"))


def order_lines_left(order: SalesOrder, exclude: DeliveryRequest | None = None) -> list[Deliverable]:
    """Return all lines of ``order`` in their order, each with what can still be requested of it (also nothing)."""
    asked = DeliveryRequestLine.objects.filter(order_line=OuterRef("pk"), request__state__in=ON_THE_WAY)
    if exclude is not None and exclude.pk:
        asked = asked.exclude(request=exclude)
    sums = asked.order_by().values("order_line").annotate(total=Sum(F("quantity") - F("shipped_quantity")))
    lines = order.lines.select_related("item__uom").order_by("line_no").annotate(asked=Subquery(sums.values("total")))
    return [Deliverable(line, line.open_quantity - (line.asked or ZERO)) for line in lines]


def deliverable_lines(order: SalesOrder, exclude: DeliveryRequest | None = None) -> list[Deliverable]:
    """Return the lines of ``order`` that can still be requested, in their order."""
    return [one for one in order_lines_left(order, exclude) if one.quantity > 0]


def returnable_quantities(order: SalesOrder, exclude_request_id: int | None = None) -> dict[int, Decimal]:
    """Return {order line id: delivered, neither returned nor announced to come back}."""
    rows = ReturnRequestLine.objects.filter(
        request__order=order, request__state__in=[ReturnRequestState.DRAFT, ReturnRequestState.APPROVED]
    ).exclude(request_id=exclude_request_id)
    announced = _sums(rows, F("quantity") - F("received_quantity"))
    return {
        line.pk: line.delivered_quantity - line.returned_quantity - announced.get(line.pk, ZERO)
        for line in order.lines.all()
    }


def prepayment_due(order: SalesOrder) -> Decimal:
    """Return what must be received before goods of ``order`` may leave: its instalments that count from the order."""
    due = order.payment_plan.filter(basis=PaymentBasis.ORDER).aggregate(amount=Sum("amount"))["amount"]
    return due if due is not None else ZERO


def _sums(rows: Any, expression: Any) -> dict[int, Decimal]:
    totals: Iterable[Any] = rows.values_list("order_line_id").annotate(total=Sum(expression))
    return dict(totals)


def returnable_lines(order: SalesOrder, exclude_request_id: int | None = None) -> list[Deliverable]:
    """Return the lines of ``order`` of which something can come back, with the most that can."""
    quantities = returnable_quantities(order, exclude_request_id)
    lines = order.lines.select_related("item__uom").order_by("line_no")
    return [Deliverable(line, quantities[line.pk]) for line in lines if quantities[line.pk] > 0]
