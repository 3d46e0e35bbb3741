"""Reading demand and expected supply."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from core.clock import business_date, company
from core.fields import ZERO
from erp.models import Demand, StockBalance
from erp.states import DemandKind
from masterdata.models import Location


def horizon_end(at: dt.datetime) -> dt.date:
    """Return the last due date whose demand is reserved at ``at``."""
    own = company()
    return business_date(at) + dt.timedelta(days=own.reservation_horizon_days if own else 0)


def waiting_demands(at: dt.datetime, item_ids: Sequence[int] | None = None) -> QuerySet[Demand]:
    """Return sales demands inside the horizon that lack stock while some of their item is free, earliest first."""
    free = StockBalance.objects.filter(
        item_id=OuterRef("item_id"), on_hand__gt=F("reserved"), location__kind=Location.Kind.STORAGE
    )
    near = free.filter(location__warehouse_id=OuterRef("warehouse_id"))
    rows = (
        Demand.objects.filter(kind=DemandKind.SALES, open_quantity__gt=0, due_date__lte=horizon_end(at))
        .annotate(held=Sum("reservations__quantity", default=ZERO))
        .filter(Q(Exists(near)) | Q(Exists(free), warehouse__isnull=True), open_quantity__gt=F("held"))
        .order_by("due_date", "priority", "pk")
    )
    return rows if item_ids is None else rows.filter(item_id__in=item_ids)


def has_open_demand(source_label: str, source_id: int) -> bool:
    """Return whether a source still needs anything."""
    return Demand.objects.filter(source_label=source_label, source_id=source_id, open_quantity__gt=0).exists()
