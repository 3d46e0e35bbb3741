"""Subcontract orders from draft to closed: fee, material, goods."""

from scm.services.subcontract_orders.charges import settle_charge_back, settle_charges
from scm.services.subcontract_orders.drafting import create_subcontract_order, update_subcontract_order
from scm.services.subcontract_orders.lifecycle import (
    cancel_subcontract_order,
    close_subcontract_order,
    release_subcontract_order,
)
from scm.services.subcontract_orders.materials import count_materials, return_materials, send_materials
from scm.services.subcontract_orders.receiving import receive_subcontract_order

__all__ = [
    "cancel_subcontract_order",
    "close_subcontract_order",
    "count_materials",
    "create_subcontract_order",
    "receive_subcontract_order",
    "release_subcontract_order",
    "return_materials",
    "send_materials",
    "settle_charge_back",
    "settle_charges",
    "update_subcontract_order",
]
