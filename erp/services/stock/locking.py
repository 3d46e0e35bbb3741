"""Taking every lock a posting needs, in the house's order: demands, balances, costs."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.expressions import RawSQL

from core.locks import lock_rows
from erp.models import Demand, ItemCost, Reservation, StockBalance
from erp.selectors.made_of import items_made_of
from erp.selectors.project_stock import stock_by_project
from erp.services.stock.inputs import Key, MoveInput
from erp.states import DemandKind
from masterdata.models import Item, Location

OWNED_KINDS = frozenset(
    {Location.Kind.STORAGE, Location.Kind.LINE_SIDE, Location.Kind.TRANSIT, Location.Kind.AT_SUPPLIER}
)
BALANCE_KEY = ("item_id", "location_id", "lot_id", "owner_id")
FROM_KEYS = """
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS k(item_id, location_id, lot_id, owner_id)
    JOIN erp_stockbalance b ON b.item_id = k.item_id AND b.location_id = k.location_id
     AND b.lot_id IS NOT DISTINCT FROM k.lot_id AND b.owner_id IS NOT DISTINCT FROM k.owner_id
"""
IS_POOL = Q(kind=DemandKind.PROJECT)


@dataclass
class LockedStock:
    """Rows of one posting, locked and fresh. ``reservations`` are those of the demands, by (demand, balance).

    Among ``demands`` are those by which the projects of the others keep stock: goods of a project serve its demands;
    ``carried`` are the keys of those whose goods are only brought to another place.
    """

    locations: dict[int, Location]
    demands: dict[int, Demand]
    reservations: dict[tuple[int, int], Reservation]
    balances: dict[Key, StockBalance]
    costs: dict[int, ItemCost]
    carried: frozenset[int] = frozenset()

    def is_owned(self, location_id: int) -> bool:
        """Return whether goods in this location are our stock."""
        return is_owned(self.locations[location_id])

    def pool_of(self, demand: Demand) -> Demand | None:
        """Return the demand by which the project of ``demand`` keeps stock of its item."""
        if demand.project_id is None or demand.kind == DemandKind.PROJECT:
            return None
        key = (DemandKind.PROJECT, demand.project_id, demand.item_id)
        return next((one for one in self.demands.values() if (one.kind, one.project_id, one.item_id) == key), None)

    def balance_by_id(self) -> dict[int, StockBalance]:
        """Return the locked balances by primary key."""
        return {balance.pk: balance for balance in self.balances.values()}


def is_owned(location: Location) -> bool:
    """Return whether goods in ``location`` are our stock (virtual places are not)."""
    return location.kind in OWNED_KINDS


@dataclass(frozen=True)
class Known:
    """What who posts has read already: items with their units, locations with their warehouses, and demands that it has
    locked and not changed since; by key.
    """

    items: Mapping[int, Item] = field(default_factory=dict)
    locations: Mapping[int, Location] = field(default_factory=dict)
    demands: Mapping[int, Demand] = field(default_factory=dict)


def lock_stock(
    *, moves: Sequence[MoveInput], follows_since: dt.date | None = None, known: Known | None = None
) -> LockedStock:
    """Lock demands, balances and costs of ``moves``; an operation with several postings calls it once for all of them.

    follows_since  a price known before the goods may follow them once they are posted, to wherever they went since that
                   day: the costs of what was made of them are locked too, while nothing later is.
    Balances that do not exist yet are made first: locking an absent row locks nothing.
    """
    known = known or Known()
    places = {pk for move in moves for pk in (move.from_location_id, move.to_location_id)}
    locations = dict(known.locations)
    if places - locations.keys():
        locations = Location.objects.select_related("warehouse").in_bulk(places)
    wanted = {move.demand_id for move in moves if move.demand_id}
    demands = {pk: row for pk, row in known.demands.items() if pk in wanted}
    if wanted - demands.keys():
        demands = lock_demands(wanted)
    demands |= {pool.pk: pool for pool in lock_pools(demands.values())}
    carried = carried_demands(moves)
    demands |= lock_demands(carried - demands.keys())
    reservations = list(Reservation.objects.filter(demand__in=demands).select_related("balance"))
    keys = {
        key
        for move in moves
        for key in (move.from_key, move.to_key)
        if key[1] in locations and is_owned(locations[key[1]])
    }
    keys |= {key_of(one.balance) for one in reservations}
    return LockedStock(
        locations=locations,
        demands=demands,
        reservations={(one.demand_id, one.balance_id): one for one in reservations},
        balances=lock_balances(keys),
        costs=_lock_costs_of({key[0] for key in keys}, follows_since),
        carried=frozenset(carried & demands.keys()),
    )


def carried_demands(moves: Sequence[MoveInput]) -> set[int]:
    """Return the keys of the demands of projects and orders that something is kept for where goods leave."""
    wanted = Q()
    for item, place, lot, owner in {move.from_key for move in moves if move.carries_kept}:
        wanted |= Q(balance__item=item, balance__location=place, balance__lot=lot, balance__owner=owner)
    if not wanted:
        return set()
    return set(stock_by_project().filter(wanted).order_by().values_list("demand_id", flat=True))


def _lock_costs_of(item_ids: set[int], follows_since: dt.date | None) -> dict[int, ItemCost]:
    """Lock the costs, and of what was made of the items: asked again under lock, until nothing new is found."""
    if follows_since is None:
        return lock_costs(item_ids)
    locked: set[int] = set()
    costs: dict[int, ItemCost] = {}
    wanted = items_made_of(item_ids, follows_since)
    while wanted - locked:
        locked |= wanted
        costs = lock_costs(locked)
        wanted = items_made_of(item_ids, follows_since)
    return costs


def lock_demands(demand_ids: Iterable[int]) -> dict[int, Demand]:
    """Lock demand rows by key, those by which projects keep stock last: a posting locks them after its own demands."""
    wanted = set(demand_ids)
    if not wanted:
        return {}
    rows = Demand.objects.filter(pk__in=wanted).annotate(is_pool=ExpressionWrapper(IS_POOL, BooleanField()))
    return {row.pk: row for row in lock_rows(rows, order_by=("is_pool", "pk"))}


def lock_pools(demands: Iterable[Demand]) -> list[Demand]:
    """Lock the demands by which the projects of locked demands keep stock of their items: always after those."""
    wanted = {(one.project_id, one.item_id) for one in demands if one.project_id and one.kind != DemandKind.PROJECT}
    if not wanted:
        return []
    rows = Demand.objects.filter(
        kind=DemandKind.PROJECT,
        project_id__in={project for project, _item in wanted},
        item_id__in={item for _project, item in wanted},
    )
    return [row for row in lock_rows(rows) if (row.project_id, row.item_id) in wanted]


def key_of(balance: StockBalance) -> Key:
    """Return the key of a balance."""
    return (balance.item_id, balance.location_id, balance.lot_id, balance.owner_id)


def lock_balances(keys: Iterable[Key]) -> dict[Key, StockBalance]:
    """Lock balances sorted by (item, location, lot, owner), making the missing ones first."""
    wanted = sorted(set(keys), key=key_order)
    if not wanted:
        return {}
    rows = _lock_all_balances(wanted)
    if not rows:
        found = _balance_ids(wanted)
        _insert_balances([key for key in wanted if key not in found])
        rows = _lock_all_balances(wanted)
    return {key_of(row): row for row in rows}


def _lock_all_balances(keys: Sequence[Key]) -> list[StockBalance]:
    """Lock the balances of all keys; none when one of them is not there yet (its lock would come out of order)."""
    columns = _columns(keys)
    rows = StockBalance.objects.filter(pk__in=RawSQL(f"SELECT b.id {FROM_KEYS}", columns)).select_related(None)
    rows = rows.annotate(present=RawSQL(f"SELECT count(*) {FROM_KEYS}", columns)).filter(present=len(keys))
    return lock_rows(rows, order_by=BALANCE_KEY)


def lock_costs(item_ids: Iterable[int]) -> dict[int, ItemCost]:
    """Lock the running costs of items sorted by item, making the missing ones first."""
    wanted = sorted(set(item_ids))
    if not wanted:
        return {}
    rows = _lock_all_costs(wanted)
    if not rows:
        known = set(ItemCost.objects.filter(item_id__in=wanted).values_list("item_id", flat=True))
        missing = [ItemCost(item_id=item_id) for item_id in wanted if item_id not in known]
        ItemCost.objects.bulk_create(missing, ignore_conflicts=True)
        rows = _lock_all_costs(wanted)
    return {row.item_id: row for row in rows}


def _lock_all_costs(item_ids: Sequence[int]) -> list[ItemCost]:
    """Lock the costs of all items; none when one of them is not there yet (its lock would come out of order)."""
    count = RawSQL("SELECT count(*) FROM erp_itemcost WHERE item_id = ANY(%s)", [list(item_ids)])
    rows = ItemCost.objects.filter(item_id__in=item_ids).annotate(present=count).filter(present=len(item_ids))
    return lock_rows(rows, order_by=("item_id",))


def key_order(key: Key) -> tuple[int, int, int, int]:
    """Sort order of the database: no lot, no owner last."""
    item, location, lot, owner = key
    return (item, location, 2**63 if lot is None else lot, 2**63 if owner is None else owner)


def _balance_ids(keys: Sequence[Key]) -> dict[Key, int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT b.item_id, b.location_id, b.lot_id, b.owner_id, b.id {FROM_KEYS}", _columns(keys))
        return {(item, location, lot, owner): pk for item, location, lot, owner, pk in cursor.fetchall()}


def _insert_balances(keys: Sequence[Key]) -> None:
    serial = set(
        Item.objects.filter(pk__in={key[0] for key in keys}, tracking=Item.Tracking.SERIAL).values_list("pk", flat=True)
    )
    StockBalance.objects.bulk_create(
        [
            StockBalance(item_id=item, location_id=location, lot_id=lot, owner_id=owner, is_serial=item in serial)
            for item, location, lot, owner in keys
        ],
        ignore_conflicts=True,
    )


def _columns(keys: Sequence[Key]) -> list[list[int | None]]:
    return [[key[part] for key in keys] for part in range(4)]
