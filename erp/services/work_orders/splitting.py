"""Splitting an order in two, and merging orders that have not begun."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core import audit
from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import InvalidInput
from core.fields import ZERO
from core.locks import lock_many
from core.money import round_quantity
from core.operations import operation
from erp.errors.making import CannotMerge, CannotSplit, NotForThisKind
from erp.models import WorkOrder, WorkOrderMaterial, WorkOrderOperation, WorkOrderOutput
from erp.services.work_orders.at_suppliers import pieces_out, require_no_pieces_out
from erp.services.work_orders.baselines import copy_baseline
from erp.services.work_orders.expecting import OPEN, expect_materials, expect_supply, require_bookable
from erp.services.work_orders.finishing import complete_if_done
from erp.services.work_orders.on_picks import require_none_on_pick
from erp.services.work_orders.staging import require_nothing_at_line
from erp.services.work_orders.steps import refresh_steps, steps_of, still_to_report
from erp.signals import work_order_released
from erp.states import WorkOrderState
from erp.states.making import WorkOrderKind
from masterdata.selectors.units import InStockUnit, in_stock_unit
from masterdata.services.entry import check_quantity

NOT_BEGUN = frozenset({WorkOrderState.DRAFT, WorkOrderState.RELEASED})
COPIED = (
    *(
        "item_id",
        "warehouse_id",
        "bom_id",
        "sales_order_line_id",
        "project_id",
        "kind",
        "priority",
        "start_date",
        "due_date",
    ),
    *("note", "owner_id"),
)
OF_MATERIAL = (
    *("item_id", "material_kind", "location_id", "issue_method", "operation_no", "bom_line_id", "path", "replaces_id"),
    "line_no",
)
OF_STEP = (
    *("number", "routing_id", "name", "name_zh", "work_center_id", "is_count_point", "is_subcontracted"),
    *("supplier_id", "unit_price", "instructions", "responsible_id", "rank"),
)
OF_OUTPUT = (
    *("item_id", "line_kind", "cost_method", "material_weight", "conversion_weight", "cost_percent", "fixed_amount"),
    "line_no",
)


@operation(permission="erp.add_workorder", document=(WorkOrder, "work_order_id"))
def split_work_order(
    *, work_order_id: int, quantity: Decimal, uom_id: int | None = None, actor: Any, at: dt.datetime
) -> WorkOrder:
    """Move ``quantity`` of an order to a new one, with its share of material and time; returns the new order.

    quantity  in ``uom_id`` (None: the item's stock unit).

    What is issued and reported stays on the order it was booked on.

    Raises:
        NotInProduction: the order is completed, closed or cancelled.
        NotForThisKind: it takes goods apart.
        CannotSplit: nothing would be left, or the pieces are reported (at a step) already or ordered from a supplier.
        MaterialOnPick: its material is being fetched.
        LeftAtLine: its material lies at the line and is not used up.
        QuantityTooFine, UnitNotConvertible: as the units of the item demand.
    """
    work_order = lock(WorkOrder, work_order_id)
    if work_order.state != WorkOrderState.DRAFT:
        require_bookable(work_order)
    if work_order.kind == WorkOrderKind.DISASSEMBLY:
        raise NotForThisKind(document=work_order, kind=work_order.get_kind_display())
    typed = in_stock_unit(work_order.item, uom_id, quantity)
    quantity = typed.quantity
    check_quantity(work_order.item.uom, quantity)
    steps = steps_of(work_order)
    out = pieces_out(work_order)
    most = min([work_order.open_quantity, still_to_report(work_order, steps, None)]
               + [still_to_report(work_order, steps, step) - out.get(step.number, ZERO) for step in steps])  # fmt: skip
    if quantity <= 0 or quantity > most or quantity >= work_order.quantity:
        raise CannotSplit(document=work_order, open=max(most, ZERO))
    require_none_on_pick(work_order)
    require_nothing_at_line(work_order)
    part = quantity / work_order.quantity
    fresh = _part_of(work_order, typed, at)
    _share_material(work_order, fresh, part)
    _share_steps(steps, fresh, part)
    _share_outputs(work_order, fresh, part)
    work_order.quantity -= quantity
    work_order.version += 1
    work_order.save()
    audit.record(work_order, "split", actor=actor, at=at, quantity=str(quantity), into=fresh.number)
    if work_order.state != WorkOrderState.DRAFT:
        transition(fresh, WorkOrderState.RELEASED, actor=actor, at=at)
        copy_baseline(work_order, fresh)
        work_order_released.send(sender=WorkOrder, work_order=fresh, actor=actor, at=at)
    refresh_steps(work_order, steps, actor=actor, at=at)
    complete_if_done(work_order, actor=actor, at=at)
    for order in (work_order, fresh):
        expect_materials(order, actor=actor, at=at)
        expect_supply(order, actor=actor, at=at)
    return fresh


def _part_of(work_order: WorkOrder, typed: InStockUnit, at: dt.datetime) -> WorkOrder:
    fresh = WorkOrder(
        number=next_number(WorkOrder, at),
        quantity=typed.quantity,
        uom_id=typed.uom_id,
        unit_factor=typed.factor,
        origin=work_order,
        document_date=business_date(at),
        created_at=at,
        **{name: getattr(work_order, name) for name in COPIED},
    )
    fresh.save()
    return fresh


def _share_material(work_order: WorkOrder, fresh: WorkOrder, part: Decimal) -> None:
    lines = list(work_order.materials.select_related("item__uom"))
    copies = []
    for line in lines:
        share = round_quantity(line.required_quantity * part, line.item.uom_decimals)
        line.required_quantity -= share
        own = {name: getattr(line, name) for name in OF_MATERIAL}
        if share:
            copies.append(WorkOrderMaterial(work_order=fresh, required_quantity=share, **own))
    WorkOrderMaterial.objects.bulk_update(lines, ["required_quantity"])
    WorkOrderMaterial.objects.bulk_create(copies)


def _share_steps(steps: Sequence[WorkOrderOperation], fresh: WorkOrder, part: Decimal) -> None:
    copies = []
    for step in steps:
        share = round_quantity(step.run_minutes * part)
        step.run_minutes -= share
        own = {name: getattr(step, name) for name in OF_STEP}
        copies.append(WorkOrderOperation(work_order=fresh, run_minutes=share, setup_minutes=step.setup_minutes, **own))
    WorkOrderOperation.objects.bulk_update(steps, ["run_minutes"])
    WorkOrderOperation.objects.bulk_create(copies)


def _share_outputs(work_order: WorkOrder, fresh: WorkOrder, part: Decimal) -> None:
    """Both orders bring their share of what comes beside the item; a share too small for the unit stays."""
    lines = list(work_order.outputs.select_related("item__uom"))
    copies = []
    for line in lines:
        share = round_quantity(line.planned_quantity * part, line.item.uom_decimals)
        if 0 < share < line.planned_quantity:
            line.planned_quantity -= share
            own = {name: getattr(line, name) for name in OF_OUTPUT}
            copies.append(WorkOrderOutput(work_order=fresh, planned_quantity=share, **own))
    WorkOrderOutput.objects.bulk_update(lines, ["planned_quantity"])
    WorkOrderOutput.objects.bulk_create(copies)


@operation(permission="erp.change_workorder", document=(WorkOrder, "work_order_id"))
def merge_work_orders(
    *, work_order_id: int, other_ids: Sequence[int], actor: Any, at: dt.datetime, reason: str = ""
) -> WorkOrder:
    """Take other orders over: their quantity, material and time; they are cancelled and point here.

    The order starts when the first of them would and is due when the first is.

    Raises:
        InvalidInput: no other order is named.
        NotInProduction: the order is completed, closed or cancelled.
        CannotMerge: one has begun, makes something else, elsewhere, or for another customer's order; says which.
        MaterialOnPick: the material of one is being fetched.
        PiecesAtSupplier: pieces of one are on order with the supplier of a step.
    """
    wanted = sorted(set(other_ids) - {work_order_id})
    if not wanted:
        raise InvalidInput(message=_("Choose at least one order to take over."), field="orders")
    orders = lock_many(WorkOrder, [work_order_id, *wanted])
    into = orders[work_order_id]
    if into.state not in OPEN:
        require_bookable(into)
    others = [orders[pk] for pk in wanted]
    for other in others:
        why = _why_not(into, other)
        if why:
            raise CannotMerge(document=other, into=into, why=why)
        require_none_on_pick(other)
        require_no_pieces_out(other)
    for other in others:
        _take_over(into, other)
        transition(other, WorkOrderState.CANCELLED, actor=actor, at=at, reason=reason or str(into))
        WorkOrder.objects.filter(pk=other.pk).update(origin=into)
        expect_materials(other, actor=actor, at=at, ended=True)
        expect_supply(other, actor=actor, at=at, ended=True)
    into.version += 1
    into.save()
    refresh_steps(into, steps_of(into), actor=actor, at=at)
    audit.record(into, "merged", actor=actor, at=at, orders=[other.number for other in others])
    expect_materials(into, actor=actor, at=at)
    expect_supply(into, actor=actor, at=at)
    return into


def _why_not(into: WorkOrder, other: WorkOrder) -> str:
    if other.state not in NOT_BEGUN or other.reports.exists():
        return _("work on it has begun")
    if into.kind == WorkOrderKind.DISASSEMBLY:
        return _("orders that take apart stay apart")
    same = (
        (("item_id",), _("it makes another item")),
        (("kind",), _("it is of another kind")),
        (("bom_id",), _("it goes by another bill of material")),
        (("warehouse_id",), _("it is made in another warehouse")),
        (("sales_order_line_id",), _("it is made for another order line")),
        (("project_id",), _("it is made for another project")),
    )
    for names, why in same:
        if any(getattr(into, name) != getattr(other, name) for name in names):
            return why
    return ""


def _take_over(into: WorkOrder, other: WorkOrder) -> None:
    if (into.uom_id, into.unit_factor) != (other.uom_id, other.unit_factor):
        into.uom = into.unit_factor = None
    into.quantity += other.quantity
    into.start_date = min(into.start_date, other.start_date)
    into.due_date = max(into.start_date, min(into.due_date, other.due_date))
    key = ("item_id", "bom_line_id", "path", "operation_no", "replaces_id", "location_id")
    known = {tuple(getattr(one, name) for name in key): one for one in into.materials.all()}
    fresh = []
    for line in other.materials.all():
        same = known.get(tuple(getattr(line, name) for name in key))
        if same is None:
            own = {name: getattr(line, name) for name in OF_MATERIAL}
            fresh.append(WorkOrderMaterial(work_order=into, required_quantity=line.required_quantity, **own))
        else:
            same.required_quantity += line.required_quantity
    WorkOrderMaterial.objects.bulk_update(known.values(), ["required_quantity"])
    WorkOrderMaterial.objects.bulk_create(fresh)
    minutes = dict(other.operations.values_list("number", "run_minutes"))
    steps = list(into.operations.all())
    for step in steps:
        step.run_minutes += minutes.get(step.number, ZERO)
    WorkOrderOperation.objects.bulk_update(steps, ["run_minutes"])
    _take_over_outputs(into, other)


def _take_over_outputs(into: WorkOrder, other: WorkOrder) -> None:
    """What comes beside the item comes of both (one bill: the same products)."""
    known = {one.item_id: one for one in into.outputs.all()}
    fresh = []
    for line in other.outputs.all():
        if line.item_id in known:
            known[line.item_id].planned_quantity += line.planned_quantity
        else:
            own = {name: getattr(line, name) for name in OF_OUTPUT}
            fresh.append(WorkOrderOutput(work_order=into, planned_quantity=line.planned_quantity, **own))
    WorkOrderOutput.objects.bulk_update(known.values(), ["planned_quantity"])
    WorkOrderOutput.objects.bulk_create(fresh)
