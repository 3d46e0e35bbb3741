"""Amounts of priced documents."""

from collections.abc import Sequence
from typing import Any

from masterdata.engines.pricing import LineInput, total
from masterdata.models import PricedDocument
from masterdata.selectors.taxes import default_tax
from masterdata.selectors.units import to_stock_quantities


def fill_defaults(document: PricedDocument, lines: Sequence[Any]) -> None:
    """Complete lines as they were typed: unit, description and tax of the item, tax rate of the tax. No write.

    A line that names its tax keeps it. The document's partner overrides the items' taxes.
    """
    fallback: Any = None
    if any(line.tax_id is None for line in lines):
        fallback = document.partner.tax or default_tax()
    for line in lines:
        if line.item_id is not None:
            line.uom = line.uom or line.item.uom
            line.description = line.description or line.item.label()
        if line.tax_id is None:
            own = line.item.tax if line.item_id is not None and document.partner.tax_id is None else None
            line.tax = own or fallback
        line.tax_rate = line.tax.rate if line.tax_id is not None else 0


def fill_amounts(document: PricedDocument, lines: Sequence[Any]) -> None:
    """Set quantity in stock unit, net, tax and gross of the lines and the sums of the document. No write.

    Counts with the ``tax_rate`` that stands on the line, so that a return keeps the figures of its original.

    Raises:
        UnitNotConvertible: an item has no conversion from the line's unit.
    """
    with_item = [line for line in lines if line.item_id is not None]
    converted = to_stock_quantities([(line.item, line.uom, line.quantity) for line in with_item])
    for line in lines:
        line.stock_quantity = line.quantity
    for line, quantity in zip(with_item, converted, strict=True):
        line.stock_quantity = quantity
    entered = [LineInput(line.quantity, line.price, line.discount_percent, line.tax_rate) for line in lines]
    amounts = total(entered, document.rounding_level, document.tax_included, document.currency.decimals)
    for line, one in zip(lines, amounts.lines, strict=True):
        line.net_amount, line.tax_amount, line.gross_amount = one.net, one.tax, one.gross
    document.net_amount, document.tax_amount, document.gross_amount = amounts.net, amounts.tax, amounts.gross
