"""Material at subcontractors: what lies there, how it got there, what they have to pay for."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from core.fields import ZERO
from core.money import round_amount
from erp.models import Lot, StockBalance, StockMove, ValueEntry
from erp.selectors.followed_costs import FollowedCost, entries_after, followed_costs
from erp.selectors.stock_as_of import values_as_of
from masterdata.models import Item, Location, Partner
from scm.models import GoodsReceipt, SubcontractChargeBack, SubcontractMaterial, SubcontractOrder
from scm.states import MaterialSource, SubcontractState

MOVED = """
SELECT place.id, place.partner_id, move.item_id, move.lot_id,
  sum(leg.sign * move.quantity) FILTER (WHERE move.moved_on < %(start)s),
  sum(move.quantity) FILTER (WHERE move.moved_on >= %(start)s AND move.kind = 'transfer' AND leg.sign = 1),
  sum(move.quantity) FILTER (WHERE move.moved_on >= %(start)s AND move.kind = 'transfer' AND leg.sign = -1),
  -sum(leg.sign * move.quantity) FILTER (WHERE move.moved_on >= %(start)s AND move.kind = 'subcontract_use'),
  -sum(leg.sign * move.quantity) FILTER (WHERE move.moved_on >= %(start)s AND move.kind = 'scrap'),
  sum(leg.sign * move.quantity) FILTER (WHERE move.moved_on >= %(start)s
    AND move.kind NOT IN ('transfer', 'subcontract_use', 'scrap'))
FROM masterdata_location place
JOIN LATERAL (
  SELECT id, 1 AS sign FROM erp_stockmove WHERE to_location_id = place.id AND moved_on <= %(end)s
  UNION ALL SELECT id, -1 FROM erp_stockmove WHERE from_location_id = place.id AND moved_on <= %(end)s
) leg ON true
JOIN erp_stockmove move ON move.id = leg.id AND move.owner_id IS NULL
WHERE place.kind = 'at_supplier' AND (%(partner)s::bigint IS NULL OR place.partner_id = %(partner)s)
  AND (%(items)s::bigint[] IS NULL OR move.item_id = ANY(%(items)s::bigint[]))
GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True)
class SupplierBalance:
    """Material of one item and lot at one supplier over a span; stock unit. ``value`` of the closing quantity: at the
    item's average cost at the end, base currency."""

    start: dt.date
    end: dt.date
    place: Location
    partner: Partner
    item: Item
    lot: Lot | None
    opening: Decimal
    sent: Decimal
    returned: Decimal
    used: Decimal
    lost: Decimal
    counted: Decimal
    value: Decimal

    @property
    def closing(self) -> Decimal:
        """What lies there at the end."""
        return self.opening + self.sent - self.returned - self.used - self.lost + self.counted

    def get_absolute_url(self) -> str:
        """Return the moves behind the figures."""
        asked: dict[str, Any] = {
            "item": self.item.pk,
            "location": self.place.pk,
            "date_min": self.start.isoformat(),
            "date_max": self.end.isoformat(),
        }
        if self.lot is not None:
            asked["lot"] = self.lot.code
        return f"{reverse('erp:stock-move-list')}?{urlencode(asked)}"


def supplier_balances(
    start: dt.date, end: dt.date, *, partner_id: int | None = None, items: Iterable[Item] | None = None
) -> list[SupplierBalance]:
    """Return 委外材料结存 by supplier, item and lot: everything that lay there or moved (6 statements)."""
    keys = None if items is None else [item.pk for item in items]
    with connection.cursor() as cursor:
        cursor.execute(MOVED, {"start": start, "end": end, "partner": partner_id, "items": keys})
        rows = cursor.fetchall()
    places = Location.objects.select_related("partner").in_bulk({row[0] for row in rows})
    known = Item.objects.select_related("uom", "category").in_bulk({row[2] for row in rows})
    lots = Lot.objects.in_bulk({row[3] for row in rows if row[3]})
    worth = values_as_of(end, known.keys())
    found = []
    for place_id, _partner, item_id, lot_id, *sums in rows:
        opening, sent, returned, used, lost, counted = (value or ZERO for value in sums)
        closing = opening + sent - returned - used - lost + counted
        if not any((opening, sent, returned, used, lost, counted)):
            continue
        whole, value = worth.get(item_id, (ZERO, ZERO))
        partner = places[place_id].partner
        assert partner is not None  # a place at a supplier names him (masterdata_location_supplier)
        found.append(
            SupplierBalance(
                start,
                end,
                places[place_id],
                partner,
                known[item_id],
                lots.get(lot_id),
                opening,
                sent,
                returned,
                used,
                lost,
                counted,
                round_amount(value * closing / whole) if whole else ZERO,
            )
        )
    return sorted(found, key=lambda row: (row.partner.code, row.item.code, str(row.lot or "")))


def subcontract_orders(user: Any) -> QuerySet[SubcontractOrder]:
    """Return the orders ``user`` may see, with what their lists show."""
    related = ("partner", "item__uom", "currency", "owner", "warehouse", "purchase_order")
    return SubcontractOrder.objects.visible_to(user).select_related(*related)


def orders_to_supply(user: Any) -> QuerySet[SubcontractOrder]:
    """Return released orders whose supplier still waits for material, the most urgent first."""
    waiting = SubcontractMaterial.objects.filter(
        source=MaterialSource.SENT, required_quantity__gt=F("sent_quantity") - F("returned_quantity")
    )
    orders = subcontract_orders(user).filter(state=SubcontractState.RELEASED)
    return orders.filter(pk__in=waiting.values("order")).order_by("due_date", "pk")


def material_at_supplier(order: SubcontractOrder) -> dict[int, Decimal]:
    """Return {item: what the supplier of an order holds of it}, for this order or others."""
    rows = StockBalance.objects.filter(
        location__partner_id=order.partner_id, location__kind=Location.Kind.AT_SUPPLIER, owner__isnull=True
    )
    found: dict[int, Decimal] = {}
    for item_id, quantity in rows.values_list("item_id", "on_hand"):
        found[item_id] = found.get(item_id, ZERO) + quantity
    return found


def charges_back(user: Any) -> QuerySet[SubcontractChargeBack]:
    """Return what suppliers have to pay for material, on orders ``user`` may see, the newest first."""
    orders = SubcontractOrder.objects.visible_to(user)
    return SubcontractChargeBack.objects.filter(order__in=orders).select_related(
        "order", "partner", "item__uom", "receipt"
    )


def open_charges(partner_id: int | None = None) -> QuerySet[SubcontractChargeBack]:
    """Return charges that are neither set off nor taken back, by supplier, the oldest first."""
    rows = SubcontractChargeBack.objects.filter(settled_by="", is_reversed=False)
    if partner_id is not None:
        rows = rows.filter(partner=partner_id)
    return rows.select_related("order", "partner", "item__uom").order_by("partner__code", "charged_on", "pk")


def adjustments_of(order: SubcontractOrder) -> list[FollowedCost]:
    """Return what invoices, charges and dearer material changed of the value of an order's receipts afterwards,
    and where the goods had taken it: 委外费用调整."""
    return followed_costs(list(_receipt_moves(order.pk).values_list("pk", flat=True)))


def adjusting_entries(order_id: int) -> QuerySet[ValueEntry]:
    """Return the value entries of those adjustments, on the receipts and where the goods went."""
    return entries_after(_receipt_moves(order_id).values_list("pk", flat=True))


def _receipt_moves(order_id: int) -> QuerySet[StockMove]:
    receipts = GoodsReceipt.objects.filter(order__subcontract=order_id).values("pk")
    return StockMove.objects.filter(source_label="scm.goodsreceipt", source_id__in=receipts, reverses__isnull=True)
