"""Planning some items again and carrying over what the run before made of all others."""

from typing import NamedTuple

from erp.engines.mrp.compiled.driving import has_room, plan_item
from erp.engines.mrp.compiled.layout import (
    ADVICE,
    LATE,
    MORE,
    NO_RANK,
    ORDERS,
    SINCE,
    TOPS,
    WIDTH,
    Array,
    Given,
    Made,
    Records,
    Scratch,
    State,
    lean,
)


class Before(NamedTuple):
    """What the run before made; ``rank``: the present rank of each rank of then."""

    items: Records
    receipts: Records
    orders: Records
    pulls: Records
    advice: Records
    goals: Array
    rank: Array


@lean
def plan_some(given: Given, made: Made, state: State, scratch: Scratch, way: tuple[Array, int, Array, Before]) -> int:
    """Go through items from number ``at`` on; return where it had to stop for want of room, or their number.

    ``way``: the items by level, where to begin, whether each item is planned again, what the run before made.
    """
    items, at, again, before = way
    while at < len(items):
        item = items[at]
        if again[item]:
            if not plan_item(given, made, state, scratch, (item, True)):
                return at
        elif has_room(given, made, state, (item, before.items[item].last - before.items[item].first, 0, 0)):
            _carry(given, made, state, before, item)
        else:
            return at
        at += 1
    return at


@lean
def _carry(given: Given, made: Made, state: State, before: Before, item: int) -> None:
    own, then = given.items[item], before.items[item]
    own.first, own.advice_first = state.count[ORDERS], state.count[ADVICE]
    own.last, own.advice_last = (
        own.first + then.last - then.first,
        own.advice_first + then.advice_last - then.advice_first,
    )
    own.earliest, own.latest, own.most, own.daily = then.earliest, then.latest, then.most, then.daily
    own.spare = own.surplus = then.spare
    state.count[ORDERS], state.count[ADVICE] = own.last, own.advice_last
    here, there = len(given.receipts) + own.first, len(before.receipts) + then.first
    for number in range(then.last - then.first):
        made.orders[own.first + number] = before.orders[then.first + number]
        made.orders[own.first + number].marks &= ~LATE
        made.pulls[own.first + number] = before.pulls[then.first + number]
        _carry_goals(made.goals, before, here + number, there + number)
    for number in range(given.items[item + 1].first_receipt - own.first_receipt):
        receipt, former = own.first_receipt + number, then.first_receipt + number
        given.receipts[receipt].left = before.receipts[former].left
        given.receipts[receipt].raised = before.receipts[former].raised
        _carry_goals(made.goals, before, receipt, former)
    for number in range(then.advice_last - then.advice_first):
        made.advice[own.advice_first + number] = before.advice[then.advice_first + number]
        made.advice[own.advice_first + number].receipt += own.first_receipt - then.first_receipt


@lean
def _carry_goals(goals: Array, before: Before, place: int, former: int) -> None:
    """Carry over what an order or receipt is for, its demands by their present ranks; open again to what is added."""
    for at in range(TOPS):
        rank = before.goals[former * WIDTH + at]
        goals[place * WIDTH + at] = before.rank[rank] if 0 <= rank < NO_RANK else NO_RANK
    goals[place * WIDTH + MORE] = before.goals[former * WIDTH + MORE]
    goals[place * WIDTH + SINCE] = before.goals[former * WIDTH + SINCE]


@lean
def spread(first: Array, below: Array, reached: Array, queue: Array) -> None:
    """Reach all components of reached items; ``first``, ``below`` as in `low_levels`; ``queue``: room for all."""
    waiting = 0
    for item in range(len(reached)):
        if reached[item]:
            queue[waiting] = item
            waiting += 1
    while waiting > 0:
        waiting -= 1
        item = queue[waiting]
        for at in range(first[item], first[item + 1]):
            child = below[at]
            if not reached[child]:
                reached[child] = True
                queue[waiting] = child
                waiting += 1
