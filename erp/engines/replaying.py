"""An item's history with a posting put into its place: what every flow after it should have been worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from erp.engines.costing import Flow, ItemValue, OpenLayer, Valued, share_of


@dataclass(frozen=True)
class PastFlow:
    """One valued flow of an item, in the order of value.

    key        its move; of a flow that is being posted a negative number.
    amount     its value, unsigned, where nothing but its document decides it (None: the method does).
    reverses   key of the move it takes back.
    """

    key: int
    quantity: Decimal
    amount: Decimal | None = None
    reverses: int | None = None
    unit_cost: Decimal | None = None


def replay(state: ItemValue, flows: Sequence[PastFlow], decimals: int) -> dict[int, Valued]:
    """Value ``flows`` from ``state`` on and return them by key; ``state`` is what is left at the end.

    What takes back an issue of the replay comes at its share of what that one is worth here.
    """
    values: dict[int, Valued] = {}
    left: dict[int, list[Decimal]] = {}
    for flow in flows:
        amount = flow.amount
        if flow.reverses in left:
            rest = left[flow.reverses]
            amount = share_of(rest[1], rest[0], flow.quantity, decimals)
            rest[0] -= flow.quantity
            rest[1] -= amount
        [valued] = state.apply([Flow(flow.quantity, amount, flow.unit_cost, flow.reverses)], decimals)
        if valued.layer is not None:
            valued.layer.key = flow.key
        else:
            left[flow.key] = [-flow.quantity, -valued.amount]
        values[flow.key] = valued
    return values


def uses_of(valued: Valued) -> dict[int, tuple[OpenLayer, Decimal, Decimal]]:
    """Return (layer, quantity, amount) a flow took, by the key of the layer."""
    found: dict[int, tuple[OpenLayer, Decimal, Decimal]] = {}
    for one in (*valued.takes, *valued.levelling):
        key = one.layer.key or 0
        _layer, quantity, amount = found.get(key, (one.layer, Decimal(0), Decimal(0)))
        found[key] = (one.layer, quantity + one.quantity, amount + one.amount)
    return found
