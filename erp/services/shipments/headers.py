"""Locking a shipment with the upstream documents it reports to, and what its services share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from core.documents import lock
from core.errors import NotFound
from core.fields import ZERO
from core.locks import lock_rows
from crm.models import DeliveryRequest, SalesOrder
from erp.models import Demand, Shipment, ShipmentLine


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
    asked = Shipment.objects.filter(pk=shipment_id)
    orders = lock_rows(SalesOrder.objects.filter(pk__in=asked.values("order_id")))
    if not orders:
        raise NotFound(model=str(Shipment._meta.verbose_name), pk=shipment_id)
    requests = lock_rows(DeliveryRequest.objects.filter(pk__in=asked.values("delivery_request_id")))
    shipment = lock(Shipment, shipment_id, version=version)
    shipment.order, shipment.delivery_request = orders[0], requests[0]
    prefetch_related_objects([shipment], Prefetch("lines", _lines_with_items()))
    return LockedShipment(shipment, orders[0], requests[0], list(shipment.lines.all()))


def _lines_with_items() -> QuerySet[ShipmentLine]:
    return ShipmentLine.objects.select_related("item__uom", "item__second_uom", "order_line").order_by("line_no")


def order_demands(order_id: int) -> dict[int, Demand]:
    """Lock the demand rows of a sales order; returns them by order line."""
    rows = lock_rows(Demand.objects.filter(source_label="crm.salesorder", source_id=order_id))
    return {row.source_line_id: row for row in rows}


def by_order_line(lines: Iterable[ShipmentLine], quantities: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Sum quantities given by shipment line into quantities by order line, leaving out nothings."""
    sums: dict[int, Decimal] = {}
    for line in lines:
        quantity = quantities.get(line.pk, ZERO)
        if quantity:
            sums[line.order_line_id] = sums.get(line.order_line_id, ZERO) + quantity
    return sums
