"""What may be invoiced: deliveries and order lines of customers, receipts and services of suppliers."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from core.fields import ZERO
from crm.models import SalesOrderLine
from crm.states import SalesOrderState
from finance.models import AccruedCharge, GrniLine, InvoiceLine, UnbilledLine
from finance.states import InvoiceState
from scm.models import PurchaseOrderLine
from scm.states import PurchaseOrderState

QUANTITY = DecimalField(max_digits=18, decimal_places=6)


def deliveries_to_invoice() -> QuerySet[UnbilledLine]:
    """Return shipment lines with ``to_invoice`` (stock unit, less what drafts hold) above nothing, oldest first."""
    return with_drafted(UnbilledLine.objects.exclude(open_quantity=0), "shipment_line").filter(to_invoice__gt=0)


def deliveries_to_credit() -> QuerySet[UnbilledLine]:
    """Return shipment lines that were invoiced for more than the customer kept: a credit note is due."""
    return with_drafted(UnbilledLine.objects.exclude(open_quantity=0), "shipment_line").filter(to_invoice__lt=0)


def receipts_to_invoice() -> QuerySet[GrniLine]:
    """Return receipt lines with ``to_invoice`` (stock unit, less what drafts hold) above nothing, oldest first."""
    return with_drafted(GrniLine.objects.exclude(open_quantity=0), "receipt_line").filter(to_invoice__gt=0)


def receipts_to_credit() -> QuerySet[GrniLine]:
    """Return receipt lines that were invoiced for more than was kept: the supplier owes a credit note."""
    return with_drafted(GrniLine.objects.exclude(open_quantity=0), "receipt_line").filter(to_invoice__lt=0)


def charges_to_invoice() -> QuerySet[AccruedCharge]:
    """Return accrued charges with ``to_invoice`` (part of the charge, less what drafts hold) above nothing."""
    on_drafts = (
        InvoiceLine.objects.filter(landed_charge=OuterRef("charge"), invoice__state=InvoiceState.DRAFT)
        .order_by()
        .values("landed_charge")
        .annotate(total=Sum("billed_quantity"))
        .values("total")
    )
    held = Coalesce(Subquery(on_drafts, output_field=QUANTITY), ZERO, output_field=QUANTITY)
    left = ExpressionWrapper(Value(Decimal(1)) - F("invoiced_quantity") - held, output_field=QUANTITY)
    rows = AccruedCharge.objects.exclude(accrued_amount=0).annotate(to_invoice=left)
    return rows.filter(to_invoice__gt=0)


def order_fees_to_invoice() -> QuerySet[SalesOrderLine]:
    """Return lines without item (fees, services) of confirmed orders with ``to_invoice`` above nothing."""
    lines = SalesOrderLine.objects.filter(
        item__isnull=True, is_closed=False, order__state=SalesOrderState.CONFIRMED, order__is_history=False
    ).annotate(not_invoiced=F("stock_quantity") - F("invoiced_quantity"))
    return with_drafted(lines, "sales_order_line", of_order=True).filter(to_invoice__gt=0)


def services_to_invoice() -> QuerySet[PurchaseOrderLine]:
    """Return lines without item of purchase orders that were received and not invoiced.

    Work on operations of work orders is accrued like goods: it is invoiced by its receipt.
    """
    lines = PurchaseOrderLine.objects.filter(
        item__isnull=True,
        order__state__in=[PurchaseOrderState.APPROVED, PurchaseOrderState.CLOSED],
        order__is_imported=False,
        order__work_order__isnull=True,
    ).annotate(not_invoiced=F("received_quantity") - F("returned_quantity") - F("invoiced_quantity"))
    return with_drafted(lines, "purchase_order_line", of_order=True).filter(to_invoice__gt=0)


def drafted(column: str, keys: Iterable[int], exclude_invoice_id: int | None = None) -> dict[int, Decimal]:
    """Return {key: billed quantity on drafts} for ``column`` (shipment_line, receipt_line …).

    For an order line only drafts that name no delivery or receipt of it count.
    """
    goods = {"shipment_line": None, "receipt_line": None} if column.endswith("order_line") else {}
    return dict(
        InvoiceLine.objects.filter(**{f"{column}__in": set(keys)}, **goods, invoice__state=InvoiceState.DRAFT)
        .exclude(invoice_id=exclude_invoice_id)
        .values_list(column)
        .annotate(total=Sum("billed_quantity"))
    )


def with_drafted(rows: QuerySet[Any], column: str, *, of_order: bool = False) -> QuerySet[Any]:
    """Annotate ``to_invoice``: what is open of a sub-ledger row (or an order line itself) less what drafts hold."""
    goods = {"shipment_line": None, "receipt_line": None} if of_order else {}
    on_drafts = (
        InvoiceLine.objects.filter(**{column: OuterRef("pk" if of_order else column)}, **goods)
        .filter(invoice__state=InvoiceState.DRAFT)
        .order_by()
        .values(column)
        .annotate(total=Sum("billed_quantity"))
        .values("total")
    )
    held = Coalesce(Subquery(on_drafts, output_field=QUANTITY), ZERO, output_field=QUANTITY)
    annotated: QuerySet[Any] = rows.annotate(to_invoice=F("not_invoiced" if of_order else "open_quantity") - held)
    return annotated
