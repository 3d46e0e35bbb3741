"""The lines of quotations and sales orders, from what was typed to saved rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from core import history
from core.fields import ZERO
from crm.errors import EmptyDocument, ForeignLine, PriceMissing
from crm.models import Quotation, QuotationLine, SalesOrder, SalesOrderLine
from crm.selectors.line_prices import LineInput, LinePrice, PriceContext, understand_lines
from masterdata.services.entry import check_quantity
from masterdata.services.pricing import fill_amounts

L = TypeVar("L", QuotationLine, SalesOrderLine)
TYPED = (
    "item",
    "description",
    "quantity",
    "uom",
    "stock_quantity",
    "price",
    "discount_percent",
    "tax",
    "tax_rate",
    "net_amount",
    "tax_amount",
    "gross_amount",
    "ship_date",
    "price_reason",
    "floor_price",
    "is_promised",
)
SAVED = {QuotationLine: TYPED, SalesOrderLine: (*TYPED, "promised_date", "is_closed")}


@dataclass(frozen=True)
class LineChanges(Generic[L]):
    """The lines a document is to have: ``kept`` and ``added`` in their order, ``dropped`` no longer wanted."""

    kept: list[L]
    added: list[L]
    dropped: list[L]

    @property
    def wanted(self) -> list[L]:
        """All lines the document is to have."""
        return self.kept + self.added


def line_inputs(lines: Sequence[Mapping[str, Any]]) -> list[LineInput]:
    """Return typed lines; keys are the fields of LineInput."""
    return [LineInput(**{name: value for name, value in line.items() if value is not None}) for line in lines]


def price_context(document: Quotation | SalesOrder) -> PriceContext:
    """Return whose prices hold for ``document``."""
    return PriceContext(document.partner, document.currency_id, document.tax_included, document.document_date)


def understood_lines(document: Quotation | SalesOrder, lines: Sequence[Mapping[str, Any]]) -> list[LinePrice]:
    """Return typed lines with items, units, taxes and prices found.

    Raises:
        EmptyDocument: there are no lines.
        PriceMissing, QuantityTooFine, ItemNotSold, ClosedForEntry, MergedAway, UnitNotConvertible, InvalidInput:
            see `understand_lines` and `require_prices`.
    """
    if not lines:
        raise EmptyDocument(document=document.number or document._meta.verbose_name, field="lines")
    understood = understand_lines(line_inputs(lines), price_context(document))
    require_prices(understood)
    return understood


def require_prices(lines: Sequence[LinePrice]) -> None:
    """Refuse lines that nobody priced and quantities finer than their unit.

    Raises:
        PriceMissing: no list names a price and none was typed.
        QuantityTooFine: more decimals than the unit of measure has.
    """
    for line in lines:
        if line.price is None:
            raise PriceMissing(item=line.item or line.typed.description, field="lines")
        if line.uom is not None:
            check_quantity(line.uom, line.typed.quantity)


def match_lines(
    document: Quotation | SalesOrder, existing: Sequence[L], understood: Sequence[LinePrice], new: Callable[[], L]
) -> LineChanges[L]:
    """Match typed lines with the existing ones by id and write what was typed on them; nothing is saved.

    ``new()`` makes an unsaved line. Lines keep their numbers; new ones follow the highest.

    Raises:
        ForeignLine: an id is not of this document.
    """
    by_id = {line.pk: line for line in existing}
    next_no = max((line.line_no for line in existing), default=0) + 1
    kept: list[L] = []
    added: list[L] = []
    for one in understood:
        if one.typed.id is None:
            line = new()
            line.line_no = next_no
            next_no += 1
            added.append(line)
        else:
            if one.typed.id not in by_id:
                raise ForeignLine(line=one.typed.id, document=document, field="lines")
            line = by_id.pop(one.typed.id)
            kept.append(line)
        write_line(line, one)
    return LineChanges(kept, added, list(by_id.values()))


def write_line(line: QuotationLine | SalesOrderLine, one: LinePrice) -> None:
    """Put what was typed and understood on ``line``; it is promised no more for another day."""
    if (line.item_id, line.ship_date) != (one.item.pk if one.item else None, one.typed.ship_date):
        line.is_promised = False
    line.item = one.item
    line.description = one.typed.description
    line.quantity = one.typed.quantity
    line.uom = one.uom
    line.stock_quantity = one.stock_quantity
    line.price = one.price if one.price is not None else ZERO
    line.discount_percent = one.typed.discount_percent
    line.tax = one.tax
    line.tax_rate = one.tax_rate
    line.ship_date = one.typed.ship_date
    if isinstance(line, SalesOrderLine):
        line.promised_date = one.typed.promised_date
    line.floor_price = one.floor_price
    line.price_reason = one.reason[:120] if one.price == one.list_price else ""


def save_with_lines(
    document: Quotation | SalesOrder, model: type[L], parent: str, lines: Sequence[Mapping[str, Any]]
) -> None:
    """Save a new header with these lines and its amounts.

    Raises:
        See `understood_lines`.
    """
    rows = []
    for number, one in enumerate(understood_lines(document, lines), start=1):
        row = model(line_no=number)
        write_line(row, one)
        rows.append(row)
    fill_amounts(document, rows)
    history.create_with_lines(document, rows, parent)


def replace_lines(
    document: Quotation | SalesOrder, model: type[L], parent: str, lines: Sequence[Mapping[str, Any]]
) -> None:
    """Give a saved draft exactly these lines and compute its amounts (the header itself is not saved).

    Raises:
        See `understood_lines` and `match_lines`.
    """
    understood = understood_lines(document, lines)
    existing = list(model._default_manager.filter(**{parent: document}).order_by("line_no"))
    changes = match_lines(document, existing, understood, lambda: model(**{parent: document}))
    fill_amounts(document, changes.wanted)
    if changes.dropped:
        model._default_manager.filter(pk__in=[line.pk for line in changes.dropped]).delete()
    save_lines(model, changes)


def save_lines(model: type[L], changes: LineChanges[L]) -> None:
    """Save kept and added lines with their history, two statements each."""
    if changes.kept:
        history.bulk_update(changes.kept, model, list(SAVED[model]))
    if changes.added:
        history.bulk_create(changes.added, model)
