"""Taking over finished orders of an earlier system: documents and statistics, nothing else."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core import history
from core.documents import next_number
from core.fields import ZERO
from core.operations import operation
from crm.errors import HistoryNumberTaken, NoWarehouse
from crm.models import SalesOrder, SalesOrderLine
from crm.states import LeadSource, SalesOrderState
from masterdata.models import Currency, Item, Partner, Tax, UnitOfMeasure
from masterdata.selectors.currencies import base_currency
from masterdata.selectors.places import default_warehouse
from masterdata.services.pricing import fill_amounts

LINES_PER_STATEMENT = 2000


@operation(permission="crm.import_closed_salesorder")
def record_closed_sales_order(*, order: Mapping[str, Any], actor: Any, at: dt.datetime) -> SalesOrder:
    """Record one finished order, see `record_closed_sales_orders`."""
    return _record([order], actor, at)[0]


@operation(permission="crm.import_closed_salesorder")
def record_closed_sales_orders(*, orders: Sequence[Mapping[str, Any]], actor: Any, at: dt.datetime) -> list[str]:
    """Record a batch of finished orders and return their numbers, with a number of statements that does not grow.

    Each order: partner_id, document_date, lines; optionally number (else the next own one), customer_po, currency_id
    (else the base currency), exchange_rate, tax_included (else false), requested_date, owner_id, note.
    Each line: item_id, quantity, price; optionally uom_id, discount_percent, tax_id, description.
    They are delivered, signed for and invoiced in full and announce nothing: no demand, stock, plan or entry.

    Raises:
        HistoryNumberTaken: a number exists already, or twice in the batch.
        NoWarehouse: no warehouse is set up.
    """
    return [order.number for order in _record(orders, actor, at)]


@dataclass(frozen=True)
class _Records:
    """The master data that a batch names, read once."""

    partners: dict[int, Partner]
    items: dict[int, Item]
    uoms: dict[int, UnitOfMeasure]
    taxes: dict[int, Tax]
    currencies: dict[int, Currency]
    base: Currency

    @classmethod
    def of(cls, orders: Sequence[Mapping[str, Any]]) -> "_Records":
        lines = [line for order in orders for line in order["lines"]]
        base = base_currency()
        return cls(
            Partner.objects.in_bulk({order["partner_id"] for order in orders}),
            Item.objects.select_related("uom").in_bulk({line["item_id"] for line in lines}),
            UnitOfMeasure.objects.in_bulk({line["uom_id"] for line in lines if line.get("uom_id")}),
            Tax.objects.in_bulk({line["tax_id"] for line in lines if line.get("tax_id")}),
            Currency.objects.in_bulk({order["currency_id"] for order in orders if order.get("currency_id")}),
            base,
        )


def _record(orders: Sequence[Mapping[str, Any]], actor: Any, at: dt.datetime) -> list[SalesOrder]:
    _refuse_taken_numbers(orders)
    warehouse = default_warehouse()
    if warehouse is None:
        raise NoWarehouse()
    records = _Records.of(orders)
    headers: list[SalesOrder] = []
    lines: list[SalesOrderLine] = []
    for given in orders:
        header = _header(given, records, actor, at)
        header.warehouse = warehouse
        own = [_line(header, number, line, records) for number, line in enumerate(given["lines"], start=1)]
        fill_amounts(header, own)
        for line in own:
            line.delivered_quantity = line.signed_quantity = line.invoiced_quantity = line.stock_quantity
        headers.append(header)
        lines += own
    headers = history.bulk_create(headers, SalesOrder)
    by_number = {header.number: header for header in headers}
    for line in lines:
        line.order = by_number[line.order.number]
    SalesOrderLine.objects.bulk_create(lines, batch_size=LINES_PER_STATEMENT)
    return headers


def _refuse_taken_numbers(orders: Sequence[Mapping[str, Any]]) -> None:
    numbers = [order["number"] for order in orders if order.get("number")]
    taken = set(SalesOrder.objects.filter(number__in=numbers).values_list("number", flat=True))
    taken |= {number for number in numbers if numbers.count(number) > 1} if len(set(numbers)) < len(numbers) else set()
    if taken:
        raise HistoryNumberTaken(numbers=sorted(taken)[:10])


def _header(given: Mapping[str, Any], records: _Records, actor: Any, at: dt.datetime) -> SalesOrder:
    partner = records.partners[given["partner_id"]]
    currency = records.currencies[given["currency_id"]] if given.get("currency_id") else records.base
    return SalesOrder(
        number=given.get("number") or next_number(SalesOrder, at),
        state=SalesOrderState.CLOSED,
        is_history=True,
        partner=partner,
        currency=currency,
        exchange_rate=given.get("exchange_rate") or Decimal(1),
        tax_included=given.get("tax_included", False),
        owner_id=given.get("owner_id") or partner.owner_id or getattr(actor, "pk", None),
        customer_po=given.get("customer_po") or "",
        note=given.get("note") or "",
        source=LeadSource.EXISTING,
        document_date=given["document_date"],
        confirmed_date=given["document_date"],
        requested_date=given.get("requested_date"),
        created_at=at,
    )


def _line(header: SalesOrder, number: int, given: Mapping[str, Any], records: _Records) -> SalesOrderLine:
    item = records.items[given["item_id"]]
    tax = records.taxes[given["tax_id"]] if given.get("tax_id") else None
    return SalesOrderLine(
        order=header,
        line_no=number,
        item=item,
        description=given.get("description") or "",
        quantity=given["quantity"],
        uom=records.uoms[given["uom_id"]] if given.get("uom_id") else item.uom,
        price=given["price"],
        discount_percent=given.get("discount_percent") or ZERO,
        tax=tax,
        tax_rate=tax.rate if tax is not None else ZERO,
        ship_date=header.requested_date,
    )
