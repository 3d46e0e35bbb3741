"""Goods that came in for an order line or a project: kept for it, and what is over told to the planner."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from core.clock import business_date
from core.fields import ZERO
from core.locks import lock_rows
from core.operations import operation
from erp.models import BoundArrival, Demand, StockBalance, StockMove, Supply, WorkOrder
from erp.services.project_stock.freeing import tell_freed
from erp.services.project_stock.pools import make_pools
from erp.services.reservations.book import ReservationBook
from erp.services.reservations.missing import fit_kept, give_up_missing
from erp.services.sources import number_of
from erp.services.stock.inputs import Key
from erp.services.stock.locking import lock_demands
from erp.states import DemandKind
from masterdata.models import Item

FIELDS = ["item_id", "order_line_id", "project_id", "quantity", "settled_quantity"]
SALES_ORDER = "crm.salesorder"
Bound = tuple[int | None, int | None, int]
"""An order line, a project, an item."""


@dataclass(frozen=True)
class Arrived:
    """What of one line of supply has come in and stayed so far, stock unit, and whose it is."""

    source_line_id: int
    item_id: int
    quantity: Decimal
    order_line_id: int | None = None
    project_id: int | None = None


@dataclass(frozen=True)
class Waiting:
    """Arrivals that are to be settled, with the demands that may get them and the pools of their projects, locked.

    lines  the order line that each demand is for: its own, or that of the order whose material it is.
    """

    arrivals: list[BoundArrival]
    demands: dict[int, Demand]
    lines: dict[int, int]

    @property
    def pools(self) -> list[Demand]:
        """Return the demands by which the projects keep stock."""
        return [one for one in self.demands.values() if one.kind == DemandKind.PROJECT]

    @property
    def takers(self) -> list[Demand]:
        """Return the demands of orders."""
        return [one for one in self.demands.values() if one.kind != DemandKind.PROJECT]


def set_arrived(*, source_label: str, source_id: int, rows: Sequence[Arrived]) -> None:
    """Write down what has arrived of a source's bound lines (of items made to order); its header is locked.

    What is less than before takes back what was decided on it.
    """
    bound = [row for row in rows if row.order_line_id or row.project_id]
    if not bound:
        return
    items = Item.objects.filter(pk__in={row.item_id for row in bound})
    to_order = set(items.exclude(order_policy=Item.OrderPolicy.MAKE_TO_STOCK).values_list("pk", flat=True))
    known = {
        one.source_line_id: one
        for one in BoundArrival.objects.filter(
            source_label=source_label, source_line_id__in=[row.source_line_id for row in bound]
        )
    }
    number, written = number_of(source_label, source_id), []
    for row in bound:
        one = known.get(row.source_line_id)
        if row.item_id not in to_order or (one is None and row.quantity <= 0):
            continue
        settled = min(one.settled_quantity, row.quantity) if one else ZERO
        fresh = BoundArrival(
            source_label=source_label,
            source_id=source_id,
            source_number=number,
            settled_quantity=settled,
            **vars(row),
        )
        if one is None or any(getattr(one, name) != getattr(fresh, name) for name in FIELDS):
            written.append(fresh)
    BoundArrival.objects.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=["source_label", "source_line_id"],
        update_fields=[BoundArrival._meta.get_field(name).name for name in FIELDS],
    )


def lock_waiting(*, source_label: str, source_id: int, at: dt.datetime) -> Waiting | None:
    """Lock what of a source is not decided on yet, and who may get it: before the goods are posted. None: nothing."""
    return _lock(_undecided().filter(source_label=source_label, source_id=source_id), at)


def settle(waiting: Waiting | None, moves: Sequence[StockMove], *, at: dt.datetime) -> None:
    """Keep goods that have just been posted for the order lines and projects they came for."""
    if waiting is None:
        return
    arrived = Q(pk__in=[])
    for move in moves:
        arrived |= Q(item=move.item_id, location=move.to_location_id, lot=move.lot_id, owner=None)
    _settle(waiting, at, within=list(StockBalance.objects.filter(arrived).values_list("pk", flat=True)))


@operation(permission=None)
def settle_arrivals(*, item_ids: Sequence[int], actor: Any, at: dt.datetime) -> int:
    """Keep what of items came for order lines and projects and could not be kept yet: it was in inspection.

    Returns how many arrivals were looked at.
    """
    waiting = _lock(_undecided().filter(item_id__in=list(item_ids)), at)
    if waiting is None:
        return 0
    _settle(waiting, at)
    return len(waiting.arrivals)


def give_up_bound(
    leaving: Iterable[tuple[Key, Decimal]],
    *,
    source_label: str,
    source_id: int,
    source: Any,
    actor: Any,
    at: dt.datetime,
) -> None:
    """Release what is kept of goods that go back for the order lines and projects they had come for, no others'.

    leaving  balances and what leaves them.   source_label, source_id  of the supply.   source  what sends them back.
    Called before the goods are posted.
    """
    arrivals = BoundArrival.objects.filter(source_label=source_label, source_id=source_id)
    wanted = list(arrivals.values_list("order_line_id", "project_id", "item_id"))
    if wanted:
        falls: dict[Key, Decimal] = defaultdict(Decimal)
        for key, quantity in leaving:
            falls[key] += quantity
        among = set(_takers(wanted, _makers(_lines_in(wanted))).values_list("pk", flat=True))
        give_up_missing(falls, source=source, actor=actor, at=at, among=among)


def _undecided() -> QuerySet[BoundArrival]:
    return BoundArrival.objects.filter(quantity__gt=F("settled_quantity"))


def _makers(lines: Collection[int]) -> dict[str, dict[int, int]]:
    """Return, by kind of demand, the order line of each work and subcontract order that is for some."""
    if not lines:
        return {}
    made = WorkOrder.objects.filter(sales_order_line__in=lines)
    sent = Supply.objects.filter(order_line__in=lines, material_source_id__isnull=False)
    pairs = sent.values_list("material_source_id", "order_line_id")
    return {
        DemandKind.WORK_ORDER: dict(made.values_list("pk", "sales_order_line_id")),
        DemandKind.SUBCONTRACT: {source: line for source, line in pairs if source and line},
    }


def _takers(rows: Iterable[Bound], makers: Mapping[str, Collection[int]]) -> QuerySet[Demand]:
    """The demands of these order lines and of what is made for them, and all demands and the pool of these projects,
    for these items.
    """
    found = list(rows)
    own = Q(kind=DemandKind.SALES, source_label=SALES_ORDER, source_line_id__in=_lines_in(found))
    own |= Q(project_id__in={project for _l, project, _i in found if project})
    for kind, orders in makers.items():
        own |= Q(kind=kind, source_id__in=orders)
    return Demand.objects.filter(own, item_id__in={item for _l, _p, item in found})


def _lines_in(rows: Iterable[Bound]) -> set[int]:
    return {line for line, _project, _item in rows if line}


def _lock(rows: QuerySet[BoundArrival], at: dt.datetime) -> Waiting | None:
    arrivals = lock_rows(rows)
    if not arrivals:
        return None
    make_pools({(one.project_id, one.item_id) for one in arrivals if one.project_id}, business_date(at))
    wanted = [(one.order_line_id, one.project_id, one.item_id) for one in arrivals]
    makers = _makers(_lines_in(wanted))
    demands = lock_demands(_takers(wanted, makers).values_list("pk", flat=True))
    lines = {
        pk: one.source_line_id if one.source_label == SALES_ORDER else makers.get(one.kind, {}).get(one.source_id)
        for pk, one in demands.items()
    }
    return Waiting(arrivals, demands, {pk: line for pk, line in lines.items() if line})


def _material(arrivals: Sequence[BoundArrival]) -> set[int]:
    """Return the keys of those that are material of an open order line: orders that take it may be made yet, and the
    plan counts it for them alone (`plan_sources.LIES_FREE`).
    """
    lines = {one.order_line_id for one in arrivals if one.order_line_id and not one.project_id}
    if not lines:
        return set()
    sold = Demand.objects.filter(kind=DemandKind.SALES, source_label=SALES_ORDER, source_line_id__in=lines)
    items = dict(sold.filter(open_quantity__gt=0).values_list("source_line_id", "item_id"))
    to_order = Item.objects.filter(
        pk__in={one.item_id for one in arrivals}, order_policy=Item.OrderPolicy.MAKE_TO_ORDER
    )
    keys = set(to_order.values_list("pk", flat=True))
    return {
        one.pk
        for one in arrivals
        if one.item_id in keys and items.get(one.order_line_id or 0, one.item_id) != one.item_id
    }


def _settle(waiting: Waiting, at: dt.datetime, *, within: Collection[int] | None = None) -> None:
    """Each line, and what is made for it, gets what it lacks of what came for it; the rest is its project's, or comes
    free.
    """
    today = business_date(at)
    book = ReservationBook(
        [one.pk for one in waiting.takers],
        {one.item_id for one in waiting.arrivals},
        pools=waiting.pools,
        within=within,
    )
    wanting: dict[tuple[int, int], list[Demand]] = defaultdict(list)
    for demand in sorted(waiting.takers, key=lambda one: (one.due_date, one.pk)):
        if demand.pk in waiting.lines:
            wanting[waiting.lines[demand.pk], demand.item_id].append(demand)
    material = _material(waiting.arrivals)
    for one in waiting.arrivals:
        left, own = one.quantity - one.settled_quantity, ZERO
        for demand in wanting[one.order_line_id or 0, one.item_id]:
            part = max(ZERO, min(left - own, demand.open_quantity - book.held(demand.pk)))
            one.settled_quantity += book.take(demand, part, today)
            own += part
        pool = book.pools.get((one.project_id, one.item_id))
        if pool is not None:
            one.settled_quantity += book.take(pool, left - own, today)
        elif left > own:
            one.settled_quantity += left - own
            if one.pk in material:
                continue
            freed = {one.item_id: left - own}
            source = (one.source_label, one.source_id, one.source_number)
            tell_freed(freed, source=source, cause="arrival:surplus", at=at)
    book.draw(waiting.takers)
    book.write(at)
    fit_kept(waiting.pools, book)
    BoundArrival.objects.bulk_update(waiting.arrivals, ["settled_quantity"])
