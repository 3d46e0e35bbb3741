"""When orders can be there and how demands fare, compiled; the same rules as in `erp.engines.mrp.pegging`."""

from typing import NamedTuple

import numpy as np

from erp.engines.mrp.compiled.arithmetic import later
from erp.engines.mrp.compiled.daily import edges_of, list_sums, sum_needs
from erp.engines.mrp.compiled.gathering import NONE_YET, survey
from erp.engines.mrp.compiled.goals import close_goals, place_of
from erp.engines.mrp.compiled.layout import (
    FENCE,
    FENCED,
    FIRST_RECEIPT,
    LATE,
    LATE_SUPPLY,
    LEAD_TIME,
    LEADS,
    NOTHING,
    ON_TIME,
    OUTPUT,
    OVERDUE,
    PASS,
    SEAT,
    SINCE,
    WIDTH,
    Array,
    Given,
    Made,
    Records,
    Scratch,
    State,
    lean,
    room,
)

HEARD = 1 << 30
"""Set as the day of the last component when an order or receipt is finished: what comes later is not listened to."""


class Court(NamedTuple):
    """Of receipts, then orders: their seat. Of demands: when they can be met and by what last; the verdict."""

    seats: Records
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


def seat(places: int, demands: int) -> Court:
    """Return an empty court."""
    seats = room(places, SEAT)
    _seat_all(seats)
    return Court(
        seats=seats,
        demand_there=np.zeros(demands, np.int32),
        demand_source=np.full(demands, NOTHING, np.int32),
        verdict_day=np.zeros(demands, np.int32),
        reason=np.zeros(demands, np.int8),
        blocking=np.full(demands, -1, np.int32),
    )


@lean
def _seat_all(seats: Records) -> None:
    for number in range(len(seats)):
        place = seats[number]
        place.there, place.line, place.main, place.source, place.finish = -HEARD, 0, -1, NOTHING, 0
        place.blocked = False


@lean
def look_up(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[Court, Array]) -> None:
    """From raw material upwards: when each order, and so each need, can be there.

    ``own``: the court, the items by level, the topmost first. Of items whose needs were summed by day only those needs
    are looked at that a late source may serve.
    """
    court, items = own
    receipts, today = len(given.receipts), given.knobs.today
    demands = (state.owner, court.demand_there, court.demand_source)
    for number in range(len(items) - 1, -1, -1):
        item = items[number]
        until = max(_finish(given, made, court, item), _finish_orders(given, made, court.seats, item))
        span = (given.items[item].edge_first, given.items[item].edge_last, item, receipts, today)
        if not given.items[item].daily:
            _look_up((made.edges, given.uses), court.seats, demands, span)
            continue
        until = max(until, _listening(given, state, item))
        _needs, _outputs, low, high, skips, _replaceable = survey(given, item)
        until = min(until, high)
        if until >= low:
            sum_needs(given, made, scratch, (item, low, until))
            days = list_sums(scratch, low, until - low + 1, skips)
            edges, _sources = edges_of(given, made, state, scratch, (item, low, days, until))
            _look_up((scratch.edges, given.uses), court.seats, demands, (0, edges, item, receipts, today))


@lean
def _listening(given: Given, state: State, item: int) -> int:
    """Return the last day whose own demands are to be told when they can be met whatever serves them."""
    until, demands = -NONE_YET, given.demands
    for number in range(given.items[item].first_demand, given.items[item + 1].first_demand):
        day = demands[number].day
        if day < given.knobs.today or state.owner[demands[number].index] >= 0:
            until = day
    return until


@lean
def _finish(given: Given, made: Made, court: Court, item: int) -> int:
    """Say when the receipts of an item are there; return the last day that a late one may serve."""
    today, lead, until = given.knobs.today, given.items[item].lead, -NONE_YET
    receipts, seats = given.receipts, court.seats
    for receipt in range(given.items[item].first_receipt, given.items[item + 1].first_receipt):
        place = seats[receipt]
        place.finish = max(receipts[receipt].day, today)
        if place.there > today:
            finish = later(given.calendar, place.there, lead)
            if finish > place.finish:
                place.finish, place.blocked = finish, True
        place.there = HEARD
        if given.items[item].daily and place.finish > max(made.goals[receipt * WIDTH + SINCE], today):
            until = max(until, _since_after(given, made, item, receipts[receipt].day))
    return until


@lean
def _since_after(given: Given, made: Made, item: int, day: int) -> int:
    """Return when the first order of an item due after a day serves first: what comes before it has served by then."""
    for order in range(given.items[item].first, given.items[item].last):
        if made.orders[order].due > day:
            return made.goals[(len(given.receipts) + order) * WIDTH + SINCE]
    return NONE_YET


@lean
def _finish_orders(given: Given, made: Made, seats: Records, item: int) -> int:
    """Say when the orders of an item are there; return the last day that a late one may serve."""
    own, today, receipts = given.items[item], given.knobs.today, len(given.receipts)
    calendar, lead, until, is_open = given.calendar, own.lead, -NONE_YET, False
    for number in range(own.first, own.last):
        order, place = made.orders[number], seats[receipts + number]
        begin = max(made.pulls[number].start, today)
        if place.there > begin:
            begin = place.there
            place.blocked = True
        takes = (order.marks >> LEADS) - 1
        finish = begin if order.marks & PASS else later(calendar, begin, takes if takes >= 0 else lead)
        place.finish, place.there = finish, HEARD
        if finish > order.need:
            order.marks |= LATE
        if own.daily:
            since = made.goals[(receipts + number) * WIDTH + SINCE]
            if is_open:
                until = since
            is_open = finish > max(since, today)
        close_goals(made.goals, receipts + number)
    return NONE_YET if is_open else until


@lean
def _look_up(
    tables: tuple[Records, Records],
    seats: Records,
    demands: tuple[Array, Array, Array],
    own: tuple[int, int, int, int, int],
) -> None:
    """Go through the needs of one item: each can be there when the last of its sources is."""
    edges, uses = tables
    edge, end, item, receipts, today = own
    while edge < end:
        parent, use = edges[edge].parent, edges[edge].use
        there, source = -HEARD, NOTHING
        while edge < end and edges[edge].parent == parent and edges[edge].use == use:
            code = edges[edge].source
            place = place_of(receipts, code)
            finish = seats[place].finish if place >= 0 else today
            if code == OUTPUT:
                finish = max(edges[edge].day, today)
            if finish > there:
                there, source = finish, code
            edge += 1
        line = uses[use].line if use >= 0 else item
        _report(seats, demands, (parent, line, there), (item, source, receipts))


@lean
def _report(
    seats: Records, demands: tuple[Array, Array, Array], what: tuple[int, int, int], own: tuple[int, int, int]
) -> None:
    """Tell whoever needs it when a need can be there; of components equally late the first one counts."""
    parent, line, there = what
    item, source, receipts = own
    place = receipts + parent
    if parent < 0:
        owners, demand_there, demand_source = demands
        demand = -1 - parent
        demand_there[demand], demand_source[demand] = there, source
        if owners[demand] < 0:
            return
        place = owners[demand]
    told = seats[place]
    if there > told.there or (there == told.there and line < told.line):
        told.there, told.line, told.main, told.source = there, line, item, source


@lean
def give_verdicts(given: Given, made: Made, court: Court, wanted: Wanted) -> None:
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
            _explain(given, made, court, (demand, wanted.item[demand]))


@lean
def _explain(given: Given, made: Made, court: Court, own: tuple[int, int]) -> None:
    demand, item = own
    source, steps, receipts = court.demand_source[demand], 0, len(given.receipts)
    while True:
        place = place_of(receipts, source)
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
