"""Which line of which price list wins, and why (HARD_RULES §14).

List of the customer before list of his class before general list; inside a list the item before its category, and the
nearer category before the farther; then the line in the asked unit; then the highest quantity break reached; then the
latest beginning of validity.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

PARTNER, CLASS, GENERAL = 0, 1, 2


@dataclass(frozen=True)
class PriceRequest:
    """One question: the price of ``item_id`` for ``partner_id``, per ``uom_id`` (None: the stock unit)."""

    item_id: int
    partner_id: int | None
    quantity: Decimal
    uom_id: int | None
    date: dt.date
    currency_id: int
    kind: str = "sales"


@dataclass(frozen=True)
class Candidate:
    """A line of a price list with what decides whether it holds; ``distance`` 0 = item, 1.. = levels of category."""

    line_id: int
    list_code: str
    level: int
    currency_id: int
    kind: str
    tax_included: bool
    distance: int
    uom_id: int | None
    min_quantity: Decimal
    price: Decimal
    discount_percent: Decimal
    floor_price: Decimal | None
    periods: tuple[tuple[dt.date | None, dt.date | None], ...]
    begins: dt.date | None

    def holds_on(self, date: dt.date) -> bool:
        """Return whether list and line are valid on ``date`` (``valid_to`` is exclusive)."""
        return all((start is None or start <= date) and (end is None or date < end) for start, end in self.periods)

    @property
    def is_from_list_price(self) -> bool:
        """Return whether the line is a discount on the item's list price instead of a price."""
        return not self.price and bool(self.discount_percent)


def best(
    candidates: Iterable[Candidate], request: PriceRequest, stock_uom_id: int, factors: Mapping[int, Decimal]
) -> Candidate | None:
    """Return the winning line for ``request``; ``factors`` are stock units per unit of the item."""
    asked = request.uom_id or stock_uom_id
    stock_quantity = abs(request.quantity) * factors[asked]

    def reached(one: Candidate) -> bool:
        factor = factors.get(one.uom_id or stock_uom_id)
        return factor is not None and stock_quantity >= one.min_quantity * factor

    def rank(one: Candidate) -> tuple[Any, ...]:
        line_uom = one.uom_id or stock_uom_id
        return (
            one.level,
            one.distance,
            line_uom != asked,
            -one.min_quantity * factors[line_uom],
            -(one.begins.toordinal() if one.begins else 0),
            -one.line_id,
        )

    fitting = [
        one
        for one in candidates
        if one.kind == request.kind
        and one.currency_id == request.currency_id
        and one.holds_on(request.date)
        and reached(one)
    ]
    return min(fitting, key=rank, default=None)
