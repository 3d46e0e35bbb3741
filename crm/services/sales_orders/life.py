"""Making a sales order binding, finishing it, calling it off."""

import datetime as dt
from typing import Any

from django.db.models import prefetch_related_objects

from core.clock import business_date
from core.documents import lock, transition
from core.operations import operation
from crm.errors import AlreadyDelivered, EmptyDocument, MissingDeliveryAddress, OpenDelivery
from crm.models import DeliveryRequest, SalesOrder, SalesOrderLine
from crm.services.credit import require_credit
from crm.services.guards import require_customer, require_edge, require_reason
from crm.services.payment_plans import draw_payment_plan
from crm.signals import sales_order_cancelled, sales_order_closed, sales_order_confirmed
from crm.states import DeliveryRequestState, SalesOrderState
from masterdata.models import Partner
from masterdata.services.entry import require_complete

UNDER_WAY = (DeliveryRequestState.DRAFT, DeliveryRequestState.RELEASED)


@operation(permission="crm.confirm_salesorder", document=(SalesOrder, "order_id"))
def confirm_sales_order(*, order_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> SalesOrder:
    """Make a draft order binding, draw up its payment plan and announce it.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not a draft (also: the second of two clicks).
        EmptyDocument: it has no lines.
        NotACustomer, MergedAway, ClosedForEntry, PartnerIncomplete: the customer cannot order.
        MissingDeliveryAddress: nobody said where the goods go.
        ApprovalRequired, ApprovalPending: a policy that it meets has no approval yet.
        CreditLimitExceeded: the customer's exposure with this order is above his limit.
    """
    order = lock(SalesOrder, order_id, version=version)
    require_edge(order, SalesOrderState.CONFIRMED, start=SalesOrderState.DRAFT)
    prefetch_related_objects([order], "lines")
    if not order.lines.all():
        raise EmptyDocument(document=order)
    order.partner = lock(Partner, order.partner_id)
    require_customer(order.partner)
    require_complete(order.partner, "order")
    if order.ship_to_id is None:
        raise MissingDeliveryAddress(document=order, field="ship_to_id")
    require_credit(order, actor=actor)
    order.confirmed_date = business_date(at)
    transition(order, SalesOrderState.CONFIRMED, actor=actor, at=at, fields=["confirmed_date"])
    draw_payment_plan(order, is_first=True)
    sales_order_confirmed.send(sender=SalesOrder, order=order, actor=actor, at=at)
    return order


@operation(permission="crm.close_salesorder", document=(SalesOrder, "order_id"))
def close_sales_order(
    *, order_id: int, reason: str = "", version: int | None = None, actor: Any, at: dt.datetime
) -> SalesOrder:
    """Finish a binding order by hand: what is not delivered yet is given up.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not confirmed.
        ReasonMissing: something is given up and nobody said why.
        OpenDelivery: goods of it are released for delivery and not shipped.
    """
    order = lock(SalesOrder, order_id, version=version)
    require_edge(order, SalesOrderState.CLOSED)
    _refuse_deliveries_under_way(order)
    open_lines = [line for line in order.lines.all() if line.open_quantity > 0]
    if open_lines:
        require_reason(reason)
        SalesOrderLine.objects.filter(pk__in=[line.pk for line in open_lines]).update(is_closed=True)
    transition(order, SalesOrderState.CLOSED, actor=actor, at=at, reason=reason)
    sales_order_closed.send(sender=SalesOrder, order=order, actor=actor, at=at)
    return order


@operation(permission="crm.cancel_salesorder", document=(SalesOrder, "order_id"))
def cancel_sales_order(
    *, order_id: int, reason: str = "", version: int | None = None, actor: Any, at: dt.datetime
) -> SalesOrder:
    """Call off a draft, or a binding order of which nothing has happened yet (with a reason).

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is closed or cancelled.
        ReasonMissing: it is binding and nobody said why.
        AlreadyDelivered: something of it is delivered, released for delivery or invoiced.
    """
    order = lock(SalesOrder, order_id, version=version)
    require_edge(order, SalesOrderState.CANCELLED)
    was_binding = order.state == SalesOrderState.CONFIRMED
    if was_binding:
        require_reason(reason)
        if _has_progress(order):
            raise AlreadyDelivered(order=order)
    transition(order, SalesOrderState.CANCELLED, actor=actor, at=at, reason=reason)
    if was_binding:
        sales_order_cancelled.send(sender=SalesOrder, order=order, actor=actor, at=at)
    return order


def _refuse_deliveries_under_way(order: SalesOrder) -> None:
    under_way = DeliveryRequest.objects.filter(order=order, state__in=UNDER_WAY).order_by("number")
    numbers = list(under_way.values_list("number", flat=True))
    if numbers:
        raise OpenDelivery(order=order, requests=numbers)


def _has_progress(order: SalesOrder) -> bool:
    if DeliveryRequest.objects.filter(order=order, state__in=UNDER_WAY).exists():
        return True
    return any(line.delivered_quantity or line.invoiced_quantity for line in order.lines.all())
