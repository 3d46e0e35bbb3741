"""Control totals: what the files say and what the company has must be the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet, Sum

from core.money import round_amount
from crm.models import SalesOrder, SalesOrderLine
from erp.models import BomLine, StockBalance, WorkOrder
from erp.models.valuation import ItemCost
from erp.states import BomState
from finance.takeover.goods import opening_costs
from finance.takeover.source import Row, Source, number
from masterdata.models import (
    Department,
    Employee,
    Item,
    ItemCategory,
    Partner,
    PriceListLine,
    SupplierItem,
    UnitOfMeasure,
)
from masterdata.selectors.currencies import base_currency
from scm.models import PurchaseOrder, PurchaseOrderLine
from scm.states import PurchaseOrderState


@dataclass(frozen=True)
class Control:
    """One total by the files and by the company."""

    name: str
    files: Decimal
    company: Decimal

    @property
    def agrees(self) -> bool:
        """Return whether both say the same."""
        return self.files == self.company


def controls(source: Source) -> list[Control]:
    """Return all totals, in the order in which the kinds are loaded."""
    return [Control(name, Decimal(files), Decimal(own)) for name, files, own in _all(source)]


def _all(source: Source) -> Iterator[tuple[str, Decimal | int, Decimal | int]]:
    yield from _masters(source)
    yield from _goods(source)
    yield from _purchases(source)
    yield from _sales(source)
    made = WorkOrder.objects.filter(number__in=[row["work_order_no"] for row in source.rows("work_orders")])
    yield "work orders", len(source.rows("work_orders")), made.count()
    yield "work orders: pieces made", _sum(source.rows("work_orders"), "stocked_qty"), _of(made, "completed_quantity")
    yield (
        "work orders: pieces scrapped",
        _sum(source.rows("work_orders"), "scrapped_qty"),
        _of(made, "scrapped_quantity"),
    )


def _masters(source: Source) -> Iterator[tuple[str, Decimal | int, Decimal | int]]:
    kinds: tuple[tuple[str, str, type[Model]], ...] = (
        ("units", "units", UnitOfMeasure),
        ("item categories", "item_categories", ItemCategory),
        ("items", "items", Item),
        ("vendors", "vendors", Partner),
        ("customers", "customers", Partner),
        ("departments", "departments", Department),
        ("employees", "employees", Employee),
    )
    for name, file, model in kinds:
        codes = [row["code"] for row in source.rows(file)]
        yield name, len(codes), model._default_manager.filter(code__in=codes).count()
    offers = SupplierItem.objects.all()
    yield "vendor prices", len(source.rows("vendor_items")), offers.count()
    yield "vendor prices: sum", _sum(source.rows("vendor_items"), "standard_price"), _of(offers, "price")
    prices = PriceListLine.objects.filter(price_list__code="STD")
    yield "list prices", len(source.rows("item_price_history")), prices.count()
    yield "list prices: sum", _sum(source.rows("item_price_history"), "list_price"), _of(prices, "price")


def _goods(source: Source) -> Iterator[tuple[str, Decimal | int, Decimal | int]]:
    lines = BomLine.objects.filter(bom__state=BomState.RELEASED)
    yield "BOM lines", len(source.rows("bom_lines")), lines.count()
    yield "BOM lines: quantities", _sum(source.rows("bom_lines"), "qty_per"), _of(lines, "quantity")
    counted, costs = source.rows("stock"), opening_costs(source)
    yield "stock: pieces", _sum(counted, "qty"), _of(StockBalance.objects.all(), "on_hand")
    value = _in_cents(number(row["qty"]) * costs[row["item_code"]] for row in counted)
    yield "stock: value", value, _of(ItemCost.objects.all(), "value")


def _purchases(source: Source) -> Iterator[tuple[str, Decimal | int, Decimal | int]]:
    states = (
        ("open purchase orders", source.open_purchases(), [PurchaseOrderState.APPROVED]),
        (
            "closed purchase orders",
            source.closed_purchases(),
            [PurchaseOrderState.CLOSED, PurchaseOrderState.CANCELLED],
        ),
    )
    for name, rows, wanted in states:
        numbers = [row["po_no"] for row in rows]
        lines = _lines_of(source, "purchase_order_lines", "po_no", numbers)
        own = PurchaseOrder.objects.filter(number__in=numbers, state__in=wanted)
        own_lines = PurchaseOrderLine.objects.filter(order__in=own)
        yield name, len(rows), own.count()
        yield f"{name}: quantity", _sum(lines, "ordered_qty"), _of(own_lines, "quantity")
        yield f"{name}: amount", _rounded(lines, "line_total"), _of(own_lines, "net_amount")


def _sales(source: Source) -> Iterator[tuple[str, Decimal | int, Decimal | int]]:
    for name, rows, is_history in (
        ("open sales orders", source.open_sales(), False),
        ("closed sales orders", source.closed_sales(), True),
    ):
        numbers = [row["order_no"] for row in rows]
        lines = _lines_of(source, "sales_order_lines", "order_no", numbers)
        field = "number" if is_history else "customer_po"
        own = SalesOrder.objects.filter(is_history=is_history, **{f"{field}__in": numbers})
        own_lines = SalesOrderLine.objects.filter(order__in=own)
        yield name, len(rows), own.count()
        yield f"{name}: quantity", _sum(lines, "qty"), _of(own_lines, "quantity")
        yield f"{name}: amount", _rounded(lines, "line_total"), _of(own_lines, "net_amount")


def _lines_of(source: Source, name: str, key: str, numbers: Iterable[str]) -> list[Row]:
    grouped = source.lines(name, key)
    return [line for one in numbers for line in grouped[one]]


def _sum(rows: Iterable[Row], column: str) -> Decimal:
    return sum((number(row[column]) for row in rows), Decimal(0))


def _rounded(rows: Iterable[Row], column: str) -> Decimal:
    """The sum of amounts as a document says them: each line in whole cents."""
    return _in_cents(number(row[column]) for row in rows)


def _in_cents(amounts: Iterable[Decimal]) -> Decimal:
    decimals = base_currency().decimals
    return sum((round_amount(amount, decimals) for amount in amounts), Decimal(0))


def _of(rows: QuerySet[Any], column: str) -> Decimal:
    return rows.aggregate(total=Sum(column))["total"] or Decimal(0)
