"""Demand of sales orders: recorded when confirmed, moved when changed, ended when cancelled or closed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.audit import label_of
from core.fields import ZERO
from core.operations import operation
from erp.models import Demand
from erp.selectors.demand import horizon_end
from erp.services.demand import DemandRow, set_demand
from erp.states import DemandKind


@operation(permission=None)
def record_order_demand(
    *,
    order: Any,
    actor: Any,
    at: dt.datetime,
    coming_back: Mapping[int, Decimal] | None = None,
    known: Sequence[Demand] | None = None,
    keeps_promises: bool = False,
) -> list[Demand]:
    """Write one demand row per open order line, and reserve those due inside the reservation horizon.

    order        crm.SalesOrder, locked, confirmed.
    known        the order's demand, where it is locked and read already.
    keeps_promises  lines that were promised in parts get what is in stock and expected; before any stock is locked.
    coming_back  quantity by order line that the customer's delivered quantity is about to fall by: open again.
    """
    rows = []
    for line in order.lines.all():
        still_open = max(ZERO, line.open_quantity + (coming_back or {}).get(line.pk, ZERO))
        if line.item_id is None or (line.is_closed and not still_open):
            continue
        rows.append(
            DemandRow(
                source_line_id=line.pk,
                item_id=line.item_id,
                quantity=max(line.stock_quantity, still_open),
                open_quantity=still_open,
                due_date=line.due_date,
                warehouse_id=order.warehouse_id,
                partner_id=order.partner_id,
                is_promised=keeps_promises and line.is_promised,
                project_id=order.project_id,
            )
        )
    return set_demand(
        source_label=label_of(order),
        source_id=order.pk,
        kind=DemandKind.SALES,
        rows=rows,
        reserve_until=horizon_end(at),
        known=known,
        actor=actor,
        at=at,
    )


@operation(permission=None)
def end_order_demand(*, order: Any, actor: Any, at: dt.datetime) -> None:
    """End the demand of an order and free what was reserved for it."""
    set_demand(source_label=label_of(order), source_id=order.pk, kind=DemandKind.SALES, rows=[], actor=actor, at=at)
