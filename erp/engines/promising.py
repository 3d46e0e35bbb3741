"""Available and capable to promise: the first day a quantity can be there, why not earlier, and in which parts.

Rules and worked examples: docs/algorithms/promising.md.
"""

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import Any

from erp.engines.outlook import ZERO, Outlook, Part, Room, Work
from erp.engines.promising_groups import swap_groups

MAX_DEPTH = 40
MOST_PARTS = 4
MOST_MIXTURES = 6

AddDays = Callable[[dt.date, int], dt.date]


class Rule(StrEnum):
    """How far a promise goes beyond stock and firm supply.

    atp  not at all.   rlt  whatever is missing counts as there after the item's whole replenishment lead time.
    ctp  what is missing is bought, or made of parts that are looked for in the same way.
    """

    ATP = "atp"
    RLT = "rlt"
    CTP = "ctp"


class Cause(StrEnum):
    """Why an item is there on a day and not earlier."""

    STOCK = "stock"
    SUPPLY = "supply"
    SUBSTITUTE = "substitute"
    BUY = "buy"
    MAKE = "make"
    RESOURCE = "resource"
    NO_SOURCE = "no_source"


class PartsUnknown(LookupError):
    """More of an item is asked for than its outlook was read for: read all that goes into it, and ask again."""


@dataclass(frozen=True)
class Wish:
    """A quantity wanted on a day; ``step`` is the smallest part of it that can be delivered."""

    item: Hashable
    quantity: Decimal
    day: dt.date
    step: Decimal = Decimal(1)


@dataclass(frozen=True)
class Step:
    """A link of the chain that decides: ``item`` is there on ``day`` because of ``cause``, which takes ``days``."""

    item: Any
    cause: Cause
    day: dt.date | None
    days: int = 0
    resource: str = ""


@dataclass(frozen=True)
class Answer:
    """What may be promised: available on the wished day (or today), and the first day for all of it (None: unknown).

    why    from the wished item down to the bottleneck, which is the last.
    parts  (quantity, day): the earlier days on which parts of it can be there; one part: it comes at once.
    """

    available: Decimal
    day: dt.date | None
    why: tuple[Step, ...] = field(default=(), compare=False)
    parts: tuple[tuple[Decimal, dt.date | None], ...] = field(default=(), compare=False)


def promise(
    wishes: Sequence[Wish],
    outlooks: Mapping[Any, Outlook],
    today: dt.date,
    add_days: AddDays,
    *,
    rule: Rule = Rule.CTP,
    parts_of: int | None = None,
) -> list[Answer]:
    """Answer wishes in order; each takes from the outlooks what it was promised, so that later ones see the rest.

    A wish that stock and firm supply do not cover in time is replenished as far as ``rule`` goes: the answer is the
    earliest day on which what is available by then and what is bought or made make up all of it.

    parts_of  the place of the wish whose split delivery is asked for.
    """
    court = _Court(outlooks, today, add_days, rule)
    return [court.answer(wish, with_parts=place == parts_of) for place, wish in enumerate(wishes)]


@dataclass(frozen=True)
class _Reached:
    """The day something is there (None: never) and the chain that decides it."""

    day: dt.date | None
    why: tuple[Step, ...]

    def is_before(self, other: "_Reached") -> bool:
        return self.day is not None and (other.day is None or self.day < other.day)


class _Court:
    """Takes from outlooks while it looks; what was only tried is put back."""

    def __init__(self, outlooks: Mapping[Any, Outlook], today: dt.date, add_days: AddDays, rule: Rule) -> None:
        self.outlooks = outlooks
        self.today = today
        self.add_days = add_days
        self.rule = rule
        self.log: list[tuple[Outlook, dt.date, Decimal] | tuple[Room, list[tuple[int, Decimal]]]] = []
        self.lead_times: dict[Any, int | None] = {}

    def answer(self, wish: Wish, *, with_parts: bool) -> Answer:
        day = max(wish.day, self.today)
        available = self.outlooks[wish.item].available(day)
        parts = self._parts(wish, day) if with_parts and wish.quantity > 0 else ()
        reached = self._reach(wish.item, wish.quantity, day)
        return Answer(available, reached.day, reached.why, parts)

    def _parts(self, wish: Wish, day: dt.date) -> tuple[tuple[Decimal, dt.date | None], ...]:
        """Cut the quantity where its day changes, the last part first; each earlier part is as large as can be."""
        found: list[tuple[Decimal, dt.date | None]] = []
        quantity, last = wish.quantity, self._tried(wish, wish.quantity, day)
        while len(found) < MOST_PARTS - 1 and (last is None or last > day):
            earlier = self._most_before(wish, quantity, last, day)
            if not earlier:
                break
            found.append((quantity - earlier, last))
            quantity, last = earlier, self._tried(wish, earlier, day)
        return ((quantity, last), *reversed(found))

    def _most_before(self, wish: Wish, quantity: Decimal, last: dt.date | None, day: dt.date) -> Decimal:
        """The greatest quantity below ``quantity`` that is there before ``last``."""
        low, high = 0, int((quantity / wish.step).to_integral_value(ROUND_CEILING)) - 1
        while low < high:
            middle = (low + high + 1) // 2
            reached = self._tried(wish, middle * wish.step, day)
            if reached is not None and (last is None or reached < last):
                low = middle
            else:
                high = middle - 1
        return low * wish.step

    def _tried(self, wish: Wish, quantity: Decimal, day: dt.date) -> dt.date | None:
        mark = len(self.log)
        reached = self._reach(wish.item, quantity, day)
        self._undo(mark)
        return reached.day

    def _reach(self, item: Any, quantity: Decimal, day: dt.date) -> _Reached:
        """Take a quantity wanted on ``day`` (of a wish) as early from then on as it can be there."""
        outlook = self.outlooks[item]
        at_once = min(outlook.available(day), quantity)
        self._take(outlook, day, at_once)
        rest = quantity - at_once
        if not rest:
            return _Reached(day, (Step(item, Cause.STOCK, day),))
        best = _Reached(outlook.first_day(rest, day), ())
        best = _Reached(best.day, (Step(item, Cause.SUPPLY if best.day else Cause.NO_SOURCE, best.day),))
        chosen: dt.date | None = None
        for at in [day, *outlook.increases(day)[:MOST_MIXTURES]]:
            if best.day is not None and at >= best.day:
                break
            mark = len(self.log)
            made = self._with_supply_until(item, rest, at)
            self._undo(mark)
            if made.is_before(best):
                best, chosen = made, at
            elif best.day is None and chosen is None:
                best = made
        if best.day is not None and chosen is not None:
            self._with_supply_until(item, rest, chosen)
        else:
            self._take(outlook, best.day or day, rest)
        return best if best.day is None else _Reached(max(best.day, day), best.why)

    def _with_supply_until(self, item: Any, rest: Decimal, at: dt.date) -> _Reached:
        """Take what is available on a day, and have what is still missing bought or made from today on."""
        outlook = self.outlooks[item]
        share = min(outlook.available(at), rest)
        self._take(outlook, at, share)
        made = self._replenish(item, rest - share)
        if made.day is not None and made.day < at:
            return _Reached(at, (Step(item, Cause.SUPPLY, at),) if share else made.why)
        return made

    def _replenish(self, item: Any, quantity: Decimal) -> _Reached:
        none = _Reached(None, (Step(item, Cause.NO_SOURCE, None),))
        if self.rule is Rule.ATP:
            return none
        if self.rule is Rule.RLT:
            days = self._lead_time(item, 0)
            if days is None:
                return none
            ready = self.add_days(self.today, days)
            return _Reached(ready, (Step(item, Cause.BUY, ready, days),))
        return self._make(item, quantity, ())

    def _lead_time(self, item: Any, depth: int) -> int | None:
        """The working days to replenish an item with nothing there, its parts and theirs included."""
        if item not in self.lead_times:
            self.lead_times[item] = None  # in a circle there is no end
            outlook = self.outlooks[item]
            below = [self._lead_time(part.item, depth + 1) for part in outlook.parts] if depth < MAX_DEPTH else [None]
            if outlook.can_get and None not in below:
                self.lead_times[item] = outlook.lead_days + max((one for one in below if one), default=0)
        return self.lead_times[item]

    def _make(self, item: Any, quantity: Decimal, path: tuple[Any, ...], *, at_once: bool = False) -> _Reached:
        """Buy or make a quantity from today on, taking its parts; a day of None takes nothing.

        at_once  it is only thought of as made: it is there with its parts.
        """
        outlook = self.outlooks[item]
        if not outlook.is_open:
            raise PartsUnknown(item)
        if not outlook.can_get or item in path or len(path) > MAX_DEPTH:
            return _Reached(None, (Step(item, Cause.NO_SOURCE, None),))
        mark, start = len(self.log), self.today
        chain: tuple[Step, ...] = ()
        for part, needed in self._needs(outlook.parts, quantity):
            got = self._get(part, needed, (*path, item))
            if got.day is None:
                self._undo(mark)
                return _Reached(None, (Step(item, Cause.MAKE, None), *got.why))
            if got.day > start:
                start, chain = got.day, got.why
        days, resource = (0, "") if at_once and outlook.parts else outlook.making(quantity)
        done: dt.date | None = self.add_days(start, days)
        if resource and any(one.room for one in outlook.work):
            done, resource = self._worked(outlook.work, quantity, start)
            if done is None:
                self._undo(mark)
                return _Reached(None, (Step(item, Cause.RESOURCE, None, 0, resource),))
            days = (done - start).days
        cause = Cause.RESOURCE if resource else Cause.MAKE if outlook.parts else Cause.BUY
        return _Reached(done, (Step(item, cause, done, days, resource), *chain))

    def _worked(self, work: Sequence[Work], quantity: Decimal, start: dt.date) -> tuple[dt.date | None, str]:
        """Return when the operations are over, one after the other, and which resource takes the longest of it.

        A resource that limits the plan gives only what is free of it; any other works as long as it is asked to.
        """
        at, part_of_day, longest = start, ZERO, (-1, "")
        for one in work:
            before = at
            if one.room is None:
                part_of_day += one.needed(quantity) / one.minutes_a_day
                at = self.add_days(at, int(part_of_day))
                part_of_day -= int(part_of_day)
            elif one.needed(quantity) > 0:
                found = one.room.take(at, one.needed(quantity))
                if found is None:
                    return None, one.resource
                at, taken = found
                self.log.append((one.room, taken))
            longest = max(longest, ((at - before).days, one.resource), key=lambda pair: pair[0])
        is_begun = bool(part_of_day) or work[-1].room is not None  # the day work goes on is over first
        return self.add_days(at, 1 if is_begun else 0), longest[1]

    def _get(self, part: Part, quantity: Decimal, path: tuple[Any, ...]) -> _Reached:
        """Take a part as early as it can be there: from stock, from what is expected, or bought or made."""
        item, outlook = part.item, self.outlooks[part.item]
        mark = len(self.log)
        free = min(outlook.available(self.today), quantity)
        self._take(outlook, self.today, free)
        rest = quantity - free
        if not rest:
            return _Reached(self.today, (Step(item, Cause.STOCK, self.today),))
        rest = self._replaced(part, rest)
        if not rest:
            return _Reached(self.today, (Step(item, Cause.SUBSTITUTE, self.today),))
        covered = outlook.first_day(rest, self.today)
        before = len(self.log)
        made = self._make(item, rest, path, at_once=part.is_skipped)
        if covered is not None and (made.day is None or covered <= made.day):
            self._undo(before)
            self._take(outlook, covered, rest)
            return _Reached(covered, (Step(item, Cause.SUPPLY, covered),))
        if made.day is None:
            self._undo(mark)
        return made

    def _needs(self, parts: Sequence[Part], quantity: Decimal) -> list[tuple[Part, Decimal]]:
        """Return what is needed of each part, where one is short its group's substitutes in stock taken for it."""
        if not any(part.group for part in parts):
            return [(part, part.needed(quantity)) for part in parts]
        swapped = swap_groups(parts, quantity, lambda item: self.outlooks[item].available(self.today))
        for item, used in swapped.used.items():
            self._take(self.outlooks[item], self.today, used)
        rest = [(part, quantity - swapped.quantity.get(part.group, ZERO)) for part in parts]
        return [(part, part.needed(left)) for part, left in rest if left]

    def _replaced(self, part: Part, rest: Decimal) -> Decimal:
        """Take what substitutes of a short component there are today; return what they leave of ``rest``."""
        for one in () if part.group else part.replacements:
            outlook = self.outlooks[one.item]
            covered = one.covered(rest, outlook.available(self.today), part.step)
            if covered > 0:
                self._take(outlook, self.today, one.needed(covered))
                rest -= covered
            if not rest:
                break
        return rest

    def _take(self, outlook: Outlook, day: dt.date, quantity: Decimal) -> None:
        if quantity:
            outlook.add(day, -quantity)
            self.log.append((outlook, day, quantity))

    def _undo(self, mark: int) -> None:
        while len(self.log) > mark:
            entry = self.log.pop()
            if len(entry) == 2:
                room, taken = entry
                room.give_back(taken)
            else:
                outlook, day, quantity = entry
                outlook.add(day, quantity)
