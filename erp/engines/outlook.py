"""What an item looks like to who promises: its stock, what changes it day by day, and what it is made of and by."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from itertools import accumulate

ZERO = Decimal(0)


@dataclass(frozen=True)
class Replacement:
    """A substitute of a component: ``ratio`` of it stand for one; ``step`` is the smallest quantity of it."""

    item: Hashable
    ratio: Decimal = Decimal(1)
    step: Decimal = ZERO
    rank: int = 1

    def needed(self, quantity: Decimal) -> Decimal:
        """Return how much of it stands for ``quantity`` of the component."""
        needed = quantity * self.ratio
        return (needed / self.step).to_integral_value(ROUND_CEILING) * self.step if self.step else needed

    def covered(self, wanted: Decimal, there: Decimal, step: Decimal) -> Decimal:
        """Return how much of the component, of its ``step``, what is ``there`` of the substitute stands in for."""
        covered = wanted if self.needed(wanted) <= there else there / self.ratio
        return covered // step * step if step else covered


@dataclass(frozen=True)
class Part:
    """A component: ``per`` of it go into ``base`` units of the parent; ``step`` is the smallest quantity of it.

    fixed     needed once, whatever the quantity.   is_skipped  it is not made by an order of its own: no time for it.
    replacements  what serves, in this order, where the component itself is short.
    group         components of one group are replaced together, by all replacements of one rank.
    """

    item: Hashable
    per: Decimal
    step: Decimal = ZERO
    base: Decimal = Decimal(1)
    fixed: Decimal = ZERO
    is_skipped: bool = False
    replacements: tuple[Replacement, ...] = ()
    group: Hashable = None

    def needed(self, quantity: Decimal) -> Decimal:
        """Return how much of it ``quantity`` of the parent needs."""
        needed = quantity * self.per / self.base + self.fixed
        return (needed / self.step).to_integral_value(ROUND_CEILING) * self.step if self.step else needed


@dataclass
class Room:
    """What a resource that limits the plan has still free, in minutes by day from ``first`` on; nothing after."""

    first: dt.date
    minutes: list[Decimal]

    def take(self, start: dt.date, wanted: Decimal) -> tuple[dt.date, list[tuple[int, Decimal]]] | None:
        """Take minutes from ``start`` on; return the last day and what was taken of which."""
        taken: list[tuple[int, Decimal]] = []
        for place in range(max(0, (start - self.first).days), len(self.minutes)):
            part = min(self.minutes[place], wanted)
            if part > 0:
                self.minutes[place] -= part
                taken.append((place, part))
                wanted -= part
            if wanted <= 0:
                return self.first + dt.timedelta(days=place), taken
        self.give_back(taken)
        return None

    def give_back(self, taken: Iterable[tuple[int, Decimal]]) -> None:
        """Undo a taking."""
        for place, part in taken:
            self.minutes[place] += part


@dataclass(frozen=True)
class Work:
    """One operation: minutes to set up and per unit, on a resource that works so many minutes a day.

    room  of a resource that limits the plan: what others leave of it.
    """

    resource: str
    setup_minutes: Decimal
    unit_minutes: Decimal
    minutes_a_day: Decimal
    room: Room | None = field(default=None, compare=False)

    def needed(self, quantity: Decimal) -> Decimal:
        """Return the minutes that ``quantity`` takes."""
        return self.setup_minutes + self.unit_minutes * quantity


class _Levels:
    """What is there after each day of a change, and the least of it from that day on."""

    __slots__ = ("days", "least", "sums")

    def __init__(self, on_hand: Decimal, changes: Mapping[dt.date, Decimal]) -> None:
        self.days = sorted(changes)
        self.sums = list(accumulate((changes[day] for day in self.days), initial=on_hand))[1:]
        self.least = list(accumulate(reversed(self.sums), min))[::-1]

    def change(self, day: dt.date, quantity: Decimal) -> bool:
        """Count a change on the first day, which moves all levels alike; False: on another one."""
        if day != self.days[0]:
            return False
        self.sums = [level + quantity for level in self.sums]
        self.least = [level + quantity for level in self.least]
        return True


@dataclass
class Outlook:
    """Stock of one item and what is going to change it; all quantities in its stock unit.

    changes    net supply less demand by day; what is due before today counts today, late supply not at all.
    lead_days  working days to buy it, or to make it once its parts are there (where ``work`` does not say it).
    parts      what it is made of (empty: it is bought, or nobody knows).
    can_get    whether it can be replenished at all.
    is_open    whether its parts are known; an item that is only there to be taken from stock need not be.
    """

    on_hand: Decimal
    changes: dict[dt.date, Decimal] = field(default_factory=dict)
    lead_days: int = 0
    parts: Sequence[Part] = ()
    can_get: bool = True
    work: Sequence[Work] = ()
    is_open: bool = True
    _levels: "_Levels | None" = field(default=None, repr=False, compare=False)

    def add(self, day: dt.date, quantity: Decimal) -> None:
        """Count supply (below zero: demand) on ``day``."""
        known = day in self.changes
        self.changes[day] = self.changes[day] + quantity if known else quantity
        if self._levels is not None and not (known and self._levels.change(day, quantity)):
            self._levels = None

    def _known(self) -> "_Levels":
        if self._levels is None:
            self._levels = _Levels(self.on_hand, self.changes)
        return self._levels

    def available(self, day: dt.date) -> Decimal:
        """Return what may be promised on ``day`` without breaking a later promise.

        Cumulative ATP with look-ahead: the least level from ``day`` on, never below zero. Source: HARD_RULES §2.
        """
        levels = self._known()
        place = bisect_right(levels.days, day)
        level = levels.sums[place - 1] if place else self.on_hand
        if place < len(levels.days) and levels.least[place] < level:
            level = levels.least[place]
        return level if level > 0 else ZERO

    def first_day(self, quantity: Decimal, day: dt.date) -> dt.date | None:
        """Return the first day from ``day`` on when ``quantity`` may be promised; None: never by what is known."""
        if self.available(day) >= quantity:
            return day
        levels = self._known()
        place = bisect_left(levels.least, quantity, lo=bisect_right(levels.days, day))  # it never falls from day to day
        return levels.days[place] if place < len(levels.days) else None

    def increases(self, day: dt.date) -> list[dt.date]:
        """Return the days after ``day`` on which more may be promised than before."""
        levels, found, before = self._known(), [], self.available(day)
        for place in range(bisect_right(levels.days, day), len(levels.days)):
            if levels.least[place] > before:
                found.append(levels.days[place])
                before = levels.least[place]
        return found

    def making(self, quantity: Decimal) -> tuple[int, str]:
        """Return the working days that ``quantity`` takes once its parts are there, and the busiest resource."""
        if not self.work:
            return self.lead_days, ""
        days = [one.needed(quantity) / one.minutes_a_day for one in self.work]
        whole = sum(days, ZERO).to_integral_value(ROUND_CEILING)
        return int(whole), self.work[days.index(max(days))].resource
