"""What callers hand over to change the value of goods that have moved, and what they get back."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from erp.models import ValueEntry
from erp.states import EntryKind, MoveKind, ValueCounter


@dataclass(frozen=True)
class ValueInput:
    """One value entry to append to a move.

    move_id   the move whose value changes. One that brought goods in: its layer is worth more or less. One that took
              goods out: the cost follows them (to work in progress, cost of sales, loss).
    amount    change of *our stock value*, base currency, signed. A freight of 10.00 on a receipt of which half was sold
              is two inputs: +10.00 on the receipt, -5.00 on the shipment.
    kind      late_cost, price_correction, revaluation, backdating or month_average.
    counter   where the other side goes; empty: where the move's own value went (WIP, goods dispatched and cost of
              sales, loss, …), for purchases the price difference.
    layer_id  of a move that took goods out: the layer whose cost follows (empty: all it used, by quantity).
    date      wanted posting date; empty: the date of the move. The first open day when that period is closed.
    line_id   line of the source document that is the reason.
    """

    move_id: int
    amount: Decimal
    kind: EntryKind
    counter: ValueCounter | None = None
    layer_id: int | None = None
    date: dt.date | None = None
    line_id: int | None = None


@dataclass(frozen=True)
class Settled:
    """What a closed work order cost more (negative: less) after its close: it is a variance, not work in progress."""

    work_order_id: int
    item_id: int
    amount: Decimal
    date: dt.date


@dataclass(frozen=True)
class AppendedValue:
    """What `append_value` wrote: the entries, in the order of the inputs, and the orders it settled again."""

    entries: list[ValueEntry] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)


DEFAULT_COUNTERS: dict[str, ValueCounter] = {
    MoveKind.RECEIPT: ValueCounter.PRICE_DIFFERENCE,
    MoveKind.SUPPLIER_RETURN: ValueCounter.PRICE_DIFFERENCE,
    MoveKind.SHIPMENT: ValueCounter.DISPATCHED,
    MoveKind.CUSTOMER_RETURN: ValueCounter.COST_OF_SALES,
    MoveKind.ISSUE: ValueCounter.WIP,
    MoveKind.ISSUE_RETURN: ValueCounter.WIP,
    MoveKind.PRODUCTION: ValueCounter.WIP,
    MoveKind.MISC_RECEIPT: ValueCounter.MISC_GAIN,
    MoveKind.MISC_ISSUE: ValueCounter.MISC_LOSS,
    MoveKind.SCRAP: ValueCounter.SCRAP_LOSS,
    MoveKind.OPENING: ValueCounter.OPENING,
    MoveKind.SUBCONTRACT_USE: ValueCounter.SUBCONTRACT,
    MoveKind.SUBCONTRACT: ValueCounter.SUBCONTRACT,
}


def default_counter(kind: str, *, brings: bool) -> ValueCounter:
    """Return where the value of a move went, or came from, by its kind (a count: by whether it brought goods in)."""
    if kind == MoveKind.COUNT:
        return ValueCounter.COUNT_GAIN if brings else ValueCounter.COUNT_LOSS
    return DEFAULT_COUNTERS[kind]
