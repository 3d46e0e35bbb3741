"""Reading demand and expected supply."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from core.clock import business_date, company
from core.fields import ZERO
from crm.models import Quotation
from erp.models import Demand, Reservation, SupplyPeg
from erp.selectors.usable import usable_balances
from erp.states import DemandKind
from masterdata.models import Item


def horizon_end(at: dt.datetime) -> dt.date:
    """Return the last due date whose demand is reserved at ``at``."""
    own = company()
    return business_date(at) + dt.timedelta(days=own.reservation_horizon_days if own else 0)


def waiting_demands(at: dt.datetime, item_ids: Sequence[int] | None = None) -> QuerySet[Demand]:
    """Return sales demands inside the horizon that lack stock while some of their item is free, earliest first.

    What is made to order, and what supply was promised to, waits at any distance: goods that came for an order are not
    to lie about as free stock. What a project keeps of an item is free for its own demands.
    """
    free = usable_balances(business_date(at)).filter(item_id=OuterRef("item_id"), on_hand__gt=F("reserved"))
    pool = Demand.objects.filter(
        kind=DemandKind.PROJECT, project=OuterRef("project"), item=OuterRef("item"), open_quantity__gt=0
    )
    near = free.filter(location__warehouse_id=OuterRef("warehouse_id"))
    rows = (
        Demand.objects.filter(kind=DemandKind.SALES, open_quantity__gt=0)
        .filter(
            Q(due_date__lte=horizon_end(at))
            | ~Q(item__order_policy=Item.OrderPolicy.MAKE_TO_STOCK)
            | Exists(SupplyPeg.objects.filter(demand=OuterRef("pk")))
        )
        .annotate(held=Sum("reservations__quantity", default=ZERO))
        .filter(
            Q(Exists(near)) | Q(Exists(free), warehouse__isnull=True) | Q(Exists(pool)), open_quantity__gt=F("held")
        )
        .order_by("due_date", "priority", "pk")
    )
    return rows if item_ids is None else rows.filter(item_id__in=item_ids)


def has_open_demand(source_label: str, source_id: int) -> bool:
    """Return whether a source still needs anything."""
    return Demand.objects.filter(source_label=source_label, source_id=source_id, open_quantity__gt=0).exists()


def expired_holds(day: dt.date) -> list[int]:
    """Return the quotations whose hold was over before ``day``."""
    rows = Demand.objects.filter(kind=DemandKind.HOLD, expires_on__lt=day)
    return list(rows.order_by("source_id").values_list("source_id", flat=True).distinct())


def holds_of(quotation_id: int) -> QuerySet[Demand]:
    """Return what is held for a quotation, line by line."""
    rows = Demand.objects.filter(kind=DemandKind.HOLD, source_label="crm.quotation", source_id=quotation_id)
    return rows.select_related("item__uom").order_by("source_line_id")


def holds_for(owner: Any) -> QuerySet[Any]:
    """Return the quotations of a salesperson that hold stock, with ``expires_on``, the first to end first."""
    until = Demand.objects.filter(kind=DemandKind.HOLD, source_label="crm.quotation", source_id=OuterRef("pk")).values(
        "expires_on"
    )[:1]
    rows = Quotation.objects.filter(owner=owner).annotate(expires_on=Subquery(until))
    return rows.filter(expires_on__isnull=False).select_related("partner").order_by("expires_on", "pk")


def reservations() -> QuerySet[Reservation]:
    """Return the reservations with what a list shows of them."""
    return Reservation.objects.select_related(
        "demand__item__uom", "demand__partner", "balance__location__warehouse", "balance__lot"
    ).order_by("demand__item__code", "demand__due_date", "demand__priority", "pk")
