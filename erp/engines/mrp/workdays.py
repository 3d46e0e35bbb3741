"""Working days as look-up arrays."""

from collections.abc import Sequence
from itertools import accumulate, compress


class WorkingDays:
    """Counts working days between ordinals. Outside the span it was made for every day counts as a working day."""

    def __init__(self, first: int, working: Sequence[bool]) -> None:
        self.first = first
        self.end = first + len(working)
        self.days = list(compress(range(first, self.end), working))
        self.before = list(accumulate(working, initial=0))  # before[i]: working days of the span before day first + i

    @classmethod
    def every_day(cls) -> "WorkingDays":
        """Return a calendar without days off."""
        return cls(0, [])

    def on_or_before(self, day: int) -> int:
        """Return the last working day not after ``day``."""
        if day < self.first or day >= self.end:
            return day
        count = self.before[day - self.first + 1]
        return self.days[count - 1] if count else self.first - 1

    def on_or_after(self, day: int) -> int:
        """Return the first working day not before ``day``."""
        if day < self.first or day >= self.end:
            return day
        count = self.before[day - self.first]
        return self.days[count] if count < len(self.days) else self.end

    def earlier(self, day: int, count: int) -> int:
        """Return the working day ``count`` working days before the last working day not after ``day``."""
        return self._at(self._rank(self.on_or_before(day)) - count)

    def later(self, day: int, count: int) -> int:
        """Return the working day ``count`` working days after the first working day not before ``day``."""
        return self._at(self._rank(self.on_or_after(day)) + count)

    def between(self, start: int, end: int) -> int:
        """Return how many working days `later` has to count from ``start`` to reach ``end``; 0 when it is passed."""
        return max(0, self._rank(self.on_or_before(end)) - self._rank(self.on_or_after(start)))

    def _rank(self, working_day: int) -> int:
        if working_day < self.first:
            return working_day - self.first
        if working_day >= self.end:
            return len(self.days) + working_day - self.end
        return self.before[working_day - self.first]

    def _at(self, rank: int) -> int:
        if rank < 0:
            return self.first + rank
        if rank >= len(self.days):
            return self.end + rank - len(self.days)
        return self.days[rank]
