"""Work orders of the past, taken over from another system: documents and statistics, no stock, no cost, no demand."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from core.operations import operation
from erp.errors import NoWarehouse
from erp.models import WorkOrder
from erp.states import WorkOrderState
from masterdata.selectors.places import default_warehouse

BATCH = 5000


@dataclass(frozen=True)
class ClosedWorkOrder:
    """One closed order: quantities in the item's stock unit; ``number`` is the other system's and names it for ever."""

    number: str
    item_id: int
    quantity: Decimal
    completed_quantity: Decimal
    start_date: dt.date
    due_date: dt.date
    closed_on: dt.date
    scrapped_quantity: Decimal = ZERO
    warehouse_id: int | None = None


@operation(permission="erp.record_closed_workorder")
def record_closed_work_orders(*, rows: Sequence[Mapping[str, Any]], actor: Any, at: dt.datetime) -> int:
    """Record closed orders (fields of ClosedWorkOrder) and return how many were new; known numbers are left alone.

    An order that was finished before it was due, or started after, keeps its dates; one that is due before its start
    starts on the day it is due.

    Raises:
        NoWarehouse: a row names none and there is none.
    """
    typed = {row.number: row for row in (ClosedWorkOrder(**one) for one in rows)}
    known = set(WorkOrder.objects.filter(number__in=typed).values_list("number", flat=True))
    fallback = default_warehouse()
    fresh = []
    for number, row in typed.items():
        if number in known:
            continue
        warehouse_id = row.warehouse_id or (fallback.pk if fallback else None)
        if warehouse_id is None:
            raise NoWarehouse()
        fresh.append(
            WorkOrder(
                number=number,
                item_id=row.item_id,
                quantity=row.quantity,
                start_date=min(row.start_date, row.due_date),
                due_date=row.due_date,
                warehouse_id=warehouse_id,
                state=WorkOrderState.CLOSED,
                reported_quantity=row.completed_quantity,
                completed_quantity=row.completed_quantity,
                scrapped_quantity=row.scrapped_quantity,
                closed_on=row.closed_on,
                document_date=row.start_date,
                created_at=at,
            )
        )
    WorkOrder.objects.bulk_create(fresh, batch_size=BATCH)
    return len(fresh)
