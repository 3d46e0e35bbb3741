"""Payments and what they may settle."""

import datetime as dt
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from core.fields import ZERO
from core.money import round_amount
from finance.models import Allocation, Invoice, InvoiceLine, Payment
from finance.states import AllocationKind, Direction, InvoiceState, PaymentState, Side
from masterdata.selectors.merging import keys_of_family, keys_with_kept

NATURAL = {Side.CUSTOMER: Direction.IN, Side.SUPPLIER: Direction.OUT}
"""The direction that settles invoices; the other one pays back credit notes and advances."""


def is_natural(payment: Payment) -> bool:
    """Return whether the payment settles invoices (money from a customer, money to a supplier)."""
    return payment.direction == NATURAL[Side(payment.kind)]


def open_invoices(partner_id: int, kind: str, currency_id: int) -> QuerySet[Invoice]:
    """Return the posted invoices and credit notes of a partner (and of those merged into him) that are not settled,
    the oldest due first.
    """
    partners = keys_of_family(partner_id)
    return (
        Invoice.objects.filter(partner__in=partners, kind=kind, currency_id=currency_id, state=InvoiceState.POSTED)
        .exclude(open_amount=0)
        .order_by("due_date", "id")
    )


def advances_for(invoice: Invoice) -> QuerySet[Payment]:
    """Return the posted payments with money left that were made for the orders on ``invoice``, also by those merged
    into its partner or by the one kept for him.
    """
    if invoice.is_credit:
        return Payment.objects.none()
    lines = InvoiceLine.objects.filter(invoice=invoice)
    orders = Q(sales_order__in=lines.values("sales_order_line__order"))
    orders |= Q(purchase_order__in=lines.values("purchase_order_line__order"))
    return Payment.objects.filter(
        orders,
        partner__in=keys_with_kept(invoice.partner_id),
        kind=invoice.kind,
        currency_id=invoice.currency_id,
        direction=NATURAL[Side(invoice.kind)],
        state=PaymentState.POSTED,
        open_amount__gt=0,
    ).order_by("document_date", "id")


def live_allocations(payment: Payment) -> QuerySet[Allocation]:
    """Return the allocations of a payment that are not undone."""
    return (
        payment.allocations.filter(reverses__isnull=True, reversal__isnull=True)
        .select_related("invoice")
        .order_by("pk")
    )


def discount_on(invoice: Invoice, date: dt.date) -> Decimal:
    """Return the cash discount still to be had on ``date``, positive, in the invoice's currency.

    What was credited is not paid: there is no discount on it.
    """
    if invoice.discount_until is None or date > invoice.discount_until or not invoice.discount_percent:
        return ZERO
    settled = Allocation.objects.filter(invoice=invoice).aggregate(
        taken=Sum("amount", filter=Q(kind=AllocationKind.DISCOUNT), default=ZERO),
        credited=Sum("amount", filter=Q(credit__isnull=False), default=ZERO),
    )
    owed = invoice.gross_amount - settled["credited"]
    whole = round_amount(owed * invoice.discount_percent / 100, invoice.currency.decimals)
    left: Decimal = max(abs(whole) - abs(settled["taken"]), ZERO)
    return left
