"""Lots and serial numbers of the demo company: given at receipt, taken first in first out, built into the machines."""

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from erp.models import Lot, WorkOrder, WorkOrderMaterial
from erp.selectors.as_built import issued_lots
from erp.selectors.taking import first_out
from erp.selectors.usable import usable_balances
from erp.services import work_orders
from masterdata.models import Item
from scm.models import PurchaseOrderLine

D = Decimal
Do = Callable[..., Any]
Rows = list[dict[str, Any]]


def opening_lots(item: Item, quantity: Decimal, start: dt.date) -> list[tuple[str, Decimal]]:
    """Return the lots of an opening count as (code, quantity): one for each piece of a serialised item."""
    stem = f"{item.code}-{start:%y}"
    if item.tracking == Item.Tracking.SERIAL:
        return [(f"{stem}-{number:04d}", D(1)) for number in range(1, int(quantity) + 1)]
    return [(f"{stem}00" if item.tracking == Item.Tracking.LOT else "", quantity)]


class Tracing:
    """Names lots where goods come in and finds them where goods go out; ``do`` performs as one of the people."""

    def __init__(self, do: Do) -> None:
        self.do = do

    def lot_received(self, line: PurchaseOrderLine, day: dt.date) -> str:
        """Return the lot code that the storekeeper writes on a delivery ("" where none is kept)."""
        item = line.item
        return f"{item.code}-{day:%y%m%d}-{line.pk}" if item and item.tracking != Item.Tracking.NONE else ""

    def issue_lines(self, materials: Iterable[WorkOrderMaterial], day: dt.date) -> Rows:
        """Return what to issue of material lines: tracked material lot by lot, the oldest first."""
        rows: Rows = []
        for material in materials:
            if material.item.tracking == Item.Tracking.NONE:
                rows.append({"material_id": material.pk, "quantity": material.required_quantity})
            else:
                rows += self.of_lots(material, day)
        return rows

    def of_lots(self, material: WorkOrderMaterial, day: dt.date) -> Rows:
        rows: Rows = []
        left = material.required_quantity
        usable = usable_balances(day).filter(item=material.item)
        for balance in sorted(usable.select_related("item", "lot", "location__warehouse"), key=first_out):
            taken = min(left, balance.available)
            if taken > 0:
                place = {"location_id": balance.location_id, "lot_id": balance.lot_id}
                rows.append({"material_id": material.pk, "quantity": taken, **place})
                left -= taken
        return rows

    def finished(self, order: WorkOrder, day: dt.date) -> Rows:
        """Give every finished piece its serial number, with the components it holds on record."""
        if order.item.tracking != Item.Tracking.SERIAL:
            return []
        known = Lot.objects.filter(item=order.item).count()
        codes = [f"{order.item.code}-{day:%y}-{known + one:04d}" for one in range(1, int(order.quantity) + 1)]
        issued = issued_lots(order)
        lots = Lot.objects.in_bulk(issued)
        pieces = [lots[key].code for key in sorted(issued) for _piece in range(int(issued[key]))]
        for code, component in zip(codes, pieces, strict=False):
            self.do("wu", work_orders.record_as_built, work_order_id=order.pk, product=code, components=[component])
        return [{"code": code, "quantity": D(1)} for code in codes]

    def set_aside(self, order: WorkOrder) -> None:
        """Receive what falls off while the order's item is made."""
        for output in order.outputs.order_by("line_no"):
            self.do(
                "wu",
                work_orders.receive_output,
                work_order_id=order.pk,
                output_id=output.pk,
                quantity=output.planned_quantity,
            )
