"""What approval policies look at, and what an approval of an order is bound to."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.contributions import Approvable
from scm.models import PurchaseOrder
from scm.selectors.order_changes import order_amount, order_content
from scm.services.purchase_orders import apply_purchase_order_change


def order_facts(order: PurchaseOrder) -> dict[str, Any]:
    """The figure that approval policies look at."""
    return {"amount": order_amount(order)}


def carry_out_change(order: PurchaseOrder, *, actor: Any, at: dt.datetime) -> None:
    """What waits for the approval of an order that is approved already: its proposed change."""
    if order.pending_change:
        apply_purchase_order_change(order_id=order.pk, actor=actor, at=at)


APPROVABLE = Approvable(
    "scm.purchaseorder",
    _("Purchase order"),
    "scm.approve_purchaseorder",
    facts=order_facts,
    content=order_content,
    url=lambda order: order.get_absolute_url(),
    fact_names={"amount": _("Net amount in base currency")},
    when_approved=carry_out_change,
)
