"""Lines that are replaced together 整组替代: some kits of their own material, the rest of substitutes of one rank."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from erp.engines.kitting.problem import Component, Cover, Order, Substitute, Taking
from erp.engines.mrp.problem import MICRO


class Pool(Protocol):
    """What is left of all sources."""

    log: list[Any]

    def take(self, item: Any, wanted: int, takings: list[Taking]) -> int:
        """Take what is there in time."""

    def available(self, item: Any) -> int:
        """Return what is left that is there in time."""

    def undo(self, mark: int) -> None:
        """Put back what was taken since."""


def share_of(order: Order, line: Component, quantity: int) -> int:
    """Return what so many kits of an order need of a line in all, issued or not."""
    return min(line.required, -(-line.required * quantity // (order.quantity * line.step)) * line.step)


def need_of(order: Order, line: Component, quantity: int) -> int:
    """Return what so many kits of an order still need of a line."""
    if not quantity:
        return 0
    if quantity >= order.quantity:
        return line.need
    share = -(-line.required * quantity // (order.quantity * line.step)) * line.step
    return min(line.need, max(0, share - line.issued))


Rank = Sequence[Sequence[Substitute]]
"""The substitutes of one rank, by line."""


class Together:
    """The lines of one group of an order; ``serve`` covers a line with its own material, or leaves it short."""

    def __init__(self, order: Order, covers: Sequence[Cover], pool: Pool, serve: Callable[[Cover, int], None]) -> None:
        self.order, self.covers, self.pool, self.serve = order, covers, pool, serve
        self.kept = [cover.ready for cover in covers]
        lines = [cover.component.together for cover in covers]
        ranks = sorted({one.rank for line in lines for one in line})
        self.ranks = [[[one for one in line if one.rank == rank] for line in lines] for rank in ranks]

    def fill(self, quantity: int) -> bool:
        """Take the material of so many kits; false, and perhaps some taken, when it is not there in time."""
        done = self._greatest(0, quantity, self._has_own)
        self._take_own(self.covers, done)
        for substitutes in self.ranks:
            if done >= quantity:
                break
            start = done
            done = self._greatest(start, quantity, lambda until, s=substitutes, a=start: self._has(s, a, until))
            self._replace(substitutes, start, done)
        return done >= quantity

    def _greatest(self, low: int, high: int, fits: Callable[[int], bool]) -> int:
        """Return the greatest quantity of whole kits from ``low`` to ``high`` that fits."""
        if high <= low or fits(high):
            return high
        step = self.order.step
        first, last = 0, (high - low - 1) // step
        while first < last:
            trial = (first + last + 1) // 2
            if fits(low + trial * step):
                first = trial
            else:
                last = trial - 1
        return low + first * step

    def _has_own(self, quantity: int) -> bool:
        mark, trial = len(self.pool.log), [Cover(cover.component, ready=cover.ready) for cover in self.covers]
        self._take_own(trial, quantity)
        self.pool.undo(mark)
        return all(cover.ready >= need_of(self.order, cover.component, quantity) for cover in trial)

    def _take_own(self, covers: Sequence[Cover], quantity: int) -> None:
        for cover in covers:
            missing = need_of(self.order, cover.component, quantity) - cover.ready
            if missing > 0:
                self.serve(cover, missing)

    def _beyond(self, number: int, start: int, until: int) -> int:
        """What the kits from ``start`` to ``until`` need of a line beyond what is kept for it."""
        line, kept = self.covers[number].component, self.kept[number]
        return max(need_of(self.order, line, until), kept) - max(need_of(self.order, line, start), kept)

    def _stood_for(self, substitutes: Rank, number: int, start: int, until: int) -> int:
        """What substitutes of a rank stand for in a line: one for one what is still needed; where there are more or
        fewer of them than lines, all that these kits take: what is issued or kept of single lines is of no use then.
        """
        if all(len(of_line) == 1 for of_line in substitutes):
            return self._beyond(number, start, until)
        line = self.covers[number].component
        return share_of(self.order, line, until) - share_of(self.order, line, start)

    def _has(self, substitutes: Rank, start: int, until: int) -> bool:
        wanted: dict[Any, int] = defaultdict(int)
        for number, of_line in enumerate(substitutes):
            for by in of_line:
                wanted[by.item] += stands_for(by, self._stood_for(substitutes, number, start, until))
        return all(self.pool.available(item) >= quantity for item, quantity in wanted.items())

    def _replace(self, substitutes: Rank, start: int, until: int) -> None:
        for number, (cover, of_line) in enumerate(zip(self.covers, substitutes, strict=True)):
            for by in of_line:
                wanted = stands_for(by, self._stood_for(substitutes, number, start, until))
                if wanted > 0:
                    self.pool.take(by.item, wanted, cover.takings)
        day = max((one.source.day for cover in self.covers for one in cover.takings), default=None)
        for number, (cover, of_line) in enumerate(zip(self.covers, substitutes, strict=True)):
            replaced = self._beyond(number, start, until)
            if replaced > 0:
                cover.from_substitutes += replaced
                cover.ready += replaced
                cover.within = cover.ready
                cover.day = max((one.source.day for one in cover.takings), default=None) if of_line else day


def stands_for(by: Substitute, quantity: int) -> int:
    """Return how much of a substitute stands for a quantity of the main item."""
    return -(-quantity * by.ratio // (MICRO * by.step)) * by.step
