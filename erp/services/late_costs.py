"""Costs that come after the goods: freight, a dearer invoice. They follow the goods to where those are now."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.clock import business_date
from core.fields import ZERO
from core.operations import operation
from erp.models import StockMove
from erp.selectors.late_costs import Trace, trace_late_costs
from erp.services.stock.locking import lock_costs
from erp.services.stock.valuing import base_decimals
from erp.services.valuation import AppendedValue, ValueInput, append_value
from erp.states import EntryKind, ValueCounter


@dataclass(frozen=True)
class LateCost:
    """What the goods of one move that came in cost more (below zero: less), base currency.

    line_id  line of the source document that says so.
    """

    move_id: int
    amount: Decimal
    line_id: int | None = None


@operation(permission=None)
def follow_late_costs(
    *,
    costs: Sequence[LateCost],
    kind: EntryKind,
    counter: ValueCounter,
    source: Any,
    date: dt.date,
    actor: Any,
    at: dt.datetime,
) -> AppendedValue:
    """Make received goods dearer or cheaper, wherever they are now; ``counter`` is the other side of the whole cost.

    Each receipt's part is booked on its own day while that period is open, else on the first open day; what was issued
    from it likewise. What left for a shipment goes to goods dispatched or cost of sales, for an open work order to its
    work in progress, for a closed one into its output, for scrap, count or supplier to their losses. Under month-end
    average the run of the present month brings it there, whatever day the document bears; of earlier months it follows.

    Raises:
        TraceTooDeep: see trace_late_costs.
        (erp.services.valuation.append_value): no period is open.
    """
    amounts: dict[int, Decimal] = {}
    lines: dict[int, int | None] = {}
    for cost in costs:
        amounts[cost.move_id] = amounts.get(cost.move_id, ZERO) + cost.amount
        lines[cost.move_id] = cost.line_id
    is_averaging = kind == EntryKind.MONTH_AVERAGE
    trace = _traced_under_lock(amounts, date if is_averaging else max(date, business_date(at)))
    inputs = [
        ValueInput(
            move_id=step.move_id,
            amount=step.amount,
            kind=kind,
            counter=counter if step.level == 0 and step.layer_id is None else None,
            layer_id=step.layer_id,
            line_id=lines.get(step.move_id),
        )
        for step in trace.steps
    ]
    return append_value(inputs=inputs, source=source, actor=actor, at=at)


def _traced_under_lock(amounts: dict[int, Decimal], date: dt.date) -> Trace:
    """Find the items concerned, lock their cost rows in order, and trace again: what was found may have moved on."""
    decimals = base_decimals()
    first = set(StockMove.objects.filter(pk__in=amounts).values_list("item_id", flat=True))
    locked = first | trace_late_costs(amounts, date, decimals).item_ids
    lock_costs(locked)
    trace = trace_late_costs(amounts, date, decimals)
    while trace.item_ids - locked:
        locked |= trace.item_ids
        lock_costs(locked)
        trace = trace_late_costs(amounts, date, decimals)
    return trace
