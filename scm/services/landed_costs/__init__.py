"""Landed costs: written, posted onto the goods, taken back."""

from scm.services.landed_costs.drafting import cancel_landed_cost, create_landed_cost, update_landed_cost
from scm.services.landed_costs.posting import post_landed_cost, register_charges_invoiced, reverse_landed_cost

__all__ = [
    "cancel_landed_cost",
    "create_landed_cost",
    "post_landed_cost",
    "register_charges_invoiced",
    "reverse_landed_cost",
    "update_landed_cost",
]
