"""Groups of components that are replaced together, for a promise: what stock of their substitutes stands for."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

ZERO, WHOLE, SMALLEST = Decimal(0), Decimal(1), Decimal("0.000001")


class Substitute(Protocol):
    """A substitute: ``needed`` of it stands for a quantity of its component."""

    @property
    def item(self) -> Hashable:
        """The item that serves."""

    @property
    def rank(self) -> int:
        """Its place in the order they are tried; substitutes of one rank go together."""

    def needed(self, quantity: Decimal) -> Decimal:
        """Return how much of it stands for a quantity of the component."""


class Component(Protocol):
    """A component: ``needed`` for a quantity of the parent."""

    @property
    def item(self) -> Hashable:
        """The item that is needed."""

    @property
    def group(self) -> Hashable:
        """What it is replaced together with; None: it is replaced alone."""

    @property
    def replacements(self) -> Sequence[Substitute]:
        """What may serve instead."""

    def needed(self, quantity: Decimal) -> Decimal:
        """Return how much of it a quantity of the parent needs."""


@dataclass
class Swapped:
    """For how much of the parent each group is replaced, and what that takes of the substitutes."""

    quantity: dict[Hashable, Decimal] = field(default_factory=dict)
    used: dict[Hashable, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


def swap_groups(parts: Iterable[Component], quantity: Decimal, available: Callable[[Hashable], Decimal]) -> Swapped:
    """Replace groups for what of ``quantity`` of the parent one of their components is short of, ranks in turn.

    available  what is there of an item at once.   Whole pieces of the parent stay whole. All replacements of a rank go
    together: there may be more or fewer of them than components.
    """
    groups: dict[Hashable, list[Component]] = defaultdict(list)
    for part in parts:
        if part.group is not None:
            groups[part.group].append(part)
    found, unit = Swapped(), WHOLE if quantity == quantity.to_integral_value() else SMALLEST
    for name, members in groups.items():
        own = _most(quantity, unit, lambda q, m=members: all(p.needed(q) <= available(p.item) for p in m))
        short = quantity - own
        for rank in sorted({one.rank for part in members for one in part.replacements}):
            pairs = [(part, one) for part in members for one in part.replacements if one.rank == rank]
            most = _most(short, unit, lambda q, p=pairs: _fits(p, q, found, available))
            for part, one in pairs if most else ():
                found.used[one.item] += one.needed(part.needed(most))
            short -= most
        found.quantity[name] = quantity - own - short
    return found


def _fits(
    pairs: Sequence[tuple[Component, Substitute]],
    quantity: Decimal,
    found: Swapped,
    available: Callable[[Hashable], Decimal],
) -> bool:
    wanted: dict[Hashable, Decimal] = defaultdict(Decimal)
    for part, one in pairs:
        wanted[one.item] += one.needed(part.needed(quantity))
    return all(needed <= available(item) - found.used.get(item, ZERO) for item, needed in wanted.items())


def _most(most: Decimal, unit: Decimal, fits: Callable[[Decimal], bool]) -> Decimal:
    """Return the greatest quantity of whole units up to ``most`` that fits; nothing always does."""
    if most <= 0 or fits(most):
        return max(most, ZERO)
    low, high = 0, int(most / unit)
    while low < high:
        trial = (low + high + 1) // 2
        if fits(trial * unit):
            low = trial
        else:
            high = trial - 1
    return low * unit
