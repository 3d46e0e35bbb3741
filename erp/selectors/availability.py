"""One item from day to day: what is there, who needs it, what is expected, what may still be promised."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from core.clock import today
from core.fields import ZERO
from erp.engines.outlook import Outlook
from erp.models import Demand, StockBalance, Supply
from erp.selectors.outlook_sources import usable_stock
from erp.selectors.sources import url_of
from erp.selectors.supply_pegs import pegs_of_items
from masterdata.models import Item


@dataclass
class Expected:
    """One demand (quantity below zero) or supply of the item, with the level after it.

    promised   of a demand, what of expected supply is kept for it; of supply, what of it is kept for demands.
    counts     whether it counts for promises: late supply and requisitions do not.
    available  what may be promised on that day without breaking a later promise.
    """

    day: dt.date
    row: Demand | Supply
    quantity: Decimal
    reserved: Decimal = ZERO
    promised: Decimal = ZERO
    counts: bool = True
    level: Decimal = ZERO
    available: Decimal = ZERO

    @property
    def url(self) -> str:
        """Address of the document behind it."""
        return url_of(self.row.source_label, self.row.source_id)

    @property
    def is_demand(self) -> bool:
        """Return whether it takes stock."""
        return self.quantity < 0


@dataclass
class Availability:
    """Stock of one item now and its future, in its stock unit."""

    item: Item
    balances: list[StockBalance]
    on_hand: Decimal
    usable: Decimal
    reserved: Decimal
    available: Decimal
    expected: list[Expected]


def availability(item: Item) -> Availability:
    """Return stock, demand and supply of one item with the projected level and what may be promised on each day."""
    day = today()
    balances = list(
        StockBalance.objects.filter(item=item, on_hand__gt=0)
        .select_related("location__warehouse", "lot", "owner")
        .order_by("location__warehouse__code", "location__code", "lot_id")
    )
    usable = usable_stock([item.pk], day).get(item.pk, ZERO)
    rows = _expected(item, day)
    outlook = Outlook(usable)
    for one in rows:
        if one.counts:
            outlook.add(max(one.day, day), one.quantity)
    level = usable
    for one in rows:
        level += one.quantity if one.counts else ZERO
        one.level = level
        one.available = outlook.available(max(one.day, day))
    return Availability(
        item=item,
        balances=balances,
        on_hand=sum((one.on_hand for one in balances if one.owner_id is None), ZERO),
        usable=usable,
        reserved=sum((one.reserved for one in balances), ZERO),
        available=outlook.available(day),
        expected=rows,
    )


def _expected(item: Item, day: dt.date) -> list[Expected]:
    demands = (
        Demand.objects.filter(item=item, open_quantity__gt=0)
        .select_related("partner", "warehouse")
        .annotate(held=Sum("reservations__quantity", default=ZERO))
    )
    kept: dict[tuple[str, int | None], Decimal] = defaultdict(Decimal)
    for peg in pegs_of_items([item.pk]):
        kept["demand", peg.demand_id] += peg.coming + peg.arrived
        kept["supply", peg.supply_id] += peg.coming
    rows = [
        Expected(one.due_date, one, -one.open_quantity, one.held, promised=kept["demand", one.pk]) for one in demands
    ]
    for supply in Supply.objects.filter(item=item).select_related("warehouse"):
        counts = supply.is_firm and supply.due_date >= day
        promised = kept["supply", supply.pk]
        rows.append(Expected(supply.due_date, supply, supply.open_quantity, promised=promised, counts=counts))
    return sorted(rows, key=lambda one: (one.day, one.is_demand, one.row.pk))
