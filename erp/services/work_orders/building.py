"""Entering what was built into a finished serial number, and taking it out again."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from core.documents import lock
from core.errors import InvalidInput
from core.fields import ZERO
from core.operations import operation
from erp.errors import NotInProduction
from erp.errors.making import AlreadyBuiltIn, AlreadyTakenOut, NotForTracking
from erp.models import BuiltIn, Lot, WorkOrder
from erp.selectors.as_built import issued_lots, live_records, needs_of
from erp.services.stock import LotInput, ensure_lots
from erp.states import WorkOrderState
from masterdata.models import Item

OPEN = frozenset({WorkOrderState.RELEASED, WorkOrderState.IN_PROGRESS, WorkOrderState.COMPLETED})


@operation(permission="erp.report_workorder", document=(WorkOrder, "work_order_id"))
def record_as_built(
    *, work_order_id: int, product: str, components: Sequence[str], actor: Any, at: dt.datetime
) -> WorkOrder:
    """Write down that ``components`` (codes of serial numbers or lots issued to the order) are in ``product``.

    product  code of a serial number (or lot) of the order's item; it becomes known before it is received. Of a lot
    what a piece needs is built in, as far as so much of it was issued and is in no other product.

    Raises:
        NotInProduction: the order is a draft, closed or cancelled.
        NotForTracking: the order's item has no serial numbers or lots.
        InvalidInput: nothing is named, a component was not issued, or more products than the order has pieces.
        AlreadyBuiltIn: a component is in a product already.
    """
    work_order = lock(WorkOrder, work_order_id)
    if work_order.state not in OPEN:
        raise NotInProduction(document=work_order, state=work_order.get_state_display(), state_code=work_order.state)
    item = work_order.item
    if item.tracking == Item.Tracking.NONE:
        raise NotForTracking(document=work_order, item=item)
    code = product.strip()
    wanted = [one.strip() for one in components if one.strip()]
    if not code or not wanted:
        raise InvalidInput(message=_("Scan the finished piece and what is in it."), field="product")
    issued = issued_lots(work_order)
    lots = _named(wanted, issued)
    finished = ensure_lots([LotInput(item.pk, code)], at)[item.pk, code]
    _require_so_many(work_order, finished)
    rows = _rows(work_order, finished, lots, issued)
    for row in rows:
        row.created_at, row.actor = at, actor
    BuiltIn.objects.bulk_create(rows)
    return work_order


@operation(permission="erp.report_workorder", document=(WorkOrder, "work_order_id"))
def remove_as_built(*, work_order_id: int, record_id: int, actor: Any, at: dt.datetime) -> WorkOrder:
    """Take a component out of its finished piece again; the record stays as history.

    Raises:
        InvalidInput: the record is not of this order.
        AlreadyTakenOut: it was taken out already.
    """
    work_order = lock(WorkOrder, work_order_id)
    row = BuiltIn.objects.select_related("product", "component").filter(pk=record_id, work_order=work_order).first()
    if row is None:
        raise InvalidInput(message=_("This is not a record of the order."), field="record_id")
    if row.removed_at is not None:
        raise AlreadyTakenOut(component=row.component.code)
    row.removed_at, row.removed_by = at, actor
    row.save(update_fields=["removed_at", "removed_by"])
    return work_order


def _named(codes: Sequence[str], issued: dict[int, Decimal]) -> list[Lot]:
    """The issued lots that codes name; of one code for two items the one that was issued."""
    found = {one.code: one for one in Lot.objects.filter(pk__in=issued, code__in=codes).select_related("item__uom")}
    for code in codes:
        if code not in found:
            raise InvalidInput(message=_("%(code)s was not issued to this order.") % {"code": code}, field="components")
    return [found[code] for code in dict.fromkeys(codes)]


def _require_so_many(work_order: WorkOrder, finished: Lot) -> None:
    if work_order.item.tracking != Item.Tracking.SERIAL:
        return
    known = set(live_records().filter(work_order=work_order).values_list("product_id", flat=True))
    if len(known | {finished.pk}) > work_order.quantity:
        raise InvalidInput(message=_("The order has no more pieces than those entered."), field="product")


def _rows(work_order: WorkOrder, finished: Lot, lots: Sequence[Lot], issued: dict[int, Decimal]) -> list[BuiltIn]:
    needs = needs_of(work_order)
    live = live_records().filter(component__in=lots)
    taken = dict(live.filter(work_order=work_order).order_by().values_list("component_id").annotate(s=Sum("quantity")))
    serials = {pk for (pk,) in live.filter(component__item__tracking=Item.Tracking.SERIAL).values_list("component_id")}
    same = set(live.filter(product=finished).values_list("component_id", flat=True))
    rows = []
    for lot in lots:
        if lot.pk in serials | same:
            raise AlreadyBuiltIn(component=lot.code)
        is_serial = lot.item.tracking == Item.Tracking.SERIAL
        left = issued[lot.pk] - taken.get(lot.pk, ZERO)
        quantity = Decimal(1) if is_serial else min(left, needs.get(lot.item_id, left))
        if quantity <= 0:
            raise AlreadyBuiltIn(component=lot.code)
        rows.append(BuiltIn(work_order=work_order, product=finished, component=lot, quantity=quantity))
    return rows
