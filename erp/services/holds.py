"""Blocking and releasing lots and places: their goods stay on hand and cannot be used."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from core import audit
from core.documents import lock
from core.errors import InvalidInput
from core.operations import operation
from erp.errors import StatusUnchanged
from erp.models import Lot, Reservation, StockBalance
from erp.services.reservations.book import ReservationBook
from erp.services.reservations.missing import fit_kept
from erp.services.stock.locking import lock_demands
from masterdata.models import Location, StockStatus
from masterdata.services.company import set_location_status


@operation(permission="erp.block_lot", document=(Lot, "lot_id"))
def set_lot_status(*, lot_id: int, status: str, actor: Any, at: dt.datetime, reason: str = "") -> Lot:
    """Block a lot, put it in inspection, or release it; what was kept of it for orders is given up when it is held.

    Raises:
        InvalidInput: there is no such status, or no reason is given.
        StatusUnchanged: it has this status already.
    """
    lot = lock(Lot, lot_id)
    _require_change(lot, lot.status, status, reason)
    before, lot.status = lot.status, status
    lot.status_reason = reason[:200]
    if status != StockStatus.USABLE:
        _give_up(StockBalance.objects.filter(lot_id=lot_id), {lot.item_id}, at)
    lot.save(update_fields=["status", "status_reason"])
    audit.record(lot, f"status_{status}", actor=actor, at=at, reason=reason, status=[before, status])
    return lot


@operation(permission="erp.block_lot", document=(Location, "location_id"))
def set_place_status(*, location_id: int, status: str, actor: Any, at: dt.datetime, reason: str = "") -> Location:
    """Block a place, make it one of inspection, or release it; what was kept there for orders is given up.

    Raises:
        InvalidInput: there is no such status, no reason is given, or it is the usual place of its warehouse.
        StatusUnchanged: it has this status already.
    """
    place = lock(Location, location_id)
    _require_change(place, place.status, status, reason)
    if place.is_default:
        raise InvalidInput(
            message=_("%(place)s is the usual place of its warehouse: choose another one first.") % {"place": place}
        )
    if status != StockStatus.USABLE:
        held = StockBalance.objects.filter(location_id=location_id, on_hand__gt=0)
        _give_up(held, set(held.values_list("item_id", flat=True)), at)
    return set_location_status(location=place, status=status, actor=actor, at=at, reason=reason)


def _require_change(subject: Lot | Location, before: str, status: str, reason: str) -> None:
    if status not in StockStatus.values:
        raise InvalidInput(message=_("There is no status %(status)s.") % {"status": status}, field="status")
    if not reason.strip():
        raise InvalidInput(message=_("Say why."), field="reason")
    if before == status:
        raise StatusUnchanged(subject=subject, status=StockStatus(status).label)


def _give_up(held: Any, item_ids: Iterable[int], at: dt.datetime) -> None:
    """Release the reservations on the balances ``held``; their demands look for other stock when it arrives."""
    balance_ids = set(held.values_list("pk", flat=True))
    demand_ids = set(Reservation.objects.filter(balance_id__in=balance_ids).values_list("demand_id", flat=True))
    demands = lock_demands(demand_ids)
    book = ReservationBook(demand_ids, item_ids)
    for row in list(book.rows.values()):
        if row.balance_id in balance_ids and row.quantity > 0:
            book.change(row.demand_id, row.balance_id, -row.quantity)
    book.write(at)
    fit_kept(demands.values(), book)
