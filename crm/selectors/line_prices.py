"""What typed lines mean: item, unit, stock quantity, tax, and the price with its reason."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from core.errors import InvalidInput
from core.fields import ZERO
from crm.errors import ItemNotSold
from masterdata.engines.pricing import convert_price
from masterdata.errors import ClosedForEntry, MergedAway
from masterdata.models import Item, Partner, Tax, UnitOfMeasure
from masterdata.selectors.prices import PriceRequest, ResolvedPrice, resolve_prices
from masterdata.selectors.taxes import default_tax
from masterdata.selectors.units import to_stock_quantities


@dataclass(frozen=True)
class LineInput:
    """One typed line. ``quantity`` and ``price`` are in ``uom_id`` (empty: the item's stock unit).

    ``price`` None asks for the price of the lists; ``id`` is the existing line it replaces; ``tax_id`` None asks for
    the customer's, the item's, or the default tax.
    """

    item_id: int | None = None
    quantity: Decimal = ZERO
    uom_id: int | None = None
    price: Decimal | None = None
    discount_percent: Decimal = ZERO
    tax_id: int | None = None
    description: str = ""
    ship_date: dt.date | None = None
    promised_date: dt.date | None = None
    id: int | None = None


@dataclass(frozen=True)
class PriceContext:
    """Whose prices, in which currency, with tax or without, on which day."""

    partner: Partner
    currency_id: int
    tax_included: bool
    date: dt.date


@dataclass(frozen=True)
class LinePrice:
    """A typed line understood. ``price`` is per ``uom`` as the document wants it (with or without tax).

    ``list_price`` and ``floor_price`` are what the lists say, in the same terms; ``reason`` says which list.
    """

    typed: LineInput
    item: Item | None
    uom: UnitOfMeasure | None
    stock_quantity: Decimal
    tax: Tax | None
    price: Decimal | None
    list_price: Decimal | None
    floor_price: Decimal | None
    reason: str

    @property
    def tax_rate(self) -> Decimal:
        """The rate in percent; 0 without tax."""
        return self.tax.rate if self.tax is not None else ZERO


def understand_lines(lines: Sequence[LineInput], context: PriceContext) -> list[LinePrice]:
    """Return what each typed line means, in order, with a fixed number of queries.

    A line without item is a text line: its stock quantity is its quantity, its price what was typed.

    Raises:
        InvalidInput: an id names nothing.
        ItemNotSold, ClosedForEntry, MergedAway: the item is not for sale.
        UnitNotConvertible: the item has no such unit.
    """
    items = _rows(Item.objects.select_related("uom", "tax"), [one.item_id for one in lines], "item_id")
    uoms = _rows(UnitOfMeasure.objects.all(), [one.uom_id for one in lines], "uom_id")
    taxes = _rows(Tax.objects.all(), [one.tax_id for one in lines], "tax_id")
    for item in items.values():
        _require_sold(item)
    stock = _stock_quantities(lines, items, uoms)
    prices = _prices(lines, context, items.values())
    open_tax = context.partner.tax_id is None and any(
        line.tax_id is None and not (line.item_id and items[line.item_id].tax_id) for line in lines
    )
    fallback = default_tax() if open_tax else None
    understood = []
    for line, quantity, resolved in zip(lines, stock, prices, strict=True):
        item = items.get(line.item_id) if line.item_id else None
        tax = taxes[line.tax_id] if line.tax_id else _tax(item, context.partner, fallback)
        uom = uoms[line.uom_id] if line.uom_id else (item.uom if item else None)
        list_price, floor_price = _as_wanted(resolved, tax, context)
        understood.append(
            LinePrice(
                typed=line,
                item=item,
                uom=uom,
                stock_quantity=quantity,
                tax=tax,
                price=line.price if line.price is not None else list_price,
                list_price=list_price,
                floor_price=floor_price,
                reason=resolved.reason if resolved is not None else "",
            )
        )
    return understood


def _require_sold(item: Item) -> None:
    if item.merged_into_id is not None:
        raise MergedAway(record=item, survivor=item.merged_into)
    if not item.is_active:
        raise ClosedForEntry(record=item)
    if not item.is_sold:
        raise ItemNotSold(item=item)


def _rows(queryset: QuerySet[Any], ids: Sequence[int | None], field: str) -> dict[int, Any]:
    wanted = {pk for pk in ids if pk}
    found = queryset.in_bulk(wanted) if wanted else {}
    if len(found) < len(wanted):
        message = gettext("There is no %(kind)s with the key %(pk)s.")
        kind = queryset.model._meta.verbose_name
        raise InvalidInput(message=message % {"kind": kind, "pk": min(wanted - found.keys())}, field=f"lines.{field}")
    return found


def _stock_quantities(lines: Sequence[LineInput], items: dict[int, Item], uoms: dict[int, Any]) -> list[Decimal]:
    rows = [(items[line.item_id], uoms.get(line.uom_id or 0), line.quantity) for line in lines if line.item_id]
    converted = iter(to_stock_quantities(rows))
    return [next(converted) if line.item_id else line.quantity for line in lines]


def _prices(lines: Sequence[LineInput], context: PriceContext, items: Iterable[Item]) -> list[ResolvedPrice | None]:
    requests = [
        PriceRequest(
            line.item_id, context.partner.pk, line.quantity, line.uom_id, context.date, context.currency_id, "sales"
        )
        for line in lines
        if line.item_id
    ]
    resolved = iter(resolve_prices(requests, items=items, partners=[context.partner]))
    return [next(resolved) if line.item_id else None for line in lines]


def _tax(item: Item | None, partner: Partner, fallback: Tax | None) -> Tax | None:
    if partner.tax_id is not None:
        return partner.tax
    if item is not None and item.tax_id is not None:
        return item.tax
    return fallback


def _as_wanted(
    resolved: ResolvedPrice | None, tax: Tax | None, context: PriceContext
) -> tuple[Decimal | None, Decimal | None]:
    """The price and the floor of the lists, with tax or without as the document has it."""
    if resolved is None:
        return None, None
    rate = tax.rate if tax is not None else ZERO
    price, floor = (
        None
        if one is None
        else convert_price(one, rate, from_included=resolved.tax_included, to_included=context.tax_included)
        for one in (resolved.price, resolved.floor_price)
    )
    return price, floor
