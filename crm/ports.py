"""What sales asks of the apps below it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.ports import Port


@dataclass(frozen=True)
class PromiseRequest:
    """One line somebody wants to promise: ``quantity`` in the item's stock unit, wanted on ``date``."""

    item_id: int
    quantity: Decimal
    date: dt.date


@dataclass(frozen=True)
class PromiseStep:
    """A link of the chain that decides a promise: the item is there on ``date`` because of ``cause``.

    cause   stock, supply (expected), buy or make (which takes ``days`` working days), resource (the time it takes on
            ``resource``; without a date: it has no free time), substitute (in stock), no_source.
    spoken  how much of its stock (in its stock unit) others' orders still to be made need.
    """

    item_id: int
    item_code: str
    cause: str
    date: dt.date | None
    days: int = 0
    resource: str = ""
    spoken: Decimal = Decimal(0)


@dataclass(frozen=True)
class Promise:
    """What can be promised for one line, in the item's stock unit.

    on_hand         physically there, all warehouses.
    available       available to promise on the wanted date.
    promise_date    first date the whole quantity can be there; None: not within the planning horizon.
    short_quantity  what is missing on the wanted date.
    why             from the item down to the bottleneck, which is the last.
    parts           (quantity, date) of a split delivery, earliest first; only when they were asked for.
    """

    on_hand: Decimal
    available: Decimal
    promise_date: dt.date | None
    short_quantity: Decimal
    why: tuple[PromiseStep, ...] = field(default=(), compare=False)
    parts: tuple[tuple[Decimal, dt.date | None], ...] = field(default=(), compare=False)

    @property
    def bottleneck(self) -> PromiseStep | None:
        """What all of it waits for; None when it is there in time."""
        return self.why[-1] if self.why and self.why[-1].cause != "stock" else None


promise: Port[Any, list[Promise]] = Port(
    "crm.promise",
    """``promise(lines: Sequence[PromiseRequest], exclude_order_id=None, exclude_quotation_id=None, parts_of=None,
    project_id=None)``: one Promise per line, in order; lines of the same item, or made of the same parts, share what
    there is. The excluded document's own demand or hold does not count against it, nor does what its project keeps;
    ``parts_of`` is the place of the line whose split delivery is asked for. Provided by erp.""",
)

unit_costs: Port[[Sequence[int]], dict[int, Decimal]] = Port(
    "crm.unit_costs",
    """``unit_costs(item_ids)``: present cost per stock unit in base currency by item; an item that nothing is known of
    is left out. Provided by erp.""",
)

credit_exposure: Port[Any, Decimal] = Port(
    "crm.credit_exposure",
    """``credit_exposure(partner_id, exclude_order_id=None)``: open receivables + delivered not invoiced + confirmed
    undelivered − unapplied prepayments, gross, in base currency. Provided by finance.""",
)

received_for_order: Port[[int], Decimal] = Port(
    "crm.received_for_order",
    """``received_for_order(order_id)``: money received for the order (prepaid, or allocated to its invoices), in the
    order's currency. Provided by finance.""",
)
