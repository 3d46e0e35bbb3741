"""The lines of a binding order as a change wants them: what may still move, and what is too late for."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from core.money import round_quantity
from crm.errors import BelowDelivered, FixedItem, FrozenPrice, LineClosed, LineRequested
from crm.models import SalesOrder, SalesOrderLine
from crm.selectors.deliveries import released_quantities
from crm.services.lines import match_lines, save_lines, understood_lines
from masterdata.services.pricing import fill_amounts

FROZEN = ("price", "discount_percent", "uom_id", "tax_id", "tax_rate")


def change_lines(order: SalesOrder, typed: Sequence[Mapping[str, Any]]) -> None:
    """Save the lines of a locked binding order as ``typed`` and set its amounts (the header itself is not saved).

    Raises:
        BelowDelivered, LineRequested, FrozenPrice, FixedItem, LineClosed: a line has gone too far for this change.
        EmptyDocument, ForeignLine and the other refusals of typed lines.
    """
    existing = list(order.lines.select_related("item__uom", "uom").order_by("line_no"))
    before = {line.pk: _facts(line) for line in existing}
    released = released_quantities(order)
    closed = {line.pk for line in existing if line.is_closed}
    understood = understood_lines(order, [line for line in typed if line.get("id") not in closed])
    changes = match_lines(order, [line for line in existing if not line.is_closed], understood, _new_line(order))
    for line in changes.kept:
        line.order = order
        _refuse_going_back(line, before[line.pk], released.get(line.pk, ZERO))
    _refuse_changing_closed(order, [line for line in existing if line.pk in closed], typed)
    for line in changes.dropped:
        line.order = order
        _drop(line, released.get(line.pk, ZERO))
    untouched = [line for line in existing if line.pk in closed]
    fill_amounts(order, [*untouched, *changes.kept, *changes.dropped, *changes.added])
    changes.kept.extend(changes.dropped)
    save_lines(SalesOrderLine, changes)


def _new_line(order: SalesOrder) -> Any:
    return lambda: SalesOrderLine(order=order)


def _facts(line: SalesOrderLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in ("item_id", "quantity", "stock_quantity", *FROZEN)}


def _refuse_going_back(line: SalesOrderLine, before: Mapping[str, Any], released: Decimal) -> None:
    """Refuse what a line that has been delivered, invoiced or released in part can no longer become."""
    done = max(line.delivered_quantity, line.invoiced_quantity)
    if line.item_id != before["item_id"]:
        raise FixedItem(line=line.line_no, order=line.order, field="lines")
    if line.stock_quantity < done:
        raise BelowDelivered(
            line=line.line_no, order=line.order, done=done, quantity=line.stock_quantity, field="lines"
        )
    if released and line.stock_quantity < line.delivered_quantity + released:
        raise LineRequested(line=line.line_no, order=line.order, requested=released, field="lines")
    if done and any(getattr(line, name) != before[name] for name in FROZEN):
        raise FrozenPrice(line=line.line_no, order=line.order, field="lines")


def _refuse_changing_closed(
    order: SalesOrder, closed: Sequence[SalesOrderLine], typed: Sequence[Mapping[str, Any]]
) -> None:
    """A closed line may be sent along as it is, or left out; anything else is a mistake."""
    by_id = {line["id"]: line for line in typed if line.get("id")}
    for line in closed:
        wanted = by_id.get(line.pk)
        if wanted is not None and wanted.get("quantity") != line.quantity:
            raise LineClosed(line=line.line_no, order=order, field="lines")


def _drop(line: SalesOrderLine, released: Decimal) -> None:
    """Close a line at what was delivered or invoiced; nothing of it is left to deliver."""
    if released:
        raise LineRequested(line=line.line_no, order=line.order, requested=released, field="lines")
    done = max(line.delivered_quantity, line.invoiced_quantity)
    line.is_closed = True
    factor = line.stock_quantity / line.quantity
    quantity = round_quantity(done / factor, line.uom.decimals if line.uom is not None else 6)
    if line.item is not None and quantity * factor != done:  # seven of a box of twelve: count pieces from here on
        line.uom = line.item.uom
        line.price = round_quantity(line.price / factor)
        quantity = done
    line.quantity = quantity
    line.stock_quantity = done
