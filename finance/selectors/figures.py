"""Figures for dashboard and panels."""

import datetime as dt
import operator
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncMonth

from core.counting import Summed
from core.fields import ZERO
from core.money import round_amount
from finance.models import BankAccount, Invoice, InvoiceLine, JournalLine, Payment
from finance.selectors.ageing import IN_BASE, in_scope, open_instalments
from finance.states import AccountKind, InvoiceState, Journal, PaymentState, Side
from masterdata.models import Partner
from masterdata.selectors.merging import keys_of_family

EXACT = DecimalField(max_digits=38, decimal_places=10)


def open_total(kind: str, user: Any = None, overdue_on: dt.date | None = None) -> Summed:
    """Sum what is open of one side in base currency; with ``overdue_on`` only what was due before that day."""
    rows = open_instalments(kind, user)
    if overdue_on is not None:
        rows = rows.filter(due_date__lt=overdue_on)
    return Summed(rows, IN_BASE, round_amount)


def overdue_invoices(kind: str, today: dt.date, user: Any = None) -> QuerySet[Invoice]:
    """Return the open invoices with an instalment past its day (``overdue_since``), the oldest first."""
    rows = open_instalments(kind, user).filter(due_date__lt=today)
    oldest = rows.filter(invoice=OuterRef("pk")).order_by("due_date").values("due_date")[:1]
    return (
        Invoice.objects.filter(pk__in=rows.values("invoice"), is_credit=False)
        .annotate(overdue_since=Subquery(oldest))
        .select_related("partner", "currency")
        .order_by("overdue_since", "pk")
    )


def cash() -> Summed:
    """Sum what stands on the company's bank and cash accounts, in base currency."""
    accounts = BankAccount.objects.values("account")
    return Summed(JournalLine.objects.filter(account__in=accounts), "amount")


def revenue_between(first: dt.date, last: dt.date) -> Summed:
    """Sum the revenue booked from ``first`` to ``last``, positive."""
    lines = JournalLine.objects.filter(
        account__kind=AccountKind.REVENUE, entry__entry_date__gte=first, entry__entry_date__lte=last
    ).exclude(entry__journal=Journal.CLOSING)
    return Summed(lines, "amount", operator.neg)


def revenue_by_month(first: dt.date, last: dt.date) -> list[tuple[dt.date, Decimal]]:
    """Return (first day of the month, revenue) for each month that has any."""
    rows = (
        JournalLine.objects.filter(
            account__kind=AccountKind.REVENUE, entry__entry_date__gte=first, entry__entry_date__lte=last
        )
        .exclude(entry__journal=Journal.CLOSING)
        .order_by()
        .annotate(month=TruncMonth("entry__entry_date"))
        .values_list("month")
        .annotate(total=Sum("amount"))
    )
    return sorted((month, -total) for month, total in rows)


def invoiced_on_order(order_id: int, side: str = "sales") -> Decimal:
    """Return what posted invoices (credit notes off) say of an order, gross, in its currency."""
    lines = InvoiceLine.objects.filter(invoice__state=InvoiceState.POSTED)
    column = "sales_order_line__order_id" if side == "sales" else "purchase_order_line__order_id"
    return lines.filter(**{column: order_id}).aggregate(total=Sum("gross_amount"))["total"] or ZERO


def invoices_of_order(order_id: int, side: str = "sales") -> QuerySet[Invoice]:
    """Return the invoices and credit notes with lines of an order, cancelled ones left out."""
    column = "lines__sales_order_line__order_id" if side == "sales" else "lines__purchase_order_line__order_id"
    return Invoice.objects.filter(**{column: order_id}).exclude(state=InvoiceState.CANCELLED).distinct().order_by("pk")


def payments_of_order(order_id: int, side: str = "sales") -> QuerySet[Payment]:
    """Return the posted payments made for an order."""
    column = "sales_order_id" if side == "sales" else "purchase_order_id"
    return Payment.objects.filter(Q(**{column: order_id}), state=PaymentState.POSTED).order_by("pk")


def paid_on_purchase_order(order_id: int) -> Decimal:
    """Return what was paid for a purchase order: advances for it and its share of paid invoices, in its currency."""
    advances = payments_of_order(order_id, "purchase").aggregate(total=Sum("open_amount"))["total"] or ZERO
    share = ExpressionWrapper(
        F("gross_amount") * F("invoice__settled_amount") / F("invoice__gross_amount"), output_field=EXACT
    )
    paid = InvoiceLine.objects.filter(
        purchase_order_line__order_id=order_id, invoice__state=InvoiceState.POSTED, invoice__is_credit=False
    ).exclude(invoice__gross_amount=0)
    return advances + round_amount(paid.aggregate(total=Sum(share))["total"] or ZERO)


def last_payment(partner: Partner, kind: str = Side.CUSTOMER) -> Payment | None:
    """Return the partner's last posted payment."""
    return (
        Payment.objects.filter(partner__in=keys_of_family(partner.pk), kind=kind, state=PaymentState.POSTED)
        .order_by("-document_date", "-pk")
        .first()
    )


def scoped_invoices(user: Any) -> QuerySet[Invoice]:
    """Return the invoices of partners whom ``user`` sees."""
    return Invoice.objects.visible_to(user).filter(in_scope(user))
