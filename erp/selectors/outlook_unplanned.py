"""What was ordered since the plan was made takes its components, before anybody asks for them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from erp.engines.outlook import Part
from erp.engines.promising_groups import swap_groups
from erp.selectors.outlook_reading import Reading
from erp.selectors.outlook_sources import levels_below
from erp.selectors.planned_needs import planned_quantities, unseen_items

Due = tuple[Part, dt.date, Decimal]
"""So much of a part is needed on a day."""


def take_unplanned(reading: Reading) -> None:
    """Let what was ordered since the plan was made take its components, level by level.

    An item is read when all that it goes into has taken what it needs. Where a component is short, its substitutes in
    stock stand in for it, as in a promise.
    """
    pending: set[Any] = set(unseen_items(reading.asking.run))
    if not pending:
        return
    level_of = levels_below(pending, reading.day)
    reading.below = frozenset(level_of)
    due: dict[Any, list[Due]] = defaultdict(list)
    for level in range(max(level_of.values()) + 1):
        here = {pk for pk in pending if level_of.get(pk, level) == level}
        reading.read(here)
        for pk in sorted(here):
            _meet(reading, due.pop(pk, ()))
        for part, at, quantity in _needs(reading, [pk for pk in sorted(here) if reading.short.get(pk)]):
            due[part.item].append((part, at, quantity))
        pending = (pending - here) | due.keys()


def _meet(reading: Reading, due: Iterable[Due]) -> None:
    """Take what is needed of a part; where it is short, of what stands in for it."""
    for part, at, quantity in due:
        replacements = () if part.group else part.replacements
        rest = max(ZERO, quantity - reading.outlooks[part.item].available(at)) if replacements else ZERO
        reading.read({one.item for one in replacements} if rest else ())
        replaced = ZERO
        for one in replacements if rest else ():
            there = reading.outlooks[one.item].available(reading.day)
            covered = one.covered(rest - replaced, there, part.step)
            if covered > 0:
                reading.spend(one.item, reading.day, one.needed(covered))
                replaced += covered
        reading.spend(part.item, at, quantity - replaced)


def _needs(reading: Reading, item_ids: list[Any]) -> list[Due]:
    """Return what is needed of the parts of items for what is short of them and not planned, and when."""
    known = planned_quantities(item_ids, reading.asking.run) if item_ids else {}
    rows = {pk: reading.lacks_of(pk, known.get(pk, ZERO)) for pk in item_ids}
    reading.open([pk for pk in item_ids if rows[pk]])
    found: list[Due] = []
    for pk in item_ids:
        for start, quantity in rows[pk]:
            found += [(part, start, needed) for part, needed in _parts(reading, pk, quantity)]
    return found


def _parts(reading: Reading, pk: Any, quantity: Decimal) -> list[tuple[Part, Decimal]]:
    """Return what a quantity needs of each part, less what groups of substitutes in stock stand in for."""
    parts = reading.outlooks[pk].parts
    grouped = [part for part in parts if part.group]
    if not grouped:
        return [(part, part.needed(quantity)) for part in parts]
    keys: set[Any] = {part.item for part in grouped}
    reading.read(keys | {one.item for part in grouped for one in part.replacements})
    swapped = swap_groups(parts, quantity, lambda item: reading.outlooks[item].available(reading.day))
    for item, used in swapped.used.items():
        reading.spend(item, reading.day, used)
    left = [(part, quantity - swapped.quantity.get(part.group, ZERO)) for part in parts]
    return [(part, part.needed(rest)) for part, rest in left if rest]
