"""Giving up what is reserved of goods that a count did not find."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import Q

from core import audit
from core.fields import ZERO
from erp.models import Demand, Reservation
from erp.services.reservations.book import ReservationBook
from erp.services.stock.inputs import Key
from erp.services.stock.locking import key_of, lock_demands
from erp.states import DemandKind

KEPT_KINDS = frozenset({DemandKind.HOLD, DemandKind.PROJECT})


def give_up_missing(
    falls: Mapping[Key, Decimal], *, source: Any, actor: Any, at: dt.datetime, among: Collection[int] | None = None
) -> None:
    """Release reservations beyond what is left of balances that are about to fall by ``falls``, latest need first.

    ``among``: only those of these demands (keys). Locks the demands, then the balances; the caller holds headers only.
    The documents that lose goods are told.
    """
    if not falls:
        return
    wanted = Q()
    for item, location, lot, owner in falls:
        wanted |= Q(balance__item=item, balance__location=location, balance__lot=lot, balance__owner=owner)
    own = Reservation.objects.filter(wanted) if among is None else Reservation.objects.filter(wanted, demand__in=among)
    demands = lock_demands(own.values_list("demand_id", flat=True))
    if not demands:
        return
    book = ReservationBook(demands, {key[0] for key in falls})
    for balance in list(book.balances.values()):
        fall = falls.get(key_of(balance), ZERO)
        excess = balance.reserved - max(ZERO, balance.on_hand - fall)
        rows = [row for row in book.rows.values() if row.balance_id == balance.pk]
        for row in sorted(rows, key=lambda one: _last_served(demands[one.demand_id]), reverse=True):
            lost = min(excess, row.quantity)
            if lost <= 0:
                break
            excess -= lost
            book.change(row.demand_id, balance.pk, -lost)
            _tell(demands[row.demand_id], lost, source, actor, at)
    book.write(at)
    fit_kept(demands.values(), book)


def _last_served(demand: Demand) -> tuple[bool, dt.date, int, int]:
    return (demand.kind in KEPT_KINDS, demand.due_date, demand.priority, demand.pk)


def _tell(demand: Demand, lost: Decimal, source: Any, actor: Any, at: dt.datetime) -> None:
    document = apps.get_model(demand.source_label)(pk=demand.source_id)
    audit.record(
        document, "reservation_lost", actor=actor, at=at, reason=str(source), item=str(demand.item), quantity=str(lost)
    )


def fit_kept(demands: Iterable[Demand], book: ReservationBook) -> None:
    """A hold, and a project, want what is kept for them and no more: set them to that, or end them."""
    for demand in demands:
        if demand.kind not in KEPT_KINDS:
            continue
        kept = book.held(demand.pk)
        if kept:
            Demand.objects.filter(pk=demand.pk).update(quantity=kept, open_quantity=kept)
        else:
            Demand.objects.filter(pk=demand.pk).delete()
