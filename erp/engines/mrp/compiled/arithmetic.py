"""Quantities times ratios, lot sizes and working days, compiled."""

import numpy as np

from erp.engines.mrp.compiled.layout import Calendar, Records, lean
from erp.engines.mrp.lots import DOWN, HALF_UP, SPLITS, UP
from erp.engines.mrp.problem import FIXED_LOT, MICRO, MIN_MAX

LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
ONE = np.uint64(1)
TOP = np.uint64(63)
ZERO = np.uint64(0)
MIXED_LIMIT = 9_000_000_000_000_000_000


@lean
def up(quantity: int, step: int) -> int:
    """Round up to a multiple of the step."""
    return -(-quantity // step) * step


@lean
def wide(quantity: int, number: int, divisor: int, mode: int) -> int:
    """Return quantity x number / divisor by 128-bit arithmetic, rounded."""
    a, b, d = np.uint64(quantity), np.uint64(number), np.uint64(divisor)
    a0, a1, b0, b1 = a & LOW, a >> HALF, b & LOW, b >> HALF
    low, cross, other = a0 * b0, a1 * b0, a0 * b1
    middle = (low >> HALF) + (cross & LOW) + (other & LOW)
    high = a1 * b1 + (cross >> HALF) + (other >> HALF) + (middle >> HALF)
    low = (low & LOW) | (middle << HALF)
    quotient, rest = ZERO, ZERO
    for turn in range(128):
        bit = (high >> (TOP - np.uint64(turn))) & ONE if turn < 64 else (low >> (TOP - np.uint64(turn - 64))) & ONE
        rest = (rest << ONE) | bit
        quotient <<= ONE
        if rest >= d:
            rest -= d
            quotient |= ONE
    if (mode == UP and rest > ZERO) or (mode == HALF_UP and rest + rest >= d):
        quotient += ONE
    return np.int64(quotient)  # type: ignore[return-value]  # compiled, it is the same


@lean
def scaled(quantity: int, number: int, divisor: int, mode: int) -> int:
    """Return quantity x number / divisor, rounded up, half up or down."""
    if quantity == 0:
        return 0
    if number > MIXED_LIMIT // quantity:
        return wide(quantity, number, divisor, mode)
    product = quantity * number
    whole = product // divisor
    rest = product - whole * divisor
    if (mode == UP and rest > 0) or (mode == HALF_UP and rest >= divisor - rest):
        whole += 1
    return whole


@lean
def ratio_of(line: Records) -> tuple[int, int, int, int, int, int]:
    """Return what `needed` has to know of a line: limit, whole, number, divisor, mode, fixed."""
    return line.limit, line.whole, line.number, line.divisor, line.mode, line.fixed


@lean
def needed(ratio: tuple[int, int, int, int, int, int], quantity: int, step: int) -> int:
    """Return what an order of a parent needs of its component (or yields of a by-product)."""
    limit, whole, number, divisor, mode, fixed = ratio
    if quantity <= limit:
        if whole > 0:
            exact = quantity * whole
            if exact % MICRO == 0:
                return exact + fixed
        product = quantity * number
        steps = product // divisor
        rest = product - steps * divisor
        if (mode == UP and rest > 0) or (mode == HALF_UP and rest >= divisor - rest):
            steps += 1
        return steps * step + fixed
    return wide(quantity, number, divisor, mode) * step + fixed


@lean
def cap_of(items: Records, item: int) -> int:
    """Return the largest lot of an item (0: none), rounded down to its multiple."""
    if items[item].high == 0:
        return 0
    multiple = max(items[item].multiple, items[item].step)
    return max(items[item].high // multiple * multiple, multiple)


@lean
def lot_plan(items: Records, item: int, missing: int, held: int) -> tuple[int, int, int]:
    """Return (lot, how many of it, one more lot or 0) for what is missing, by the item's lot rules."""
    step = items[item].step
    if items[item].lot_policy == FIXED_LOT and items[item].fixed_lot > 0:
        lot = up(items[item].fixed_lot, step)
        count = -(-missing // lot)
        if count >= SPLITS:
            return lot, SPLITS - 1, lot * (count - SPLITS + 1)
        return lot, count, 0
    if items[item].lot_policy == MIN_MAX:
        missing += max(0, items[item].max_stock - held)
    return sized(missing, items[item].low, max(items[item].multiple, step), cap_of(items, item))


@lean
def sized(net: int, low: int, multiple: int, cap: int) -> tuple[int, int, int]:
    """Return (lot, how many of it, one more lot or 0): capped, raised to the minimum, rounded up."""
    if cap == 0:
        return 0, 0, up(max(net, low), multiple)
    full = net // cap
    if full >= SPLITS:
        return cap, SPLITS - 1, up(net - cap * (SPLITS - 1), multiple)
    rest = net - full * cap
    return cap, full, (min(up(max(rest, low), multiple), cap) if rest > 0 else 0)


@lean
def on_or_before(calendar: Calendar, day: int) -> int:
    """Return the last working day not after ``day``."""
    if day < calendar.first or day >= calendar.end:
        return day
    count = calendar.before[day - calendar.first + 1]
    return calendar.days[count - 1] if count > 0 else calendar.first - 1


@lean
def on_or_after(calendar: Calendar, day: int) -> int:
    """Return the first working day not before ``day``."""
    if day < calendar.first or day >= calendar.end:
        return day
    count = calendar.before[day - calendar.first]
    return calendar.days[count] if count < len(calendar.days) else calendar.end


@lean
def rank(calendar: Calendar, working_day: int) -> int:
    """Return the number of a working day."""
    if working_day < calendar.first:
        return working_day - calendar.first
    if working_day >= calendar.end:
        return len(calendar.days) + working_day - calendar.end
    return calendar.before[working_day - calendar.first]


@lean
def at_rank(calendar: Calendar, number: int) -> int:
    """Return the working day of a number."""
    if number < 0:
        return calendar.first + number
    if number >= len(calendar.days):
        return calendar.end + number - len(calendar.days)
    return calendar.days[number]


@lean
def earlier(calendar: Calendar, day: int, count: int) -> int:
    """Return the working day ``count`` working days before the last one not after ``day``."""
    return at_rank(calendar, rank(calendar, on_or_before(calendar, day)) - count)


@lean
def back(calendar: Calendar, day: int, lead: int) -> tuple[int, int]:
    """Return the last working day not after ``day``, and the one so many working days before it."""
    if calendar.first <= day < calendar.end:
        number = calendar.before[day - calendar.first + 1] - 1
        if number >= max(lead, 0):
            return calendar.days[number], calendar.days[number - lead]
    due = on_or_before(calendar, day)
    return due, earlier(calendar, due, lead)


@lean
def later(calendar: Calendar, day: int, count: int) -> int:
    """Return the working day ``count`` working days after the first one not before ``day``."""
    return at_rank(calendar, rank(calendar, on_or_after(calendar, day)) + count)


__all__ = [
    "DOWN",
    "back",
    "earlier",
    "later",
    "lot_plan",
    "needed",
    "on_or_after",
    "on_or_before",
    "ratio_of",
    "scaled",
    "sized",
    "up",
]
