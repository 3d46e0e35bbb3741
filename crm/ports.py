"""What sales asks of the apps below it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
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
class Promise:
    """What can be promised for one line, in the item's stock unit.

    on_hand         physically there, all warehouses.
    available       available to promise on the wanted date.
    promise_date    first date the whole quantity can be there; None: not within the planning horizon.
    short_quantity  what is missing on the wanted date.
    """

    on_hand: Decimal
    available: Decimal
    promise_date: dt.date | None
    short_quantity: Decimal


promise: Port[Any, list[Promise]] = Port(
    "crm.promise",
    """``promise(lines: Sequence[PromiseRequest], exclude_order_id=None, exclude_quotation_id=None)``: one Promise per
    line, in order; lines of the same item share what there is. The excluded document's own demand or hold does not
    count against it. Provided by erp.""",
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
