"""What a customer owes or will owe, and what was received for an order."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import NullIf

from core.clock import company, today
from core.fields import ZERO
from core.money import round_amount
from crm.models import SalesOrderLine
from crm.states import SalesOrderState
from finance.models import Allocation, Invoice, InvoiceLine, Payment, UnbilledLine
from finance.selectors.bills import bills_not_due
from finance.selectors.early import early_gross_of
from finance.states import Direction, InvoiceState, PaymentState, Side
from masterdata.selectors.merging import keys_of_family

EXACT = DecimalField(max_digits=38, decimal_places=12)


@dataclass(frozen=True)
class CreditExposure:
    """Gross, in base currency (RELIABILITY B40). What is invoiced ahead of the goods is receivable, not undelivered."""

    receivable: Decimal
    delivered: Decimal
    undelivered: Decimal
    bills: Decimal
    advances: Decimal

    @property
    def total(self) -> Decimal:
        """Open receivables + delivered not invoiced + confirmed undelivered + bills not paid − unapplied advances."""
        return self.receivable + self.delivered + self.undelivered + self.bills - self.advances


def credit_exposure(partner_id: int, exclude_order_id: int | None = None) -> CreditExposure:
    """Return the exposure of a customer and of those merged into him; the excluded order's undelivered part does not
    count.
    """
    own = company()
    decimals = own.base_decimals if own else 2

    def rounded(amount: Decimal | None) -> Decimal:
        return round_amount(amount or ZERO, decimals)

    return CreditExposure(
        receivable=rounded(_open_receivables(partner_id)),
        delivered=rounded(_delivered_not_invoiced(partner_id)),
        undelivered=rounded(_undelivered(partner_id, exclude_order_id))
        - rounded(early_gross_of(partner_id, exclude_order_id)),
        bills=rounded(bills_not_due(partner_id, today())),
        advances=rounded(_advances(partner_id)),
    )


def open_customer_invoices(partner_id: int) -> QuerySet[Invoice]:
    """Return the posted invoices and credit notes of a customer that are not settled."""
    return Invoice.objects.filter(
        partner__in=keys_of_family(partner_id), kind=Side.CUSTOMER, state=InvoiceState.POSTED
    ).exclude(open_amount=0)


def received_for_order(order_id: int) -> Decimal:
    """Return the money for a sales order in its currency: advances for it, and its share of paid invoices."""
    advances = Payment.objects.filter(sales_order_id=order_id, state=PaymentState.POSTED).aggregate(
        total=Sum(_signed_open())
    )["total"]
    return (advances or ZERO) + _paid_on_invoices(order_id)


def _paid_on_invoices(order_id: int) -> Decimal:
    shares = dict(
        InvoiceLine.objects.filter(sales_order_line__order_id=order_id, invoice__state=InvoiceState.POSTED)
        .values_list("invoice")
        .annotate(gross=Sum("gross_amount"))
    )
    paid = (
        Allocation.objects.filter(invoice__in=shares, payment__isnull=False)
        .values_list("invoice", "invoice__gross_amount", "invoice__currency__decimals")
        .annotate(total=Sum("amount"))
    )
    return sum(
        (
            round_amount(total * shares[invoice] / gross, decimals)
            for invoice, gross, decimals, total in paid
            if gross and total
        ),
        ZERO,
    )


def _total(rows: QuerySet[Any], expression: Sum) -> Decimal | None:
    total: Decimal | None = rows.aggregate(total=expression)["total"]
    return total


def _open_receivables(partner_id: int) -> Decimal | None:
    return _total(open_customer_invoices(partner_id), Sum("open_base_amount"))


def _delivered_not_invoiced(partner_id: int) -> Decimal | None:
    kept = F("shipped_quantity") - F("lost_quantity") - F("returned_quantity") - F("invoiced_quantity")
    value = _at_order_price(kept, "sales_order_line__", "sales_order__")
    return _total(UnbilledLine.objects.filter(partner__in=keys_of_family(partner_id)), Sum(value))


def _undelivered(partner_id: int, exclude_order_id: int | None) -> Decimal | None:
    lines = SalesOrderLine.objects.filter(
        order__partner__in=keys_of_family(partner_id), order__state=SalesOrderState.CONFIRMED, is_closed=False
    ).exclude(order_id=exclude_order_id)
    still = Case(
        When(item__isnull=True, then=F("stock_quantity") - F("invoiced_quantity")),
        default=F("stock_quantity") - F("delivered_quantity"),
    )
    return _total(lines, Sum(_at_order_price(still, "", "order__")))


def _at_order_price(quantity: object, line: str, order: str) -> "ExpressionWrapper[CombinedExpression]":
    """Return ``quantity`` (stock unit) at the gross price of its order line, in base currency."""
    return ExpressionWrapper(
        quantity  # type: ignore[operator]
        * F(f"{line}gross_amount")
        / NullIf(F(f"{line}stock_quantity"), Value(ZERO))
        * F(f"{order}exchange_rate"),
        output_field=EXACT,
    )


def _advances(partner_id: int) -> Decimal | None:
    posted = Payment.objects.filter(
        partner__in=keys_of_family(partner_id), kind=Side.CUSTOMER, state=PaymentState.POSTED
    )
    return _total(posted, Sum(_signed_open("open_base_amount")))


def _signed_open(column: str = "open_amount") -> Case:
    return Case(When(Q(direction=Direction.IN), then=F(column)), default=-F(column))
