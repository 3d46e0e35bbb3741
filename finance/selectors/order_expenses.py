"""Suppliers' costs that a customer's order may have caused, and what of them is assigned."""

from decimal import Decimal

from django.db.models import DecimalField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from core.fields import ZERO
from finance.models import InvoiceLine, OrderExpense
from finance.states import InvoiceState, Side

AMOUNT = DecimalField(max_digits=18, decimal_places=4)


def expense_lines() -> QuerySet[InvoiceLine]:
    """Return the lines of posted supplier invoices that are costs: services and free lines, no received goods."""
    return InvoiceLine.objects.filter(
        invoice__kind=Side.SUPPLIER, invoice__state=InvoiceState.POSTED, receipt_line__isnull=True
    ).exclude(Q(base_net_amount=0) | Q(item__isnull=False, purchase_order_line__isnull=False))


def with_assigned() -> QuerySet[InvoiceLine]:
    """Return the cost lines with ``assigned`` and ``left``, the newest first."""
    assigned = Coalesce(Sum("order_expenses__amount"), Value(ZERO), output_field=AMOUNT)
    return (
        expense_lines()
        .select_related("invoice__partner", "account")
        .annotate(assigned=assigned)
        .annotate(left=F("base_net_amount") - F("assigned"))
        .order_by("-invoice__document_date", "-pk")
    )


def assigned_of(line: InvoiceLine) -> Decimal:
    """Return what of a cost line is assigned to orders."""
    return OrderExpense.objects.filter(invoice_line=line).aggregate(total=Sum("amount"))["total"] or ZERO


def expenses_of_order(order_id: int) -> QuerySet[OrderExpense]:
    """Return the assigned costs of an order with their invoices."""
    return (
        OrderExpense.objects.filter(sales_order=order_id)
        .select_related("invoice_line__invoice__partner", "sales_order_line")
        .order_by("pk")
    )
