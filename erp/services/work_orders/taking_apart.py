"""Taking goods apart 拆卸: their parts into stock, each with the share it had in their cost."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date, company
from core.documents import lock
from core.errors import InvalidInput
from core.fields import ZERO
from core.money import round_amount, round_quantity, split_amount
from core.operations import operation
from erp.errors import OverReceipt
from erp.errors.making import NotForThisKind, NothingSettled
from erp.models import ProductionReceipt, TakenPart, WorkOrder
from erp.services.stock import LotInput, MoveInput, ensure_lots, post_moves
from erp.services.work_orders.expecting import begin_progress, require_bookable
from erp.services.work_orders.finishing import complete_if_done
from erp.states import MoveKind
from erp.states.making import WorkOrderKind
from masterdata.models import Location
from masterdata.selectors.places import default_location, virtual_location
from masterdata.selectors.units import in_stock_units


@dataclass(frozen=True)
class PartReceipt:
    """So much of a part (and lot); 0: it was lost or broken, the others take its share.

    uom_id  the unit of ``quantity``; None: the stock unit, in which it is booked.   unit_factor  found for it.
    """

    part_id: int
    quantity: Decimal
    location_id: int | None = None
    lot_code: str = ""
    uom_id: int | None = None
    unit_factor: Decimal | None = None


@operation(
    permission="erp.receive_workorder",
    document=(WorkOrder, "work_order_id"),
    backdating=("posting_date", "erp.backdate_stock"),
)
def take_apart(
    *,
    work_order_id: int,
    quantity: Decimal,
    parts: Sequence[Mapping[str, Any]] = (),
    posting_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> WorkOrder:
    """Take ``quantity`` of the goods apart and receive their parts; fields of PartReceipt, default what the bill says.

    The parts take the cost of what was taken apart, in the shares they had when it was made.

    Raises:
        NotForThisKind: the order makes or repairs.
        NotInProduction: it is neither released nor in progress.
        OverReceipt: more than is still to be taken apart.
        NothingSettled: the goods were not issued to it yet.
        InvalidInput: a part is not of this order, or nothing comes back.
        UnitNotConvertible: a part has no such unit.
    """
    work_order = lock(WorkOrder, work_order_id)
    require_bookable(work_order)
    if work_order.kind != WorkOrderKind.DISASSEMBLY:
        raise NotForThisKind(document=work_order, kind=work_order.get_kind_display())
    if quantity <= 0:
        raise InvalidInput(message=_("The quantity must be above zero."), field="quantity")
    if quantity > work_order.open_quantity:
        raise OverReceipt(document=work_order, quantity=quantity, open=work_order.open_quantity)
    goods = work_order.materials.get(item_id=work_order.item_id)
    if goods.issued_quantity < work_order.completed_quantity + work_order.scrapped_quantity + quantity:
        raise NothingSettled(document=work_order, item=work_order.item)
    known = {one.pk: one for one in work_order.parts.select_related("item__uom").order_by("line_no")}
    rows = _rows(work_order, known, quantity, parts)
    value = _value_of(work_order, quantity)
    work_order.completed_quantity += quantity
    work_order.received_cost += value
    begin_progress(work_order, actor=actor, at=at)
    complete_if_done(work_order, actor=actor, at=at)
    _post(work_order, known, rows, value, posting_date or business_date(at), actor=actor, at=at)
    TakenPart.objects.bulk_update(known.values(), ["received_quantity"])
    WorkOrder.objects.filter(pk=work_order.pk).update(
        completed_quantity=work_order.completed_quantity, received_cost=work_order.received_cost
    )
    return work_order


def _rows(
    work_order: WorkOrder, known: Mapping[int, TakenPart], quantity: Decimal, parts: Sequence[Mapping[str, Any]]
) -> list[PartReceipt]:
    typed = [PartReceipt(**{name: value for name, value in one.items() if value is not None}) for one in parts]
    if any(one.part_id not in known or one.quantity < 0 for one in typed):
        raise InvalidInput(message=_("One of the parts does not come out of this order."), field="parts")
    if not typed:
        so_far = (work_order.completed_quantity + quantity) / work_order.quantity
        typed = [
            PartReceipt(
                part.pk,
                max(
                    ZERO,
                    round_quantity(part.planned_quantity * so_far, part.item.uom_decimals) - part.received_quantity,
                ),
            )
            for part in known.values()
        ]
    booked = in_stock_units([(known[one.part_id].item, one.uom_id, one.quantity) for one in typed])
    typed = [
        replace(part, quantity=one.quantity, uom_id=one.uom_id, unit_factor=one.factor)
        for part, one in zip(typed, booked, strict=True)
    ]
    rows = [one for one in typed if one.quantity > 0]
    if not rows:
        raise InvalidInput(message=_("Enter at least one part that comes back."), field="parts")
    return rows


def _decimals() -> int:
    own = company()
    return own.base_decimals if own else 2


def _value_of(work_order: WorkOrder, quantity: Decimal) -> Decimal:
    if quantity >= work_order.open_quantity:
        return max(ZERO, round_amount(work_order.wip_cost, _decimals()))
    return max(ZERO, round_amount(work_order.wip_cost * quantity / work_order.open_quantity, _decimals()))


def _post(
    work_order: WorkOrder,
    known: Mapping[int, TakenPart],
    rows: Sequence[PartReceipt],
    value: Decimal,
    date: dt.date,
    *,
    actor: Any,
    at: dt.datetime,
) -> None:
    production = virtual_location(Location.Kind.PRODUCTION)
    default = default_location(work_order.warehouse)
    weights = [known[one.part_id].unit_weight * one.quantity for one in rows]
    if not any(weights):
        weights = [one.quantity for one in rows]
    shares = split_amount(value, weights, _decimals())
    lots = ensure_lots([LotInput(known[one.part_id].item_id, one.lot_code) for one in rows if one.lot_code], at)
    moves = []
    for one, share in zip(rows, shares, strict=True):
        part = known[one.part_id]
        part.received_quantity += one.quantity
        receipt = ProductionReceipt.objects.create(
            work_order=work_order,
            part=part,
            location_id=one.location_id or default.pk,
            lot=lots.get((part.item_id, one.lot_code.strip())),
            quantity=one.quantity,
            uom_id=one.uom_id,
            unit_factor=one.unit_factor,
            amount=share,
            receipt_date=date,
            created_at=at,
            actor=actor,
        )
        moves.append(
            MoveInput(
                item_id=part.item_id,
                from_location_id=production.pk,
                to_location_id=receipt.location_id,
                quantity=one.quantity,
                lot_id=receipt.lot_id,
                amount=share,
                source_line_id=receipt.pk,
                work_order_id=work_order.pk,
                uom_id=one.uom_id,
                unit_factor=one.unit_factor,
            )
        )
    post_moves(moves=moves, source=work_order, kind=MoveKind.PRODUCTION, date=date, actor=actor, at=at)
