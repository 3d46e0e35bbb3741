"""Reading purchase orders: what is open, late, expected, and what it is worth."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, DecimalField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce, Greatest

from core.counting import Summed
from core.money import round_amount
from scm.models import GoodsReceipt, PurchaseOrder, PurchaseOrderLine
from scm.states import GoodsReceiptState, PurchaseOrderState

_WIDE = DecimalField(max_digits=38, decimal_places=10)
EXPECTED = Coalesce("confirmed_date", "due_date")
OPEN = Greatest(F("stock_quantity") - F("received_quantity") + F("to_replace_quantity"), Decimal(0), output_field=_WIDE)


def open_lines(user: Any) -> QuerySet[PurchaseOrderLine]:
    """Return the lines of approved orders that still expect something, with ``expected`` (date) and ``open`` (stock
    unit), earliest first."""
    return (
        PurchaseOrderLine.objects.filter(
            order__in=PurchaseOrder.objects.visible_to(user).filter(state=PurchaseOrderState.APPROVED), is_closed=False
        )
        .annotate(expected=EXPECTED, open=OPEN)
        .filter(open__gt=0)
        .select_related("order__partner", "order__currency", "item__uom", "uom")
        .order_by("expected", "order_id", "line_no")
    )


def orders_with_progress(user: Any) -> QuerySet[PurchaseOrder]:
    """Return the orders ``user`` may see with ``line_count``, ``done_count`` (received in full or closed) and
    ``next_date`` (earliest expected date of an open line is read per page by `next_dates`)."""
    done = Q(lines__is_closed=True) | Q(
        lines__received_quantity__gte=F("lines__stock_quantity") + F("lines__to_replace_quantity")
    )
    return (
        PurchaseOrder.objects.visible_to(user)
        .select_related("partner", "currency", "owner", "warehouse")
        .annotate(line_count=Count("lines"), done_count=Count("lines", filter=done))
    )


def late_orders(user: Any, today: dt.date) -> QuerySet[PurchaseOrder]:
    """Return approved orders of which something should have come before today."""
    late = open_lines(user).filter(order=OuterRef("pk"), expected__lt=today)
    return PurchaseOrder.objects.visible_to(user).filter(Exists(late)).select_related("partner").order_by("pk")


def orders_expected_on(user: Any, date: dt.date) -> QuerySet[PurchaseOrder]:
    """Return approved orders of which something is expected on ``date``."""
    due = open_lines(user).filter(order=OuterRef("pk"), expected=date)
    return PurchaseOrder.objects.visible_to(user).filter(Exists(due)).select_related("partner").order_by("pk")


def open_value(user: Any) -> Summed:
    """Sum what is still to be delivered on approved orders, net, in base currency at the orders' rates."""
    worth = ExpressionWrapper(
        F("net_amount") * F("open") / F("stock_quantity") * F("order__exchange_rate"), output_field=_WIDE
    )
    return Summed(open_lines(user), worth, round_amount)


def expected_quantity(item_id: int, user: Any) -> Decimal:
    """Return how much of an item is still to come on approved orders, in its stock unit."""
    return open_lines(user).filter(item_id=item_id).order_by().aggregate(total=Sum("open"))["total"] or Decimal(0)


@dataclass(frozen=True)
class Punctuality:
    """How a supplier delivered: posted receipt lines since a day, and how many came in time."""

    deliveries: int
    in_time: int

    @property
    def ratio(self) -> Decimal | None:
        """Share in time, None without deliveries."""
        return Decimal(self.in_time) / self.deliveries if self.deliveries else None


def punctuality(partner_id: int, since: dt.date) -> Punctuality:
    """Count a supplier's receipt lines from ``since`` on; in time is not after the confirmed, else the asked date."""
    lines = GoodsReceipt.objects.filter(
        partner_id=partner_id, state=GoodsReceiptState.POSTED, document_date__gte=since
    ).annotate(promised=Coalesce("lines__order_line__confirmed_date", "lines__order_line__due_date"))
    counted = lines.aggregate(
        deliveries=Count("lines"),
        in_time=Count(Case(When(document_date__lte=F("promised"), then=F("lines__id")))),
    )
    return Punctuality(counted["deliveries"], counted["in_time"])
