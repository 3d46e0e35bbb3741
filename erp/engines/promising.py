"""Available to promise with look-ahead, and the first date a quantity can be there when it has to be replenished."""

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

MAX_DEPTH = 40

AddDays = Callable[[dt.date, int], dt.date]


@dataclass(frozen=True)
class Part:
    """A component: how many of it one unit of the parent needs."""

    item: Hashable
    per: Decimal


@dataclass
class Outlook:
    """Stock of one item and what is going to change it; all quantities in its stock unit.

    changes    net supply less demand by day; what is due before today counts today, late supply not at all.
    lead_days  working days to buy it, or to make it once its parts are there.
    parts      what it is made of (empty: it is bought, or nobody knows).
    can_get    whether it can be replenished at all.
    """

    on_hand: Decimal
    changes: dict[dt.date, Decimal] = field(default_factory=dict)
    lead_days: int = 0
    parts: Sequence[Part] = ()
    can_get: bool = True

    def add(self, day: dt.date, quantity: Decimal) -> None:
        """Count supply (below zero: demand) on ``day``."""
        self.changes[day] = self.changes.get(day, Decimal(0)) + quantity

    def available(self, day: dt.date) -> Decimal:
        """Return what may be promised on ``day`` without breaking a later promise.

        Cumulative ATP with look-ahead: the least level from ``day`` on, never below zero. Source: HARD_RULES §2.
        """
        level = least = self.on_hand + sum(quantity for at, quantity in self.changes.items() if at <= day)
        for at in sorted(at for at in self.changes if at > day):
            level += self.changes[at]
            least = min(least, level)
        return max(least, Decimal(0))

    def first_day(self, quantity: Decimal, day: dt.date) -> dt.date | None:
        """Return the first day from ``day`` on when ``quantity`` may be promised; None: never by what is known."""
        for candidate in [day, *sorted(at for at in self.changes if at > day)]:
            if self.available(candidate) >= quantity:
                return candidate
        return None


@dataclass(frozen=True)
class Wish:
    """A quantity wanted on a day."""

    item: Hashable
    quantity: Decimal
    day: dt.date


@dataclass(frozen=True)
class Answer:
    """What may be promised: available on the wished day (or today), and the first day for all of it (None: unknown)."""

    available: Decimal
    day: dt.date | None


def promise(wishes: Sequence[Wish], outlooks: Mapping[Any, Outlook], today: dt.date, add_days: AddDays) -> list[Answer]:
    """Answer wishes in order; each takes from the outlooks what it was promised, so that later ones see the rest.

    A wish that stock and firm supply do not cover in time is replenished: the answer is the earlier of the day they do
    and the day new goods can be there (bought, or made of parts that are looked for in the same way).
    """
    answers = []
    replenisher = _Replenisher(outlooks, today, add_days)
    for wish in wishes:
        outlook = outlooks[wish.item]
        day = max(wish.day, today)
        available = outlook.available(day)
        first = outlook.first_day(wish.quantity, day)
        if first != day:
            made = replenisher.get(wish.item, wish.quantity - available)
            if made is not None and (first is None or made.day < first):
                for part, quantity in made.taken:
                    outlooks[part].add(today, -quantity)
                outlook.add(day, -min(available, wish.quantity))
                answers.append(Answer(available, max(made.day, day)))
                continue
        at_once = min(available, wish.quantity)
        outlook.add(day, -at_once)
        if wish.quantity > at_once:
            outlook.add(first or day, at_once - wish.quantity)
        answers.append(Answer(available, first))
    return answers


@dataclass(frozen=True)
class _Replenishment:
    day: dt.date
    taken: list[tuple[Hashable, Decimal]]


@dataclass(frozen=True)
class _Replenisher:
    """Finds the first day on which new goods can be there when buying and making begin ``today``."""

    outlooks: Mapping[Any, Outlook]
    today: dt.date
    add_days: AddDays

    def get(self, item: Hashable, quantity: Decimal, depth: int = 0) -> _Replenishment | None:
        """Return when ``quantity`` more can be there and what of the parts that takes; None: it cannot be had."""
        outlook = self.outlooks[item]
        if not outlook.can_get or depth > MAX_DEPTH:
            return None
        start, taken = self.today, []
        for part in outlook.parts:
            needed = quantity * part.per
            free = min(self.outlooks[part.item].available(self.today), needed)
            if free < needed:
                below = self.get(part.item, needed - free, depth + 1)
                covered = self.outlooks[part.item].first_day(needed, self.today)
                days = [day for day in (below.day if below else None, covered) if day is not None]
                if not days:
                    return None
                start = max(start, min(days))
                taken += below.taken if below and below.day == min(days) else []
            taken.append((part.item, free))
        return _Replenishment(self.add_days(start, outlook.lead_days), taken)
