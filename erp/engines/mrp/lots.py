"""Lot rules and the quantity of a component."""

from functools import lru_cache
from math import gcd

from erp.engines.mrp.problem import FIXED_LOT, MICRO, MIN_MAX, Item

SPLITS = 1000
"""Most lots one need is split into; a maximum that asks for more is a slip of the pen, and the last takes the rest."""

WIDE = 1 << 62
"""Ratios are kept below this, so that a compiled planner has room for them."""

UP, HALF_UP, DOWN = 0, 1, 2


def _up(quantity: int, step: int) -> int:
    return -(-quantity // step) * step


def lot_sizes(net: int, *, minimum: int = 0, multiple: int = 0, maximum: int = 0, step: int = MICRO) -> list[int]:
    """Return the lots that cover a net requirement: capped (split), raised to the minimum, rounded up, in that order.

    The cap is rounded down to the multiple first, so that rounding up never passes it.
    """
    multiple = max(multiple, step)
    if not maximum:
        return [_up(max(net, minimum), multiple)]
    cap = max(maximum // multiple * multiple, multiple)
    full, rest = divmod(net, cap)
    if full >= SPLITS:
        return [cap] * (SPLITS - 1) + [_up(net - cap * (SPLITS - 1), multiple)]
    lots = [cap] * full + ([rest] if rest else [])
    return [min(_up(max(lot, minimum), multiple), cap) for lot in lots]


def lots_of(item: Item, missing: int, held_back: int) -> list[int]:
    """Return the lots for what is missing, by the item's lot policy and then its minimum, multiple and maximum.

    held_back  the safety stock that ``missing`` leaves aside already: a maximum stock counts from there.
    """
    if item.lot_policy == FIXED_LOT and item.fixed_lot:
        lot = _up(item.fixed_lot, item.step)
        count = -(-missing // lot)
        return [lot] * min(count, SPLITS - 1) + ([lot * (count - SPLITS + 1)] if count >= SPLITS else [])
    if item.lot_policy == MIN_MAX:
        missing += max(0, item.max_stock - held_back)
    return lot_sizes(missing, minimum=item.min_lot, multiple=item.lot_multiple, maximum=item.max_lot, step=item.step)


@lru_cache(maxsize=65536)
def usage_ratio(
    per: int, base: int, *, scrap: int = 0, yield_scrap: bool = False, step: int = MICRO, good: int = MICRO
) -> tuple[int, int]:
    """Return (n, d): the steps of a component that a quantity q of the parent needs are q × n ÷ d, to be rounded.

    Reduced to lowest terms and, where still too wide (never with usual figures), shortened to 62 bits.
    """
    if yield_scrap:
        number, divisor = per * MICRO * MICRO, base * (MICRO - scrap) * good * step
    else:
        number, divisor = per * (MICRO + scrap) * MICRO, base * MICRO * good * step
    common = gcd(number, divisor)
    number, divisor = number // common, divisor // common
    while max(number, divisor) >= WIDE:
        number, divisor = max(number >> 1, 1), max(divisor >> 1, 1)
    return number, divisor


def scaled(quantity: int, number: int, divisor: int, rounding: int) -> int:
    """Return quantity × number ÷ divisor, rounded up, half up or down."""
    if rounding == UP:
        return -(-quantity * number // divisor)
    if rounding == HALF_UP:
        return (2 * quantity * number + divisor) // (2 * divisor)
    return quantity * number // divisor


def rounding_of(step: int, is_output: bool = False) -> int:
    """Whole pieces are needed in full, measured quantities to their step; outputs count as far as they are sure."""
    if is_output:
        return DOWN
    return UP if step == MICRO else HALF_UP


def requirement(
    quantity: int,
    *,
    per: int,
    base: int,
    scrap: int = 0,
    yield_scrap: bool = False,
    step: int = MICRO,
    good: int = MICRO,
    fixed: int = 0,
) -> int:
    """Return how much of a component ``quantity`` good ones of the parent need, when ``per`` of it goes into ``base``.

    Scrap in millionths, by usage (x (1 + s)) or by yield (/ (1 - s)); ``good`` is the parent's own yield in millionths.
    Whole pieces are rounded up, measured quantities half up to their step. ``fixed`` is added once.
    """
    number, divisor = usage_ratio(per, base, scrap=scrap, yield_scrap=yield_scrap, step=step, good=good)
    return scaled(quantity, number, divisor, rounding_of(step)) * step + _up(fixed, step)
