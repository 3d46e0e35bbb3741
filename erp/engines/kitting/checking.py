"""Serving orders one after the other from one pool that gets smaller."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from erp.engines.kitting.problem import (
    Cover,
    Kit,
    Order,
    Policy,
    Source,
    Stores,
    Substitute,
    Taking,
    Unlocked,
)
from erp.engines.kitting.together import Together, need_of
from erp.engines.mrp.lots import requirement
from erp.engines.mrp.problem import MICRO, NEVER

MAX_DEPTH = 40


def check_kits(orders: Iterable[Order], stores: Stores, policy: Policy = Policy.GREEDY) -> list[Kit]:
    """Check all orders in their order, each taking from the pool what the policy gives it.

    The day on which an order is complete follows, under both policies, from serving orders in full one after the other.
    """
    ranked = sorted(orders, key=lambda one: (one.priority, one.start, one.key))
    greedy = _Check(stores, hoards=True)
    kits = [greedy.kit(order) for order in ranked]
    if policy is Policy.GREEDY:
        for kit in kits:
            kit.blocking = _blocking(kit)
        return kits
    sparing = _Check(stores, hoards=False)
    return [_with_days(sparing.kit(order), full) for order, full in zip(ranked, kits, strict=True)]


def _with_days(kit: Kit, full: Kit) -> Kit:
    for cover, served in zip(kit.covers, full.covers, strict=True):
        cover.day = served.day
    kit.day = full.day
    kit.blocking = _blocking(kit)
    return kit


def unlocked_by(kits: Iterable[Kit]) -> dict[int, list[Unlocked]]:
    """Return, by key of the receipt, the orders that get something of it, in the order they are served."""
    found: dict[int, list[Unlocked]] = {}
    for kit in kits:
        for cover in kit.covers:
            waits = kit.day is not None and cover.component.is_critical and cover.day == kit.day
            last = max((taking.source.day for taking in cover.takings), default=0)
            for taking in cover.takings:
                if taking.source.key is not None:
                    completes = waits and taking.source.day == last
                    row = Unlocked(kit.order, cover.component, taking.quantity, completes)
                    found.setdefault(taking.source.key, []).append(row)
    return found


class _Bin:
    """The sources of one item by day, and what is left of each; the first ``near`` of them are there in time.

    ``within`` is left of those, ``whole`` of all.
    """

    __slots__ = ("at", "left", "near", "sources", "whole", "within")

    def __init__(self, sources: list[Source], until: int) -> None:
        self.sources = sources
        self.left = [source.quantity for source in sources]
        self.near = sum(source.day <= until for source in sources)
        self.within = sum(self.left[: self.near])
        self.whole = sum(self.left)
        self.at = 0


class _Pool:
    """What is left of all sources; takings can be undone back to a mark."""

    def __init__(self, sources: Sequence[Source], until: int) -> None:
        by_item: dict[Any, list[Source]] = {}
        for source in sorted(sources, key=lambda one: (one.day, one.key is not None, one.key or 0)):
            by_item.setdefault(source.item, []).append(source)
        self.bins = {item: _Bin(found, until) for item, found in by_item.items()}
        self.log: list[tuple[_Bin, int, int]] = []

    def take(self, item: Any, wanted: int, takings: list[Taking], *, later: bool = False) -> int:
        """Take up to ``wanted`` of what is there in time (``later``: ever); return what was taken."""
        found = self.bins.get(item)
        if found is None or not (found.whole if later else found.within):
            return 0
        left, near = found.left, found.near
        at, end, missing = found.at, len(left) if later else near, wanted
        while at < end and left[at] == 0:
            at += 1
        found.at = at
        while missing > 0 and at < end:
            taken = min(missing, left[at])
            if taken:
                left[at] -= taken
                missing -= taken
                if at < near:
                    found.within -= taken
                self.log.append((found, at, taken))
                takings.append(Taking(found.sources[at], taken))
            at += 1
        found.whole -= wanted - missing
        return wanted - missing

    def take_whole(self, item: Any, wanted: int) -> Source | None:
        """Take ``wanted`` from the first source there in time, where that has so much; return it."""
        found = self.bins.get(item)
        if found is None:
            return None
        at = found.at
        if at >= found.near or found.left[at] < wanted:
            return None
        found.left[at] -= wanted
        found.within -= wanted
        found.whole -= wanted
        self.log.append((found, at, wanted))
        return found.sources[at]

    def available(self, item: Any) -> int:
        """Return what is left of an item that is there in time."""
        found = self.bins.get(item)
        return 0 if found is None else found.within

    def undo(self, mark: int) -> None:
        """Put back everything taken since the log was ``mark`` long."""
        log = self.log
        while len(log) > mark:
            found, at, taken = log.pop()
            found.left[at] += taken
            found.whole += taken
            found.at = min(found.at, at)
            if at < found.near:
                found.within += taken


class _Check:
    """One pass over the orders; a pass that hoards also says when the rest is there."""

    def __init__(self, stores: Stores, *, hoards: bool) -> None:
        self.stores = stores
        self.pool = _Pool(stores.sources, stores.until)
        self.hoards = hoards

    def kit(self, order: Order) -> Kit:
        quantity, covers = self._fill_best(order)
        for cover in covers:
            if cover.ready < cover.component.need:
                self._take_rest(cover)
        kit = Kit(order, covers, quantity, None, None)
        if self.hoards:
            days = [one.day for one in covers if one.component.is_critical]
            kit.day = None if None in days else max((day for day in days if day), default=self.stores.today)
        return kit

    def _fill_best(self, order: Order) -> tuple[int, list[Cover]]:
        """Return the greatest quantity whose material is there, with that material taken."""
        low, high = 0, self._bound(order)
        filled = self._fill(order, high) if high else self._nothing(order)
        if filled is not None:
            return high, filled
        high = (high - 1) // order.step * order.step
        while low < high:
            trial, mark = _middle(low, high, order.step), len(self.pool.log)
            if self._fill(order, trial) is None:
                high = trial - order.step
            else:
                self.pool.undo(mark)
                low = trial
        filled = self._fill(order, low)
        assert filled is not None, "what was possible a moment ago is possible"
        return low, filled

    def _nothing(self, order: Order) -> list[Cover]:
        """Return the covers of no kit at all: nothing is taken, what is kept for a line is there."""
        covers, today = [], self.stores.today
        for line in order.components:
            cover = Cover(line)
            covers.append(cover)
            kept = 0
            if line.reserved:
                kept = min(line.reserved, line.need)
                cover.ready = cover.within = cover.from_stock = kept
            if kept >= line.need:
                cover.day = today
        return covers

    def _bound(self, order: Order) -> int:
        """Return what is not exceeded: the least that a line allows which alone had the pool and nothing else."""
        bound, bins = order.quantity, self.pool.bins
        for line in order.components:
            found = bins.get(line.item)
            had = line.reserved if found is None else line.reserved + found.within
            if had < line.need and line.is_critical and not line.substitutes and line.group is None:
                had += self._makeable(line.item, line.need - had)
                possible = (line.issued + had) * order.quantity // (line.required * order.step) * order.step
                bound = min(bound, possible)
                if bound <= 0:
                    return 0
        return bound

    def _makeable(self, item: Any, wanted: int) -> int:
        """Return what is not exceeded when ``wanted`` of an item is to be made of what is there in time.

        The parts that are neither replaced nor made allow no more; what scrap takes is left out.
        """
        recipe = self.stores.recipes.get(item)
        if recipe is None:
            return 0
        most = wanted
        for part in recipe.parts:
            if part.quantity > 0 and not part.substitutes and part.item not in self.stores.recipes:
                most = min(most, self.pool.available(part.item) * recipe.quantity // part.quantity)
        return most

    def _fill(self, order: Order, quantity: int) -> list[Cover] | None:
        """Take the material of ``quantity`` kits; None, and nothing taken, when some is not there in time."""
        mark = len(self.pool.log)
        covers = []
        groups: dict[Hashable, list[Cover]] = {}
        for line in order.components:
            cover = Cover(line)
            covers.append(cover)
            need = line.need
            if not need:
                cover.day = self.stores.today
                continue
            kept = min(line.reserved, need)
            if kept:
                cover.ready = cover.within = cover.from_stock = kept
            if not line.is_critical:
                cover.day = self.stores.today if kept == need else None
                continue
            if line.group is not None:
                groups.setdefault(line.group, []).append(cover)
                continue
            need = need_of(order, line, quantity)
            if need > kept:
                self._cover(cover, need - kept, whole=True)
                if cover.ready < need:
                    self.pool.undo(mark)
                    return None
            if cover.ready >= line.need and cover.day is None:
                cover.day = self.stores.today
        if groups and not self._fill_groups(order, quantity, groups):
            self.pool.undo(mark)
            return None
        return covers

    def _fill_groups(self, order: Order, quantity: int, groups: Mapping[Hashable, list[Cover]]) -> bool:
        """Take the material of lines that are replaced together; false when it is not there in time."""
        for covers in groups.values():
            if not Together(order, covers, self.pool, self._cover).fill(quantity):
                return False
            for cover in covers:
                if cover.ready >= cover.component.need and cover.day is None:
                    cover.day = self.stores.today
        return True

    def _take_rest(self, cover: Cover) -> None:
        """Beyond the kit: take what the line can use, or see what it could have and leave it to others."""
        need = cover.component.need
        if self.hoards or not cover.component.is_critical:
            if not cover.component.substitutes and cover.component.item not in self.stores.recipes:
                self._take_plainly(cover)
                return
            self._cover(cover, need - cover.ready)
            if cover.ready < need and self.hoards:
                self._wait(cover, need - cover.ready)
            return
        line = cover.component
        if not line.substitutes and line.item not in self.stores.recipes:
            cover.within = min(need, cover.ready + self.pool.available(line.item))
            return
        mark, trial = len(self.pool.log), Cover(line)
        self._cover(trial, need - cover.ready)
        self.pool.undo(mark)
        cover.within = cover.ready + trial.ready

    def _take_plainly(self, cover: Cover) -> None:
        """Take the rest of a line that nothing else serves: what is there in time, and (who hoards) what is not."""
        line, pool = cover.component, self.pool
        found = pool.bins.get(line.item)
        if found is None or not found.whole:
            cover.day = None
            return
        missing = line.need - cover.ready
        if self._cover_at_once(cover, missing):
            return
        takings: list[Taking] = []
        taken = pool.take(line.item, missing, takings)
        day = self._count(cover, takings)
        if taken:
            cover.ready = cover.within = cover.ready + taken
            cover.day = max(day, cover.day or 0) if taken == missing else None
        if taken < missing and self.hoards:
            late = pool.take(line.item, missing - taken, takings, later=True)
            whole = late == missing - taken
            cover.day = max([self.stores.today, *(one.source.day for one in takings)]) if whole else None
        cover.takings.extend(takings)

    def _count(self, cover: Cover, takings: Sequence[Taking]) -> int:
        """Add takings to what a cover has from stock and receipts; return the day the last of them is there."""
        day = self.stores.today
        for taking in takings:
            if taking.source.key is None:
                cover.from_stock += taking.quantity
            else:
                cover.from_receipts += taking.quantity
                day = max(day, taking.source.day)
        return day

    def _cover(self, cover: Cover, wanted: int, *, later: bool = False, whole: bool = False) -> None:
        """Add to a cover what the pool has in time (``later``: ever): the item, its substitutes, what can be made.

        whole  less than ``wanted`` is of no use: making a part of it is not tried.
        """
        line = cover.component
        if not later and self._cover_at_once(cover, wanted):
            return
        takings: list[Taking] = []
        missing = wanted - self.pool.take(line.item, wanted, takings, later=later)
        day = self._count(cover, takings)
        if missing and line.substitutes:
            covered, latest = self._substitute(line.substitutes, missing, takings, later=later)
            cover.from_substitutes += covered
            missing, day = missing - covered, max(day, latest)
        if missing and line.item in self.stores.recipes:
            covered, latest = self._make(line.item, missing, takings, later=later, whole=whole)
            cover.from_making += covered
            missing, day = missing - covered, max(day, latest)
        if takings:
            cover.takings.extend(takings)
        cover.ready += wanted - missing
        cover.within = cover.ready
        if cover.ready >= line.need:
            cover.day = max(day, cover.day or 0)
        elif wanted > missing:
            cover.day = None

    def _cover_at_once(self, cover: Cover, wanted: int) -> bool:
        """Cover all of ``wanted`` from the first source there in time that has enough: the usual case."""
        source = self.pool.take_whole(cover.component.item, wanted)
        if source is None:
            return False
        cover.takings.append(Taking(source, wanted))
        if source.key is None:
            cover.from_stock += wanted
        else:
            cover.from_receipts += wanted
        cover.ready = cover.within = cover.ready + wanted
        if cover.ready >= cover.component.need:
            cover.day = max(self.stores.today, source.day, cover.day or 0)
        else:
            cover.day = None
        return True

    def _wait(self, cover: Cover, missing: int) -> None:
        """Find the day on which the rest is there, counting everything that is expected."""
        rest = Cover(cover.component, ready=cover.ready)
        self._cover(rest, missing, later=True)
        cover.takings.extend(rest.takings)
        cover.day = rest.day if rest.ready >= cover.component.need else None

    def _substitute(
        self, substitutes: Sequence[Substitute], missing: int, takings: list[Taking], *, later: bool
    ) -> tuple[int, int]:
        """Take substitutes in their rank; return what they cover in the main item's unit, and the latest day."""
        covered, day = 0, self.stores.today
        for one in substitutes:
            wanted = -(-(missing - covered) * one.ratio // (MICRO * one.step)) * one.step
            before = len(takings)
            taken = self.pool.take(one.item, wanted, takings, later=later)
            covered += min(missing - covered, taken * MICRO // one.ratio)
            day = max([day, *(taking.source.day for taking in takings[before:])])
            if covered >= missing:
                break
        return covered, day

    def _make(self, item: Any, wanted: int, takings: list[Taking], *, later: bool, whole: bool) -> tuple[int, int]:
        """Make as much of a sub-assembly as its parts allow; return the quantity and the day it is ready."""
        step = self.stores.recipes[item].step
        if whole and not later and self._makeable(item, wanted) < wanted:
            return 0, self.stores.today
        low, high = 0, -(-wanted // step) * step
        trial = high
        while low < high:
            mark, before = len(self.pool.log), len(takings)
            day = self._made(item, trial, takings, (), later=later)
            if day is not None and trial == high:
                return min(trial, wanted), day
            self.pool.undo(mark)
            del takings[before:]
            if whole:
                return 0, self.stores.today
            low, high = (trial, high) if day is not None else (low, trial - step)
            trial = _middle(low, high, step)
        if not low:
            return 0, self.stores.today
        return min(low, wanted), self._made(item, low, takings, (), later=later) or self.stores.today

    def _made(
        self, item: Any, quantity: int, takings: list[Taking], path: tuple[Any, ...], *, later: bool
    ) -> int | None:
        """Take the parts of ``quantity`` of a sub-assembly; return the day it is ready, None when a part is missing."""
        recipe = self.stores.recipes.get(item)
        if recipe is None or item in path or len(path) > MAX_DEPTH:
            return None
        latest = self.stores.today
        for part in recipe.parts:
            needed = requirement(
                quantity,
                per=part.quantity,
                base=recipe.quantity,
                scrap=part.scrap,
                yield_scrap=self.stores.yield_scrap,
                step=part.step,
            )
            before = len(takings)
            missing = needed - self.pool.take(part.item, needed, takings, later=later)
            latest = max([latest, *(taking.source.day for taking in takings[before:])])
            if missing:
                covered, day = self._substitute(part.substitutes, missing, takings, later=later)
                missing, latest = missing - covered, max(latest, day)
            if missing:
                made = self._made(part.item, missing, takings, (*path, item), later=later)
                if made is None:
                    return None
                latest = max(latest, made)
        return self.stores.calendar.later(latest, recipe.lead_days)


def _middle(low: int, high: int, step: int) -> int:
    """A quantity of whole steps above ``low`` and not above ``high``."""
    return low + max((high - low) // (2 * step), 1) * step


def _blocking(kit: Kit) -> Cover | None:
    """The line that comes last; of several the one that allows the fewest kits."""
    waiting = [one for one in kit.covers if one.component.is_critical and not one.is_full]
    return max(waiting, key=_lateness, default=None)


def _lateness(cover: Cover) -> tuple[int, int]:
    line = cover.component
    return (NEVER if cover.day is None else cover.day, -((line.issued + cover.within) * MICRO // line.required))
