"""What callers hand to the stock ledger, and what they get back."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from core.money import round_quantity
from erp.models import StockMove, ValueEntry
from erp.states import SIDE_KINDS
from masterdata.selectors.units import FACTOR_DECIMALS

Key = tuple[int, int, int | None, int | None]
"""(item, location, lot, owner) of a balance; no owner: ours."""


@dataclass(frozen=True)
class MoveInput:
    """One move to post: ``quantity`` (above zero, stock unit) of an item from one location to another.

    amount       exact value of goods that come in, base currency; wins over ``unit_cost`` (per stock unit). Neither:
                 moving average, else last receipt, else standard cost.
    reverses_id  the move this one takes back, wholly or in part: it comes at the value that one had.
    demand_id    goods that leave serve this demand: its reservation is used first and its open quantity falls;
                 goods that come back open it again.
    owner_id     whose goods they are (None: ours); goods of others are counted and not valued.
    second_quantity  the same goods in the item's second unit; None: their share of what lies where they leave, or the
                 item's usual second quantity.
    carries_kept  between places of ours: what is kept for projects and orders goes along when free goods do not do.
    uom_id, unit_factor  the unit somebody typed the quantity in, and the stock units that one of it is.
    """

    item_id: int
    from_location_id: int
    to_location_id: int
    quantity: Decimal
    lot_id: int | None = None
    unit_cost: Decimal | None = None
    amount: Decimal | None = None
    source_line_id: int | None = None
    reverses_id: int | None = None
    work_order_id: int | None = None
    demand_id: int | None = None
    owner_id: int | None = None
    second_quantity: Decimal | None = None
    uom_id: int | None = None
    unit_factor: Decimal | None = None
    carries_kept: bool = False

    @property
    def from_key(self) -> Key:
        """Balance the goods leave."""
        return (self.item_id, self.from_location_id, self.lot_id, self.owner_id)

    @property
    def to_key(self) -> Key:
        """Balance the goods arrive in."""
        return (self.item_id, self.to_location_id, self.lot_id, self.owner_id)


@dataclass(frozen=True)
class PostedMoves:
    """What a posting wrote, in the order of its inputs, and the date it was booked on."""

    moves: list[StockMove]
    entries: list[ValueEntry]
    date: dt.date

    def cost_by_line(self) -> dict[int, Decimal]:
        """Return the value that left our stock per source line (below zero: came in), base currency."""
        costs: dict[int, Decimal] = {}
        for entry in self.entries:
            if entry.kind not in SIDE_KINDS and entry.source_line_id is not None:
                costs[entry.source_line_id] = costs.get(entry.source_line_id, ZERO) - entry.amount
        return costs


@dataclass(frozen=True)
class LotInput:
    """A lot or serial number to be known before goods of it move."""

    item_id: int
    code: str
    expiry_date: dt.date | None = None
    supplier_lot: str = ""


def typed_in(uom_id: int | None, entered: Decimal | None, quantity: Decimal | None) -> dict[str, Any]:
    """Return unit and factor of a `MoveInput` from what a document says: ``entered`` of a unit is ``quantity``."""
    if uom_id is None or not entered or not quantity or entered == quantity:
        return {}
    return {"uom_id": uom_id, "unit_factor": round_quantity(quantity / entered, FACTOR_DECIMALS)}
