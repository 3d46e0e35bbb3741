"""Where goods are put: beside their like, in the zone of the item, in the first place with room."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from core.clock import today
from core.fields import ZERO
from erp.models import StockBalance
from erp.selectors.inspection_plans import inspected_items
from erp.states import InspectionKind
from masterdata.models import Item, Location, StockStatus, Warehouse
from masterdata.selectors.places import default_location


@dataclass(frozen=True)
class Placing:
    """Goods to be put somewhere, in the stock unit."""

    item: Item
    quantity: Decimal


@dataclass(frozen=True)
class PutAway:
    """Put ``quantity`` (stock unit) into a place, and why there."""

    location: Location
    quantity: Decimal
    reason: str


def put_away_places(warehouse: Warehouse, goods: Sequence[Placing], *, receiving: bool = False) -> list[list[PutAway]]:
    """Return for each of ``goods``, in order, the places of ``warehouse`` to put it: several when one is full.

    Goods whose receipts are inspected (by a plan, or as the item says) go to a place of inspection when they are
    ``receiving``. Else: where the same item lies and there is room, an empty place of the item's zone, the usual place.
    Three statements, and three more where a warehouse has a place of inspection.
    """
    places = list(
        Location.objects.filter(warehouse=warehouse, kind=Location.Kind.STORAGE, is_active=True)
        .select_related("warehouse", "zone")
        .order_by("put_away_order", "code")
    )
    held = _Held(places)
    usual = next((one for one in places if one.is_default), None) or default_location(warehouse)
    items = [one.item for one in goods]
    is_waiting = receiving and _waiting(places) is not None
    inspected = inspected_items(items, InspectionKind.RECEIPT, today()) if is_waiting else set()
    return [_places_for(one, places, held, usual, inspected) for one in goods]


def _waiting(places: Sequence[Location]) -> Location | None:
    return next((place for place in places if place.status == StockStatus.INSPECTION), None)


class _Held:
    """What lies in the places, with what was just suggested for them."""

    def __init__(self, places: Sequence[Location]) -> None:
        self.total: dict[int, Decimal] = defaultdict(lambda: ZERO)
        self.items: dict[int, set[int]] = defaultdict(set)
        rows = StockBalance.objects.filter(location__in=places, on_hand__gt=0).order_by()
        for location_id, item_id, quantity in rows.values_list("location_id", "item_id").annotate(Sum("on_hand")):
            self.put(location_id, item_id, quantity)

    def put(self, location_id: int, item_id: int, quantity: Decimal) -> None:
        self.total[location_id] += quantity
        self.items[location_id].add(item_id)

    def room(self, place: Location) -> Decimal | None:
        """What still fits; None: no limit."""
        return None if place.capacity is None else max(ZERO, place.capacity - self.total[place.pk])


def _places_for(
    one: Placing, places: Sequence[Location], held: _Held, usual: Location, inspected: set[int]
) -> list[PutAway]:
    if one.item.pk in inspected:
        waiting = _waiting(places)
        if waiting is not None:
            held.put(waiting.pk, one.item.pk, one.quantity)
            return [PutAway(waiting, one.quantity, _("receipts of this item are inspected"))]
    found: list[PutAway] = []
    left = one.quantity
    for place, reason in _candidates(one.item, places, held, usual):
        if left <= 0:
            break
        room = held.room(place)
        taken = left if room is None else min(left, room)
        if taken > 0:
            found.append(PutAway(place, taken, reason))
            held.put(place.pk, one.item.pk, taken)
            left -= taken
    if left > 0:
        found.append(PutAway(usual, left, _("usual place")))
    return found


def _candidates(item: Item, places: Sequence[Location], held: _Held, usual: Location) -> list[tuple[Location, str]]:
    usable = [place for place in places if place.status == StockStatus.USABLE]
    beside = [place for place in usable if item.pk in held.items[place.pk] and not place.is_default]
    found = [(place, _("the same item lies here")) for place in beside]
    if item.put_away_zone_id:
        in_zone = [place for place in usable if place.zone_id == item.put_away_zone_id]
        empty = [place for place in in_zone if not held.items[place.pk]]
        found += [(place, _("empty place in the zone of the item")) for place in empty]
    found.append((usual, _("usual place")))
    shelved = [place for place in usable if not held.items[place.pk] and place.put_away_order]
    if usual.capacity is not None:
        found += [(place, _("first empty place")) for place in shelved]
    return found
