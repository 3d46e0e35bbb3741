"""Sharing out what was found among those who need it, and saying which goods go to whom. Source: HARD_RULES §5."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from core.fields import ZERO
from core.money import split_amount

S = TypeVar("S")


def by_priority(found: Decimal, needs: Sequence[Decimal]) -> list[Decimal]:
    """Return what each gets when one after the other takes what it needs."""
    left, shares = found, []
    for need in needs:
        shares.append(min(need, left))
        left -= shares[-1]
    return shares


def pro_rata(found: Decimal, needs: Sequence[Decimal], decimals: int) -> list[Decimal]:
    """Return what each gets in proportion to its need, to the step of the unit; equal remainders go to the first.

    Nobody gets more than it needs; needs are whole steps.
    """
    if not needs or found >= sum(needs, ZERO):
        return list(needs)
    return split_amount(found, needs, decimals)


def handed_out(
    sources: Iterable[tuple[S, Decimal]],
    shares: Sequence[Decimal],
    kept: Mapping[tuple[int, int], Decimal] | None = None,
) -> tuple[list[list[tuple[S, Decimal]]], list[tuple[S, Decimal]]]:
    """Return which part of which source each share is made of, and what of the sources is left over.

    What is kept for a share in a source, by (number of the share, of the source), goes to it; beyond that the first
    share takes from the first source: goods that go out first go to who comes first.
    """
    rows = list(sources)
    left = [quantity for _source, quantity in rows]
    wanted = list(shares)
    given: dict[tuple[int, int], Decimal] = {}
    limits = dict.fromkeys(itertools.product(range(len(shares)), range(len(rows))), sum(left, ZERO))
    for round_ in ({key: (kept or {}).get(key, ZERO) for key in limits}, limits):
        for (share, source), limit in round_.items():
            part = min(wanted[share], left[source], limit)
            if part > 0:
                given[share, source] = given.get((share, source), ZERO) + part
                left[source] -= part
                wanted[share] -= part
    parts = [
        [(source, given[share, index]) for index, (source, _whole) in enumerate(rows) if (share, index) in given]
        for share in range(len(shares))
    ]
    rest = [(source, quantity) for (source, _whole), quantity in zip(rows, left, strict=True) if quantity > 0]
    return parts, rest


def whole_packs(needed: Decimal, pack: Decimal) -> Decimal:
    """Return ``needed`` rounded up to whole packs (no pack: as it is)."""
    if pack <= 0 or needed % pack == 0:
        return needed
    return (needed // pack + 1) * pack
