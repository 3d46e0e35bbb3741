"""What each flow of an item is worth under the four valuation methods, and which receipts the goods come from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.fields import ZERO
from core.money import round_amount

FIFO, STANDARD, MONTH_AVERAGE, MOVING_AVERAGE = "fifo", "standard", "month_average", "moving_average"


@dataclass(frozen=True)
class Flow:
    """A quantity that comes into our stock (above zero) or leaves it (below zero), in the stock unit.

    amount     its exact value, unsigned, where that is known (a receipt, a reversal at original cost).
    unit_cost  value per stock unit for a receipt whose amount is not known and that the average cannot value.
    layer_key  the receipt that goods which leave came with, where that is known (it is taken back).
    """

    quantity: Decimal
    amount: Decimal | None = None
    unit_cost: Decimal | None = None
    layer_key: int | None = None


@dataclass(eq=False)
class OpenLayer:
    """What is left of one receipt; ``value`` counts under FIFO alone (elsewhere the value is one pool).

    key  the move that brought the goods.   pk  the stored layer, None for one that this posting makes.
    """

    key: int | None
    quantity: Decimal
    value: Decimal = ZERO
    pk: int | None = None


@dataclass(frozen=True)
class LayerTake:
    """What one flow takes out of a layer (quantity 0: value alone)."""

    layer: OpenLayer
    quantity: Decimal
    amount: Decimal


@dataclass
class Valued:
    """The signed change of stock value by one flow.

    amount      its own value: what the goods cost where they came from or went to.
    variance    under *standard*: what had to be added so that stock stands at its standard cost.
    adjustment  what had to be added because a flow at a given amount left value without quantity, or less than none.
    takes       what ``-amount`` was taken from.   levelling  what ``-adjustment`` was taken from.
    layer       the layer the flow brought in.
    """

    amount: Decimal
    variance: Decimal = ZERO
    adjustment: Decimal = ZERO
    takes: list[LayerTake] = field(default_factory=list)
    levelling: list[LayerTake] = field(default_factory=list)
    layer: OpenLayer | None = None


@dataclass
class ItemValue:
    """Quantity and value of one item, its method, and what is left of its receipts, oldest first.

    unit_cost  per stock unit: the standard cost under *standard*, the provisional cost under *month-end average*.
    keeps_layers  False where nobody asks which receipts the goods came from (never under FIFO).
    """

    method: str
    quantity: Decimal
    value: Decimal
    layers: list[OpenLayer] = field(default_factory=list)
    unit_cost: Decimal | None = None
    keeps_layers: bool = True

    def apply(self, flows: Sequence[Flow], decimals: int = 2) -> list[Valued]:
        """Apply ``flows`` in order and return each one's value.

        Moving average: value × quantity ÷ quantity on hand, rounded; the last issue takes what is left (10.00 over 3
        issues: 3.33, 3.34, 3.33). FIFO: what the oldest layers cost, the last unit of a layer takes its rest. Standard:
        stock stands at its standard cost, the difference is a variance. Month-end average: a provisional unit cost.
        Source: HARD_RULES §12, §13; Horngren, Cost Accounting, on inventory methods.
        """
        return [self._receive(flow, decimals) if flow.quantity > 0 else self._issue(flow, decimals) for flow in flows]

    def _receive(self, flow: Flow, decimals: int) -> Valued:
        amount = self._received_amount(flow, decimals)
        valued = Valued(amount)
        if self.method == STANDARD:
            valued.variance = round_amount((self.unit_cost or ZERO) * flow.quantity, decimals) - amount
        worth = amount + valued.variance
        valued.layer = OpenLayer(None, flow.quantity, worth)
        if self.keeps_layers:
            self.layers.append(valued.layer)
        self.quantity += flow.quantity
        self.value += worth
        return valued

    def _received_amount(self, flow: Flow, decimals: int) -> Decimal:
        if flow.amount is not None:
            return round_amount(flow.amount, decimals)
        if self.method == STANDARD and flow.unit_cost is None:
            return round_amount((self.unit_cost or ZERO) * flow.quantity, decimals)
        if flow.unit_cost is not None:
            return round_amount(flow.unit_cost * flow.quantity, decimals)
        return round_amount(self.value * flow.quantity / self.quantity, decimals) if self.quantity else ZERO

    def _issue(self, flow: Flow, decimals: int) -> Valued:
        size = -flow.quantity
        taken = self._take(size, flow.layer_key, decimals)
        cost = sum((one.amount for one in taken), ZERO) if self.method == FIFO else self._pool_cost(size, decimals)
        given = None if flow.amount is None else round_amount(flow.amount, decimals)
        amount = cost if given is None else given
        valued = Valued(-amount)
        self.quantity -= size
        if self.method in {FIFO, STANDARD}:
            self.value -= cost
            if self.method == STANDARD:
                valued.variance = amount - cost
            else:
                valued.adjustment = amount - cost
        else:
            self.value -= amount
            valued.adjustment = -self.value if self.value < 0 or (not self.quantity and self.value) else ZERO
            self.value += valued.adjustment
        valued.takes = spread(taken, amount, decimals) if self.method != FIFO else taken
        if self.method == FIFO and valued.adjustment and taken:
            last = taken[-1]
            taken[-1] = LayerTake(last.layer, last.quantity, last.amount + valued.adjustment)
            valued.levelling = [LayerTake(last.layer, ZERO, -valued.adjustment)]
        return valued

    def _pool_cost(self, size: Decimal, decimals: int) -> Decimal:
        if size >= self.quantity:
            return self.value
        if self.method == MONTH_AVERAGE and self.unit_cost is not None:
            return min(self.value, round_amount(self.unit_cost * size, decimals))
        return round_amount(self.value * size / self.quantity, decimals)

    def _take(self, size: Decimal, key: int | None, decimals: int) -> list[LayerTake]:
        """Take ``size`` out of the layers: the one asked for first, then the oldest."""
        if not self.keeps_layers:
            return []
        taken: list[LayerTake] = []
        if key is not None:
            asked = [layer for layer in self.layers if layer.key == key]
            size -= _take_out(asked, size, decimals, taken)
            self.layers = [layer for layer in self.layers if layer.quantity > 0]
        _take_out(self.layers, size, decimals, taken)
        return taken


def _take_out(layers: list[OpenLayer], size: Decimal, decimals: int, taken: list[LayerTake]) -> Decimal:
    """Take up to ``size`` out of ``layers`` from the front, drop those that are used up, and return what was found."""
    left, used_up = size, 0
    for layer in layers:
        if left <= 0:
            break
        part = min(left, layer.quantity)
        amount = share_of(layer.value, layer.quantity, part, decimals)
        layer.quantity -= part
        layer.value -= amount
        taken.append(LayerTake(layer, part, amount))
        left -= part
        used_up += not layer.quantity
    del layers[:used_up]
    return size - left


def spread(taken: Sequence[LayerTake], amount: Decimal, decimals: int) -> list[LayerTake]:
    """Give the layers of an issue their shares of its amount, by quantity."""
    shares = []
    left, size = amount, sum((one.quantity for one in taken), ZERO)
    for one in taken:
        part = share_of(left, size, one.quantity, decimals)
        shares.append(LayerTake(one.layer, one.quantity, part))
        left, size = left - part, size - one.quantity
    return shares


def share_of(amount: Decimal, quantity: Decimal, part: Decimal, decimals: int = 2) -> Decimal:
    """Return the value of ``part`` of ``quantity`` that is worth ``amount``; the last part takes what is left."""
    return amount if part == quantity else round_amount(amount * part / quantity, decimals)
