"""The decision on inspected goods: quantities are divided and brought where they belong."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from core import audit
from core.clock import business_date
from core.documents import lock, transition
from core.errors import InvalidInput
from core.fields import ZERO
from core.operations import operation
from erp import signals
from erp.errors import DispositionIncomplete, GoodsHaveLeft, NeedsConcession, NotFromSupplier, NothingToWithdraw
from erp.models import Inspection, InspectionDisposition, InspectionGoods
from erp.selectors.inspections import still_there
from erp.services.arrivals import Cause, Goods, write_inspections
from erp.services.guards import require_edge
from erp.services.stock import MoveInput, lock_stock, post_moves
from erp.states import Disposition, InspectionKind, InspectionState, MoveKind, Verdict
from masterdata.models import Location, StockStatus
from masterdata.selectors.places import default_location, virtual_location

D = Disposition
ACCEPTED = frozenset({D.ACCEPT, D.CONCESSION})
FOLLOWED = {D.SORT, D.REWORK}
"""The goods are inspected once more afterwards, piece by piece."""
HELD = frozenset({D.REWORK, D.RETURN})
"""The goods are blocked until somebody has worked on them or fetched them."""


@operation(permission="erp.decide_inspection", document=(Inspection, "inspection_id"))
def decide_inspection(
    *,
    inspection_id: int,
    dispositions: Sequence[Mapping[str, Any]],
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Inspection:
    """Decide what becomes of all inspected goods, and move them.

    dispositions  rows of goods_id, disposition (a Disposition), quantity (stock unit), location_id (of what is
                  accepted; None: the warehouse's usual place), note. They cover what of each goods row still lies
                  where it waits (`still_there`); what left meanwhile is not decided on.
    What had left is recorded with the decision; where all of it had, the decision has no rows and closes.
    Accepted goods become usable; goods to rework or return are blocked (in a blocked place of the warehouse, when it
    has one); scrapped goods leave stock; goods to sort out or rework get an inspection of every piece.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not inspected yet, or decided already (also: by somebody faster).
        NeedsConcession: nonconforming goods are to be accepted, or a concession is to be given.
        GoodsHaveLeft: more is decided on than still lies there.
        DispositionIncomplete: the rows do not cover what is there.
        NotFromSupplier: goods that came with no goods receipt are to go back to a supplier.
        NothingToWithdraw: goods in process are to be scrapped or returned.
        InvalidInput: an unknown row, disposition or place.
        ShortStock, LotRequired, BinIsCounted, (closed period): see post_moves.
    """
    return _decide(inspection_id, dispositions, version, actor, at, conceding=False)


@operation(permission="erp.concede_inspection", document=(Inspection, "inspection_id"))
def decide_with_concession(
    *,
    inspection_id: int,
    dispositions: Sequence[Mapping[str, Any]],
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Inspection:
    """Decide as decide_inspection does, with the right to accept nonconforming goods by a concession."""
    return _decide(inspection_id, dispositions, version, actor, at, conceding=True)


def _decide(
    inspection_id: int,
    rows: Sequence[Mapping[str, Any]],
    version: int | None,
    actor: Any,
    at: dt.datetime,
    *,
    conceding: bool,
) -> Inspection:
    inspection = lock(Inspection, inspection_id, version=version)
    require_edge(inspection, InspectionState.DECIDED)
    goods = {one.pk: one for one in inspection.goods.select_related("location__warehouse", "lot")}
    decided = _dispositions(inspection, goods, rows)
    _require_allowed(inspection, goods.values(), decided, conceding=conceding)
    _place(decided, {int(row["goods_id"]): row.get("location_id") for row in rows})
    InspectionDisposition.objects.bulk_create(decided)
    _announce_rejected(inspection, decided, actor, at)
    _move(inspection, decided, actor, at)
    _follow_up(inspection, decided, actor, at)
    _record_left(inspection, goods, decided, actor, at)
    inspection.decided_by = actor if getattr(actor, "pk", None) else None
    inspection.decided_at = at
    transition(inspection, InspectionState.DECIDED, actor=actor, at=at, fields=["decided_by", "decided_at"])
    return inspection


def _dispositions(
    inspection: Inspection, goods: Mapping[int, InspectionGoods], rows: Sequence[Mapping[str, Any]]
) -> list[InspectionDisposition]:
    """Return the unsaved dispositions of rows with a quantity.

    Raises:
        InvalidInput, GoodsHaveLeft, DispositionIncomplete: see decide_inspection.
    """
    decided, sums = [], dict.fromkeys(goods, ZERO)
    for row in rows:
        part = goods.get(int(row["goods_id"]))
        if part is None or row["disposition"] not in D.values or row["quantity"] < 0:
            raise InvalidInput(message=str(row["disposition"]), field="disposition")
        if not row["quantity"]:
            continue
        sums[part.pk] += row["quantity"]
        note = (row.get("note") or "").strip()[:200]
        decided.append(
            InspectionDisposition(goods=part, disposition=row["disposition"], quantity=row["quantity"], note=note)
        )
    there = still_there(inspection, goods.values())
    for pk, part in goods.items():
        if sums[pk] > there[pk] < part.quantity:
            raise GoodsHaveLeft(there=there[pk], quantity=part.quantity, location=str(part.location))
    if any(sums[pk] != there[pk] for pk in goods):
        raise DispositionIncomplete(decided=sum(sums.values(), ZERO), quantity=sum(there.values(), ZERO))
    return decided


def _record_left(
    inspection: Inspection,
    goods: Mapping[int, InspectionGoods],
    decided: Sequence[InspectionDisposition],
    actor: Any,
    at: dt.datetime,
) -> None:
    """Say in the record how much of the goods was no longer there to be decided on."""
    whole = sum((one.quantity for one in goods.values()), ZERO)
    left = whole - sum((one.quantity for one in decided), ZERO)
    if left:
        audit.record(inspection, "goods_had_left", actor=actor, at=at, quantity=str(left), inspected=str(whole))


def _require_allowed(
    inspection: Inspection,
    goods: Iterable[InspectionGoods],
    decided: Sequence[InspectionDisposition],
    *,
    conceding: bool,
) -> None:
    kinds = {one.disposition for one in decided}
    accepted = sum((one.quantity for one in decided if one.disposition == D.ACCEPT), ZERO)
    if not conceding and (D.CONCESSION in kinds or accepted > _conforming(inspection)):
        raise NeedsConcession(document=inspection)
    if D.RETURN in kinds and inspection.source_label != "scm.goodsreceipt":
        raise NotFromSupplier()
    if kinds & {D.RETURN, D.SCRAP} and any(one.location_id is None for one in goods):
        raise NothingToWithdraw(document=inspection)


def _conforming(inspection: Inspection) -> Decimal:
    """Return how much may be accepted as it is: all when the sample passed; the good ones when all were looked at."""
    if inspection.verdict == Verdict.PASSED:
        return inspection.quantity
    if inspection.sample_size < inspection.quantity:
        return ZERO
    return inspection.quantity - (inspection.defective or 0)


def _place(decided: Sequence[InspectionDisposition], chosen: Mapping[int, int | None]) -> None:
    """Say where each part goes: None when it stays where it lies, or leaves stock."""
    places = Location.objects.select_related("warehouse").in_bulk({pk for pk in chosen.values() if pk})
    blocked: dict[int, Location | None] = {}
    for one in decided:
        here = one.goods.location
        if here is None or here.warehouse is None:
            continue
        if one.disposition in ACCEPTED:
            wanted = places.get(chosen.get(one.goods_id) or 0)
            target = wanted or (here if here.status == StockStatus.USABLE else default_location(here.warehouse))
            if target.status != StockStatus.USABLE or target.kind != Location.Kind.STORAGE:
                raise InvalidInput(message=str(target), field="location")
            one.to_location = None if target.pk == here.pk else target
        elif one.disposition in HELD:
            if here.warehouse_id not in blocked:
                blocked[here.warehouse_id or 0] = _blocked_place(here.warehouse_id)
            held = blocked[here.warehouse_id or 0]
            one.to_location = None if held is None or held.pk == here.pk else held


def _blocked_place(warehouse_id: int | None) -> Location | None:
    places = Location.objects.filter(
        warehouse_id=warehouse_id, kind=Location.Kind.STORAGE, status=StockStatus.BLOCKED, is_active=True
    )
    return places.order_by("put_away_order", "code").first()


def _announce_rejected(
    inspection: Inspection, decided: Sequence[InspectionDisposition], actor: Any, at: dt.datetime
) -> None:
    """Tell purchasing what goes back, before any stock is locked: its documents rank before balances."""
    back = [one for one in decided if one.disposition == D.RETURN]
    if not back:
        return
    rows = [
        (one.goods.source_line_id, one.quantity, (one.to_location or one.goods.location).pk)  # type: ignore[union-attr]
        for one in back
    ]
    signals.goods_rejected.send(sender=Inspection, inspection=inspection, rows=rows, actor=actor, at=at)


def _move(inspection: Inspection, decided: Sequence[InspectionDisposition], actor: Any, at: dt.datetime) -> None:
    scrap = virtual_location(Location.Kind.SCRAP) if any(one.disposition == D.SCRAP for one in decided) else None
    by_kind: dict[MoveKind, list[MoveInput]] = defaultdict(list)
    for one in decided:
        target = scrap if one.disposition == D.SCRAP else one.to_location
        here = one.goods.location_id
        if here is None or target is None:
            continue
        by_kind[MoveKind.SCRAP if one.disposition == D.SCRAP else MoveKind.TRANSFER].append(
            MoveInput(
                item_id=inspection.item_id,
                from_location_id=here,
                to_location_id=target.pk,
                quantity=one.quantity,
                lot_id=one.goods.lot_id,
                source_line_id=one.pk,
            )
        )
    if len(by_kind) > 1:
        lock_stock(moves=[move for moves in by_kind.values() for move in moves])
    for kind, moves in by_kind.items():
        post_moves(
            moves=moves,
            source=inspection,
            kind=kind,
            date=business_date(at),
            actor=actor,
            at=at,
            reason=inspection.number,
        )


def _follow_up(inspection: Inspection, decided: Sequence[InspectionDisposition], actor: Any, at: dt.datetime) -> None:
    """Open the inspection of every piece that sorting out and rework ask for."""
    for kind in sorted(FOLLOWED):
        goods = [
            Goods(
                one.quantity,
                one.goods.lot_id,
                (one.to_location_id or one.goods.location_id),
                one.goods.source_line_id,
            )
            for one in decided
            if one.disposition == kind
        ]
        if not goods:
            continue
        cause = Cause(
            kind=InspectionKind(inspection.kind),
            source=(inspection.source_label, inspection.source_id, inspection.source_number),
            partner_id=inspection.partner_id,
            work_order_id=inspection.work_order_id,
            operation_no=inspection.operation_no,
            work_center_id=inspection.work_center_id,
            parent=inspection,
            note=str(D(kind).label),
        )
        write_inspections([(inspection.item, goods)], cause, actor=actor, at=at, in_full=True)
