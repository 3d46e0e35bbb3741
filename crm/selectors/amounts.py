"""What documents are worth in base currency, and what they leave after cost."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from core.clock import company
from core.fields import ZERO
from core.money import round_amount
from crm import ports

HUNDRED = Decimal(100)


def base_decimals() -> int:
    """Return the decimals of the base currency."""
    own = company()
    return own.base_decimals if own else 2


def in_base(document: Any, amount: Decimal) -> Decimal:
    """Return ``amount`` of the document's currency in base currency at the document's rate."""
    return round_amount(amount * document.exchange_rate, base_decimals())


def costs_of(lines: Iterable[Any]) -> dict[int, Decimal]:
    """Return the present unit cost (base currency per stock unit) of the items on ``lines`` that have one."""
    item_ids = sorted({line.item_id for line in lines if line.item_id is not None})
    return ports.unit_costs(item_ids) if item_ids else {}


def margin_percent(net: Decimal, cost: Decimal) -> Decimal | None:
    """Return what is left of ``net`` after ``cost`` in percent of it; None when nothing is earned."""
    return ((net - cost) / net * HUNDRED).quantize(Decimal("0.01")) if net > 0 else None


def margin_of(document: Any, lines: Sequence[Any]) -> Decimal | None:
    """Return the margin of ``document`` in percent over its lines with a known cost; None when no cost is known."""
    costs = costs_of(lines)
    known = [line for line in lines if line.item_id in costs]
    if not known:
        return None
    net = sum((line.net_amount for line in known), ZERO) * document.exchange_rate
    cost = sum((costs[line.item_id] * line.stock_quantity for line in known), ZERO)
    if net <= 0:
        return -HUNDRED if cost > 0 else None
    return margin_percent(net, cost)


def lines_below_floor(lines: Iterable[Any]) -> int:
    """Return how many lines sell below their floor price (price less discount, as entered)."""
    return sum(
        1
        for line in lines
        if line.floor_price is not None
        and line.quantity > 0
        and line.price * (HUNDRED - line.discount_percent) / HUNDRED < line.floor_price
    )
