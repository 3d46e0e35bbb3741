"""What may be invoiced ahead of the goods, and what was."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from core.fields import ZERO
from crm.models import SalesOrderLine
from crm.states import SalesOrderState
from finance.models import EarlyLine, GrniLine, UnbilledLine
from finance.selectors.invoiceable import with_drafted
from masterdata.selectors.merging import keys_of_family
from scm.models import PurchaseOrderLine
from scm.states import PurchaseOrderState

QUANTITY = DecimalField(max_digits=18, decimal_places=6)
EXACT = DecimalField(max_digits=38, decimal_places=12)


def sales_lines_to_invoice_early() -> QuerySet[SalesOrderLine]:
    """Return goods lines of confirmed orders with ``to_invoice`` (stock unit): ordered, not invoiced, not delivered."""
    lines = SalesOrderLine.objects.filter(
        item__isnull=False, is_closed=False, order__state=SalesOrderState.CONFIRMED, order__is_history=False
    )
    return _with_open(lines, UnbilledLine, "sales_order_line")


def purchase_lines_to_invoice_early() -> QuerySet[PurchaseOrderLine]:
    """Return goods lines of approved orders with ``to_invoice`` (stock unit): ordered, not invoiced, not received."""
    lines = PurchaseOrderLine.objects.filter(
        item__isnull=False, is_closed=False, order__state=PurchaseOrderState.APPROVED, order__is_imported=False
    )
    return _with_open(lines, GrniLine, "purchase_order_line")


def waiting_goods(model: Any, column: str, keys: Iterable[int]) -> dict[int, Decimal]:
    """Return {order line: quantity delivered (received) and not invoiced}: it is invoiced from the goods."""
    rows = model.objects.filter(**{f"{column}__in": set(keys)}, open_quantity__gt=0)
    return dict(rows.order_by().values_list(column).annotate(total=Sum("open_quantity")))


def early_gross_of(partner_id: int, exclude_order_id: int | None) -> Decimal | None:
    """Return what was invoiced early to a customer and not delivered, gross at order prices, in base currency."""
    line = "sales_order_line__"
    value = ExpressionWrapper(
        F("open_quantity")
        * F(f"{line}gross_amount")
        / NullIf(F(f"{line}stock_quantity"), Value(ZERO))
        * F(f"{line}order__exchange_rate"),
        output_field=EXACT,
    )
    rows = EarlyLine.objects.filter(
        partner__in=keys_of_family(partner_id),
        sales_order_line__order__state=SalesOrderState.CONFIRMED,
        sales_order_line__is_closed=False,
    ).exclude(sales_order_line__order_id=exclude_order_id)
    found: Decimal | None = rows.aggregate(total=Sum(value))["total"]
    return found


def _with_open(lines: QuerySet[Any], model: Any, column: str) -> QuerySet[Any]:
    waiting = (
        model.objects.filter(**{column: OuterRef("pk")}, open_quantity__gt=0)
        .order_by()
        .values(column)
        .annotate(total=Sum("open_quantity"))
        .values("total")
    )
    ordered = lines.annotate(
        not_invoiced=F("stock_quantity")
        - F("invoiced_quantity")
        - Coalesce(Subquery(waiting, output_field=QUANTITY), ZERO, output_field=QUANTITY)
    )
    return with_drafted(ordered, column, of_order=True).filter(to_invoice__gt=0)
