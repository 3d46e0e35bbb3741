"""What stock and shipments tell on the pages of items, customers, orders and delivery requests."""

from typing import Any

from django.db.models import QuerySet, Sum

from core.fields import ZERO
from crm.states import DeliveryRequestState, QuotationState
from erp.models import Demand, Shipment, StockBalance
from erp.selectors.demand import holds_of
from erp.selectors.outlooks import available_to_promise
from erp.states import ShipmentState
from masterdata.selectors.merging import keys_of_family

SHOWN = 10


def stock_of_item(item: Any) -> dict[str, Any]:
    """Return where an item lies and what of it may be promised today."""
    balances = list(
        StockBalance.objects.filter(item=item, on_hand__gt=0, owner__isnull=True)
        .select_related("location__warehouse", "lot")
        .order_by("location__warehouse__code", "location__code", "lot_id")
    )
    return {
        "balances": balances[:SHOWN],
        "more": max(0, len(balances) - SHOWN),
        "on_hand": sum((one.on_hand for one in balances), ZERO),
        "reserved": sum((one.reserved for one in balances), ZERO),
        "available": available_to_promise([item.pk])[item.pk],
        "uom": item.uom,
    }


def contents_of(place: Any) -> dict[str, Any]:
    """Return what lies in a place."""
    rows = StockBalance.objects.filter(location=place, on_hand__gt=0).select_related("item__uom", "lot", "owner")
    found = list(rows.order_by("item__code", "lot_id")[: SHOWN + 1])
    return {"balances": found[:SHOWN], "more": len(found) > SHOWN}


def deliveries_to(partner: Any) -> dict[str, Any]:
    """Return the latest shipments to a customer."""
    return {"shipments": _live().filter(partner__in=keys_of_family(partner.pk)).select_related("order")[:SHOWN]}


def fulfilment_of(order: Any) -> dict[str, Any]:
    """Return what of an order is kept in stock and still open, line by line, and its shipments."""
    demands = (
        Demand.objects.filter(source_label="crm.salesorder", source_id=order.pk, open_quantity__gt=0)
        .select_related("item__uom")
        .annotate(held=Sum("reservations__quantity", default=ZERO))
        .order_by("source_line_id")
    )
    return {"demands": list(demands), "shipments": list(_live().filter(order=order).select_related("order"))}


def shipments_of(request: Any, user: Any) -> dict[str, Any]:
    """Return the shipments of a delivery request, and whether a new pick list may be made for what is left."""
    shipments = list(Shipment.objects.filter(delivery_request=request).order_by("-pk"))
    waits = any(one.state in {ShipmentState.DRAFT, ShipmentState.PICKED} for one in shipments)
    may_pick = request.state == DeliveryRequestState.RELEASED and not waits and user.has_perm("erp.add_shipment")
    return {"shipments": shipments, "may_pick": may_pick}


def _live() -> QuerySet[Shipment]:
    return Shipment.objects.exclude(state=ShipmentState.CANCELLED).order_by("-pk")


def hold_of(quotation: Any, user: Any) -> dict[str, Any]:
    """Return what is held for a quotation, and whether the reader may hold or release."""
    holds = list(holds_of(quotation.pk))
    return {
        "holds": holds,
        "expires_on": holds[0].expires_on if holds else None,
        "may_hold": user.has_perm("erp.hold_stock"),
        "is_open": quotation.state == QuotationState.SENT,
        "last_day": quotation.valid_until,
    }
