"""What to pick where for a shipment."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from core.fields import ZERO
from erp.models import Demand, Lot, Reservation, Shipment, ShipmentLine, ShipmentPick, StockBalance
from erp.selectors.taking import first_out, why_first
from erp.selectors.usable import usable_balances
from masterdata.models import Location


@dataclass(frozen=True)
class Suggestion:
    """Take ``quantity`` (stock unit) for a shipment line from one place and lot, and why there."""

    line: ShipmentLine
    location: Location
    lot: Lot | None
    quantity: Decimal
    reason: str = ""


def picked_by_line(shipment: Shipment) -> dict[int, Decimal]:
    """Return what is picked so far, by shipment line."""
    sums: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line_id, quantity in ShipmentPick.objects.filter(line__shipment=shipment).values_list("line_id", "quantity"):
        sums[line_id] += quantity
    return dict(sums)


def pick_suggestions(shipment: Shipment, today: dt.date) -> list[Suggestion]:
    """Return where to take what is not picked yet: stock kept for the order first, then what is free, by the rule of
    item or warehouse. A line without enough stock gets what there is.
    """
    lines = list(shipment.lines.select_related("item__uom").order_by("line_no"))
    picked = picked_by_line(shipment)
    usable = _usable(shipment, {line.item_id for line in lines}, today)
    kept = _kept_for(shipment, lines)
    used: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for pick in ShipmentPick.objects.filter(line__shipment=shipment).select_related("line"):
        for row in usable:
            if (row.item_id, row.location_id, row.lot_id) == (pick.line.item_id, pick.location_id, pick.lot_id):
                used[row.pk] += pick.quantity
    found = []
    for line in lines:
        missing = line.quantity - picked.get(line.pk, ZERO)
        own = kept.get(line.order_line_id, {})
        rows = sorted((row for row in usable if row.item_id == line.item_id), key=lambda row: row.pk not in own)
        for row in rows:
            free = row.available + own.get(row.pk, ZERO) - used[row.pk]
            taken = min(missing, free)
            if taken > 0:
                why = _("kept for this order") if row.pk in own else why_first(row)
                found.append(Suggestion(line, row.location, row.lot, taken, why))
                used[row.pk] += taken
                missing -= taken
    return found


def _usable(shipment: Shipment, item_ids: set[int], today: dt.date) -> list[StockBalance]:
    rows = usable_balances(today).filter(item_id__in=item_ids, location__warehouse_id=shipment.warehouse_id)
    return sorted(rows.select_related("item", "location__warehouse", "lot"), key=first_out)


def _kept_for(shipment: Shipment, lines: Iterable[ShipmentLine]) -> dict[int, dict[int, Decimal]]:
    """Return {order line: {balance: quantity kept for it}}."""
    demands = dict(
        Demand.objects.filter(
            source_label="crm.salesorder",
            source_id=shipment.order_id,
            source_line_id__in=[line.order_line_id for line in lines],
        ).values_list("pk", "source_line_id")
    )
    kept: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for row in Reservation.objects.filter(demand_id__in=demands):
        kept[demands[row.demand_id]][row.balance_id] = row.quantity
    return kept
