"""Shipments: pick, ship, sign off, reverse."""

from erp.services.shipments.creating import (
    cancel_open_shipments,
    cancel_shipment,
    create_shipment,
    create_shipment_for_request,
)
from erp.services.shipments.picking import pick_shipment, reopen_picking, scan_pick, undo_pick, weigh_pick
from erp.services.shipments.shipping import reverse_shipment, ship_shipment
from erp.services.shipments.sign_off import sign_off_shipment

__all__ = [
    "cancel_open_shipments",
    "cancel_shipment",
    "create_shipment",
    "create_shipment_for_request",
    "pick_shipment",
    "reopen_picking",
    "reverse_shipment",
    "scan_pick",
    "ship_shipment",
    "sign_off_shipment",
    "undo_pick",
    "weigh_pick",
]
