"""What of a shipment is packed in which box or pallet, and what is still loose."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from core.fields import ZERO
from erp.models import HandlingUnit, Lot, PackedGoods, Shipment, ShipmentLine, ShipmentPick


@dataclass(frozen=True)
class Loose:
    """Picked goods of a line and lot that are in no box yet, in the stock unit."""

    line: ShipmentLine
    lot: Lot | None
    quantity: Decimal


@dataclass
class Packed:
    """A box or pallet with its contents and what stands on it."""

    unit: HandlingUnit
    contents: list[PackedGoods]
    children: list["Packed"] = field(default_factory=list)

    @property
    def net_weight(self) -> Decimal:
        """Weight of the goods by the item's weight, kg, with what stands on it."""
        own = sum((one.quantity * one.line.item.weight for one in self.contents), ZERO)
        return own + sum((child.net_weight for child in self.children), ZERO)


def loose_goods(shipment: Shipment) -> list[Loose]:
    """Return what is picked and not packed, in the order of the lines."""
    left: dict[tuple[int, int | None], Decimal] = defaultdict(lambda: ZERO)
    picks = ShipmentPick.objects.filter(line__shipment=shipment).select_related("line__item__uom", "lot")
    lines: dict[int, ShipmentLine] = {}
    lots: dict[int, Lot] = {}
    for pick in picks.order_by("line__line_no", "pk"):
        left[pick.line_id, pick.lot_id] += pick.quantity
        lines[pick.line_id] = pick.line
        if pick.lot is not None:
            lots[pick.lot.pk] = pick.lot
    for line_id, lot_id, quantity in PackedGoods.objects.filter(unit__shipment=shipment).values_list(
        "line_id", "lot_id", "quantity"
    ):
        left[line_id, lot_id] -= quantity
    return [
        Loose(lines[line_id], lots.get(lot_id) if lot_id else None, quantity)
        for (line_id, lot_id), quantity in left.items()
        if quantity > 0
    ]


def packed_units(shipment: Shipment) -> list[Packed]:
    """Return the boxes and pallets of a shipment, those that stand on others below these."""
    contents: dict[int, list[PackedGoods]] = defaultdict(list)
    rows = PackedGoods.objects.filter(unit__shipment=shipment).select_related("line__item__uom", "lot")
    for row in rows.order_by("line__line_no", "pk"):
        contents[row.unit_id].append(row)
    units = {unit.pk: Packed(unit, contents[unit.pk]) for unit in shipment.units.order_by("pk")}
    for one in units.values():
        if one.unit.parent_id in units:
            units[one.unit.parent_id].children.append(one)
    return [one for one in units.values() if one.unit.parent_id not in units]
