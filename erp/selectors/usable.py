"""Which stock may be used: one answer for reserving, picking, issuing, promising and planning (ADR 0015)."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from erp.models import Lot, StockBalance
from masterdata.models import Location, StockStatus

STORED = (Location.Kind.STORAGE,)
WITH_LINE_SIDE = (Location.Kind.STORAGE, Location.Kind.LINE_SIDE)

USABLE = """p.kind = 'storage' AND p.is_active AND p.status = 'usable' AND b.owner_id IS NULL
  AND (l.id IS NULL OR l.status = 'usable' AND (l.expiry_date IS NULL OR l.expiry_date >= %(today)s))"""
"""Condition of SQL over balance ``b``, its place ``p`` and its lot ``l`` (left join)."""

ISSUABLE = USABLE.replace("p.kind = 'storage'", "p.kind IN ('storage', 'line_side')")
"""As USABLE, with what lies at the line already."""

PLANNED = """p.kind IN ('storage', 'line_side', 'transit') AND p.status <> 'blocked' AND b.owner_id IS NULL
  AND (l.id IS NULL OR l.status <> 'blocked' AND (l.expiry_date IS NULL OR l.expiry_date >= %(today)s))"""
"""As USABLE, with what will be usable before long: in inspection, on the way, at the line."""


def usable_balances(day: dt.date, kinds: Iterable[str] = STORED) -> QuerySet[StockBalance]:
    """Return our balances with goods that may be used on ``day``."""
    return StockBalance.objects.filter(
        Q(lot__isnull=True)
        | Q(lot__status=StockStatus.USABLE) & (Q(lot__expiry_date__isnull=True) | Q(lot__expiry_date__gte=day)),
        owner__isnull=True,
        on_hand__gt=0,
        location__kind__in=list(kinds),
        location__is_active=True,
        location__status=StockStatus.USABLE,
    )


def is_usable(balance: StockBalance, day: dt.date) -> bool:
    """Return whether goods of a balance may be reserved and picked on ``day``."""
    place = balance.location
    if balance.owner_id is not None or place.kind not in STORED or not place.is_active:
        return False
    return why_not_usable(place, balance.lot, day) == ""


def why_not_usable(place: Location, lot: Lot | None, day: dt.date) -> str:
    """Return why goods of a place and lot may not be used on ``day``; empty when they may."""
    if place.status != StockStatus.USABLE:
        return _("%(place)s is %(status)s") % {"place": place, "status": place.get_status_display().lower()}
    if lot is None:
        return ""
    if lot.status != StockStatus.USABLE:
        return _("lot %(lot)s is %(status)s") % {"lot": lot, "status": lot.get_status_display().lower()}
    if lot.expiry_date is not None and lot.expiry_date < day:
        return _("lot %(lot)s expired on %(date)s") % {"lot": lot, "date": lot.expiry_date}
    return ""


def read_status_anew(rows: Sequence[StockBalance]) -> None:
    """Set the status of place and lot of balances just locked to what it is now.

    A row that is joined to a locked one is as old as the statement, and whoever blocks lots and places holds the
    balances while doing so.
    """
    lots = {row.lot_id for row in rows if row.lot_id}
    places = dict(Location.objects.filter(pk__in={row.location_id for row in rows}).values_list("pk", "status"))
    status = dict(Lot.objects.filter(pk__in=lots).values_list("pk", "status")) if lots else {}
    for row in rows:
        row.location.status = places[row.location_id]
        if row.lot is not None:
            row.lot.status = status[row.lot.pk]
