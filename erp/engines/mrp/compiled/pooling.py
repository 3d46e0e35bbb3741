"""Netting one item day by day, compiled; the same rules as in `erp.engines.mrp.pooling`."""

import numpy as np

from erp.engines.mrp.compiled.arithmetic import (
    cap_of,
    earlier,
    later,
    lot_plan,
    on_or_after,
    on_or_before,
    scaled,
    sized,
    up,
)
from erp.engines.mrp.compiled.gathering import is_skip
from erp.engines.mrp.compiled.layout import (
    ADVICE,
    CANCEL,
    DECREASE,
    DEFER,
    EXPEDITE,
    FENCED,
    INCREASE,
    ORDERS,
    PASS,
    PAST_DUE,
    PEGGED,
    SAFETY,
    SUBSTITUTIONS,
    Array,
    Given,
    Made,
    Scratch,
    State,
    compiled,
)
from erp.engines.mrp.lots import DOWN, UP
from erp.engines.mrp.problem import MICRO, PERIOD, POOL

LEVEL, WAITING, LAST, LAST_COUNTED, MAY_GROW, GUARDED, NEXT_OUTPUT, OUTPUTS, AT, NEEDS, SAFE = range(11)
"""Places of the pool's state: what is there, the next receipt, the last one counted in, …"""


@compiled
def serve_pool(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, int, int, int]) -> None:
    """Net the ordered needs of an item; ``own``: the item, how many needs and by-products, the free stock."""
    item, needs, outputs, free = own
    today = given.knobs.today
    pool = np.zeros(11, np.int64)
    pool[LEVEL], pool[WAITING] = free, given.receipts.first[item]
    pool[LAST], pool[MAY_GROW], pool[OUTPUTS], pool[NEEDS] = -1, -1, outputs, needs
    pool[SAFE] = 0 if given.items.phantom[item] else given.items.safety[item]
    total, at = 0, 0
    while at < needs:
        day, normal, skipped, end = scratch.day[at], 0, 0, at
        while end < needs and scratch.day[end] == day:
            if is_skip(given, scratch, end, item):
                skipped += scratch.quantity[end]
            else:
                normal += scratch.quantity[end]
            end += 1
        total += normal + skipped
        pool[AT] = at
        if day > today and pool[GUARDED] == 0:
            _guard(given, made, state, scratch, (pool, item))
        _take(given, made, state, scratch, (pool, item, day, normal, end))
        if skipped > 0:
            _pass_through(given, made, state, (pool, item, day, skipped))
        at = end
    pool[AT] = needs
    if pool[GUARDED] == 0:
        _guard(given, made, state, scratch, (pool, item))
    _finish(given, made, state, scratch, (pool, item))
    state.surplus[item] = max(0, free - given.items.safety[item] - total)


@compiled
def _guard(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[Array, int]) -> None:
    pool, item = own
    pool[GUARDED] = 1
    pool[LEVEL] -= pool[SAFE]
    _take(given, made, state, scratch, (pool, item, given.knobs.today, 0, pool[AT]))


@compiled
def _take(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[Array, int, int, int, int]) -> None:
    """Need ``normal`` on a day, by the needs from the pool's place to ``end``."""
    pool, item, day, normal, end = own
    while pool[NEXT_OUTPUT] < pool[OUTPUTS] and scratch.output_day[pool[NEXT_OUTPUT]] <= day:
        pool[LEVEL] += scratch.output_quantity[pool[NEXT_OUTPUT]]
        pool[NEXT_OUTPUT] += 1
    pool[LEVEL] -= normal
    if pool[LEVEL] < 0:
        _pull(given, made, state, (pool, item, day))
    if pool[LEVEL] < 0 and given.knobs.substitutes > 0:
        _substitute(given, made, state, scratch, (pool, item, day, end))
    if pool[LEVEL] < 0 and pool[MAY_GROW] >= 0 and given.knobs.increase >= 0:
        _raise(given, made, state, (pool, item, day))
    if pool[LEVEL] < 0:
        _order(given, made, state, scratch, (pool, item, day))


@compiled
def waits(given: Given, state: State, pool: Array, item: int) -> bool:
    """Move to the next receipt of which something is left; False: there is none."""
    end = given.receipts.first[item + 1]
    while pool[WAITING] < end and state.left[pool[WAITING]] == 0:
        pool[WAITING] += 1
    return pool[WAITING] < end


@compiled
def window_of(given: Given, item: int) -> int:
    """Return how many days later supply may be to be pulled in rather than ordered again."""
    return max(given.knobs.reschedule, given.items.lead[item], given.items.fence[item])


@compiled
def _pull(given: Given, made: Made, state: State, own: tuple[Array, int, int]) -> None:
    pool, item, day = own
    now = max(day, given.knobs.today)
    last = now + window_of(given, item)
    while pool[LEVEL] < 0 and waits(given, state, pool, item) and given.receipts.day[pool[WAITING]] <= last:
        _count_in(given, made, state, pool, now)


@compiled
def _count_in(given: Given, made: Made, state: State, pool: Array, now: int) -> None:
    receipt = pool[WAITING]
    left = state.left[receipt]
    pool[WAITING] += 1
    pool[LEVEL] += left
    pool[LAST], pool[LAST_COUNTED], pool[MAY_GROW] = receipt, left, receipt
    if left == given.receipts.quantity[receipt]:
        advise_move(given, made, state, receipt, now)


@compiled
def advise(made: Made, state: State, receipt: int, kind: int, when: tuple[int, int]) -> None:
    """Write down advice for a receipt: its kind, (day, quantity)."""
    at = state.count[ADVICE]
    made.advised[at], made.advice[at] = receipt, kind
    made.advice_day[at], made.advice_quantity[at] = when
    state.count[ADVICE] = at + 1


@compiled
def advise_move(given: Given, made: Made, state: State, receipt: int, now: int) -> None:
    """Advise to pull in or put off a receipt that is needed on ``now``."""
    if given.receipts.fixed[receipt]:
        return
    comes = max(given.receipts.day[receipt], given.knobs.today)
    if comes - now > given.knobs.dampener:
        advise(made, state, receipt, EXPEDITE, (now, 0))
    elif now - comes > given.knobs.dampener:
        advise(made, state, receipt, DEFER, (now, 0))


@compiled
def _substitute(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[Array, int, int, int]) -> None:
    pool, item, day, end = own
    short, at, now = -pool[LEVEL], end - 1, max(day, given.knobs.today)
    by = given.substitutes
    while at >= pool[AT] and short > 0:
        use = scratch.use[at]
        if not is_skip(given, scratch, at, item):
            part = min(short, scratch.quantity[at])
            short -= part
            if use >= 0:
                line = given.uses.line[use]
                for number in range(by.first[line], by.first[line + 1]):
                    if part > 0 and by.valid_from[number] <= now < by.valid_to[number]:
                        part -= _replace(given, made, state, (pool, item, day, part, number))
        at -= 1


@compiled
def _replace(given: Given, made: Made, state: State, own: tuple[Array, int, int, int, int]) -> int:
    pool, item, day, wanted, number = own
    other, ratio = given.substitutes.item[number], given.substitutes.ratio[number]
    step, other_step = given.items.step[item], given.items.step[other]
    surplus = state.surplus[other]
    possible = scaled(surplus // other_step * other_step, MICRO, ratio, DOWN) // step * step
    covered = min(wanted, possible)
    if covered <= 0 or (covered < wanted and not given.knobs.partly):
        return 0
    used = min(scaled(covered, ratio, MICRO * other_step, UP) * other_step, surplus)
    state.surplus[other] -= used
    pool[LEVEL] += covered
    at = state.count[SUBSTITUTIONS]
    made.replaced[at], made.replacing[at], made.replaced_day[at] = item, other, day
    made.replaced_quantity[at], made.replaced_used[at] = covered, used
    state.count[SUBSTITUTIONS] = at + 1
    return covered


@compiled
def _raise(given: Given, made: Made, state: State, own: tuple[Array, int, int]) -> None:
    pool, item, day = own
    receipt, now = pool[MAY_GROW], max(day, given.knobs.today)
    more = up(-pool[LEVEL], max(given.items.multiple[item], given.items.step[item]))
    grown = state.raised[receipt] + more
    high = given.items.high[item]
    far = abs(max(given.receipts.day[receipt], given.knobs.today) - now) > given.knobs.increase
    over = high > 0 and given.receipts.quantity[receipt] + grown > high
    if given.items.explodes[item] or given.receipts.fixed[receipt] or far or over:
        return
    state.raised[receipt] = grown
    advise(made, state, receipt, INCREASE, (now, more))
    pool[LEVEL] += more
    pool[LAST] = -1


@compiled
def _order(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[Array, int, int]) -> None:
    pool, item, day = own
    missing = -pool[LEVEL]
    if given.items.lot_policy[item] == PERIOD and given.items.lot_days[item] > 0:
        missing = _of_period(given, state, scratch, own)
    flags = SAFETY if pool[GUARDED] == 1 and missing <= pool[SAFE] else 0
    held = pool[SAFE] if pool[GUARDED] == 1 else 0
    lot, count, rest = lot_plan(given.items, item, missing, held)
    for _one in range(count):
        place(given, made, state, (item, day, lot, flags, POOL))
    if rest > 0:
        place(given, made, state, (item, day, rest, flags, POOL))
    pool[LEVEL] += lot * count + rest
    pool[LAST] = pool[MAY_GROW] = -1


@compiled
def place(given: Given, made: Made, state: State, own: tuple[int, int, int, int, int]) -> None:
    """Write down an order: its item, the day it is missed, its quantity, flags and group."""
    item, day, quantity, flags, group = own
    calendar, today = given.calendar, given.knobs.today
    lead, fence = given.items.lead[item], given.items.fence[item]
    due = on_or_before(calendar, day)
    start = earlier(calendar, due, lead)
    if fence > 0 and start < today + fence:
        flags |= FENCED
        start = on_or_after(calendar, today + fence)
        due = later(calendar, start, lead)
    if start < today:
        flags |= PAST_DUE
    if group != POOL:
        flags |= PEGGED
    _write(made, state, (day, due, start), (quantity, flags, group))


@compiled
def _write(made: Made, state: State, days: tuple[int, int, int], what: tuple[int, int, int]) -> None:
    at = state.count[ORDERS]
    made.need[at], made.due[at], made.start[at] = days
    made.quantity[at], made.flags[at], made.group[at] = what
    state.count[ORDERS] = at + 1


@compiled
def _of_period(given: Given, state: State, scratch: Scratch, own: tuple[Array, int, int]) -> int:
    """Look ahead: the deepest the pool falls within the days of one lot, receipts due by then counted."""
    pool, item, day = own
    level = worst = pool[LEVEL]
    today = given.knobs.today
    end, last = max(day, today) + given.items.lot_days[item], given.receipts.first[item + 1]
    receipt, output, guarded, at = pool[WAITING], pool[NEXT_OUTPUT], pool[GUARDED], pool[AT]
    while at < pool[NEEDS] and scratch.day[at] <= day:
        at += 1
    while at < pool[NEEDS] and scratch.day[at] < end:
        later_day = scratch.day[at]
        if later_day > today and guarded == 0:
            guarded, level = 1, level - pool[SAFE]
        while receipt < last and given.receipts.day[receipt] <= later_day:
            level, receipt = level + state.left[receipt], receipt + 1
        while output < pool[OUTPUTS] and scratch.output_day[output] <= later_day:
            level, output = level + scratch.output_quantity[output], output + 1
        while at < pool[NEEDS] and scratch.day[at] == later_day:
            level -= 0 if is_skip(given, scratch, at, item) else scratch.quantity[at]
            at += 1
        worst = min(worst, level)
    return -worst


@compiled
def _pass_through(given: Given, made: Made, state: State, own: tuple[Array, int, int, int]) -> None:
    pool, item, day, quantity = own
    if given.knobs.net_phantoms:
        while pool[LEVEL] < quantity and waits(given, state, pool, item) and given.receipts.day[pool[WAITING]] <= day:
            _count_in(given, made, state, pool, max(day, given.knobs.today))
        used = min(quantity, max(pool[LEVEL], 0))
        pool[LEVEL] -= used
        quantity -= used
    if quantity > 0:
        flags = PASS | PAST_DUE if day < given.knobs.today else PASS
        _write(made, state, (day, day, day), (quantity, flags, POOL))


@compiled
def _finish(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[Array, int]) -> None:
    pool, item = own
    receipts = given.receipts
    while pool[NEXT_OUTPUT] < pool[OUTPUTS]:
        pool[LEVEL] += scratch.output_quantity[pool[NEXT_OUTPUT]]
        pool[NEXT_OUTPUT] += 1
    last = pool[LAST]
    if last >= 0 and pool[LEVEL] > 0 and not receipts.fixed[last] and pool[LAST_COUNTED] == receipts.quantity[last]:
        _reduce(given, made, state, (item, last, min(pool[LEVEL], pool[LAST_COUNTED])))
    while waits(given, state, pool, item):
        receipt = pool[WAITING]
        quantity = receipts.quantity[receipt]
        if not receipts.fixed[receipt] and state.left[receipt] == quantity:
            advise(made, state, receipt, CANCEL, (receipts.day[receipt], quantity))
        pool[WAITING] += 1


@compiled
def _reduce(given: Given, made: Made, state: State, own: tuple[int, int, int]) -> None:
    item, receipt, surplus = own
    items, quantity = given.items, given.receipts.quantity[receipt]
    multiple, cap = max(items.multiple[item], items.step[item]), cap_of(items, item)
    lot, count, rest = sized(quantity - surplus, items.low[item], multiple, cap)
    kept = lot * count + rest
    if kept < quantity:
        advise(made, state, receipt, DECREASE, (given.receipts.day[receipt], quantity - kept))
