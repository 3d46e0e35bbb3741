"""Transfers of goods that are kept for a project or an order: what is kept goes along to the new place."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from core.fields import ZERO
from erp.models import Demand
from erp.services.stock.inputs import MoveInput
from erp.services.stock.locking import LockedStock
from erp.services.stock.writing import Uses, plan_uses
from erp.states import DemandKind
from masterdata.models import Location, StockStatus


def plan_all_uses(moves: Sequence[MoveInput], stock: LockedStock, places: Mapping[int, Location]) -> Uses:
    """Decide which reservations the moves use up (see `plan_uses`), and what is kept that goes along with them.

    Goods that are free go first, then what a project keeps without an order, then what is due last. Nothing goes where
    it would be of no use: to a place that is no usable storage, or out of the only warehouse its order wants it in.
    Where what may go along does not do, nothing does, and the posting is refused.
    places  as they are under the locks.
    """
    uses = plan_uses(moves, stock)
    free: dict[int, Decimal] = {}
    for move in moves:
        if not (move.carries_kept and move.from_key in stock.balances and move.to_key in stock.balances):
            continue
        source = stock.balances[move.from_key]
        left = free.get(source.pk, source.available) - move.quantity
        free[source.pk] = max(ZERO, left)
        if left < 0:
            _carry(uses, move, -left, stock, places[move.to_location_id])
    return uses


def _carry(uses: Uses, move: MoveInput, lacking: Decimal, stock: LockedStock, place: Location) -> None:
    source, target = stock.balances[move.from_key], stock.balances[move.to_key]
    rows = [
        row
        for row in stock.reservations.values()
        if row.balance_id == source.pk and _may_lie(stock.demands[row.demand_id], place, stock)
    ]
    if lacking > sum((uses.remaining(row) for row in rows), ZERO):
        return
    for row in sorted(rows, key=lambda one: _last_wanted(stock.demands[one.demand_id]), reverse=True):
        part = min(lacking, uses.remaining(row))
        if part > 0:
            uses.carry(row, target.pk, part)
            lacking -= part


def _may_lie(demand: Demand, place: Location, stock: LockedStock) -> bool:
    usable = place.kind == Location.Kind.STORAGE and place.is_active and place.status == StockStatus.USABLE
    return demand.pk in stock.carried and usable and demand.warehouse_id in {None, place.warehouse_id}


def _last_wanted(demand: Demand) -> tuple[bool, dt.date, int]:
    return (demand.kind == DemandKind.PROJECT, demand.due_date, demand.pk)
