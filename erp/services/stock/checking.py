"""What a posting refuses: unsound input, too little stock now, too little on a later day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from core.clock import business_date
from core.fields import ZERO
from core.money import round_quantity
from erp.errors import (
    BinIsCounted,
    LotMismatch,
    LotRequired,
    NotUsable,
    QuantityNotPositive,
    QuantityTooFine,
    RevaluedSince,
    ReversalBeforeOriginal,
    SameLocation,
    SerialNotSingle,
    ShortStock,
    ShortStockLater,
)
from erp.errors.project_stock import KeptInPlace, StockOfProject
from erp.models import Lot, Reservation, StockBalance, StockMove, Stocktake, StocktakeBin, ValueEntry
from erp.selectors.stock_days import later_days
from erp.selectors.stocktakes import frozen_bin
from erp.selectors.usable import why_not_usable
from erp.services.stock.inputs import Key, MoveInput
from erp.services.stock.locking import LockedStock, key_of, key_order
from erp.states import EntryKind
from masterdata.models import Item, Location

if TYPE_CHECKING:
    from erp.services.stock.writing import Uses

USED_BY = frozenset({Location.Kind.CUSTOMER, Location.Kind.PRODUCTION})


def require_sound(moves: Sequence[MoveInput], known: Mapping[int, Item]) -> Mapping[int, Item]:
    """Refuse moves that no stock could carry out; return their items (``known``: read already, with both units).

    Raises:
        QuantityNotPositive, QuantityTooFine, SameLocation, LotRequired, LotMismatch, SerialNotSingle.
    """
    wanted = {move.item_id for move in moves}
    items = known
    if wanted - known.keys():
        items = Item.objects.select_related("uom", "second_uom").in_bulk(wanted)
    lots = Lot.objects.in_bulk({move.lot_id for move in moves if move.lot_id})
    for number, move in enumerate(moves, start=1):
        item = items[move.item_id]
        if move.quantity <= 0:
            raise QuantityNotPositive(line=number, item=item)
        if round_quantity(move.quantity, item.uom_decimals) != move.quantity:
            raise QuantityTooFine(item=item, uom=item.uom, decimals=item.uom_decimals, quantity=move.quantity)
        if move.from_location_id == move.to_location_id:
            raise SameLocation(item=item)
        _require_lot(item, lots.get(move.lot_id) if move.lot_id else None, move)
    return items


def is_backdated(moves: Sequence[MoveInput], items: Mapping[int, Item], day: dt.date, at: dt.datetime) -> bool:
    """Return whether ``day`` is past; nothing is taken back before its own day.

    Raises:
        ReversalBeforeOriginal: names the item and the day of the original.
    """
    if day >= business_date(at):
        return False
    keys = {move.reverses_id for move in moves if move.reverses_id}
    later = StockMove.objects.filter(pk__in=keys, moved_on__gt=day) if keys else StockMove.objects.none()
    original = later.order_by("moved_on", "pk").first()
    if original is not None:
        raise ReversalBeforeOriginal(item=items[original.item_id], date=original.moved_on)
    return True


def require_not_revalued(item_ids: Iterable[int], day: dt.date) -> None:
    """Refuse a backdated change of value of goods that a revaluation after ``day`` has found in stock.

    Raises:
        RevaluedSince: names the item and the day of its last revaluation.
    """
    found = ValueEntry.objects.filter(item__in=list(item_ids), kind=EntryKind.REVALUATION, booked_on__gt=day)
    last = found.select_related("item").order_by("-booked_on", "-pk").first()
    if last is not None:
        raise RevaluedSince(item=last.item, date=last.booked_on)


def _require_lot(item: Item, lot: Lot | None, move: MoveInput) -> None:
    if item.tracking == Item.Tracking.NONE:
        if lot is not None:
            raise LotMismatch(lot=lot, item=item)
        return
    if lot is None:
        raise LotRequired(item=item)
    if lot.item_id != item.pk:
        raise LotMismatch(lot=lot, item=item)
    if item.tracking == Item.Tracking.SERIAL and move.quantity != 1:
        raise SerialNotSingle(item=item, lot=lot)


def balance_changes(moves: Sequence[MoveInput], stock: LockedStock) -> dict[Key, Decimal]:
    """Return the net change of every balance of ours that the moves touch."""
    changes: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    for move in moves:
        if stock.is_owned(move.from_location_id):
            changes[move.from_key] -= move.quantity
        if stock.is_owned(move.to_location_id):
            changes[move.to_key] += move.quantity
    return dict(changes)


def places_now(changes: Mapping[Key, Decimal]) -> dict[int, Location]:
    """Return the locations whose balances change as they are under the locks, with ``is_counted``: a count freezes
    something there. Whoever blocks or freezes a place holds its balances while doing so.
    """
    counts = StocktakeBin.objects.filter(location=OuterRef("pk"), stocktake__freezes=True)
    rows = Location.objects.select_related("warehouse").annotate(is_counted=Exists(counts))
    return dict(rows.in_bulk({location for _item, location, _lot, _owner in changes}))


def require_not_counted(changes: Mapping[Key, Decimal], places: Mapping[int, Location], source: Any) -> None:
    """Refuse what would move goods in or out of a place that a count has frozen; the count itself may.

    Raises:
        BinIsCounted: names the place and the count.
    """
    if not any(place.is_counted for place in places.values()):  # type: ignore[attr-defined]
        return
    own = source.pk if isinstance(source, Stocktake) else None
    held = frozen_bin({(location, item) for item, location, _lot, _owner in changes}, but_id=own)
    if held is not None:
        raise BinIsCounted(location=held.location, stocktake=held.stocktake)


def require_available(
    changes: Mapping[Key, Decimal], uses: "Uses", stock: LockedStock, items: Mapping[int, Item]
) -> None:
    """Refuse what would take goods that are not there or are kept for others.

    Raises:
        ShortStock: names item, place, what is free and what was wanted.
        StockOfProject: it would do, if some of it were not kept for a project.
        KeptInPlace: the same, of goods that stay in their warehouse.
        SerialNotSingle: the serial number lies somewhere already.
    """
    arriving = [key for key, change in changes.items() if change > 0 and stock.balances[key].is_serial]
    _require_single(arriving, changes, stock, items)
    for key in sorted(changes, key=key_order):
        balance = stock.balances[key]
        kept = balance.reserved - uses.released.get(balance.pk, ZERO)
        left = balance.on_hand + changes[key]
        if left < kept:
            _refuse_short(balance, kept, changes, stock, items[key[0]])


def _refuse_short(
    balance: StockBalance, kept: Decimal, changes: Mapping[Key, Decimal], stock: LockedStock, item: Item
) -> None:
    """Say what is free, and which project keeps what would have done."""
    wanted = -changes[key_of(balance)]
    said = {
        "item": item,
        "location": stock.locations[balance.location_id],
        "lot": str(balance.lot or ""),
        "available": balance.on_hand - kept,
        "wanted": wanted,
    }
    rows = Reservation.objects.filter(balance=balance.pk, demand__project__isnull=False)
    projects = {one.project_id for one in stock.demands.values() if one.pk not in stock.carried}
    others = list(rows.exclude(demand__project__in=projects - {None}).select_related("demand__project").order_by("pk"))
    theirs = sum((row.quantity for row in others), ZERO)
    if others and balance.on_hand - kept + theirs >= wanted:
        names = ", ".join(dict.fromkeys(str(row.demand.project) for row in others))
        refusal = KeptInPlace if _stays(key_of(balance), changes, stock) else StockOfProject
        raise refusal(**said, kept=theirs, project=names)
    raise ShortStock(**said)


def _stays(key: Key, changes: Mapping[Key, Decimal], stock: LockedStock) -> bool:
    """Return whether goods only go to another storage place of their warehouse, for nobody in particular."""
    item, place, lot, owner = key
    home = stock.locations[place].warehouse_id
    return stock.carried >= stock.demands.keys() and any(
        change > 0
        and (to_item, to_lot, to_owner) == (item, lot, owner)
        and (stock.locations[to].kind, stock.locations[to].warehouse_id) == (Location.Kind.STORAGE, home)
        for (to_item, to, to_lot, to_owner), change in changes.items()
    )


def require_usable(
    moves: Sequence[MoveInput],
    stock: LockedStock,
    places: Mapping[int, Location],
    items: Mapping[int, Item],
    day: dt.date,
) -> None:
    """Refuse to give to customers or production what is in inspection, blocked or expired.

    places  as they are under the locks (`places_now`); lots are read anew: whoever blocks them holds the balances.

    Raises:
        NotUsable: says what is the matter with place or lot.
    """
    leaving = [
        move for move in moves if move.reverses_id is None and stock.locations[move.to_location_id].kind in USED_BY
    ]
    if not leaving:
        return
    lot_ids = {move.lot_id for move in leaving if move.lot_id}
    lots = Lot.objects.in_bulk(lot_ids) if lot_ids else {}
    for move in leaving:
        lot = lots.get(move.lot_id) if move.lot_id else None
        place = places.get(move.from_location_id) or stock.locations[move.from_location_id]
        why = why_not_usable(place, lot, day)
        if why:
            raise NotUsable(item=items[move.item_id], why=why)


def _require_single(
    arriving: Iterable[Key], changes: Mapping[Key, Decimal], stock: LockedStock, items: Mapping[int, Item]
) -> None:
    lots = {key[2]: key for key in arriving}
    if not lots:
        return
    places = StockBalance.objects.filter(lot_id__in=lots, on_hand__gt=0).select_related("lot")
    for place in places:
        if changes.get(key_of(place), ZERO) >= 0:
            raise SerialNotSingle(item=items[place.item_id], lot=place.lot)


def require_available_later(
    changes: Mapping[Key, Decimal], stock: LockedStock, items: Mapping[int, Item], posting_day: dt.date
) -> None:
    """Refuse a backdated posting after which some later day would have ended below zero.

    Raises:
        ShortStockLater: names the first such day.
    """
    falling = {key for key, change in changes.items() if change < 0}
    if not falling:
        return
    running = {key: stock.balances[key].on_hand + changes[key] for key in falling}
    short: dict[Key, tuple[dt.date, Decimal]] = {}
    for key, moved, before in later_days({key[0] for key in falling}, posting_day):
        if key not in running:
            continue
        running[key] -= moved
        if running[key] < 0:
            short[key] = (before, running[key])
    for key, (day, balance) in sorted(short.items(), key=lambda one: one[1][0]):
        raise ShortStockLater(
            item=items[key[0]], location=stock.locations[key[1]], balance=balance, date=day, moved_on=posting_day
        )
