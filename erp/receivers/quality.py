"""Reactions of quality to goods that arrive or whose arrival is taken back."""

from typing import Any

from core.audit import label_of
from core.operations import perform
from core.outbox import enqueue
from erp.models import StockMove
from erp.services import inspections
from erp.services.inspections.opening import OCCASIONS
from masterdata.models import Location, StockStatus

ARRIVAL_REVERSED = "erp.inspected_arrival_reversed"
OUTSIDE = frozenset({Location.Kind.SUPPLIER, Location.Kind.PRODUCTION, Location.Kind.CUSTOMER})


def inspect_goods_on_stock_posted(moves: Any, source: Any, kind: str, actor: Any, at: Any, **_: Any) -> None:
    if kind not in OCCASIONS:
        return
    own = [move for move in moves if move.owner_id is None]
    arrived = [one for one in own if one.from_location.kind in OUTSIDE and _waits(one.to_location)]
    if arrived:
        inspections.open_inspections(moves=arrived, kind=kind, source=source, actor=actor, at=at)
    back = [one.reverses_id for one in own if one.reverses_id and _waits(one.from_location)]
    if back:  # open inspections are locked headers: they are given up after the commit, when no balance is held
        enqueue(ARRIVAL_REVERSED, source_label=label_of(source), source_id=source.pk, move_ids=back)


def _waits(place: Location) -> bool:
    return place.status == StockStatus.INSPECTION


def withdraw_reversed_arrivals(payload: dict[str, Any]) -> None:
    """Carry out the outbox event ``erp.inspected_arrival_reversed``."""
    lines = StockMove.objects.filter(pk__in=payload["move_ids"]).values_list("source_line_id", flat=True)
    perform(
        inspections.withdraw_inspections,
        actor=None,
        source_label=payload["source_label"],
        source_id=payload["source_id"],
        source_line_ids=sorted({line for line in lines if line is not None}),
    )
