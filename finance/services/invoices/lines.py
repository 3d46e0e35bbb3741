"""Invoice lines from what was typed or ticked: each finds its source, its figures and what is left to invoice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from core.money import round_quantity
from crm.models import SalesOrderLine
from crm.states import SalesOrderState
from finance.errors import AccountNotPostable, ControlAccount, LineWithoutSource, MixedInvoice, NotInvoiceable
from finance.models import Account, GrniLine, InvoiceLine, UnbilledLine
from finance.selectors.accounts import postable_accounts
from finance.selectors.early import waiting_goods
from finance.selectors.invoiceable import drafted
from finance.services.invoices.charges import CHARGE, fill_charge, load_charges
from finance.states import Side
from masterdata.models import Tax
from masterdata.services.entry import check_quantity
from scm.models import PurchaseOrderLine
from scm.states import PurchaseOrderState

COPIED = ("item", "description", "uom", "price", "discount_percent", "tax", "tax_rate")
SOURCES = ("shipment_line", "sales_order_line", "receipt_line", "purchase_order_line")
HEADER = ("partner_id", "currency_id", "tax_included", "rounding_level")
OF_DELIVERY = (
    *("sales_order_line__order__currency", "sales_order_line__item__uom"),
    *("sales_order_line__tax", "sales_order_line__uom"),
)
"""What a line takes from the order of its delivery."""
BILLED_SALES = frozenset({SalesOrderState.CONFIRMED, SalesOrderState.CLOSED})
BILLED_PURCHASES = frozenset({PurchaseOrderState.APPROVED, PurchaseOrderState.CLOSED})


@dataclass
class Drafted:
    """Lines ready to be stored, and the orders they come from (whose way of pricing the invoice takes over)."""

    lines: list[InvoiceLine] = field(default_factory=list)
    orders: list[Any] = field(default_factory=list)
    terms: list[int | None] = field(default_factory=list)


def build_lines(kind: str, rows: Sequence[Mapping[str, Any]], *, invoice_id: int | None = None) -> Drafted:
    """Return the lines for ``rows``: each names one source and a quantity in its stock unit, or is free.

    A row is {"shipment_line_id" | "sales_order_line_id" | "receipt_line_id" | "purchase_order_line_id", "quantity"}; an
    order line of goods is invoiced ahead of them (预开票), as far as they are not delivered (received). A
    supplier's may correct "price" and "discount_percent". A carrier's row names a "landed_charge_id" (a charge of
    received goods), the part of it as quantity, price and tax_id. A free row has account_id, description, quantity,
    price and tax_id. A delivery read already (with OF_DELIVERY and ``to_invoice``) may come along as "source".

    Raises:
        NotInvoiceable: more than is delivered (received) and not on an invoice, other drafts counted.
        QuantityTooFine: a fraction of what comes in whole units.
        ChargeNotInvoiceable: a charge is not posted, of another carrier, or invoiced already.
        MixedInvoice: the orders differ in partner, currency or way of pricing.
        LineWithoutSource: a row names no source and no account.
        AccountNotPostable, ControlAccount: a free row's account takes no typed line.
    """
    sources = _load(kind, rows, invoice_id)
    charges = load_charges(kind, rows, invoice_id)
    made = Drafted()
    for line_no, row in enumerate(rows, 1):
        name = next((one for one in SOURCES if row.get(f"{one}_id")), None)
        line = InvoiceLine(line_no=line_no)
        if row.get(CHARGE):
            fill_charge(line, row, charges, made.lines)
        elif name is None:
            _fill_free(line, row)
        else:
            order = sources[name].fill(line, row, made.lines)
            _require_alike(made, order, line)
        made.lines.append(line)
    return made


@dataclass
class _Source:
    """Rows of one kind of source, what drafts hold of them, and how a line takes its figures."""

    column: str
    rows: dict[int, Any]
    held: dict[int, Decimal]
    order_line: Callable[[Any], Any]
    open_quantity: Callable[[Any], Decimal]
    links: Callable[[Any], dict[str, Any]]
    may_reprice: bool = False

    def fill(self, line: InvoiceLine, row: Mapping[str, Any], before: Sequence[InvoiceLine]) -> Any:
        """Fill ``line`` and return the order it comes from."""
        key = int(row[f"{self.column}_id"])
        source = self.rows.get(key)
        if source is None:
            raise NotInvoiceable(line=str(key), open=ZERO, quantity=row["quantity"])
        order_line = self.order_line(source)
        quantity = Decimal(row["quantity"])
        in_draft = sum((one.billed_quantity for one in before if self._is_same(one, key)), ZERO)
        left = self.open_quantity(source) - self.held.get(key, ZERO) - in_draft
        if not 0 < quantity <= left:
            raise NotInvoiceable(line=_named(order_line), open=max(left, ZERO), quantity=quantity)
        if order_line.item_id:
            check_quantity(order_line.item.uom, quantity)
        for name in COPIED:
            setattr(line, name, getattr(order_line, name))
        for name, value in self.links(source).items():
            setattr(line, name, value)
        line.billed_quantity = quantity
        line.quantity = round_quantity(quantity * order_line.quantity / order_line.stock_quantity)
        if self.may_reprice:
            price = row.get("price")
            line.price = line.price if price is None else price
            if row.get("discount_percent") is not None:
                line.discount_percent = row["discount_percent"]
        return order_line.order

    def _is_same(self, line: InvoiceLine, key: int) -> bool:
        of_goods = line.shipment_line_id or line.receipt_line_id
        return getattr(line, f"{self.column}_id") == key and not (of_goods and self.column.endswith("order_line"))


def _load(kind: str, rows: Sequence[Mapping[str, Any]], invoice_id: int | None) -> dict[str, _Source]:
    keys = {name: {int(row[f"{name}_id"]) for row in rows if row.get(f"{name}_id")} for name in SOURCES}
    read = {
        int(row["shipment_line_id"]): row["source"] for row in rows if "source" in row and "shipment_line_id" in row
    }
    held = {"shipment_line": {key: source.open_quantity - source.to_invoice for key, source in read.items()}}
    for name in SOURCES:
        missing = keys[name] - held.get(name, {}).keys()
        held[name] = held.get(name, {}) | (drafted(name, missing, invoice_id) if missing else {})
    if kind == Side.CUSTOMER:
        return _customer_sources(keys, held, read)
    return _supplier_sources(keys, held)


def _customer_sources(
    keys: dict[str, set[int]], held: dict[str, dict[int, Decimal]], read: Mapping[int, UnbilledLine]
) -> dict[str, _Source]:
    missing = keys["shipment_line"] - read.keys()
    deliveries = UnbilledLine.objects.filter(shipment_line__in=missing).select_related(*OF_DELIVERY)
    fees = SalesOrderLine.objects.filter(pk__in=keys["sales_order_line"], order__state__in=BILLED_SALES).select_related(
        "order", "tax", "uom", "item__uom"
    )
    waiting = waiting_goods(UnbilledLine, "sales_order_line", keys["sales_order_line"])
    return _nothing() | {
        "shipment_line": _Source(
            "shipment_line",
            {**read, **{row.shipment_line_id: row for row in deliveries}},
            held["shipment_line"],
            order_line=lambda row: row.sales_order_line,
            open_quantity=lambda row: row.open_quantity,
            links=lambda row: {
                "shipment_line_id": row.shipment_line_id,
                "sales_order_line": row.sales_order_line,
            },
        ),
        "sales_order_line": _Source(
            "sales_order_line",
            {line.pk: line for line in fees},
            held["sales_order_line"],
            order_line=lambda line: line,
            open_quantity=lambda line: line.stock_quantity - line.invoiced_quantity - waiting.get(line.pk, ZERO),
            links=lambda line: {"sales_order_line": line},
        ),
    }


def _supplier_sources(keys: dict[str, set[int]], held: dict[str, dict[int, Decimal]]) -> dict[str, _Source]:
    receipts = GrniLine.objects.filter(receipt_line__in=keys["receipt_line"]).select_related(
        "purchase_order_line__order",
        "purchase_order_line__item__uom",
        "purchase_order_line__tax",
        "purchase_order_line__uom",
    )
    services = PurchaseOrderLine.objects.filter(
        pk__in=keys["purchase_order_line"], order__state__in=BILLED_PURCHASES
    ).select_related("order", "tax", "uom", "item__uom")
    waiting = waiting_goods(GrniLine, "purchase_order_line", keys["purchase_order_line"])
    return _nothing() | {
        "receipt_line": _Source(
            "receipt_line",
            {row.receipt_line_id: row for row in receipts},
            held["receipt_line"],
            order_line=lambda row: row.purchase_order_line,
            open_quantity=lambda row: row.open_quantity,
            links=lambda row: {
                "receipt_line_id": row.receipt_line_id,
                "purchase_order_line": row.purchase_order_line,
            },
            may_reprice=True,
        ),
        "purchase_order_line": _Source(
            "purchase_order_line",
            {line.pk: line for line in services},
            held["purchase_order_line"],
            order_line=lambda line: line,
            open_quantity=lambda line: billable(line) - waiting.get(line.pk, ZERO),
            links=lambda line: {"purchase_order_line": line},
            may_reprice=True,
        ),
    }


def billable(line: Any) -> Decimal:
    """Return what may be invoiced of an order line without naming its goods: services as done, goods as ordered.

    Work on our pieces is invoiced by its receipt alone.
    """
    invoiced: Decimal = line.invoiced_quantity
    if isinstance(line, PurchaseOrderLine) and line.order.work_order_id is not None:
        return ZERO
    if isinstance(line, PurchaseOrderLine) and line.item_id is None:
        return line.kept_quantity - invoiced
    ordered: Decimal = line.stock_quantity
    return ordered - invoiced


def _nothing() -> dict[str, _Source]:
    """Sources of the other side: a row that names one is refused as not to be invoiced."""
    return {
        name: _Source(name, {}, {}, order_line=lambda row: row, open_quantity=lambda row: ZERO, links=lambda row: {})
        for name in SOURCES
    }


def _fill_free(line: InvoiceLine, row: Mapping[str, Any]) -> None:
    if not row.get("account_id"):
        raise LineWithoutSource(line=line.line_no)
    account = Account.objects.get(pk=row["account_id"])
    if account.is_control:
        raise ControlAccount(account=account)
    if not postable_accounts().filter(pk=account.pk).exists():
        raise AccountNotPostable(account=account)
    tax = Tax.objects.get(pk=row["tax_id"]) if row.get("tax_id") else None
    line.account = account
    line.description = row.get("description") or account.label()
    line.quantity = line.billed_quantity = Decimal(row.get("quantity") or 1)
    line.price = Decimal(row.get("price") or 0)
    line.tax = tax
    line.tax_rate = tax.rate if tax else ZERO


def _require_alike(made: Drafted, order: Any, line: InvoiceLine) -> None:
    if made.orders and any(getattr(made.orders[0], name) != getattr(order, name) for name in HEADER):
        raise MixedInvoice(line=line.line_no)
    made.orders.append(order)
    made.terms.append(order.payment_term_id)


def _named(order_line: Any) -> str:
    return f"{order_line.order} / {order_line.line_no} {order_line.item or order_line.description}"
