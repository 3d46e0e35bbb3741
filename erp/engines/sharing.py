"""Sharing out what was found among those who need it, and saying which goods go to whom. Source: HARD_RULES §5."""

from collections.abc import Iterable, Sequence
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
    sources: Iterable[tuple[S, Decimal]], shares: Sequence[Decimal]
) -> tuple[list[list[tuple[S, Decimal]]], list[tuple[S, Decimal]]]:
    """Return which part of which source each share is made of, and what of the sources is left over.

    The first share takes from the first source: goods that go out first go to who comes first.
    """
    rows = list(sources)
    left = [quantity for _source, quantity in rows]
    parts: list[list[tuple[S, Decimal]]] = []
    for share in shares:
        wanted, taken = share, []
        for index, (source, _quantity) in enumerate(rows):
            part = min(wanted, left[index])
            if part > 0:
                taken.append((source, part))
                left[index] -= part
                wanted -= part
        parts.append(taken)
    rest = [(source, quantity) for (source, _whole), quantity in zip(rows, left, strict=True) if quantity > 0]
    return parts, rest


def whole_packs(needed: Decimal, pack: Decimal) -> Decimal:
    """Return ``needed`` rounded up to whole packs (no pack: as it is)."""
    if pack <= 0 or needed % pack == 0:
        return needed
    return (needed // pack + 1) * pack
