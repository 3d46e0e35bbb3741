"""Shipping in the demo company: picked, packed on pallets, shipped and signed for; one waits for the truck."""

import datetime as dt
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from erp.models import HandlingUnit, Shipment, StockBalance
from erp.selectors.picking import pick_suggestions
from erp.services import packing, shipments
from erp.states import HandlingUnitKind, ShipmentState

D = Decimal
Do = Callable[..., Any]

WEIGHTS = {"DP-16": D(38), "ML-7": D(46), "CM-3": D(92)}
"""Gross weight of one packed machine, kg."""
PALLET = D(18)
PACKED_FROM = D(4)
"""Shipments of so many pieces go on a pallet."""

SIGNED_AFTER = 3
"""Calendar days from the shipment to the customer's signature."""


def lying(item_ids: Collection[int | None]) -> QuerySet[StockBalance]:
    """Return what lies in the main warehouse and may be used, of some items; spare parts are kept elsewhere."""
    places = {"location__kind": "storage", "location__status": "usable", "location__warehouse__code": "MAIN"}
    return StockBalance.objects.filter(item_id__in=item_ids, owner__isnull=True, **places)


class Dispatch:
    """Does what the dispatch desk does; ``do`` performs as one of the people."""

    def __init__(self, end: dt.date, do: Do) -> None:
        self.end, self.do = end, do

    def live(self, day: dt.date) -> None:
        """Pick, pack and ship what is asked for; customers sign three days after the goods left. The last days wait."""
        for shipment in Shipment.objects.filter(state=ShipmentState.DRAFT) if self.left(day) > 1 else ():
            if self.pick(shipment, day):
                self.do(
                    "zhou",
                    shipments.ship_shipment,
                    shipment_id=shipment.pk,
                    carrier="德邦物流",
                    tracking_number=f"DPK{shipment.pk:09d}",
                )
        before = day - dt.timedelta(days=SIGNED_AFTER)
        gone = Shipment.objects.filter(state=ShipmentState.SHIPPED, shipped_date__lte=before)
        for shipment in gone if self.left(day) > 2 else ():
            self.do("zhou", shipments.sign_off_shipment, shipment_id=shipment.pk, signed_by="收货人")

    def left(self, day: dt.date) -> int:
        return (self.end - day).days

    def pick(self, shipment: Shipment, day: dt.date) -> bool:
        """Pick what is there of a shipment, and pack a large one."""
        picks: list[dict[str, Any]] = [
            {
                "line_id": one.line.pk,
                "location_id": one.location.pk,
                "lot_id": one.lot.pk if one.lot else None,
                "quantity": one.quantity,
            }
            for one in pick_suggestions(shipment, day)
        ]
        if not picks or not self.do("zhou", shipments.pick_shipment, shipment_id=shipment.pk, picks=picks):
            return False
        if sum((row["quantity"] for row in picks), D(0)) >= PACKED_FROM:
            self.pack(shipment)
        return True

    def pack(self, shipment: Shipment) -> None:
        """Put every line into a box of its own, the boxes on one pallet, and weigh them."""
        pallet = self.unit(shipment, HandlingUnitKind.PALLET)
        weight = PALLET
        for line in shipment.lines.select_related("item").filter(picked_quantity__gt=0).order_by("line_no"):
            box = self.unit(shipment, HandlingUnitKind.CARTON)
            if pallet is None or box is None:
                return
            here = {"shipment_id": shipment.pk, "unit_id": box.pk}
            gross = WEIGHTS.get(line.item.code, D(5)) * line.picked_quantity
            weight += gross
            self.do("zhou", packing.pack_goods, line_id=line.pk, **here)
            self.do("zhou", packing.place_on, parent_id=pallet.pk, **here)
            self.do("zhou", packing.weigh_unit, gross_weight=gross, **here)
        if pallet:
            self.do("zhou", packing.weigh_unit, shipment_id=shipment.pk, unit_id=pallet.pk, gross_weight=weight)

    def unit(self, shipment: Shipment, kind: str) -> HandlingUnit | None:
        opened = self.do("zhou", packing.open_unit, shipment_id=shipment.pk, kind=kind)
        return shipment.units.order_by("pk").last() if opened else None

    def leave_open(self) -> None:
        """A shipment is packed and waits for the truck; the other ones are to be picked."""
        waiting = list(Shipment.objects.filter(state=ShipmentState.DRAFT).order_by("pk"))
        for shipment in waiting[:-1]:
            picked = self.pick(shipment, self.end)
            if picked and not shipment.units.exists():
                self.pack(shipment)
            if picked:
                return
