"""What approval policies look at, and what an approval of an order is bound to."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.contributions import Approvable
from core.money import round_amount
from scm.models import PurchaseOrder


def order_facts(order: PurchaseOrder) -> dict[str, Any]:
    """The figure that approval policies look at: net amount in base currency."""
    return {"amount": round_amount(order.net_amount * order.exchange_rate)}


def order_content(order: PurchaseOrder) -> dict[str, Any]:
    """What an approval is bound to: supplier, money terms and every line."""
    lines = order.lines.order_by("line_no").values_list(
        "item_id", "description", "quantity", "uom_id", "price", "discount_percent", "tax_rate", "due_date", "is_closed"
    )
    return {
        "partner": order.partner_id,
        "currency": order.currency_id,
        "tax_included": order.tax_included,
        "payment_term": order.payment_term_id,
        "over_receipt": str(order.over_receipt_percent.normalize()),
        "lines": [list(line) for line in lines],
    }


APPROVABLE = Approvable(
    "scm.purchaseorder",
    _("Purchase order"),
    "scm.approve_purchaseorder",
    facts=order_facts,
    content=order_content,
    url=lambda order: order.get_absolute_url(),
    fact_names={"amount": _("Net amount in base currency")},
)
