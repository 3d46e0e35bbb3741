"""Lot rules and the quantity of a component."""

from erp.engines.mrp.problem import MICRO


def _up(quantity: int, step: int) -> int:
    return -(-quantity // step) * step


def lot_sizes(net: int, *, minimum: int = 0, multiple: int = 0, maximum: int = 0, step: int = MICRO) -> list[int]:
    """Return the lots that cover a net requirement: capped (split), raised to the minimum, rounded up, in that order.

    The cap is rounded down to the multiple first, so that rounding up never passes it.
    """
    multiple = max(multiple, step)
    if maximum:
        cap = max(maximum // multiple * multiple, multiple)
        full, rest = divmod(net, cap)
        lots = [cap] * full + ([rest] if rest else [])
    else:
        cap, lots = 0, [net]
    sizes = [_up(max(lot, minimum), multiple) for lot in lots]
    return [min(size, cap) if cap else size for size in sizes]


def requirement(
    quantity: int, *, per: int, base: int, scrap: int = 0, yield_scrap: bool = False, step: int = MICRO
) -> int:
    """Return how much of a component ``quantity`` of the parent needs, when ``per`` of it goes into ``base``.

    Scrap in millionths, by usage (x (1 + s)) or by yield (/ (1 - s)). Whole pieces are rounded up, measured quantities
    half up to their step.
    """
    if yield_scrap:
        numerator, denominator = quantity * per * MICRO, base * (MICRO - scrap)
    else:
        numerator, denominator = quantity * per * (MICRO + scrap), base * MICRO
    denominator *= step
    if step == MICRO:
        return -(-numerator // denominator) * step
    return (2 * numerator + denominator) // (2 * denominator) * step
