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
    SEAT,
    TOPS,
    WIDTH,
    Array,
    Calendar,
    Given,
    Made,
    Records,
    State,
    compiled,
    table,
)

HEARD = 1 << 30
"""Set as the day of the last component when an order or receipt is finished: what comes later is not listened to."""


class Court(NamedTuple):
    """Of orders, then receipts: what they are for, and their seat. Of demands: their rank, the receipt they are
    material of, when they can be met and by what last; the verdict.

    tops  WIDTH places each: the ranks of the first TOPS demands (-1: no more), then 1 when there are others.
    """

    tops: Array
    seats: Records
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
    seats = table(places, SEAT)
    seats["there"], seats["main"], seats["source"] = -HEARD, -1, NOTHING
    tops = np.full(places * WIDTH, -1, np.int32)
    tops[TOPS::WIDTH] = 0
    return Court(
        tops=tops,
        seats=seats,
        top=top,
        owner=owner,
        demand_there=np.zeros(demands, np.int32),
        demand_source=np.full(demands, NOTHING, np.int32),
        verdict_day=np.zeros(demands, np.int32),
        reason=np.zeros(demands, np.int8),
        blocking=np.full(demands, -1, np.int32),
    )


@compiled
def seat_of(orders: int, source: int) -> int:
    """Return the place of an order or a receipt in the court, -1 for other sources."""
    if source >= 0:
        return source
    return orders + FIRST_RECEIPT - source if source <= FIRST_RECEIPT else -1


@compiled
def _add_top(tops: Array, place: int, rank: int) -> None:
    at, end = place * WIDTH, place * WIDTH + TOPS
    while at < end:
        known = tops[at]
        if known == rank:
            return
        if known == -1:
            tops[at] = rank
            return
        if rank < known:
            tops[at] = rank
            rank = known
        at += 1
    tops[end] = 1


@compiled
def _hand_on(tops: Array, place: int, parent: int) -> None:
    first = parent * WIDTH
    if tops[first + TOPS] == 1:
        tops[place * WIDTH + TOPS] = 1
    for at in range(first, first + TOPS):
        if tops[at] == -1:
            return
        _add_top(tops, place, tops[at])


@compiled
def look_down(given: Given, made: Made, state: State, court: Court, items: Array) -> None:
    """Tell every order and receipt which independent demands it is for; ``items`` by level, the topmost first."""
    orders, edges, tops = state.count[ORDERS], made.edges, court.tops
    for item in items:
        own = (given.items[item].edge_first, given.items[item].edge_last, orders)
        _look_down(edges, tops, (court.owner, court.top), own)


@compiled
def _look_down(edges: Records, tops: Array, demands: tuple[Array, Array], own: tuple[int, int, int]) -> None:
    owners, ranks = demands
    first, last, orders = own
    for edge in range(first, last):
        place = seat_of(orders, edges[edge].source)
        if place < 0:
            continue
        parent = edges[edge].parent
        demand = -1 - parent
        if parent < 0:
            owner = owners[demand]
            parent = orders + owner if owner >= 0 and tops[(orders + owner) * WIDTH] >= 0 else -1
        if parent >= 0:
            _hand_on(tops, place, parent)
        elif demand >= 0:
            _add_top(tops, place, ranks[demand])


@compiled
def _finish(given: Given, made: Made, state: State, court: Court, item: int) -> None:
    today, calendar, lead = given.knobs.today, given.calendar, given.items[item].lead
    _finish_orders(made.orders, court.seats, calendar, (given.items[item], today))
    orders, receipts, seats = state.count[ORDERS], given.receipts, court.seats
    for receipt in range(given.items[item].first_receipt, given.items[item + 1].first_receipt):
        place = seats[orders + receipt]
        place.finish = max(receipts[receipt].day, today)
        if place.there > today:
            finish = later(calendar, place.there, lead)
            if finish > place.finish:
                place.finish, place.blocked = finish, True
        place.there = HEARD


@compiled
def _finish_orders(orders: Records, seats: Records, calendar: Calendar, own: tuple[Records, int]) -> None:
    item, today = own
    lead = item.lead
    for number in range(item.first, item.last):
        order, place = orders[number], seats[number]
        begin = max(order.start, today)
        if place.there > begin:
            begin = place.there
            place.blocked = True
        finish = begin if order.marks & PASS else later(calendar, begin, lead)
        place.finish, place.there = finish, HEARD
        if finish > order.need:
            order.marks |= LATE


@compiled
def look_up(given: Given, made: Made, state: State, court: Court, items: Array) -> None:
    """From raw material upwards: when each order, and so each need, can be there; ``items`` by level, topmost first."""
    orders, today = state.count[ORDERS], given.knobs.today
    demands = (court.owner, court.demand_there, court.demand_source)
    edges, uses = made.edges, given.uses
    for number in range(len(items) - 1, -1, -1):
        item = items[number]
        _finish(given, made, state, court, item)
        own = (given.items[item].edge_first, given.items[item].edge_last, item, orders, today)
        _look_up((edges, uses), court.seats, demands, own)


@compiled
def _look_up(
    tables: tuple[Records, Records],
    seats: Records,
    demands: tuple[Array, Array, Array],
    own: tuple[int, int, int, int, int],
) -> None:
    """Go through the needs of one item: each can be there when the last of its sources is."""
    edges, uses = tables
    edge, end, item, orders, today = own
    while edge < end:
        parent, use = edges[edge].parent, edges[edge].use
        there, source = -HEARD, NOTHING
        while edge < end and edges[edge].parent == parent and edges[edge].use == use:
            code = edges[edge].source
            place = seat_of(orders, code)
            finish = seats[place].finish if place >= 0 else today
            if code == OUTPUT:
                finish = max(edges[edge].day, today)
            if finish > there:
                there, source = finish, code
            edge += 1
        line = uses[use].line if use >= 0 else item
        _report(seats, demands, (parent, line, there), (item, source, orders))


@compiled
def _report(
    seats: Records, demands: tuple[Array, Array, Array], what: tuple[int, int, int], own: tuple[int, int, int]
) -> None:
    """Tell whoever needs it when a need can be there; of components equally late the first one counts."""
    parent, line, there = what
    item, source, orders = own
    place = parent
    if parent < 0:
        owners, demand_there, demand_source = demands
        demand = -1 - parent
        demand_there[demand], demand_source[demand] = there, source
        if owners[demand] < 0:
            return
        place = orders + owners[demand]
    told = seats[place]
    if there > told.there or (there == told.there and line < told.line):
        told.there, told.line, told.main, told.source = there, line, item, source


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
        place = seat_of(state.count[ORDERS], source)
        if place < 0 or not court.seats[place].blocked or steps > 1000:
            break
        item, source = court.seats[place].main, court.seats[place].source
        steps += 1
    court.blocking[demand] = item
    if source == OUTPUT or source <= FIRST_RECEIPT:
        court.reason[demand] = LATE_SUPPLY
    elif source < 0 or made.orders[source].marks & PASS:
        court.reason[demand] = OVERDUE
    else:
        court.reason[demand] = FENCE if made.orders[source].marks & FENCED else LEAD_TIME
