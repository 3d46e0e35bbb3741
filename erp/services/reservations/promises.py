"""Keeping what was promised: parts of a split delivery get the stock and the expected supply they were promised."""

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from django.apps import apps

from core import audit
from core.clock import business_date
from core.fields import ZERO
from core.locks import LockRank, advisory_locks, held
from erp.engines.pegging_supply import Line, choose
from erp.models import Demand, Reservation, Supply, SupplyPeg
from erp.selectors.outlooks import promisable
from erp.selectors.supply_pegs import LineKey, Pegged, pegs_of_items
from erp.services.reservations.book import ReservationBook
from erp.services.stock.locking import lock_demands
from erp.states import DemandKind


def lock_promises(item_ids: Iterable[int]) -> None:
    """Let one promise after the other be made of an item, and hold the orders that have stock of it.

    Taken before any balance is locked.
    """
    wanted = sorted(set(item_ids))
    advisory_locks([f"erp.promise:{item_id}" for item_id in wanted], rank=LockRank.PROMISE)
    if wanted:
        rows = Reservation.objects.filter(balance__item_id__in=wanted, demand__kind=DemandKind.SALES)
        lock_demands(rows.values_list("demand_id", flat=True))


def keep_promises(
    demands: Sequence[Demand], *, beside: Iterable[int] = (), actor: Any, at: dt.datetime
) -> dict[int, Decimal]:
    """Keep for locked demands what may be promised to them on their days; `lock_promises` came before.

    beside  keys of demands of the same order whose turn is still to come: what they need made is not spoken for yet.

    The latest supply that still comes in time is pegged first, then stock is reserved: what is there stays free for
    what is due sooner. Stock that an order due later has reserved, though supply comes in time for it, is changed
    against that supply; both orders' timelines say so. Never more than the available-to-promise of each day, so that
    earlier promises stay whole. Returns of each demand (by key) what is open beyond that: it has to be made or bought.
    """
    if not demands:
        return {}
    items = sorted({one.item_id for one in demands})
    givers = _later_ones(demands)
    book = ReservationBook([one.pk for one in (*demands, *givers)], items)
    today = business_date(at)
    pegs = pegs_of_items(items)
    lacks = _lacking(demands, book, pegs, today, set(beside))
    wanted = [one for one in _in_order(demands) if lacks[one.pk] > 0]
    missing = {one.pk: one.open_quantity - book.held(one.pk) for one in demands}
    for peg in (one for one in pegs if one.demand_id in missing):
        missing[peg.demand_id] -= peg.coming + peg.arrived
    if not wanted:
        return missing
    supply = _Supply(items, pegs, today)
    for demand in wanted:
        lacks[demand.pk] -= supply.peg(demand, lacks[demand.pk])
    before = {one.pk: book.held(one.pk) for one in wanted}
    book.share_out(wanted, today, at_most=lacks)
    for demand in wanted:
        left = lacks[demand.pk] - (book.held(demand.pk) - before[demand.pk])
        for giver, quantity in _change_against_supply(demand, left, givers, book, supply):
            _tell(giver, demand, quantity, actor=actor, at=at)
    for demand in wanted:
        missing[demand.pk] -= book.held(demand.pk) - before[demand.pk] + supply.pegged(demand.pk)
    book.write(at, is_last=True)
    supply.write(at)
    return missing


def peg_whole(demand: Demand, label: str, line_id: int, quantity: Decimal, at: dt.datetime) -> None:
    """Promise a demand expected supply that is made for it and nobody else."""
    SupplyPeg.objects.create(
        demand=demand, source_label=label, source_line_id=line_id, quantity=quantity, created_at=at
    )


def _in_order(demands: Iterable[Demand]) -> list[Demand]:
    return sorted(demands, key=lambda one: (one.due_date, one.priority, one.pk))


def _later_ones(demands: Sequence[Demand]) -> list[Demand]:
    """Return the demands of other orders for the same items that this operation has locked, the last one first."""
    items, own = {one.item_id for one in demands}, {one.pk for one in demands}
    known = [one for one in held(Demand).values() if one.kind == DemandKind.SALES and one.item_id in items]
    return _in_order(one for one in known if one.pk not in own)[::-1]


def _lacking(
    demands: Sequence[Demand], book: ReservationBook, pegs: Sequence[Pegged], today: dt.date, beside: set[int]
) -> dict[int, Decimal]:
    """Return how much more may be kept for each demand, one after the other."""
    kept: dict[int, Decimal] = defaultdict(Decimal)
    for peg in pegs:
        kept[peg.demand_id] += peg.coming + peg.arrived
    own = {one.pk for one in demands}
    outlooks = promisable({one.item_id for one in demands}, today, exclude_demand_ids=own, beside=beside - own)
    lacks = {}
    for demand in _in_order(demands):
        day = max(demand.due_date, today)
        may = min(demand.open_quantity, outlooks[demand.item_id].available(day))
        outlooks[demand.item_id].add(day, -may)
        lacks[demand.pk] = max(ZERO, may - book.held(demand.pk) - kept[demand.pk])
    return lacks


@dataclass
class _Supply:
    """Firm supply of some items that comes from today on, and what is promised of it, to be stored at the end."""

    items: Sequence[int]
    pegs: Sequence[Pegged]
    today: dt.date
    made: dict[tuple[int, str, int], Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def __post_init__(self) -> None:
        rows = Supply.objects.filter(item_id__in=self.items, is_firm=True, due_date__gte=self.today)
        self.rows = list(rows.order_by("pk"))
        self.promised: dict[Hashable, Decimal] = defaultdict(Decimal)
        for peg in self.pegs:
            self.promised[peg.line] += peg.coming

    def peg(self, demand: Demand, wanted: Decimal) -> Decimal:
        """Promise up to ``wanted`` of what comes in time to a demand; return how much that is."""
        lines = [
            Line((row.source_label, row.source_line_id), row.due_date, row.open_quantity)
            for row in self.rows
            if _serves(row, demand)
        ]
        pegged = ZERO
        for key, quantity in choose(wanted, demand.due_date, lines, self.promised):
            label, line_id = cast("LineKey", key)
            self.promised[key] += quantity
            self.made[demand.pk, label, line_id] += quantity
            pegged += quantity
        return pegged

    def pegged(self, demand_id: int) -> Decimal:
        """Return how much is promised to a demand beside what it had."""
        return sum((quantity for key, quantity in self.made.items() if key[0] == demand_id), ZERO)

    def write(self, at: dt.datetime) -> None:
        """Store what was promised; a peg that is there already grows."""
        if not self.made:
            return
        known = {
            (one.demand_id, one.source_label, one.source_line_id): one
            for one in SupplyPeg.objects.filter(demand__in={key[0] for key in self.made})
        }
        for key in self.made.keys() & known.keys():
            known[key].quantity += self.made[key]
        SupplyPeg.objects.bulk_update([known[key] for key in self.made.keys() & known.keys()], ["quantity"])
        SupplyPeg.objects.bulk_create(
            SupplyPeg(demand_id=pk, source_label=label, source_line_id=line, quantity=quantity, created_at=at)
            for (pk, label, line), quantity in self.made.items()
            if (pk, label, line) not in known
        )


def _serves(supply: Supply, demand: Demand) -> bool:
    """Return whether supply comes to where the demand wants it, and is made for nobody else."""
    is_free = supply.order_line_id in {None, demand.source_line_id if demand.kind == DemandKind.SALES else None}
    is_here = None in {supply.warehouse_id, demand.warehouse_id} or supply.warehouse_id == demand.warehouse_id
    return supply.item_id == demand.item_id and is_free and is_here


def _change_against_supply(
    demand: Demand, wanted: Decimal, givers: Sequence[Demand], book: ReservationBook, supply: _Supply
) -> list[tuple[Demand, Decimal]]:
    """Give a demand stock that later orders have reserved; each gets as much of supply that comes in time for it.

    Returns who gave how much.
    """
    given = []
    for giver in (one for one in givers if one.item_id == demand.item_id and one.due_date > demand.due_date):
        rows = [
            row
            for row in book.of(giver.pk)
            if demand.warehouse_id in {None, book.balances[row.balance_id].location.warehouse_id}
        ]
        left = supply.peg(giver, min(wanted, sum((row.quantity for row in rows), ZERO)))
        wanted -= left
        if left > 0:
            given.append((giver, left))
        for row in rows:
            moved = min(left, row.quantity)
            if moved > 0:
                book.change(giver.pk, row.balance_id, -moved)
                book.change(demand.pk, row.balance_id, moved)
                left -= moved
    return given


def _tell(giver: Demand, taker: Demand, quantity: Decimal, *, actor: Any, at: dt.datetime) -> None:
    named = {"item": giver.item.code, "quantity": str(quantity)}
    for demand, verb in ((giver, "reservation_given"), (taker, "reservation_taken")):
        source = apps.get_model(demand.source_label)(pk=demand.source_id)
        audit.record(source, verb, actor=actor, at=at, **named)


__all__ = ["keep_promises", "lock_promises", "peg_whole"]
