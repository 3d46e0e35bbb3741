"""Inspections of goods that arrive: opened by the posting that brings them, given up when it is reversed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core import history
from core.audit import label_of
from core.clock import business_date
from core.documents import next_number, transition
from core.locks import lock_rows
from core.operations import operation
from core.outbox import enqueue
from erp.engines.sampling import sample_of
from erp.models import (
    Inspection,
    InspectionGoods,
    InspectionLine,
    InspectionPlan,
    PlanCharacteristic,
    StockMove,
    WorkOrder,
)
from erp.selectors.inspection_plans import plans_for
from erp.states import InspectionKind, InspectionState, MoveKind, SamplingMethod
from masterdata.models import Item, Location, StockStatus

OCCASIONS = {
    MoveKind.RECEIPT: InspectionKind.RECEIPT,
    MoveKind.SUBCONTRACT: InspectionKind.RECEIPT,
    MoveKind.PRODUCTION: InspectionKind.FINAL,
    MoveKind.CUSTOMER_RETURN: InspectionKind.RETURN,
}
OUTSIDE = frozenset({Location.Kind.SUPPLIER, Location.Kind.PRODUCTION, Location.Kind.CUSTOMER})
ARRIVAL_REVERSED = "erp.inspected_arrival_reversed"
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


def inspect_arrivals(*, moves: Sequence[StockMove], kind: str, source: Any, actor: Any, at: dt.datetime) -> None:
    """Open the inspections of goods that have just come into places of inspection, their places loaded.

    Where an arrival is taken back its open inspections are given up after the commit: headers are locked before the
    balances that the posting holds.
    """
    if kind not in OCCASIONS:
        return
    own = [move for move in moves if move.owner_id is None]
    arrived = [one for one in own if one.from_location.kind in OUTSIDE and _waits(one.to_location)]
    if arrived:
        open_inspections(moves=arrived, kind=kind, source=source, actor=actor, at=at)
    back = [one.reverses_id for one in own if one.reverses_id and _waits(one.from_location)]
    if back:
        enqueue(ARRIVAL_REVERSED, source_label=label_of(source), source_id=source.pk, move_ids=back)


def _waits(place: Location) -> bool:
    return place.status == StockStatus.INSPECTION


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
        source=named(source),
        partner_id=getattr(source, "partner_id", None),
        work_order_id=source.pk if isinstance(source, WorkOrder) else None,
    )
    return write_inspections([(items[key[0]], goods) for key, goods in groups.items()], cause, actor=actor, at=at)


def named(source: Any) -> tuple[str, int | None, str]:
    """Return label, key and number of a document."""
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
