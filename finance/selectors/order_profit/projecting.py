"""What order lines will have earned once all of them is delivered: their margin as production stands this moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.clock import company
from core.fields import ZERO
from core.money import round_amount
from erp.selectors.projected_costs import pegged_orders, projected_units

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Projection:
    """Revenue, cost and margin to be expected, base currency.

    cost      of what is delivered as booked, of the rest at what its orders are projected to cost.
    planned   the same by the baselines of those orders.   orders  their numbers.   is_over  they run over their plan.
    """

    revenue: Decimal = ZERO
    cost: Decimal = ZERO
    planned: Decimal = ZERO
    expense: Decimal = ZERO
    orders: tuple[str, ...] = ()
    is_over: bool = False

    @property
    def margin(self) -> Decimal:
        """What will be left."""
        return self.revenue - self.cost - self.expense

    @property
    def planned_margin(self) -> Decimal:
        """What would be left if the orders cost what they were to cost."""
        return self.revenue - self.planned - self.expense

    @property
    def overrun(self) -> Decimal:
        """How much more than planned it will cost; below zero: less."""
        return self.cost - self.planned

    @property
    def percent(self) -> Decimal | None:
        """The margin in percent of the revenue; None without any."""
        return (self.margin / self.revenue * HUNDRED).quantize(Decimal("0.1")) if self.revenue else None


def projections(facts: Sequence[Mapping[str, Any]], *, order_id: int | None = None) -> list[Projection | None]:
    """Return one projection per row of the facts, in their order; None where nothing is known of the cost to come.

    Lines that no order is made for go by the present cost; of one order (``order_id``) by the orders that serve it in
    the plan, if any. Read afresh: it changes with the posting that changes an order's projection.

    Source: HARD_RULES §9.
    """
    own = company()
    decimals = own.base_decimals if own else 2
    to_come = {row["line_id"]: row["item_id"] for row in facts if row["item_id"] and row["remaining"]}
    units = projected_units(to_come) if to_come else {}
    unserved = [key for key in to_come if key not in units or not units[key].numbers]
    if unserved and order_id is not None:
        pegged = pegged_orders(order_id)
        if pegged:
            units |= projected_units({key: to_come[key] for key in unserved}, pegged)
    return [_projection(row, units, decimals) for row in facts]


def total_projection(found: Iterable[Projection | None]) -> Projection | None:
    """Return the sum of lines; None when one of them is not known."""
    known = list(found)
    if not known or any(one is None for one in known):
        return None
    lines = [one for one in known if one is not None]
    return Projection(
        revenue=sum((one.revenue for one in lines), ZERO),
        cost=sum((one.cost for one in lines), ZERO),
        planned=sum((one.planned for one in lines), ZERO),
        expense=sum((one.expense for one in lines), ZERO),
        orders=tuple(dict.fromkeys(number for one in lines for number in one.orders)),
        is_over=any(one.is_over for one in lines),
    )


def _projection(row: Mapping[str, Any], units: Mapping[int, Any], decimals: int) -> Projection | None:
    booked, expense = row["shipped"], row["expense"]
    if not row["item_id"]:
        return Projection(row["ordered"], booked, booked, expense)
    share = (row["delivered"] + row["remaining"]) / row["stock_quantity"] if row["stock_quantity"] else Decimal(1)
    revenue = round_amount(row["ordered"] * share, decimals)
    if not row["remaining"]:
        return Projection(revenue, booked, booked, expense)
    unit = units.get(row["line_id"])
    if unit is None:
        return None
    planned = unit.unit if unit.planned is None else unit.planned
    return Projection(
        revenue=revenue,
        cost=booked + round_amount(row["remaining"] * unit.unit + unit.extra, decimals),
        planned=booked + round_amount(row["remaining"] * planned, decimals),
        expense=expense,
        orders=unit.numbers,
        is_over=unit.is_over,
    )
