"""Opening inspections: by themselves when goods arrive in a place of inspection, or by hand; and giving them up."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core import history
from core.audit import label_of
from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import InvalidInput
from core.locks import lock_rows
from core.operations import operation
from erp.engines.sampling import sample_of
from erp.errors import LotMismatch, NothingToInspect
from erp.models import (
    Inspection,
    InspectionGoods,
    InspectionLine,
    InspectionPlan,
    Lot,
    PlanCharacteristic,
    StockMove,
    WorkOrder,
)
from erp.selectors.inspection_plans import plans_for
from erp.states import InspectionKind, InspectionState, MoveKind, SamplingMethod
from masterdata.models import Item, Location

OCCASIONS = {
    MoveKind.RECEIPT: InspectionKind.RECEIPT,
    MoveKind.PRODUCTION: InspectionKind.FINAL,
    MoveKind.CUSTOMER_RETURN: InspectionKind.RETURN,
}
OPEN_STATES = (InspectionState.DRAFT, InspectionState.INSPECTED)


@dataclass(frozen=True)
class Goods:
    """Goods to be inspected together with others of their item: stock unit; no place: still being made."""

    quantity: Decimal
    lot_id: int | None = None
    location_id: int | None = None
    source_line_id: int | None = None


@dataclass(frozen=True)
class Cause:
    """What an inspection comes from."""

    kind: str
    source: tuple[str, int | None, str] = ("", None, "")  # label, key, number of the document the goods came with
    partner_id: int | None = None
    work_order_id: int | None = None
    operation_no: int | None = None
    work_center_id: int | None = None
    parent: Inspection | None = None
    note: str = ""


@operation(permission=None)
def open_inspections(
    *, moves: Sequence[StockMove], kind: str, source: Any, actor: Any, at: dt.datetime
) -> list[Inspection]:
    """Open the inspections of goods that have just arrived in places of inspection: one per item and lot.

    Serial numbers that came together are inspected together. Goods without a plan are inspected as a whole, by one
    attribute less: only the verdict and the decision are asked for.
    """
    occasion = OCCASIONS[MoveKind(kind)]
    items = Item.objects.select_related("uom").in_bulk({move.item_id for move in moves})
    groups: dict[tuple[int, int, int | None], list[Goods]] = defaultdict(list)
    for move in moves:
        by_lot = move.lot_id if items[move.item_id].tracking == Item.Tracking.LOT else None
        groups[move.item_id, move.to_location_id, by_lot].append(
            Goods(move.quantity, move.lot_id, move.to_location_id, move.source_line_id)
        )
    cause = Cause(
        kind=occasion,
        source=_named(source),
        partner_id=getattr(source, "partner_id", None),
        work_order_id=source.pk if isinstance(source, WorkOrder) else None,
    )
    return write_inspections([(items[key[0]], goods) for key, goods in groups.items()], cause, actor=actor, at=at)


def _named(source: Any) -> tuple[str, int | None, str]:
    return (label_of(source), source.pk, str(source)[:40])


def write_inspections(
    groups: Sequence[tuple[Item, Sequence[Goods]]], cause: Cause, *, actor: Any, at: dt.datetime, in_full: bool = False
) -> list[Inspection]:
    """Write one inspection per group, by the plan of its item; ``in_full``: every piece is inspected."""
    day = business_date(at)
    plans = plans_for({item.pk for item, _goods in groups}, cause.kind, day, cause.operation_no)
    characteristics = _characteristics(plans.values())
    made = [_inspection(item, goods, plans.get(item.pk), cause, at, in_full=in_full) for item, goods in groups]
    history.bulk_create(made, Inspection)
    InspectionGoods.objects.bulk_create(
        InspectionGoods(
            inspection=one,
            lot_id=part.lot_id,
            location_id=part.location_id,
            quantity=part.quantity,
            source_line_id=part.source_line_id,
        )
        for one, (_item, goods) in zip(made, groups, strict=True)
        for part in goods
    )
    InspectionLine.objects.bulk_create(
        _line(one, characteristic) for one in made for characteristic in characteristics.get(one.plan_id or 0, ())
    )
    return made


def _characteristics(plans: Iterable[InspectionPlan]) -> dict[int, list[PlanCharacteristic]]:
    found: dict[int, list[PlanCharacteristic]] = defaultdict(list)
    keys = {plan.pk for plan in plans}
    for line in PlanCharacteristic.objects.filter(plan__in=keys).order_by("line_no") if keys else ():
        found[line.plan_id].append(line)
    return found


def _inspection(
    item: Item, goods: Sequence[Goods], plan: InspectionPlan | None, cause: Cause, at: dt.datetime, *, in_full: bool
) -> Inspection:
    quantity = sum((part.quantity for part in goods), Decimal(0))
    full = in_full or plan is None
    sample = sample_of(
        SamplingMethod.FULL if full or plan is None else plan.sampling,
        quantity,
        number=(plan.sample_number or 0) if plan else 0,
        percent=(plan.sample_percent or Decimal(0)) if plan else Decimal(0),
        aql=plan.aql if plan else "",
        level=plan.level if plan else "II",
    )
    label, key, named = cause.source
    return Inspection(
        number=next_number(Inspection, at),
        document_date=business_date(at),
        created_at=at,
        kind=cause.kind,
        item=item,
        quantity=quantity,
        plan=plan,
        source_label=label,
        source_id=key,
        source_number=named,
        partner_id=cause.partner_id,
        work_order_id=cause.work_order_id,
        operation_no=cause.operation_no,
        work_center_id=cause.work_center_id,
        parent=cause.parent,
        sample_size=sample.size,
        accept_number=sample.accept,
        reject_number=sample.reject,
        note=cause.note,
    )


def _line(inspection: Inspection, one: PlanCharacteristic) -> InspectionLine:
    return InspectionLine(
        inspection=inspection,
        line_no=one.line_no,
        name=one.name,
        kind=one.kind,
        unit=one.unit,
        target=one.target,
        lower=one.lower,
        upper=one.upper,
        sample_size=min(one.sample_number or inspection.sample_size, inspection.sample_size),
        is_critical=one.is_critical,
        method=one.method,
        instrument=one.instrument,
    )


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
    goods = Goods(quantity, _lot_id(item, lot_code.strip()), place.pk if place else None)
    cause = Cause(
        kind=kind,
        source=_named(order) if order else ("", None, ""),
        work_order_id=order.pk if order else None,
        operation_no=operation_no,
        work_center_id=work_center_id,
        note=note,
    )
    [made] = write_inspections([(item, [goods])], cause, actor=actor, at=at)
    return made


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


@operation(permission=None)
def withdraw_inspections(
    *, source_label: str, source_id: int, source_line_ids: Collection[int], actor: Any, at: dt.datetime
) -> int:
    """Give up the open inspections of goods whose arrival was reversed; returns how many."""
    gone = InspectionGoods.objects.filter(source_line_id__in=source_line_ids)
    rows = Inspection.objects.filter(
        source_label=source_label, source_id=source_id, state__in=OPEN_STATES, goods__in=gone
    )
    found = lock_rows(Inspection.objects.filter(pk__in=rows.values("pk")))
    for one in found:
        if one.state in OPEN_STATES:
            transition(one, InspectionState.CANCELLED, actor=actor, at=at)
    return len(found)
