"""Locking a shipment with the upstream documents it reports to, and what its services share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.documents import lock
from core.errors import NotFound
from core.fields import ZERO
from crm.models import DeliveryRequest, SalesOrder
from erp.models import Demand, Shipment, ShipmentLine
from erp.services.stock.locking import lock_demands


@dataclass
class LockedShipment:
    """A shipment with its order and delivery request, all locked in the house's order."""

    shipment: Shipment
    order: SalesOrder
    request: DeliveryRequest
    lines: list[ShipmentLine]


def lock_shipment(shipment_id: int, version: int | None = None) -> LockedShipment:
    """Lock order, delivery request and shipment; read the lines.

    Raises:
        NotFound: no such shipment.
        StaleVersion: ``version`` is given and the shipment has moved on since.
    """
    keys = Shipment.objects.filter(pk=shipment_id).values_list("order_id", "delivery_request_id").first()
    if keys is None:
        raise NotFound(model=str(Shipment._meta.verbose_name), pk=shipment_id)
    order = lock(SalesOrder, keys[0])
    request = lock(DeliveryRequest, keys[1])
    shipment = lock(Shipment, shipment_id, version=version)
    lines = list(shipment.lines.select_related("item__uom").order_by("line_no"))
    return LockedShipment(shipment, order, request, lines)


def order_demands(order_id: int) -> dict[int, Demand]:
    """Lock the demand rows of a sales order; returns them by order line."""
    ids = Demand.objects.filter(source_label="crm.salesorder", source_id=order_id).values_list("pk", flat=True)
    return {row.source_line_id: row for row in lock_demands(ids).values()}


def by_order_line(lines: Iterable[ShipmentLine], quantities: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Sum quantities given by shipment line into quantities by order line, leaving out nothings."""
    sums: dict[int, Decimal] = {}
    for line in lines:
        quantity = quantities.get(line.pk, ZERO)
        if quantity:
            sums[line.order_line_id] = sums.get(line.order_line_id, ZERO) + quantity
    return sums
