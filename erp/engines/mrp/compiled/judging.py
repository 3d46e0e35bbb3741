"""What orders are for and when they can be there, compiled; the same rules as in `erp.engines.mrp.pegging`."""

from typing import NamedTuple

import numpy as np

from erp.engines.mrp.compiled.arithmetic import later
from erp.engines.mrp.compiled.layout import (
    FENCE,
    FENCED,
    FIRST_RECEIPT,
    LATE,
    LATE_SUPPLY,
    LEAD_TIME,
    NOTHING,
    ON_TIME,
    ORDERS,
    OUTPUT,
    OVERDUE,
    PASS,
    TOPS,
    Array,
    Given,
    Made,
    State,
    compiled,
)


class Court(NamedTuple):
    """Of orders, then receipts: what they are for (ranks of demands), their finish, and the component they wait for.

    Of demands: rank, receipt they are material of, when they can be met and by what last; the verdict.
    """

    tops: Array
    more: Array
    finish: Array
    there: Array
    line: Array
    item: Array
    source: Array
    blocked: Array
    top: Array
    owner: Array
    demand_there: Array
    demand_source: Array
    verdict_day: Array
    reason: Array
    blocking: Array


class Wanted(NamedTuple):
    """Of each demand of the problem: item, day, quantity, reserved."""

    item: Array
    day: Array
    quantity: Array
    reserved: Array


def seat(orders: int, receipts: int, top: Array, owner: Array) -> Court:
    """Return an empty court."""
    places, demands = orders + receipts, len(top)
    i32 = np.int32
    return Court(
        tops=np.full(places * TOPS, -1, i32),
        more=np.zeros(places, np.bool_),
        finish=np.zeros(places, i32),
        there=np.full(places, -(1 << 30), i32),
        line=np.zeros(places, i32),
        item=np.full(places, -1, i32),
        source=np.full(places, NOTHING, i32),
        blocked=np.zeros(places, np.bool_),
        top=top,
        owner=owner,
        demand_there=np.zeros(demands, i32),
        demand_source=np.full(demands, NOTHING, i32),
        verdict_day=np.zeros(demands, i32),
        reason=np.zeros(demands, np.int8),
        blocking=np.full(demands, -1, i32),
    )


@compiled
def seat_of(state: State, source: int) -> int:
    """Return the place of an order or a receipt in the court, -1 for other sources."""
    if source >= 0:
        return source
    return state.count[ORDERS] + FIRST_RECEIPT - source if source <= FIRST_RECEIPT else -1


@compiled
def _add_top(court: Court, place: int, rank: int) -> None:
    at, end = place * TOPS, place * TOPS + TOPS
    while at < end:
        known = court.tops[at]
        if known == rank:
            return
        if known == -1:
            court.tops[at] = rank
            return
        if rank < known:
            court.tops[at] = rank
            rank = known
        at += 1
    court.more[place] = True


@compiled
def _hand_on(court: Court, place: int, parent: int) -> None:
    if court.more[parent]:
        court.more[place] = True
    for at in range(parent * TOPS, parent * TOPS + TOPS):
        if court.tops[at] == -1:
            return
        _add_top(court, place, court.tops[at])


@compiled
def look_down(given: Given, made: Made, state: State, court: Court, items: Array) -> None:
    """Tell every order and receipt which independent demands it is for; ``items`` by level, the topmost first."""
    orders = state.count[ORDERS]
    for item in items:
        for edge in range(given.items[item].edge_first, given.items[item].edge_last):
            place = seat_of(state, made.edges[edge].source)
            if place < 0:
                continue
            parent = made.edges[edge].parent
            demand = -1 - parent
            if parent < 0:
                owner = court.owner[demand]
                parent = orders + owner if owner >= 0 and court.tops[(orders + owner) * TOPS] >= 0 else -1
            if parent >= 0:
                _hand_on(court, place, parent)
            elif demand >= 0:
                _add_top(court, place, court.top[demand])


@compiled
def _finish(given: Given, made: Made, state: State, court: Court, item: int) -> None:
    today, calendar, lead = given.knobs.today, given.calendar, given.items[item].lead
    for order in range(given.items[item].first, given.items[item].last):
        begin = max(made.orders[order].start, today)
        if court.there[order] > begin:
            begin = court.there[order]
            court.blocked[order] = True
        finish = begin if made.orders[order].marks & PASS else later(calendar, begin, lead)
        court.finish[order] = finish
        if finish > made.orders[order].need:
            made.orders[order].marks |= LATE
    orders = state.count[ORDERS]
    for receipt in range(given.items[item].first_receipt, given.items[item + 1].first_receipt):
        place = orders + receipt
        court.finish[place] = max(given.receipts[receipt].day, today)
        if court.there[place] > today:
            finish = later(calendar, court.there[place], lead)
            if finish > court.finish[place]:
                court.finish[place] = finish
                court.blocked[place] = True


@compiled
def _finish_of(given: Given, made: Made, state: State, court: Court, edge: int) -> int:
    source = made.edges[edge].source
    place = seat_of(state, source)
    if place >= 0:
        return court.finish[place]
    return max(made.edges[edge].day, given.knobs.today) if source == OUTPUT else given.knobs.today


@compiled
def look_up(given: Given, made: Made, state: State, court: Court, items: Array) -> None:
    """From raw material upwards: when each order, and so each need, can be there; ``items`` by level, topmost first."""
    for number in range(len(items) - 1, -1, -1):
        item = items[number]
        _finish(given, made, state, court, item)
        edge, end = given.items[item].edge_first, given.items[item].edge_last
        while edge < end:
            parent, use = made.edges[edge].parent, made.edges[edge].use
            there, source = -(1 << 30), NOTHING
            while edge < end and made.edges[edge].parent == parent and made.edges[edge].use == use:
                finish = _finish_of(given, made, state, court, edge)
                if finish > there:
                    there, source = finish, made.edges[edge].source
                edge += 1
            _report(given, state, court, (item, parent, use, there, source))


@compiled
def _report(given: Given, state: State, court: Court, own: tuple[int, int, int, int, int]) -> None:
    """Tell whoever needs it when a need can be there; of components equally late the first one counts."""
    item, parent, use, there, source = own
    if parent >= 0:
        place, line = parent, given.uses[use].line
    else:
        demand = -1 - parent
        court.demand_there[demand], court.demand_source[demand] = there, source
        if court.owner[demand] < 0:
            return
        place, line = state.count[ORDERS] + court.owner[demand], item
    later_one = there > court.there[place]
    if later_one or (there == court.there[place] and line < court.line[place]):
        court.there[place], court.line[place] = there, line
        court.item[place], court.source[place] = item, source


@compiled
def give_verdicts(given: Given, made: Made, state: State, court: Court, wanted: Wanted) -> None:
    """Say of each demand when all of it can be there, and why not earlier; day -1: nothing is open."""
    today = given.knobs.today
    for demand in range(len(wanted.day)):
        open_quantity, reserved = wanted.quantity[demand], wanted.reserved[demand]
        court.verdict_day[demand] = wanted.day[demand]
        court.reason[demand] = ON_TIME
        if open_quantity <= 0 and reserved <= 0:
            court.reason[demand] = -1
            continue
        there = court.demand_there[demand] if open_quantity > 0 else 0
        if reserved > 0:
            there = max(there, today)
        if there > wanted.day[demand]:
            court.verdict_day[demand] = there
            _explain(made, state, court, demand, wanted.item[demand])


@compiled
def _explain(made: Made, state: State, court: Court, demand: int, item: int) -> None:
    source, steps = court.demand_source[demand], 0
    while True:
        place = seat_of(state, source)
        if place < 0 or not court.blocked[place] or steps > 1000:
            break
        item, source = court.item[place], court.source[place]
        steps += 1
    court.blocking[demand] = item
    if source == OUTPUT or source <= FIRST_RECEIPT:
        court.reason[demand] = LATE_SUPPLY
    elif source < 0 or made.orders[source].marks & PASS:
        court.reason[demand] = OVERDUE
    else:
        court.reason[demand] = FENCE if made.orders[source].marks & FENCED else LEAD_TIME
