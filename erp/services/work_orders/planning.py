"""Planning work orders: written by hand or from a planned order, moved in time, released."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import InvalidInput
from core.operations import operation
from erp.errors import NoBom, NoWarehouse, WorkOrderIsStarted
from erp.models import Bom, WorkOrder
from erp.models.demand import DEFAULT_PRIORITY
from erp.selectors.boms import released_boms
from erp.selectors.project_stock import line_of, project_for
from erp.selectors.work_days import start_for
from erp.services.guards import require_edge
from erp.services.work_orders.at_suppliers import require_no_pieces_out
from erp.services.work_orders.baselines import freeze_baseline
from erp.services.work_orders.expecting import (
    expect_materials,
    expect_supply,
    material_written_anew,
    require_bookable,
)
from erp.services.work_orders.exploding import scale_operations, write_materials, write_operations
from erp.services.work_orders.on_picks import require_none_on_pick
from erp.signals import work_order_released
from erp.states import WorkOrderState
from erp.states.making import WorkOrderKind
from masterdata.models import Item, Warehouse
from masterdata.selectors.places import default_warehouse
from masterdata.selectors.units import InStockUnit, in_stock_unit
from masterdata.services.entry import check_quantity, require_open


@operation(permission="erp.add_workorder")
def create_work_order(
    *,
    item_id: int,
    quantity: Decimal,
    uom_id: int | None = None,
    due_date: dt.date,
    start_date: dt.date | None = None,
    warehouse_id: int | None = None,
    bom_id: int | None = None,
    sales_order_line_id: int | None = None,
    project_id: int | None = None,
    kind: str = WorkOrderKind.STANDARD,
    origin_id: int | None = None,
    priority: int = DEFAULT_PRIORITY,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> WorkOrder:
    """Write a draft work order (``quantity`` in ``uom_id``; None: stock unit) with what its bill of material asks for.

    Without a start it is the due date less the item's lead time; without a bill the one released for the start, if any.
    kind       rework 返工: the item itself goes in and comes out again, dearer by what was done to it;
               disassembly 拆卸: the item goes in, its parts come out with the shares they had in its cost.
    origin_id  the order that made the goods: its sales order line is taken over, its shares are the original ones.
    project_id  whose stock it is to be, of an item made to order; None: the project of its sales order line's order.

    Raises:
        InvalidInput: quantity or dates are impossible, or bill or origin are of another item.
        NoBom: an order that takes apart has no bill of material to go by.
        QuantityTooFine, UnitNotConvertible, ClosedForEntry, MergedAway: quantity and item as master data demands.
        NoWarehouse: none is named and there is none.
    """
    item = Item.objects.select_related("uom").get(pk=item_id)
    require_open(item)
    start = start_date or start_for(item, due_date)
    typed = in_stock_unit(item, uom_id, quantity)
    _require_sound(item, typed.quantity, start, due_date)
    origin = _origin(item, origin_id)
    work_order = WorkOrder(
        number=next_number(WorkOrder, at),
        item=item,
        quantity=typed.quantity,
        **typed.unit,
        start_date=start,
        due_date=due_date,
        warehouse=_warehouse(warehouse_id),
        bom=_bom_for_kind(item, bom_id, max(start, business_date(at)), WorkOrderKind(kind)),
        kind=WorkOrderKind(kind),
        origin=origin,
        sales_order_line_id=sales_order_line_id or (origin.sales_order_line_id if origin else None),
        priority=priority,
        note=note,
        owner=actor,
        document_date=business_date(at),
        created_at=at,
    )
    work_order.project_id = project_for(item, line_of(item, work_order.sales_order_line_id), project_id)
    work_order.save()
    _write_parts(work_order, actor=actor, at=at)
    return work_order


def _write_parts(work_order: WorkOrder, *, actor: Any, at: dt.datetime) -> None:
    """Write what the bill and the routing ask for, and tell the planner."""
    write_materials(work_order, at)
    write_operations(work_order, at)
    expect_materials(work_order, actor=actor, at=at)
    expect_supply(work_order, actor=actor, at=at)


@operation(permission="erp.change_workorder", document=(WorkOrder, "work_order_id"))
def update_work_order(
    *,
    work_order_id: int,
    quantity: Decimal,
    uom_id: int | None = None,
    start_date: dt.date,
    due_date: dt.date,
    warehouse_id: int | None = None,
    bom_id: int | None = None,
    sales_order_line_id: int | None = None,
    project_id: int | None = None,
    priority: int = DEFAULT_PRIORITY,
    note: str = "",
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> WorkOrder:
    """Replace what a draft says; its material list is made anew.

    Raises:
        InvalidTransition: it is no draft any more.
        StaleVersion, InvalidInput, QuantityTooFine, UnitNotConvertible: as in `create_work_order`.
        PiecesAtSupplier: a supplier has an order for more pieces than would be left.
    """
    work_order = lock(WorkOrder, work_order_id, version=version)
    require_edge(work_order, WorkOrderState.RELEASED)
    typed = in_stock_unit(work_order.item, uom_id, quantity)
    _require_sound(work_order.item, typed.quantity, start_date, due_date)
    require_no_pieces_out(work_order, left=typed.quantity)
    work_order.quantity, work_order.start_date, work_order.due_date = typed.quantity, start_date, due_date
    work_order.uom_id, work_order.unit_factor = typed.uom_id, typed.factor
    work_order.warehouse = _warehouse(warehouse_id)
    work_order.bom = _bom_for_kind(work_order.item, bom_id, max(start_date, business_date(at)), work_order.kind)
    work_order.sales_order_line_id = sales_order_line_id
    bound_to = line_of(work_order.item, sales_order_line_id)
    work_order.project_id = project_for(work_order.item, bound_to, project_id)
    work_order.note, work_order.priority = note, priority
    work_order.version += 1
    work_order.save()
    with material_written_anew(work_order):
        work_order.parts.all().delete()
        work_order.operations.all().delete()
        write_materials(work_order, at)
    write_operations(work_order, at)
    expect_materials(work_order, actor=actor, at=at)
    expect_supply(work_order, actor=actor, at=at)
    return work_order


@operation(permission="erp.change_workorder", document=(WorkOrder, "work_order_id"))
def reschedule_work_order(
    *,
    work_order_id: int,
    start_date: dt.date,
    due_date: dt.date,
    quantity: Decimal | None = None,
    uom_id: int | None = None,
    priority: int | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> WorkOrder:
    """Move an open order in time, or change how much (in ``uom_id``; None: the stock unit) while nothing is booked.

    Raises:
        NotInProduction: it is completed, closed or cancelled.
        WorkOrderIsStarted: another quantity, but something is booked already.
        MaterialOnPick: another quantity, but its material is being fetched.
        PiecesAtSupplier: a supplier has an order for more pieces than would be left.
        StaleVersion, InvalidInput, QuantityTooFine, UnitNotConvertible: as in `create_work_order`.
    """
    work_order = lock(WorkOrder, work_order_id, version=version)
    if work_order.state != WorkOrderState.DRAFT:
        require_bookable(work_order)
    typed = InStockUnit(work_order.quantity) if quantity is None else in_stock_unit(work_order.item, uom_id, quantity)
    wanted = typed.quantity
    changes_quantity = wanted != work_order.quantity
    if changes_quantity and work_order.state == WorkOrderState.IN_PROGRESS:
        raise WorkOrderIsStarted(document=work_order)
    _require_sound(work_order.item, wanted, start_date, due_date)
    if changes_quantity:
        require_none_on_pick(work_order)
        require_no_pieces_out(work_order, left=wanted)
        work_order.uom_id, work_order.unit_factor = typed.uom_id, typed.factor
    before, work_order.quantity = work_order.quantity, wanted
    work_order.start_date, work_order.due_date = start_date, due_date
    work_order.priority = priority or work_order.priority
    work_order.version += 1
    work_order.save()
    if changes_quantity:
        with material_written_anew(work_order):
            work_order.parts.all().delete()
            write_materials(work_order, at)
        scale_operations(work_order, before)
        if work_order.state != WorkOrderState.DRAFT:
            freeze_baseline(work_order, at)
    expect_materials(work_order, actor=actor, at=at)
    expect_supply(work_order, actor=actor, at=at)
    return work_order


@operation(permission="erp.release_workorder", document=(WorkOrder, "work_order_id"))
def release_work_order(*, work_order_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> WorkOrder:
    """Let the shop floor work on a draft: its supply is a promise from now on.

    Raises:
        InvalidTransition: it is no draft.
        StaleVersion: somebody changed it since the user saw it.
    """
    work_order = lock(WorkOrder, work_order_id, version=version)
    transition(work_order, WorkOrderState.RELEASED, actor=actor, at=at)
    freeze_baseline(work_order, at)
    expect_supply(work_order, actor=actor, at=at)
    work_order_released.send(sender=WorkOrder, work_order=work_order, actor=actor, at=at)
    return work_order


def _require_sound(item: Item, quantity: Decimal, start: dt.date, due: dt.date) -> None:
    if quantity <= 0:
        raise InvalidInput(message=_("The quantity must be above zero."), field="quantity")
    check_quantity(item.uom, quantity)
    if due < start:
        raise InvalidInput(message=_("It cannot be due before it starts."), field="due_date")


def _warehouse(warehouse_id: int | None) -> Warehouse:
    found = Warehouse.objects.filter(pk=warehouse_id).first() if warehouse_id else default_warehouse()
    if found is None:
        raise NoWarehouse()
    return found


def _origin(item: Item, origin_id: int | None) -> WorkOrder | None:
    if origin_id is None:
        return None
    origin = WorkOrder.objects.get(pk=origin_id)
    if origin.item_id != item.pk:
        raise InvalidInput(message=_("The order the goods come from made another item."), field="origin")
    return origin


def _bom_for_kind(item: Item, bom_id: int | None, date: dt.date, kind: str) -> Bom | None:
    """A repair has no bill of material: what it needs besides the goods is issued as extra material."""
    if kind == WorkOrderKind.REWORK:
        return None
    bom = _bom_for(item, bom_id, date)
    if bom is None and kind == WorkOrderKind.DISASSEMBLY:
        raise NoBom(item=item, date=date)
    return bom


def _bom_for(item: Item, bom_id: int | None, date: dt.date) -> Bom | None:
    if bom_id is None:
        return released_boms([item.pk], date).get(item.pk)
    bom = Bom.objects.select_related("item").get(pk=bom_id)
    if bom.item_id != item.pk:
        raise InvalidInput(message=_("The bill of material is for another item."), field="bom")
    return bom
