"""What finance shows on others' pages: a customer's receivable and credit, the money side of an order, a supplier."""

from decimal import Decimal
from typing import Any

from django.urls import reverse

from core.clock import today
from core.permissions import may_view_field
from finance.selectors.ageing import BUCKETS, AgeingRow, ageing
from finance.selectors.exposure import credit_exposure, received_for_order
from finance.selectors.figures import (
    invoiced_on_order,
    invoices_of_order,
    last_payment,
    paid_on_purchase_order,
    payments_of_order,
)
from finance.states import Side
from masterdata.models import Partner
from masterdata.selectors.currencies import base_currency_code


def customer_panel(partner: Partner, user: Any) -> dict[str, Any]:
    """Receivable by age, credit limit and what is used of it; nothing for who is no customer."""
    if not partner.is_customer:
        return {"is_shown": False}
    row = _ageing_of(partner, Side.CUSTOMER, user)
    exposure = credit_exposure(partner.pk)
    sees_limit = may_view_field(user, "masterdata.partner.credit_limit")
    limit = partner.credit_limit if sees_limit else None
    return {
        "is_shown": True,
        "row": row,
        "buckets": _buckets(row, reverse("finance:receivable-list"), partner.pk),
        "exposure": exposure,
        "limit": limit,
        "free": limit - exposure.total if limit is not None else None,
        "is_over": limit is not None and exposure.total > limit,
        "last_payment": last_payment(partner),
        "currency": base_currency_code(),
        "lines_url": f"{reverse('finance:receivable-list')}?partner={partner.pk}",
    }


def supplier_panel(partner: Partner, user: Any) -> dict[str, Any]:
    """Payable by age; nothing for who is no supplier."""
    if not partner.is_supplier:
        return {"is_shown": False}
    row = _ageing_of(partner, Side.SUPPLIER, user)
    return {
        "is_shown": True,
        "row": row,
        "buckets": _buckets(row, reverse("finance:payable-list"), partner.pk),
        "last_payment": last_payment(partner, Side.SUPPLIER),
        "currency": base_currency_code(),
        "lines_url": f"{reverse('finance:payable-list')}?partner={partner.pk}",
    }


def sales_order_panel(order: Any, user: Any) -> dict[str, Any]:
    """Invoiced and received of a sales order, with its invoices and payments."""
    invoiced = invoiced_on_order(order.pk)
    received = received_for_order(order.pk)
    return {
        "order": order,
        "invoiced": invoiced,
        "paid": received,
        "to_invoice": max(order.gross_amount - invoiced, Decimal(0)),
        "to_pay": max(order.gross_amount - received, Decimal(0)),
        "invoices": list(invoices_of_order(order.pk)) if user.has_perm("finance.view_invoice") else [],
        "payments": list(payments_of_order(order.pk)) if user.has_perm("finance.view_payment") else [],
        "pay_url": (
            f"{reverse('finance:payment-create')}?sort=receipt&partner={order.partner_id}&sales_order={order.pk}"
        ),
        "may_pay": user.has_perm("finance.add_payment") and order.state == "confirmed",
    }


def purchase_order_panel(order: Any, user: Any) -> dict[str, Any]:
    """Invoiced and paid of a purchase order, with its invoices and payments."""
    invoiced = invoiced_on_order(order.pk, "purchase")
    paid = paid_on_purchase_order(order.pk)
    return {
        "order": order,
        "invoiced": invoiced,
        "paid": paid,
        "to_invoice": max(order.gross_amount - invoiced, Decimal(0)),
        "to_pay": max(order.gross_amount - paid, Decimal(0)),
        "invoices": list(invoices_of_order(order.pk, "purchase")) if user.has_perm("finance.view_invoice") else [],
        "payments": list(payments_of_order(order.pk, "purchase")) if user.has_perm("finance.view_payment") else [],
        "pay_url": (
            f"{reverse('finance:payment-create')}?sort=payment&partner={order.partner_id}&purchase_order={order.pk}"
        ),
        "may_pay": user.has_perm("finance.add_payment") and order.state == "approved",
    }


def _ageing_of(partner: Partner, kind: Side, user: Any) -> AgeingRow:
    rows = ageing(kind, today(), user, partner.pk)
    return rows[0] if rows else AgeingRow(partner)


def _buckets(row: AgeingRow, url: str, partner_id: int) -> list[dict[str, Any]]:
    return [
        {"label": label, "amount": amount, "url": f"{url}?partner={partner_id}&bucket={code}"}
        for (code, label, _first, _last), amount in zip(BUCKETS, row.amounts, strict=True)
    ]
