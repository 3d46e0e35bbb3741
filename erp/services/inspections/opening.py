"""Inspections opened by hand, and inspections given up."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.documents import lock, transition
from core.errors import InvalidInput
from core.operations import operation
from erp.errors import LotMismatch, NothingToInspect
from erp.models import Inspection, Lot, WorkOrder, WorkOrderOperation
from erp.services.arrivals import Cause, Goods, named, write_inspections
from erp.states import InspectionKind, InspectionState
from masterdata.models import Item, Location


@operation(permission="erp.add_inspection")
def create_inspection(
    *,
    kind: str,
    item_id: int,
    quantity: Decimal,
    lot_code: str = "",
    location_id: int | None = None,
    work_order_id: int | None = None,
    operation_no: int | None = None,
    work_center_id: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Inspection:
    """Open an inspection by hand: of goods in a place, or of what a work order is just making.

    quantity  stock unit.   location_id  None: the goods are in process; nothing can be moved by the decision.
    work_center_id  None: that of the order's operation.

    Raises:
        NothingToInspect: no quantity.
        InvalidInput: there is no such kind, item, work order or place.
        LotMismatch: the item has no such lot.
    """
    if quantity is None or quantity <= 0:
        raise NothingToInspect()
    item = Item.objects.select_related("uom").filter(pk=item_id).first()
    if kind not in InspectionKind.values or item is None:
        raise InvalidInput(message=str(kind if item else item_id), field="kind" if item else "item")
    order = WorkOrder.objects.filter(pk=work_order_id).first() if work_order_id else None
    place = Location.objects.filter(pk=location_id, warehouse__isnull=False).first() if location_id else None
    if (work_order_id and order is None) or (location_id and place is None):
        raise InvalidInput(
            message=str(work_order_id or location_id), field="location" if order or not work_order_id else "work_order"
        )
    center_id = work_center_id or _center_of(order, operation_no)
    goods = Goods(quantity, _lot_id(item, lot_code.strip()), place.pk if place else None)
    cause = Cause(
        kind=kind,
        source=named(order) if order else ("", None, ""),
        work_order_id=order.pk if order else None,
        operation_no=operation_no,
        work_center_id=center_id,
        note=note,
    )
    [made] = write_inspections([(item, [goods])], cause, actor=actor, at=at)
    return made


def _center_of(order: WorkOrder | None, number: int | None) -> int | None:
    """The work centre that does the operation of the order."""
    if order is None or number is None:
        return None
    found = WorkOrderOperation.objects.filter(work_order=order, number=number)
    return found.values_list("work_center_id", flat=True).first()


def _lot_id(item: Item, code: str) -> int | None:
    if not code:
        return None
    found = Lot.objects.filter(item=item, code=code).values_list("pk", flat=True).first()
    if found is None:
        raise LotMismatch(lot=code, item=item)
    return int(found)


@operation(permission="erp.cancel_inspection", document=(Inspection, "inspection_id"))
def cancel_inspection(
    *, inspection_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> Inspection:
    """Give an inspection up; the goods stay where they are.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is decided or cancelled.
    """
    inspection = lock(Inspection, inspection_id, version=version)
    transition(inspection, InspectionState.CANCELLED, actor=actor, at=at, reason=reason)
    return inspection
