"""The lines of an entry before it is booked: their dimensions, their currency, their sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from core.money import round_amount
from crm.models import SalesOrder
from finance.errors import DimensionMissing
from finance.models import Account
from finance.selectors.accounts import AccountBook
from finance.states import Dimension


@dataclass(frozen=True)
class Line:
    """One line to book: ``amount`` in base currency, debit positive.

    Without ``currency_id`` the line is in base currency; else it is ``currency_amount`` at ``rate`` (base for 1).
    An item's group is known from the item; ``item_category_id`` is for lines that name a group alone.
    """

    account_id: int
    amount: Decimal
    currency_id: int | None = None
    currency_amount: Decimal = ZERO
    rate: Decimal = Decimal(1)
    is_exchange_difference: bool = False
    partner_id: int | None = None
    item_id: int | None = None
    item_category_id: int | None = None
    department_id: int | None = None
    project_id: int | None = None
    sales_order_id: int | None = None
    purchase_order_id: int | None = None
    work_order_id: int | None = None
    value_entry_id: int | None = None
    tax_code: str = ""
    description: str = ""


FIELDS: dict[str, tuple[str, ...]] = {
    Dimension.PARTNER: ("partner_id",),
    Dimension.DEPARTMENT: ("department_id",),
    Dimension.PROJECT: ("project_id",),
    Dimension.ITEM_GROUP: ("item_category_id", "item_id"),
    Dimension.ORDER: ("sales_order_id", "purchase_order_id", "work_order_id"),
}
"""Which fields of a line name a dimension: one of them is enough."""

ORDERS = {
    "crm.salesorder": "sales_order_id",
    "scm.purchaseorder": "purchase_order_id",
    "erp.workorder": "work_order_id",
}


def of_orders(lines: Sequence[Line]) -> list[Line]:
    """Return the lines, those of a sales order with its department and project unless they name their own."""
    orders = {line.sales_order_id for line in lines if line.sales_order_id}
    rows = SalesOrder.objects.filter(pk__in=orders).exclude(department=None, project=None) if orders else ()
    found = {order.pk: order for order in rows}
    return [_of_order(line, found.get(line.sales_order_id or 0)) for line in lines]


def _of_order(line: Line, order: SalesOrder | None) -> Line:
    if order is None:
        return line
    return replace(
        line,
        department_id=line.department_id or order.department_id,
        project_id=line.project_id or order.project_id,
    )


def complete_dimensions(book: AccountBook, lines: Sequence[Line], source: Any) -> list[Line]:
    """Return the lines with the dimensions their accounts ask for, taken from ``source`` where a line names none.

    Raises:
        DimensionMissing: neither the line nor the source names one.
    """
    if not book.required:
        return list(lines)
    return [_completed(line, book.required.get(line.account_id, ()), source) for line in lines]


def _completed(line: Line, wanted: Sequence[str], source: Any) -> Line:
    for dimension in wanted:
        if any(getattr(line, name) for name in FIELDS[dimension]):
            continue
        found = _of_source(source, dimension)
        if not found:
            raise DimensionMissing(
                account=Account.objects.get(pk=line.account_id), dimension=str(Dimension(dimension).label)
            )
        line = replace(line, **found)
    return line


def _of_source(source: Any, dimension: str) -> dict[str, Any]:
    """Return {field: key} that the source document (or the order it belongs to) names for ``dimension``."""
    order = getattr(source, "order", None)
    for document in (source, order):
        if document is None:
            continue
        if dimension == Dimension.ORDER and document._meta.label_lower in ORDERS:
            return {ORDERS[document._meta.label_lower]: document.pk}
        for name in FIELDS[dimension]:
            if getattr(document, name, None):
                return {name: getattr(document, name)}
    return {}


def in_currency(line: Line, decimals: int) -> list[Line]:
    """Return ``line`` so that its amount is its currency amount at its rate; what differs is an exchange difference.

    Needed where a sub-ledger gives up its last part: the part takes what is left, not what the rate says.
    """
    if line.currency_id is None:
        return [line]
    at_rate = round_amount(line.currency_amount * line.rate, decimals)
    rest = line.amount - at_rate
    main = replace(line, amount=at_rate)
    return [main, replace(line, amount=rest, currency_amount=ZERO, is_exchange_difference=True)] if rest else [main]


def merged(lines: Iterable[Line]) -> list[Line]:
    """Add up lines that differ in their amounts only, in the order of their first appearance."""
    found: dict[Line, tuple[Decimal, Decimal]] = {}
    for line in lines:
        key = replace(line, amount=ZERO, currency_amount=ZERO)
        amount, currency_amount = found.get(key, (ZERO, ZERO))
        found[key] = (amount + line.amount, currency_amount + line.currency_amount)
    return [
        replace(key, amount=amount, currency_amount=currency_amount) for key, (amount, currency_amount) in found.items()
    ]
