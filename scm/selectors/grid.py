"""What the grid of an order shows while one types: prices found, amounts, notes, totals. Nothing is stored."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from masterdata.engines.pricing import price_line
from masterdata.models import Currency, Partner, SupplierItem, Tax, UnitOfMeasure
from masterdata.selectors.currencies import base_currency
from masterdata.selectors.taxes import tax_for
from masterdata.selectors.units import StockQuantity, Typed, stock_quantity_notes
from scm.models import PurchaseOrderLine
from scm.selectors.prices import PriceQuestion, PurchasePrice, last_purchases, purchase_prices
from scm.selectors.supplier_items import supplier_items


@dataclass
class GridRow:
    """One typed row: its form's prefix, what would be paid, and what a buyer should know."""

    prefix: str
    price: Decimal | None = None
    net: Decimal | None = None
    reason: str = ""
    differs: bool = False
    offer: SupplierItem | None = None
    last: PurchaseOrderLine | None = None
    below_minimum: bool = False
    tax_rate: Decimal = Decimal(0)
    stock: StockQuantity | None = None


@dataclass
class PricedGrid:
    """All rows and the totals of those that have a price."""

    rows: list[GridRow]
    currency: Currency
    net: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    gross: Decimal = Decimal(0)
    unpriced: list[str] = field(default_factory=list)


def priced_rows(
    *,
    partner: Partner | None,
    currency: Currency | None,
    tax_included: bool,
    date: dt.date,
    rows: Sequence[tuple[str, Mapping[str, Any]]],
) -> PricedGrid:
    """Return the figures of the rows: (prefix, item, uom (key), quantity, price, discount_percent, tax (key))."""
    money = currency or (partner.currency if partner else base_currency())
    taxes = Tax.objects.in_bulk({row["tax"] for _prefix, row in rows if row.get("tax")})
    items = [row["item"].pk for _prefix, row in rows if row.get("item")]
    offers = supplier_items(partner.pk, items) if partner else {}
    last = last_purchases(items, partner.pk if partner else None)
    grid = PricedGrid([GridRow(prefix) for prefix, _row in rows], money)
    for shown, (_prefix, row) in zip(grid.rows, rows, strict=True):
        tax = taxes.get(row.get("tax") or 0) or tax_for(row.get("item"), partner)
        shown.tax_rate = tax.rate if tax else Decimal(0)
        item = row.get("item")
        shown.offer, shown.last = (offers.get(item.pk), last.get(item.pk)) if item else (None, None)
    found = _found_prices(grid, partner, tax_included, date, rows)
    for shown, (_prefix, row), answer in zip(grid.rows, rows, found, strict=True):
        _price(shown, row, answer)
        _add(grid, shown, row, tax_included)
    typed = {
        prefix: Typed(row["item"].pk, row["uom"], row["quantity"])
        for prefix, row in rows
        if row.get("item") and row.get("quantity") and row.get("uom") not in {None, row["item"].uom_id}
    }
    notes = stock_quantity_notes(typed) if typed else {}
    for shown in grid.rows:
        shown.stock = notes.get(shown.prefix)
    return grid


def _found_prices(
    grid: PricedGrid,
    partner: Partner | None,
    tax_included: bool,
    date: dt.date,
    rows: Sequence[tuple[str, Mapping[str, Any]]],
) -> list[PurchasePrice | None]:
    """The resolved price of each row that names an item and a quantity."""
    answers: list[PurchasePrice | None] = [None] * len(rows)
    if partner is None:
        return answers
    asked = [i for i, (_prefix, row) in enumerate(rows) if row.get("item") and row.get("quantity")]
    units = {uom.pk: uom for uom in _units(rows)}
    questions = [
        PriceQuestion(
            rows[i][1]["item"], units.get(rows[i][1].get("uom") or 0), rows[i][1]["quantity"], grid.rows[i].tax_rate
        )
        for i in asked
    ]
    found = purchase_prices(
        partner_id=partner.pk, currency=grid.currency, date=date, tax_included=tax_included, questions=questions
    )
    for i, answer in zip(asked, found, strict=True):
        answers[i] = answer
    return answers


def _units(rows: Sequence[tuple[str, Mapping[str, Any]]]) -> Any:
    return UnitOfMeasure.objects.filter(pk__in={row["uom"] for _prefix, row in rows if row.get("uom")})


def _price(shown: GridRow, row: Mapping[str, Any], answer: PurchasePrice | None) -> None:
    typed = row.get("price")
    if answer is not None:
        shown.reason = answer.reason
        shown.differs = typed is not None and typed != answer.price
    shown.price = typed if typed is not None else (answer.price if answer else None)
    if shown.offer is not None and shown.offer.min_order and row.get("quantity"):
        shown.below_minimum = row.get("uom") in {None, row["item"].uom_id} and row["quantity"] < shown.offer.min_order


def _add(grid: PricedGrid, shown: GridRow, row: Mapping[str, Any], tax_included: bool) -> None:
    if shown.price is None or not row.get("quantity"):
        grid.unpriced.append(shown.prefix)
        return
    discount = row.get("discount_percent") or Decimal(0)
    decimals = grid.currency.decimals
    amounts = price_line(row["quantity"], shown.price, discount, shown.tax_rate, tax_included, decimals)
    shown.net = amounts.net
    grid.net += amounts.net
    grid.tax += amounts.tax
    grid.gross += amounts.gross
