"""What approval policies may ask about quotations and orders, and the content an approval is bound to."""

from decimal import Decimal
from typing import Any

from crm.models import Quotation, SalesOrder
from crm.selectors.amounts import in_base, lines_below_floor, margin_of
from crm.selectors.credit import OVER_CREDIT, credit_with


def quotation_facts(quotation: Quotation) -> dict[str, Any]:
    """Return amount (net, base currency), margin in percent (None when no cost is known), lines below the floor."""
    return _facts(quotation)


def order_facts(order: SalesOrder) -> dict[str, Any]:
    """Return amount, margin and lines below the floor like a quotation's, and over_credit (gross, base currency).

    While a change of a binding order is proposed, they are those of the order as it would become.
    """
    pending = order.pending_change
    if pending:
        facts = {
            "amount": Decimal(pending["amount"]),
            "margin": Decimal(pending["margin"]) if pending["margin"] else None,
            "below_floor": Decimal(pending["below_floor"]),
        }
    else:
        facts = _facts(order)
    return facts | {OVER_CREDIT: credit_with(order).over}


def quotation_content(quotation: Quotation) -> dict[str, Any]:
    """Return what an approval of ``quotation`` is bound to."""
    return _content(quotation)


def order_content(order: SalesOrder) -> dict[str, Any]:
    """Return what an approval of ``order`` is bound to: what it is, or what it becomes by the change proposed for it.

    So the approval of a change still holds when the change is carried out.
    """
    if order.pending_change:
        content: dict[str, Any] = order.pending_change["content"]
        return content
    return _content(order)


def _facts(document: Quotation | SalesOrder) -> dict[str, Any]:
    lines = list(document.lines.all())
    return {
        "amount": in_base(document, document.net_amount),
        "margin": margin_of(document, lines),
        "below_floor": Decimal(lines_below_floor(lines)),
    }


def _content(document: Quotation | SalesOrder) -> dict[str, Any]:
    return {
        "partner": document.partner_id,
        "currency": document.currency_id,
        "exchange_rate": document.exchange_rate.normalize(),
        "tax_included": document.tax_included,
        "payment_term": document.payment_term_id,
        "lines": [
            [
                line.item_id,
                line.description,
                line.quantity.normalize(),
                line.uom_id,
                line.price.normalize(),
                line.discount_percent.normalize(),
                line.tax_rate.normalize(),
            ]
            for line in document.lines.order_by("line_no")
        ],
    }
