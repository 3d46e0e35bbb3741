"""What stock and firm supply of an item fall short of what is wanted, and what of that nobody has planned yet."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from erp.engines.outlook import Outlook

ZERO = Decimal(0)


def lacks(outlook: Outlook) -> list[tuple[dt.date, Decimal]]:
    """Return on which days what is wanted is more than what is there and comes, and by how much more than before."""
    level, found = outlook.on_hand, []
    lowest = min(ZERO, level)
    for day in sorted(outlook.changes):
        level += outlook.changes[day]
        if level < lowest:
            found.append((day, lowest - level))
            lowest = level
    return found


def unplanned(rows: Iterable[tuple[dt.date, Decimal]], planned: Decimal) -> list[tuple[dt.date, Decimal]]:
    """Return what of lacks is more than what is planned for them, the last days of it."""
    growing = list(rows)
    left, found = sum((quantity for _day, quantity in growing), ZERO) - planned, []
    for day, quantity in reversed(growing):
        if left <= 0:
            break
        found.append((day, min(left, quantity)))
        left -= quantity
    return found[::-1]
