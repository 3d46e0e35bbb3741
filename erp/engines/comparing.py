"""What differs between two lists: rows added, dropped and changed; no database."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

R = TypeVar("R")


@dataclass(frozen=True)
class Pair(Generic[R]):
    """One row before and after; None: it was not there."""

    before: R | None
    after: R | None


def paired(before: Sequence[R], after: Sequence[R], key: Callable[[R], Hashable]) -> list[Pair[R]]:
    """Return the rows of two lists matched by ``key``, in the order of the second list, dropped ones at their place.

    Rows of one key are matched in their order: the first with the first, the second with the second.
    """
    waiting: dict[Hashable, list[R]] = defaultdict(list)
    for row in before:
        waiting[key(row)].append(row)
    pairs = []
    for row in after:
        known = waiting[key(row)]
        pairs.append(Pair(known.pop(0) if known else None, row))
    left = {id(row) for rows in waiting.values() for row in rows}
    for place, row in enumerate(before):
        if id(row) in left:
            pairs.insert(min(place, len(pairs)), Pair(row, None))
    return pairs


def changed_fields(before: Any, after: Any, names: Sequence[str]) -> list[str]:
    """Return which of ``names`` differ between two objects."""
    return [name for name in names if getattr(before, name) != getattr(after, name)]
