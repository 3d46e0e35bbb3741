"""Netting one item day by day, compiled; the same rules as in `erp.engines.mrp.pooling`."""

from erp.engines.mrp.compiled.arithmetic import (
    back,
    cap_of,
    later,
    lot_plan,
    on_or_after,
    scaled,
    sized,
    up,
)
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
    REPLACEMENTS,
    SAFETY,
    Array,
    Calendar,
    Given,
    Made,
    Records,
    Scratch,
    State,
    lean,
)
from erp.engines.mrp.lots import DOWN, UP
from erp.engines.mrp.problem import MICRO, PERIOD, POOL

LEVEL, WAITING, LAST, LAST_COUNTED, MAY_GROW, GUARDED, NEXT_OUTPUT, OUTPUTS, AT, DAYS, SAFE, REPLACEABLE, PLACES = (
    range(13)
)
"""Places of the pool's state: what is there, the next receipt, the last one counted in, …"""


@lean
def serve_pool(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, int, int, int, bool]) -> None:
    """Net the days of an item; ``own``: the item, how many days and by-products, the free stock, whether a substitute
    may stand in for it.
    """
    item, days, _outputs, free, _replaceable = own
    pool = scratch.pool
    _begin(given, pool, own)
    daily, items, today = scratch.daily, given.items, given.knobs.today
    is_plain, last_receipt = _is_plain(given, pool, item), items[item + 1].first_receipt
    tables = (items, made.orders, made.pulls, state.count)
    total = 0
    for at in range(days):
        day, normal, skipped = daily[at].day, daily[at].normal, daily[at].skipped
        total += normal + skipped
        pool[AT] = at
        if day > today and pool[GUARDED] == 0:
            _guard(given, made, state, scratch, (pool, item))
        level = pool[LEVEL] - normal
        if is_plain and skipped == 0 and (level >= 0 or pool[WAITING] >= last_receipt):
            pool[LEVEL] = level
            if level < 0:
                order_lots(tables, given.calendar, pool, (item, day, -level, today))
        else:
            _take_all(given, made, state, scratch, (pool, item, daily[at]))
    pool[AT] = days
    if pool[GUARDED] == 0:
        _guard(given, made, state, scratch, (pool, item))
    _finish(given, made, state, scratch, (pool, item))
    items[item].spare = items[item].surplus = max(0, free - items[item].safety - total)


@lean
def _begin(given: Given, pool: Array, own: tuple[int, int, int, int, bool]) -> None:
    item, days, outputs, free, replaceable = own
    pool[:PLACES] = 0
    pool[LEVEL], pool[WAITING] = free, given.items[item].first_receipt
    pool[LAST], pool[MAY_GROW], pool[OUTPUTS], pool[DAYS] = -1, -1, outputs, days
    pool[SAFE] = 0 if given.items[item].phantom else given.items[item].safety
    pool[REPLACEABLE] = 1 if replaceable else 0


@lean
def _is_plain(given: Given, pool: Array, item: int) -> bool:
    """Return whether what is short of an item is simply ordered, once its receipts are used up."""
    ordered_at_once = given.items[item].lot_policy != PERIOD
    return pool[OUTPUTS] == 0 and ordered_at_once and pool[REPLACEABLE] == 0 and given.knobs.increase < 0


@lean
def _take_all(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[Array, int, Records]) -> None:
    pool, item, row = own
    _take(given, made, state, scratch, (pool, item, row.day, row.normal, row.first, row.last))
    if row.skipped > 0:
        _pass_through(given, made, state, (pool, item, row.day, row.skipped))


@lean
def _guard(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[Array, int]) -> None:
    pool, item = own
    pool[GUARDED] = 1
    pool[LEVEL] -= pool[SAFE]
    _take(given, made, state, scratch, (pool, item, given.knobs.today, 0, 0, 0))


@lean
def _take(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[Array, int, int, int, int, int]) -> None:
    """Need ``normal`` on a day, by the needs from ``first`` to ``last``."""
    pool, item, day, normal, first, last = own
    while pool[NEXT_OUTPUT] < pool[OUTPUTS] and scratch.outputs[pool[NEXT_OUTPUT]].day <= day:
        pool[LEVEL] += scratch.outputs[pool[NEXT_OUTPUT]].quantity
        pool[NEXT_OUTPUT] += 1
    pool[LEVEL] -= normal
    if pool[LEVEL] < 0:
        _pull(given, made, state, (pool, item, day))
    if pool[LEVEL] < 0 and pool[REPLACEABLE] == 1:
        _substitute(given, made, state, scratch, (pool, item, day, first, last))
    if pool[LEVEL] < 0 and pool[MAY_GROW] >= 0 and given.knobs.increase >= 0:
        _raise(given, made, state, (pool, item, day))
    if pool[LEVEL] < 0:
        by_period = given.items[item].lot_policy == PERIOD and given.items[item].lot_days > 0
        missing = _of_period(given, scratch, (pool, item, day)) if by_period else -pool[LEVEL]
        order_lots(
            (given.items, made.orders, made.pulls, state.count),
            given.calendar,
            pool,
            (item, day, missing, given.knobs.today),
        )


@lean
def waits(given: Given, state: State, pool: Array, item: int) -> bool:
    """Move to the next receipt of which something is left; False: there is none."""
    end = given.items[item + 1].first_receipt
    while pool[WAITING] < end and given.receipts[pool[WAITING]].left == 0:
        pool[WAITING] += 1
    return pool[WAITING] < end


@lean
def window_of(given: Given, item: int) -> int:
    """Return how many days later than needed supply may come to be pulled in rather than ordered again."""
    if given.knobs.reschedule < 0:
        return 0
    return max(given.knobs.reschedule, given.items[item].lead, given.items[item].fence)


@lean
def _pull(given: Given, made: Made, state: State, own: tuple[Array, int, int]) -> None:
    pool, item, day = own
    now = max(day, given.knobs.today)
    last = now + window_of(given, item)
    while pool[LEVEL] < 0 and waits(given, state, pool, item) and given.receipts[pool[WAITING]].day <= last:
        _count_in(given, made, state, pool, now)


@lean
def _count_in(given: Given, made: Made, state: State, pool: Array, now: int) -> None:
    receipt = pool[WAITING]
    left = given.receipts[receipt].left
    pool[WAITING] += 1
    pool[LEVEL] += left
    pool[LAST], pool[LAST_COUNTED], pool[MAY_GROW] = receipt, left, receipt
    if left == given.receipts[receipt].quantity:
        advise_move(given, made, state, receipt, now)


@lean
def advise(made: Made, state: State, receipt: int, kind: int, when: tuple[int, int]) -> None:
    """Write down advice for a receipt: its kind, (day, quantity)."""
    at = state.count[ADVICE]
    made.advice[at].receipt, made.advice[at].kind = receipt, kind
    made.advice[at].day, made.advice[at].quantity = when
    state.count[ADVICE] = at + 1


@lean
def advise_move(given: Given, made: Made, state: State, receipt: int, now: int) -> None:
    """Advise to pull in or put off a receipt that is needed on ``now``."""
    if given.receipts[receipt].fixed:
        return
    comes = max(given.receipts[receipt].day, given.knobs.today)
    if comes - now > given.knobs.dampener:
        advise(made, state, receipt, EXPEDITE, (now, 0))
    elif now - comes > given.knobs.dampener:
        advise(made, state, receipt, DEFER, (now, 0))


@lean
def _substitute(
    given: Given, made: Made, state: State, scratch: Scratch, own: tuple[Array, int, int, int, int]
) -> None:
    pool, item, day, first, last = own
    short, now = -pool[LEVEL], max(day, given.knobs.today)
    uses, by = given.uses, given.substitutes
    for at in range(last - 1, first - 1, -1):
        need = scratch.needs[at]
        if short <= 0:
            return
        if need.skip or need.group != POOL:
            continue
        part = min(short, need.quantity)
        short -= part
        if need.use >= 0:
            for number in range(uses[need.use].first_substitute, uses[need.use].last_substitute):
                if part > 0 and by[number].valid_from <= now < by[number].valid_to:
                    part -= _replace(given, made, state, (pool, item, day, part, number))


@lean
def _replace(given: Given, made: Made, state: State, own: tuple[Array, int, int, int, int]) -> int:
    pool, item, day, wanted, number = own
    other, ratio = given.substitutes[number].by, given.substitutes[number].ratio
    step, other_step = given.items[item].step, given.items[other].step
    surplus = given.items[other].surplus
    possible = scaled(surplus // other_step * other_step, MICRO, ratio, DOWN) // step * step
    covered = min(wanted, possible)
    if covered <= 0 or (covered < wanted and not given.knobs.partly):
        return 0
    used = min(scaled(covered, ratio, MICRO * other_step, UP) * other_step, surplus)
    given.items[other].surplus -= used
    pool[LEVEL] += covered
    at = state.count[REPLACEMENTS]
    made.replaced[at].main, made.replaced[at].substitute, made.replaced[at].day = item, other, day
    made.replaced[at].quantity, made.replaced[at].used = covered, used
    state.count[REPLACEMENTS] = at + 1
    return covered


@lean
def _raise(given: Given, made: Made, state: State, own: tuple[Array, int, int]) -> None:
    pool, item, day = own
    receipt, now = pool[MAY_GROW], max(day, given.knobs.today)
    more = up(-pool[LEVEL], max(given.items[item].multiple, given.items[item].step))
    grown = given.receipts[receipt].raised + more
    high = given.items[item].high
    far = abs(max(given.receipts[receipt].day, given.knobs.today) - now) > given.knobs.increase
    over = high > 0 and given.receipts[receipt].quantity + grown > high
    if given.items[item].explodes or given.receipts[receipt].fixed or far or over:
        return
    given.receipts[receipt].raised = grown
    advise(made, state, receipt, INCREASE, (now, more))
    pool[LEVEL] += more
    pool[LAST] = -1


@lean
def order_lots(
    tables: tuple[Records, Records, Records, Array], calendar: Calendar, pool: Array, own: tuple[int, int, int, int]
) -> None:
    """Plan what is missing of an item; tables: items, orders, pulls, counters; ``own``: item, day, quantity, today."""
    item, day, missing, today = own
    guarded = pool[GUARDED] == 1
    flags = SAFETY if guarded and missing <= pool[SAFE] else 0
    lot, count, rest = lot_plan(tables[0], item, missing, pool[SAFE] if guarded else 0)
    for _one in range(count):
        place(tables, calendar, (item, day, today), (lot, flags, POOL))
    if rest > 0:
        place(tables, calendar, (item, day, today), (rest, flags, POOL))
    pool[LEVEL] += lot * count + rest
    pool[LAST] = pool[MAY_GROW] = -1


@lean
def place(
    tables: tuple[Records, Records, Records, Array],
    calendar: Calendar,
    when: tuple[int, int, int],
    what: tuple[int, int, int],
) -> None:
    """Write down an order: item, the day it is missed and today; its quantity, flags and group."""
    items, orders, pulls, count = tables
    item, day, today = when
    quantity, flags, group = what
    lead, fence = items[item].lead, items[item].fence
    due, start = back(calendar, day, lead)
    if fence > 0 and start < today + fence:
        flags |= FENCED
        start = on_or_after(calendar, today + fence)
        due = later(calendar, start, lead)
    if start < today:
        flags |= PAST_DUE
    if group != POOL:
        flags |= PEGGED
    write((orders, pulls), count, (day, due, start), (quantity, flags, group))


@lean
def write(
    tables: tuple[Records, Records], count: Array, days: tuple[int, int, int], what: tuple[int, int, int]
) -> None:
    """Write down an order: need, due and start day; quantity, flags and group."""
    order, pull = tables[0][count[ORDERS]], tables[1][count[ORDERS]]
    order.need, order.due, pull.start = days
    pull.quantity, order.marks, order.group = what
    count[ORDERS] += 1


@lean
def _of_period(given: Given, scratch: Scratch, own: tuple[Array, int, int]) -> int:
    """Look ahead: the deepest the pool falls within the days of one lot, receipts due by then counted."""
    pool, item, day = own
    level = worst = pool[LEVEL]
    today, daily = given.knobs.today, scratch.daily
    end, last = max(day, today) + given.items[item].lot_days, given.items[item + 1].first_receipt
    receipt, output, guarded, at = pool[WAITING], pool[NEXT_OUTPUT], pool[GUARDED], pool[AT]
    while at < pool[DAYS] and daily[at].day <= day:
        at += 1
    while at < pool[DAYS] and daily[at].day < end:
        later_day = daily[at].day
        if later_day > today and guarded == 0:
            guarded, level = 1, level - pool[SAFE]
        while receipt < last and given.receipts[receipt].day <= later_day:
            level, receipt = level + given.receipts[receipt].left, receipt + 1
        while output < pool[OUTPUTS] and scratch.outputs[output].day <= later_day:
            level, output = level + scratch.outputs[output].quantity, output + 1
        level -= daily[at].normal
        worst = min(worst, level)
        at += 1
    return -worst


@lean
def _pass_through(given: Given, made: Made, state: State, own: tuple[Array, int, int, int]) -> None:
    pool, item, day, quantity = own
    if given.knobs.net_phantoms:
        while pool[LEVEL] < quantity and waits(given, state, pool, item) and given.receipts[pool[WAITING]].day <= day:
            _count_in(given, made, state, pool, max(day, given.knobs.today))
        used = min(quantity, max(pool[LEVEL], 0))
        pool[LEVEL] -= used
        quantity -= used
    if quantity > 0:
        flags = PASS | PAST_DUE if day < given.knobs.today else PASS
        write((made.orders, made.pulls), state.count, (day, day, day), (quantity, flags, POOL))


@lean
def _finish(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[Array, int]) -> None:
    pool, item = own
    receipts = given.receipts
    while pool[NEXT_OUTPUT] < pool[OUTPUTS]:
        pool[LEVEL] += scratch.outputs[pool[NEXT_OUTPUT]].quantity
        pool[NEXT_OUTPUT] += 1
    last = pool[LAST]
    if last >= 0 and pool[LEVEL] > 0 and not receipts[last].fixed and pool[LAST_COUNTED] == receipts[last].quantity:
        _reduce(given, made, state, (item, last, min(pool[LEVEL], pool[LAST_COUNTED])))
    while waits(given, state, pool, item):
        receipt = pool[WAITING]
        quantity = receipts[receipt].quantity
        if not receipts[receipt].fixed and given.receipts[receipt].left == quantity:
            advise(made, state, receipt, CANCEL, (receipts[receipt].day, quantity))
        pool[WAITING] += 1


@lean
def _reduce(given: Given, made: Made, state: State, own: tuple[int, int, int]) -> None:
    item, receipt, surplus = own
    items, quantity = given.items, given.receipts[receipt].quantity
    multiple, cap = max(items[item].multiple, items[item].step), cap_of(items, item)
    lot, count, rest = sized(quantity - surplus, items[item].low, multiple, cap)
    kept = lot * count + rest
    if kept < quantity:
        advise(made, state, receipt, DECREASE, (given.receipts[receipt].day, quantity - kept))
