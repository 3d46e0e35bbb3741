"""Receiving production: goods into stock, at what they have cost so far."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.audit import label_of
from core.clock import business_date, company
from core.documents import lock, transition
from core.errors import InvalidInput
from core.fields import ZERO
from core.money import round_amount, split_amount
from core.operations import operation
from erp.engines.production import production_value
from erp.errors import AlreadyReversed, NotInProduction, OverReceipt
from erp.errors.making import NotForThisKind
from erp.models import BackflushMove, ProductionReceipt, StockMove, WorkOrder
from erp.selectors.costs import unit_costs
from erp.selectors.inspection_plans import receiving_places
from erp.services.project_stock import Arrived, give_up_bound, lock_waiting, set_arrived, settle
from erp.services.project_stock.arrivals import Waiting
from erp.services.stock import LotInput, MoveInput, ensure_lots, post_moves, reversal_of
from erp.services.work_orders import backflushing
from erp.services.work_orders.expecting import begin_progress, expect_materials, expect_supply, require_bookable
from erp.services.work_orders.finishing import complete_if_done
from erp.services.work_orders.outputs import main_value, take_back_output
from erp.services.work_orders.serials import require_in_process
from erp.states import InspectionKind, MoveKind, WorkOrderState
from erp.states.making import WorkOrderKind
from masterdata.models import Location
from masterdata.selectors.places import default_location, virtual_location
from masterdata.selectors.units import in_stock_units


@dataclass(frozen=True)
class LotReceipt:
    """One lot or serial number received: stock unit, and the factor of the unit it was typed in."""

    code: str
    quantity: Decimal
    expiry_date: dt.date | None = None
    uom_id: int | None = None
    unit_factor: Decimal | None = None


@operation(
    permission="erp.receive_workorder",
    document=(WorkOrder, "work_order_id"),
    backdating=("posting_date", "erp.backdate_stock"),
)
def receive_production(
    *,
    work_order_id: int,
    quantity: Decimal,
    uom_id: int | None = None,
    location_id: int | None = None,
    lots: Sequence[Mapping[str, Any]] = (),
    posting_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> WorkOrder:
    """Receive good pieces into stock; the order is completed when nothing is open any more.

    quantity  in ``uom_id`` (None: the stock unit).
    lots      code, quantity, expiry_date, for items tracked by lot or serial number; they add up to ``quantity``.
    A part of the order takes its share of what the whole is expected to cost, the last part what is left in process.

    Raises:
        NotInProduction: the order is neither released nor in progress.
        OverReceipt: more than is still to be received.
        InvalidInput: the quantity is not above zero, or the lots do not add up to it.
        UnitNotConvertible: the item has no such unit.
        SerialElsewhere: a serial number left production before and did not come back into it.
        LotRequired and the other refusals of `post_moves`.
    """
    work_order = lock(WorkOrder, work_order_id)
    require_bookable(work_order)
    if work_order.kind == WorkOrderKind.DISASSEMBLY:
        raise NotForThisKind(document=work_order, kind=work_order.get_kind_display())
    parts = _parts(work_order, quantity, uom_id, lots)
    require_in_process(work_order, work_order.item, [one.code for one in parts])
    quantity = sum((one.quantity for one in parts), ZERO)
    if quantity > work_order.open_quantity:
        raise OverReceipt(document=work_order, quantity=quantity, open=work_order.open_quantity)
    is_rest = quantity >= work_order.open_quantity
    place = location_id or _usual_place(work_order, business_date(at)).pk
    begin_progress(work_order, actor=actor, at=at)
    work_order.completed_quantity += quantity
    complete_if_done(work_order, actor=actor, at=at)
    receipts = _receipts(work_order, parts, place, actor=actor, at=at)
    waiting = _announce_arrival(work_order, at)
    used = backflushing.prepare(work_order, at=at, also=_moves_in(work_order, receipts))
    day = posting_date or business_date(at)
    flushed = backflushing.flush(used, date=day, actor=actor, at=at)
    amount = _value_of(work_order, quantity, is_rest=is_rest)
    work_order.received_cost += amount
    _share_value(receipts, amount)
    settle(waiting, _post(work_order, receipts, day, actor=actor, at=at), at=at)
    BackflushMove.objects.filter(pk__in=[one.pk for one in flushed]).update(receipt=receipts[0])
    _store_progress(work_order)
    expect_supply(work_order, actor=actor, at=at)
    return work_order


@operation(permission="erp.receive_workorder")
def reverse_receipt(*, receipt_id: int, actor: Any, at: dt.datetime) -> WorkOrder:
    """Take a receipt back into process at the value it came with; a completed order is in progress again.

    Raises:
        AlreadyReversed: it was taken back already, or is itself a reversal.
        NotInProduction: the order is closed.
        ShortStock: the goods are not there any more.
    """
    original = ProductionReceipt.objects.get(pk=receipt_id)
    work_order = lock(WorkOrder, original.work_order_id)
    if work_order.state not in {WorkOrderState.IN_PROGRESS, WorkOrderState.COMPLETED}:
        raise NotInProduction(document=work_order, state=work_order.get_state_display(), state_code=work_order.state)
    if original.part_id is not None:
        raise NotForThisKind(document=work_order, kind=work_order.get_kind_display())
    if original.reverses_id or ProductionReceipt.objects.filter(reverses=original).exists():
        raise AlreadyReversed()
    if original.output_id is not None:
        take_back_output(original, work_order, actor=actor, at=at)
        return work_order
    work_order.completed_quantity -= original.quantity
    work_order.received_cost -= original.amount
    if work_order.state == WorkOrderState.COMPLETED:
        transition(work_order, WorkOrderState.IN_PROGRESS, actor=actor, at=at)
        expect_materials(work_order, actor=actor, at=at)
    receipt = ProductionReceipt.objects.create(
        work_order=work_order,
        location_id=original.location_id,
        lot_id=original.lot_id,
        quantity=original.quantity,
        uom_id=original.uom_id,
        unit_factor=original.unit_factor,
        amount=original.amount,
        receipt_date=business_date(at),
        created_at=at,
        actor=actor,
        reverses=original,
    )
    moves = StockMove.objects.filter(
        source_label="erp.workorder", source_id=work_order.pk, kind=MoveKind.PRODUCTION, source_line_id=original.pk
    )
    inputs = [replace(one, source_line_id=receipt.pk, work_order_id=work_order.pk) for one in reversal_of(list(moves))]
    _give_up_kept(work_order, inputs, actor=actor, at=at)
    used = backflushing.prepare(work_order, at=at, also=inputs, taken_back=original)
    post_moves(moves=inputs, source=work_order, kind=MoveKind.PRODUCTION, date=business_date(at), actor=actor, at=at)
    backflushing.flush(used, date=business_date(at), actor=actor, at=at, receipt=receipt)
    _store_progress(work_order)
    expect_supply(work_order, actor=actor, at=at)
    return work_order


def _usual_place(work_order: WorkOrder, day: dt.date) -> Location:
    """Where finished goods are put: in inspection when they are inspected, else the warehouse's usual place."""
    waiting = receiving_places(work_order.warehouse, [work_order.item], InspectionKind.FINAL, day)
    return waiting.get(work_order.item_id) or default_location(work_order.warehouse)


def _parts(
    work_order: WorkOrder, quantity: Decimal, uom_id: int | None, lots: Sequence[Mapping[str, Any]]
) -> list[LotReceipt]:
    """What is received, in stock units: one part for each lot."""
    if quantity <= 0:
        raise InvalidInput(message=_("The quantity must be above zero."), field="quantity")
    typed = [LotReceipt(**{name: value for name, value in one.items() if value is not None}) for one in lots]
    if typed and sum((one.quantity for one in typed), ZERO) != quantity:
        raise InvalidInput(message=_("The lots must add up to the quantity received."), field="lots")
    parts = typed or [LotReceipt("", quantity)]
    booked = in_stock_units([(work_order.item, uom_id, one.quantity) for one in parts])
    return [
        replace(part, quantity=one.quantity, uom_id=one.uom_id, unit_factor=one.factor)
        for part, one in zip(parts, booked, strict=True)
    ]


def _value_of(work_order: WorkOrder, quantity: Decimal, *, is_rest: bool) -> Decimal:
    """What ``quantity`` just received (counted as completed already) takes out of process; the rest takes the rest.

    Beside co- and by-products it takes its planned share.
    """
    own = company()
    decimals = own.base_decimals if own else 2
    outputs = list(work_order.outputs.all())
    if outputs:
        return main_value(work_order, outputs, quantity)
    if is_rest:
        return max(ZERO, round_amount(work_order.wip_cost, decimals))
    lines = list(work_order.materials.all())
    costs = unit_costs({line.item_id for line in lines if line.open_quantity})
    value = production_value(
        quantity=quantity,
        good=work_order.quantity - work_order.scrapped_quantity,
        made=max(work_order.reported_quantity, work_order.completed_quantity),
        material=work_order.material_cost,
        material_to_come=sum((line.open_quantity * costs.get(line.item_id, ZERO) for line in lines), ZERO),
        labour=work_order.labour_cost,
    )
    return max(ZERO, min(round_amount(value, decimals), work_order.wip_cost))


def _receipts(
    work_order: WorkOrder, parts: Sequence[LotReceipt], place: int, *, actor: Any, at: dt.datetime
) -> list[ProductionReceipt]:
    lots = ensure_lots([LotInput(work_order.item_id, one.code, one.expiry_date) for one in parts if one.code], at)
    return [
        ProductionReceipt(
            work_order=work_order,
            location_id=place,
            lot=lots.get((work_order.item_id, one.code.strip())),
            quantity=one.quantity,
            uom_id=one.uom_id,
            unit_factor=one.unit_factor,
            created_at=at,
            actor=actor,
        )
        for one in parts
    ]


def _share_value(receipts: Sequence[ProductionReceipt], amount: Decimal) -> None:
    own = company()
    shares = split_amount(amount, [one.quantity for one in receipts], own.base_decimals if own else 2)
    for receipt, share in zip(receipts, shares, strict=True):
        receipt.amount = share


def _moves_in(work_order: WorkOrder, receipts: Iterable[ProductionReceipt]) -> list[MoveInput]:
    """The moves of receipts, as yet without their value."""
    production = virtual_location(Location.Kind.PRODUCTION)
    return [
        MoveInput(
            item_id=work_order.item_id,
            from_location_id=production.pk,
            to_location_id=one.location_id,
            quantity=one.quantity,
            lot_id=one.lot_id,
            source_line_id=one.pk,
            work_order_id=work_order.pk,
            uom_id=one.uom_id,
            unit_factor=one.unit_factor,
        )
        for one in receipts
    ]


def _post(
    work_order: WorkOrder, receipts: list[ProductionReceipt], date: dt.date, *, actor: Any, at: dt.datetime
) -> list[StockMove]:
    for receipt in receipts:
        receipt.receipt_date = date
        receipt.save(force_insert=True)
    valued = zip(_moves_in(work_order, receipts), receipts, strict=True)
    return post_moves(
        moves=[replace(move, amount=receipt.amount) for move, receipt in valued],
        source=work_order,
        kind=MoveKind.PRODUCTION,
        date=date,
        actor=actor,
        at=at,
    ).moves


def _announce_arrival(work_order: WorkOrder, at: dt.datetime) -> Waiting | None:
    """Write down what has come of an order made for a project; lock who may get it, before any balance."""
    if work_order.project_id is None:
        return None
    label = label_of(work_order)
    row = Arrived(
        source_line_id=work_order.pk,
        item_id=work_order.item_id,
        quantity=work_order.completed_quantity,
        order_line_id=work_order.sales_order_line_id,
        project_id=work_order.project_id,
    )
    set_arrived(source_label=label, source_id=work_order.pk, rows=[row])
    return lock_waiting(source_label=label, source_id=work_order.pk, at=at)


def _give_up_kept(work_order: WorkOrder, moves: Sequence[MoveInput], *, actor: Any, at: dt.datetime) -> None:
    """Goods of a project that go back into process are not kept any more."""
    if work_order.project_id is None:
        return
    _announce_arrival(work_order, at)
    leaving = [(move.from_key, move.quantity) for move in moves]
    label = label_of(work_order)
    give_up_bound(leaving, source_label=label, source_id=work_order.pk, source=work_order, actor=actor, at=at)


def _store_progress(work_order: WorkOrder) -> None:
    WorkOrder.objects.filter(pk=work_order.pk).update(
        completed_quantity=work_order.completed_quantity, received_cost=work_order.received_cost
    )
