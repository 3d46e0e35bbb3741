"""Purchase orders of another system: finished ones as history, open ones as orders that go on here."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core import history
from core.errors import InvalidInput
from core.operations import operation
from masterdata.models import Currency, Item, Partner, Tax
from masterdata.selectors.currencies import rate_on
from masterdata.selectors.places import default_warehouse
from masterdata.services.pricing import fill_amounts
from scm.errors import UnknownWarehouse
from scm.models import PurchaseOrder, PurchaseOrderLine
from scm.services.purchase_orders.building import build_lines, new_order
from scm.services.purchase_orders.drafting import save_new
from scm.services.purchase_orders.lifecycle import approve_purchase_order
from scm.states import PurchaseOrderState

BATCH = 1000


@operation(permission="scm.import_purchaseorder")
def record_closed_purchase_orders(*, orders: Sequence[Mapping[str, Any]], actor: Any, at: dt.datetime) -> int:
    """Write finished orders as documents for statistics; return how many. No supply, stock or entry comes of them.

    orders  number, partner_id, date, state (closed or cancelled), lines: item_id, quantity and received_quantity in
            the stock unit, price, due_date, returned_quantity, discount_percent, tax_id; and where given currency_id,
            warehouse_id, tax_included, supplier_reference, note.

    A number that exists is left alone, so a second run changes nothing.

    Raises:
        InvalidInput: a row names something unknown, or a state that is not finished.
        UnknownWarehouse: none is given and none is there.
        NoExchangeRate: a currency has no rate on the day of its order.
    """
    fresh = _unknown(orders)
    shelf = _Shelf(fresh)
    headers = [shelf.header(row, at) for row in fresh]
    lines: list[list[PurchaseOrderLine]] = []
    for header, row in zip(headers, fresh, strict=True):
        own = [shelf.line(header, line, number) for number, line in enumerate(row["lines"], start=1)]
        fill_amounts(header, own)
        lines.append(own)
    history.bulk_create(headers, PurchaseOrder, batch_size=BATCH)
    keys = dict(PurchaseOrder.objects.filter(number__in=[row["number"] for row in fresh]).values_list("number", "pk"))
    for header, own in zip(headers, lines, strict=True):
        for line in own:
            line.order_id = keys[header.number]
            _finish(line, header.state)
    PurchaseOrderLine.objects.bulk_create([line for own in lines for line in own], batch_size=BATCH)
    return len(headers)


def _unknown(orders: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    numbers = [row["number"] for row in orders]
    known = set(PurchaseOrder.objects.filter(number__in=numbers).values_list("number", flat=True))
    return [row for row in orders if row["number"] not in known]


def _finish(line: PurchaseOrderLine, state: str) -> None:
    """What was taken over as closed counts as invoiced for what was kept, and as given up for what never came."""
    if state == PurchaseOrderState.CANCELLED:
        line.received_quantity = line.returned_quantity = Decimal(0)
        return
    line.invoiced_quantity = line.kept_quantity
    line.is_closed = line.kept_quantity < line.stock_quantity


class _Shelf:
    """The records that the rows of one call name, read at once."""

    def __init__(self, orders: Sequence[Mapping[str, Any]]) -> None:
        lines = [line for row in orders for line in row["lines"]]
        self.partners = Partner.objects.select_related("currency").in_bulk({row["partner_id"] for row in orders})
        self.currencies = Currency.objects.in_bulk({row["currency_id"] for row in orders if row.get("currency_id")})
        self.items = Item.objects.select_related("uom").in_bulk({line["item_id"] for line in lines})
        self.taxes = Tax.objects.in_bulk({line["tax_id"] for line in lines if line.get("tax_id")})
        self.rates: dict[tuple[int, dt.date], Decimal] = {}
        warehouse = default_warehouse()
        if warehouse is None:
            raise UnknownWarehouse()
        self.warehouse_id = warehouse.pk

    def header(self, row: Mapping[str, Any], at: dt.datetime) -> PurchaseOrder:
        partner = self.partners.get(row["partner_id"])
        currency = self.currencies.get(row.get("currency_id") or 0) or (partner.currency if partner else None)
        if partner is None or currency is None:
            raise InvalidInput(message=f"{row['number']}: partner {row['partner_id']}?", field="partner_id")
        if row["state"] not in {PurchaseOrderState.CLOSED, PurchaseOrderState.CANCELLED}:
            raise InvalidInput(message=f"{row['number']}: state {row['state']}?", field="state")
        key = (currency.pk, row["date"])
        if key not in self.rates:
            self.rates[key] = rate_on(currency, row["date"])
        return PurchaseOrder(
            number=row["number"],
            state=row["state"],
            partner=partner,
            currency=currency,
            exchange_rate=self.rates[key],
            tax_included=row.get("tax_included", False),
            warehouse_id=row.get("warehouse_id") or self.warehouse_id,
            payment_term_id=partner.payment_term_id,
            supplier_reference=row.get("supplier_reference", ""),
            document_date=row["date"],
            created_at=at,
            note=row.get("note", ""),
            is_imported=True,
        )

    def line(self, order: PurchaseOrder, line: Mapping[str, Any], number: int) -> PurchaseOrderLine:
        item = self.items.get(line["item_id"])
        if item is None:
            raise InvalidInput(message=f"{order.number}: item {line['item_id']}?", field="item_id")
        tax = self.taxes.get(line.get("tax_id") or 0)
        return PurchaseOrderLine(
            order=order,
            line_no=number,
            item=item,
            uom=item.uom,
            quantity=line["quantity"],
            price=line["price"],
            discount_percent=line.get("discount_percent") or Decimal(0),
            tax=tax,
            tax_rate=tax.rate if tax else Decimal(0),
            due_date=line["due_date"],
            received_quantity=line.get("received_quantity", line["quantity"]),
            returned_quantity=line.get("returned_quantity") or Decimal(0),
        )


@operation(permission="scm.import_purchaseorder")
def take_over_open_purchase_orders(*, orders: Sequence[Mapping[str, Any]], actor: Any, at: dt.datetime) -> list[int]:
    """Write orders that are open at the cut-over and approve them, whole quantities expected; return their keys.

    orders  number, date, partner_id and the other header arguments and lines of create_purchase_order.
    A number that exists is left alone, so a second run changes nothing.

    Raises:
        as create_purchase_order and approve_purchase_order.
    """
    written = []
    for row in _unknown(orders):
        header = {name: value for name, value in row.items() if name not in {"number", "date", "lines"}}
        order = new_order(header, owner=actor, at=at, number=row["number"], date=row["date"])
        order.is_imported = True
        save_new(order, build_lines(order, row["lines"]))
        approve_purchase_order(order_id=order.pk, actor=actor, at=at)
        written.append(order.pk)
    return written
