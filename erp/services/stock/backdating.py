"""A backdated posting: valued where it belongs in the history; the issues after it are corrected by further entries."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.fields import ZERO
from erp.engines.costing import Flow, ItemValue, LayerTake, OpenLayer, Valued, spread
from erp.engines.replaying import PastFlow, replay, uses_of
from erp.errors import ShortStockWithinDay
from erp.models import ItemCost, ValuationMethod
from erp.selectors.value_history import ValuedMove, ValueHistory, value_history
from erp.services.stock.locking import LockedStock
from masterdata.models import Item

AVERAGED = frozenset({ValuationMethod.MOVING_AVERAGE, ValuationMethod.FIFO})


@dataclass
class Correction:
    """What a later move changes our stock's value by; ``takes`` change what it used of layers (FIFO alone).

    is_given: the move goes at a value of its own (it takes a receipt back), the change is an adjustment.
    """

    move_id: int
    amount: Decimal
    is_given: bool = False
    takes: list[LayerTake] = field(default_factory=list)


@dataclass
class Backdated:
    """What a backdated posting does to the history after it.

    values  of the new flows, by item and index.   left  the layers of the items with what is left of them (FIFO).
    """

    values: dict[int, dict[int, Valued]] = field(default_factory=dict)
    corrections: list[Correction] = field(default_factory=list)
    left: list[OpenLayer] = field(default_factory=list)


def value_backdated(
    flows: Mapping[int, Sequence[tuple[int, Flow]]], stock: LockedStock, day: dt.date, decimals: int
) -> Backdated:
    """Value the flows (index and flow by item) of items that have moved since ``day`` by their place in the history.

    Moving average: a later issue is corrected by the difference between the history with and without the posting. FIFO:
    layers are used up anew from that day on. Standard and month-end average need no correction: stock stands at its
    standard, and the month-end run looks at the whole month. The locked cost rows get quantity and value.
    """
    backdated = Backdated()
    costs = {item_id: stock.costs[item_id] for item_id in flows if stock.costs[item_id].method in AVERAGED}
    if not costs:
        return backdated
    fifo = {item_id for item_id, cost in costs.items() if cost.method == ValuationMethod.FIFO}
    history = value_history(costs, day, with_layers=fifo)
    for item_id, cost in sorted(costs.items()):
        if not history.moves[item_id]:
            continue
        new = [
            PastFlow(-1 - index, flow.quantity, flow.amount, flow.layer_key, flow.unit_cost)
            for index, flow in flows[item_id]
        ]
        placed = _placed(history.moves[item_id], new, day)
        _require_in_turn(history, cost, placed)
        anew = _use_anew if item_id in fifo else _average_anew
        values = anew(backdated, history, cost, placed, decimals)
        backdated.values[item_id] = {-1 - key: value for key, value in values.items() if key < 0}
    return backdated


def _require_in_turn(history: ValueHistory, cost: ItemCost, placed: Sequence[PastFlow]) -> None:
    """Refuse what the order of postings within a later day does not bear; its end is looked at elsewhere.

    Raises:
        ShortStockWithinDay: names the item and the day.
    """
    days = {move.move_id: move.moved_on for move in history.moves[cost.item_id]}
    quantity = history.before.get(cost.item_id, (ZERO, ZERO))[0]
    for flow in placed:
        quantity += flow.quantity
        if quantity < 0 and flow.key in days:
            raise ShortStockWithinDay(item=Item.objects.get(pk=cost.item_id), date=days[flow.key])


def _placed(moves: Sequence[ValuedMove], new: Sequence[PastFlow], day: dt.date) -> list[PastFlow]:
    """Put the new flows into their day: receipts before all that was posted on it, issues after it."""
    before = [move for move in moves if (move.moved_on, move.place) <= (day, 0)]
    on_the_day = [move for move in moves if move.moved_on == day and move.place > 0]
    after = [move for move in moves if move.moved_on > day]
    receipts = [flow for flow in new if flow.quantity > 0]
    issues = [flow for flow in new if flow.quantity < 0]
    return [*map(_past, before), *receipts, *map(_past, on_the_day), *issues, *map(_past, after)]


def _past(move: ValuedMove) -> PastFlow:
    if move.quantity > 0:
        return PastFlow(move.move_id, move.quantity, move.worth, move.reverses_id)
    return PastFlow(move.move_id, move.quantity, move.own if move.reverses_id else None, move.reverses_id)


def _average_anew(
    backdated: Backdated, history: ValueHistory, cost: ItemCost, placed: Sequence[PastFlow], decimals: int
) -> dict[int, Valued]:
    quantity, value = history.before.get(cost.item_id, (ZERO, ZERO))
    method = ValuationMethod.MOVING_AVERAGE
    past = [flow for flow in placed if flow.key > 0]
    without = replay(ItemValue(method, quantity, value, keeps_layers=False), past, decimals)
    now = replay(ItemValue(method, quantity, value, keeps_layers=False), placed, decimals)
    for flow in past:
        new, old = now[flow.key], without[flow.key]
        if new.amount != old.amount:
            backdated.corrections.append(Correction(flow.key, new.amount - old.amount))
        if new.adjustment != old.adjustment:
            backdated.corrections.append(Correction(flow.key, new.adjustment - old.adjustment, is_given=True))
        cost.value += new.amount + new.adjustment - old.amount - old.adjustment
    own = [flow for flow in placed if flow.key < 0]
    cost.quantity += sum((flow.quantity for flow in own), ZERO)
    cost.value += sum((now[flow.key].amount + now[flow.key].adjustment for flow in own), ZERO)
    if cost.value < 0 or (cost.value and not cost.quantity):
        now[own[-1].key].adjustment -= cost.value
        cost.value = ZERO
    return now


def _use_anew(
    backdated: Backdated, history: ValueHistory, cost: ItemCost, placed: Sequence[PastFlow], decimals: int
) -> dict[int, Valued]:
    start = history.layers[cost.item_id]
    state = ItemValue(
        ValuationMethod.FIFO,
        sum((layer.quantity for layer in start), ZERO),
        sum((layer.value for layer in start), ZERO),
        list(start),
    )
    now = replay(state, placed, decimals)
    layers = {layer.key: layer for layer in start}
    for key, valued in now.items():
        if valued.layer is not None:
            valued.layer.pk = history.layer_ids.get(key)
            layers[key] = valued.layer
    for flow in placed:
        if flow.key > 0:
            correction = _used_otherwise(flow, now[flow.key], history, layers)
            if correction is not None:
                backdated.corrections.append(correction)
    backdated.left += [layer for layer in layers.values() if layer.pk is not None]
    cost.quantity, cost.value = state.quantity, state.value
    return now


def _used_otherwise(
    flow: PastFlow, now: Valued, history: ValueHistory, layers: Mapping[int | None, OpenLayer]
) -> Correction | None:
    """Compare what a past move takes of layers now with what it took: the differences, or None."""
    if flow.quantity > 0:
        change = now.amount - (flow.amount or ZERO)
        return Correction(flow.key, change) if change else None
    taken = {key: (quantity, amount) for key, (_layer, quantity, amount) in uses_of(now).items()}
    before = history.uses.get(flow.key, {})
    takes = []
    for key in sorted(taken.keys() | before.keys()):
        quantity, amount = taken.get(key, (ZERO, ZERO))
        old_quantity, old_amount = before.get(key, (ZERO, ZERO))
        if (quantity, amount) != (old_quantity, old_amount):
            takes.append(LayerTake(layers[key], quantity - old_quantity, amount - old_amount))
    if not takes:
        return None
    change = -sum((one.amount for one in takes), ZERO)
    return Correction(flow.key, change, flow.amount is not None, takes)


def traced_now(values: Mapping[int, Valued], traced: Sequence[tuple[int, Valued]], decimals: int) -> None:
    """Let the flows of an averaged item take the layers that lie there now, at the amounts of their day."""
    for index, now in traced:
        value = values[index]
        value.takes = spread(now.takes, -value.amount, decimals)
        value.layer = now.layer
