"""The part that every issue of material shares: demands served, moves posted, the order's cost brought up."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F

from core.clock import business_date
from core.fields import ZERO
from core.locks import lock_rows
from core.money import round_amount
from erp.models import Demand, WorkOrder, WorkOrderMaterial
from erp.services.overruns import watch_budget
from erp.services.stock import MoveInput, PostedMoves, post_moves
from erp.services.work_orders.expecting import begin_progress
from erp.states import SIDE_KINDS, MoveKind

WORK_ORDER = "erp.workorder"


@dataclass(frozen=True)
class Part:
    """So much of one material and lot on its way from one place to another; the other unit it was typed in."""

    line: WorkOrderMaterial
    quantity: Decimal
    from_id: int
    to_id: int
    lot_id: int | None = None
    uom_id: int | None = None
    unit_factor: Decimal | None = None


def lock_demands(work_order_ids: Iterable[int]) -> dict[int, int]:
    """Lock the demand rows of orders, all of them, before any balance; returns their keys by material line."""
    rows = lock_rows(Demand.objects.filter(source_label=WORK_ORDER, source_id__in=list(work_order_ids)))
    return {row.source_line_id: row.pk for row in rows}


def split_by_demand(
    part: Part, *, served: Decimal, demand_id: int | None, amount: Decimal | None = None, decimals: int = 2
) -> list[MoveInput]:
    """One move, or two where only ``served`` of the quantity changes what the order's demand still needs."""
    parts = [(served, demand_id), (part.quantity - served, None)]
    if demand_id is None or served in {ZERO, part.quantity}:
        parts = [(part.quantity, demand_id if served else None)]
    moves: list[MoveInput] = []
    for quantity, demand in parts:
        share = None if amount is None else round_amount(amount * quantity / part.quantity, decimals)
        if share is not None and quantity != part.quantity and demand is None:
            share = amount - sum((move.amount or ZERO for move in moves), ZERO)  # type: ignore[operator]
        moves.append(
            MoveInput(
                item_id=part.line.item_id,
                from_location_id=part.from_id,
                to_location_id=part.to_id,
                quantity=quantity,
                lot_id=part.lot_id,
                amount=share,
                source_line_id=part.line.pk,
                work_order_id=part.line.work_order_id,
                demand_id=demand,
                uom_id=part.uom_id,
                unit_factor=part.unit_factor,
            )
        )
    return moves


def issue_moves(parts: Iterable[Part], demands: Mapping[int, int]) -> list[MoveInput]:
    """Return the moves that issue ``parts``, and count them as issued on their material lines (not saved yet)."""
    moves: list[MoveInput] = []
    for part in parts:
        served = min(part.quantity, part.line.open_quantity)
        moves += split_by_demand(part, served=served, demand_id=demands.get(part.line.pk))
        part.line.issued_quantity += part.quantity
    return moves


def post_materials(
    work_order: WorkOrder,
    lines: Iterable[WorkOrderMaterial],
    moves: Sequence[MoveInput],
    kind: MoveKind,
    posting_date: dt.date | None,
    *,
    actor: Any,
    at: dt.datetime,
    reason: str = "",
) -> PostedMoves:
    """Post moves of material of one order, store what is issued of ``lines``, bring the order's cost up."""
    posted = post_moves(
        moves=moves,
        source=work_order,
        kind=kind,
        date=posting_date or business_date(at),
        actor=actor,
        at=at,
        reason=reason,
    )
    touched = {move.source_line_id for move in moves}
    WorkOrderMaterial.objects.bulk_update(
        [line for line in lines if line.pk in touched], ["issued_quantity", "staged_quantity"]
    )
    cost = -sum((entry.amount for entry in posted.entries if entry.kind not in SIDE_KINDS), ZERO)
    WorkOrder.objects.filter(pk=work_order.pk).update(material_cost=F("material_cost") + cost)
    work_order.refresh_from_db(fields=["material_cost"])  # a backdated issue may have corrected later ones as well
    begin_progress(work_order, actor=actor, at=at)
    watch_budget(work_order, actor=actor, at=at)
    return posted
