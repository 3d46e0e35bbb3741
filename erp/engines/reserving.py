"""Sharing out free stock to demands."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Need:
    """What a demand still lacks; ``place`` limits it to stock of that warehouse (None: any)."""

    key: Hashable
    item: Hashable
    quantity: Decimal
    place: Hashable | None = None


@dataclass(frozen=True)
class Free:
    """Free stock of one balance."""

    key: Hashable
    item: Hashable
    quantity: Decimal
    place: Hashable


def share_out(needs: Sequence[Need], stock: Sequence[Free]) -> list[tuple[Hashable, Hashable, Decimal]]:
    """Give each need, in order, what is free in the order of ``stock``; return (need, balance, quantity) rows."""
    left = [free.quantity for free in stock]
    by_item: dict[Hashable, list[int]] = {}
    for index, free in enumerate(stock):
        by_item.setdefault(free.item, []).append(index)
    rows = []
    for need in needs:
        missing = need.quantity
        for index in by_item.get(need.item, ()):
            if missing <= 0:
                break
            if left[index] <= 0 or need.place not in {None, stock[index].place}:
                continue
            taken = min(missing, left[index])
            left[index] -= taken
            missing -= taken
            rows.append((need.key, stock[index].key, taken))
    return rows
