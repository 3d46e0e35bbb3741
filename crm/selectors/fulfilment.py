"""How far the goods of an order have come (derived, never stored): 待发货, 部分发货, 已发货, 已签收."""

import datetime as dt
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.fields import CharField
from django.db.models.functions import Coalesce

from core.fields import ZERO
from crm.models import DeliveryRequestLine, SalesOrder, SalesOrderLine
from crm.states import DeliveryRequestState, Fulfilment, SalesOrderState

DELIVERS_WITHIN = dt.timedelta(days=3)
GOODS = SalesOrderLine.objects.filter(item__isnull=False)
STILL_OPEN = GOODS.filter(is_closed=False, delivered_quantity__lt=F("stock_quantity"))
DUE = Coalesce("promised_date", "ship_date", "order__requested_date", "order__document_date")


def is_line_done(line: SalesOrderLine) -> bool:
    """Return whether nothing is left to happen to ``line``: delivered or closed, signed for, invoiced.

    Goods that came back need neither a signature nor an invoice. A line without item is only invoiced.
    """
    if line.item_id is None:
        return line.is_closed or line.invoiced_quantity >= line.stock_quantity
    return (
        line.open_quantity <= 0
        and line.signed_quantity + line.returned_quantity >= line.delivered_quantity
        and line.invoiced_quantity >= line.delivered_quantity - line.returned_quantity
    )


def with_fulfilment(orders: QuerySet[SalesOrder]) -> QuerySet[SalesOrder]:
    """Annotate ``fulfilment`` (a Fulfilment code; empty for drafts, cancelled orders and orders without goods)."""
    own = {"order": OuterRef("pk")}
    delivered = GOODS.filter(**own, delivered_quantity__gt=0)
    unsigned = GOODS.filter(**own, signed_quantity__lt=F("delivered_quantity") - F("returned_quantity"))
    return orders.annotate(
        fulfilment=Case(
            When(state__in=[SalesOrderState.DRAFT, SalesOrderState.CANCELLED], then=Value("")),
            When(~Exists(GOODS.filter(**own)), then=Value("")),
            When(Exists(STILL_OPEN.filter(**own)) & Exists(delivered), then=Value(Fulfilment.PARTIAL.value)),
            When(Exists(STILL_OPEN.filter(**own)), then=Value(Fulfilment.WAITING.value)),
            When(~Exists(delivered), then=Value("")),
            When(Exists(unsigned), then=Value(Fulfilment.SHIPPED.value)),
            default=Value(Fulfilment.SIGNED.value),
            output_field=CharField(),
        )
    )


def fulfilment_of(order: SalesOrder, lines: list[SalesOrderLine]) -> str:
    """Return the Fulfilment code of one order whose lines are at hand; empty as in `with_fulfilment`."""
    goods = [line for line in lines if line.item_id is not None]
    if order.state in {SalesOrderState.DRAFT, SalesOrderState.CANCELLED} or not goods:
        return ""
    delivered = any(line.delivered_quantity > 0 for line in goods)
    if any(line.open_quantity > 0 for line in goods):
        return str(Fulfilment.PARTIAL if delivered else Fulfilment.WAITING)
    if not delivered:
        return ""
    signed = all(line.signed_quantity >= line.delivered_quantity - line.returned_quantity for line in goods)
    return str(Fulfilment.SIGNED if signed else Fulfilment.SHIPPED)


def fulfilment_label(code: str) -> Any:
    """Return the words for a Fulfilment code."""
    return Fulfilment(code).label if code else ""


def overdue_orders(orders: QuerySet[SalesOrder], day: dt.date) -> QuerySet[SalesOrder]:
    """Return the confirmed orders with goods that should have left before ``day``."""
    late = STILL_OPEN.annotate(due=DUE).filter(due__lt=day)
    return orders.filter(state=SalesOrderState.CONFIRMED, pk__in=late.values("order"))


def due_orders(orders: QuerySet[SalesOrder], until: dt.date) -> QuerySet[SalesOrder]:
    """Return the confirmed orders with goods due until then that no delivery request names yet; annotates ``due``."""
    asked = (
        DeliveryRequestLine.objects.filter(
            order_line=OuterRef("pk"),
            request__state__in=[DeliveryRequestState.DRAFT, DeliveryRequestState.RELEASED],
        )
        .order_by()
        .values("order_line")
        .annotate(open=Sum(F("quantity") - F("shipped_quantity")))
        .values("open")
    )
    free = STILL_OPEN.annotate(due=DUE, asked=Coalesce(Subquery(asked), ZERO)).filter(
        due__lte=until, stock_quantity__gt=F("delivered_quantity") + F("asked")
    )
    first = free.filter(order=OuterRef("pk")).order_by("due").values("due")[:1]
    confirmed = orders.filter(state=SalesOrderState.CONFIRMED, pk__in=free.values("order"))
    return confirmed.annotate(due=Subquery(first))
