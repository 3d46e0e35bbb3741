"""What can be promised for the lines of a quotation or an order, why, and in which parts."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from crm import ports
from crm.models import SalesOrder


@dataclass(frozen=True)
class LinePart:
    """A part of a split delivery, in the line's own unit."""

    quantity: Decimal
    date: dt.date | None


@dataclass(frozen=True)
class LinePromise:
    """The promise for one line, wanted on a day; ``parts`` only where they were asked for."""

    line: Any
    wanted: dt.date
    promise: ports.Promise
    parts: tuple[LinePart, ...] = ()

    @property
    def is_late(self) -> bool:
        """All of it cannot be there on the wanted day."""
        return self.promise.promise_date is None or self.promise.promise_date > self.wanted

    @property
    def can_be_split(self) -> bool:
        """Some of it can be there earlier, and every part has a day."""
        return len(self.parts) > 1 and all(part.date for part in self.parts)


def wanted_on(document: Any, ship_date: dt.date | None) -> dt.date:
    """Return the day the goods of a line are wanted."""
    return ship_date or document.requested_date or document.document_date


def promises_of(document: Any, lines: Sequence[Any], *, parts_of: int | None = None) -> dict[int, LinePromise]:
    """Return the promises of a stored document's lines by key, taken one after the other in their order.

    parts_of  key of the line whose split delivery is asked for.
    """
    asked = [line for line in lines if line.item_id and line.stock_quantity > 0]
    if not asked:
        return {}
    wanted = [wanted_on(document, line.ship_date) for line in asked]
    excluded = "exclude_order_id" if isinstance(document, SalesOrder) else "exclude_quotation_id"
    place = next((index for index, line in enumerate(asked) if line.pk == parts_of), None)
    in_parts = {} if place is None else {"parts_of": place}
    of_project = {"project_id": document.project_id} if getattr(document, "project_id", None) else {}
    answers = ports.promise(
        [ports.PromiseRequest(line.item_id, line.stock_quantity, day) for line, day in zip(asked, wanted, strict=True)],
        **{excluded: document.pk},
        **in_parts,
        **of_project,
    )
    return {
        line.pk: LinePromise(line, day, one, in_line_unit(line, one.parts) if one.parts else ())
        for line, day, one in zip(asked, wanted, answers, strict=True)
    }


def in_line_unit(line: Any, parts: Sequence[tuple[Decimal, dt.date | None]]) -> tuple[LinePart, ...]:
    """Return parts in stock units as whole steps of the line's unit; what does not make a step comes with the next."""
    step = Decimal(1).scaleb(-line.uom.decimals)
    found: list[LinePart] = []
    done = reached = Decimal(0)
    for number, (quantity, date) in enumerate(parts, start=1):
        reached += quantity
        steps = (reached * line.quantity / line.stock_quantity / step).to_integral_value(ROUND_FLOOR)
        upto = line.quantity if number == len(parts) else steps * step
        if upto > done:
            found.append(LinePart(upto - done, date))
            done = upto
    return tuple(found)
