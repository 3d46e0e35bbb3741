"""Offering a line of a quotation in several deliveries."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core import audit, history
from core.documents import lock
from core.operations import operation
from crm.errors import ForeignLine, SplitDoesNotAddUp
from crm.models import Quotation, QuotationLine
from crm.services.guards import require_draft
from crm.services.lines import replace_lines


@operation(permission="crm.change_quotation", document=(Quotation, "quotation_id"))
def split_quotation_line(
    *,
    quotation_id: int,
    line_id: int,
    parts: Sequence[Mapping[str, Any]],
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Quotation:
    """Replace a line of a draft by parts of it with a delivery date each, at the price it has.

    What is in stock and expected for these parts is kept for them when the order that comes of it is confirmed.

    parts  ``quantity`` (in the line's unit) and ``ship_date``; the first keeps the line, the others follow at the end.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotEditable: it is no longer a draft.
        ForeignLine: the line is not of this quotation.
        SplitDoesNotAddUp: there are not two parts at least, one is empty, or together they are not the line's quantity.
    """
    quotation = lock(Quotation, quotation_id, version=version)
    require_draft(quotation)
    lines = list(quotation.lines.order_by("line_no"))
    line = next((one for one in lines if one.pk == line_id), None)
    if line is None:
        raise ForeignLine(line=line_id, document=quotation, field="line_id")
    quantities = [Decimal(part["quantity"]) for part in parts]
    if len(parts) < 2 or min(quantities) <= 0 or sum(quantities) != line.quantity:
        raise SplitDoesNotAddUp(line=line.line_no, quantity=line.quantity)
    typed = []
    for one in lines:
        first = {"quantity": quantities[0], "ship_date": parts[0]["ship_date"]} if one is line else {}
        typed.append(_typed(one) | {"id": one.pk} | first)
    typed += [
        _typed(line) | {"quantity": quantity, "ship_date": part["ship_date"]}
        for quantity, part in zip(quantities[1:], parts[1:], strict=True)
    ]
    replace_lines(quotation, QuotationLine, "quotation", typed)
    _mark(quotation, before={one.pk for one in lines} - {line.pk})
    quotation.version += 1
    quotation.save()
    audit.record(quotation, "line_split", actor=actor, at=at, line=line.line_no, parts=[str(one) for one in quantities])
    return quotation


def _mark(quotation: Quotation, before: set[int]) -> None:
    """Note of the parts that they were promised: what the order is promised then is kept for it."""
    parts = list(quotation.lines.exclude(pk__in=before))
    for part in parts:
        part.is_promised = True
    history.bulk_update(parts, QuotationLine, ["is_promised"])


def _typed(line: QuotationLine) -> dict[str, Any]:
    """What was typed on a stored line."""
    return {
        "item_id": line.item_id,
        "description": line.description,
        "quantity": line.quantity,
        "uom_id": line.uom_id,
        "price": line.price,
        "discount_percent": line.discount_percent,
        "tax_id": line.tax_id,
        "ship_date": line.ship_date,
    }
