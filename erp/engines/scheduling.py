"""Finite scheduling: operations on machines with limited hours, forward from today or backward from the due day.

Time is counted in minutes of an absolute clock (day ordinal × 1440 + minute of the day); each resource works from
``opens`` for so many minutes on each of its days, so an operation that does not fit a day goes on in the next one.
Orders are placed one by one by priority (serial schedule generation); each operation takes the earliest (backward: the
latest) gap on the machine that finishes it first. Sources: Kolisch, Serial and parallel resource-constrained project
scheduling methods revisited, European Journal of Operational Research 90 (1996) 320-333; rules of priority: Heizer and
Render, Operations Management, chapter Short-Term Scheduling, sequencing jobs.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

DAY = 1440
PRIORITY, EARLIEST_DUE, SHORTEST, FIRST_COME, CRITICAL_RATIO = "priority", "due", "shortest", "first", "ratio"
RULES = (PRIORITY, EARLIEST_DUE, SHORTEST, FIRST_COME, CRITICAL_RATIO)
FORWARD, BACKWARD = "forward", "backward"


@dataclass(slots=True)
class Resource:
    """A work centre: ``machines`` side by side, each with so many working minutes on each day from ``first`` on.

    minutes  of one machine by day, set-down hours and efficiency already counted.   opens  minute of the day.
    """

    key: int
    machines: int
    first: int
    minutes: Sequence[int]
    opens: int = 480


@dataclass(slots=True)
class Choice:
    """One way to do an operation: the resource and how many working minutes it takes there."""

    resource: int
    minutes: int


@dataclass(slots=True)
class Step:
    """An operation; the first choice is the usual one. ``fixed``: it stays where it is (started, or pinned by hand).

    choices  empty: done elsewhere, taking ``lag`` clock minutes (a subcontracted operation).
    """

    key: int
    choices: Sequence[Choice]
    lag: int = 0
    fixed: "Placed | None" = None


@dataclass(slots=True)
class Job:
    """An order: its operations in their order, when its material is there, when it is due (clock minutes).

    priority  lower goes first.   arrived  for the rule "first come".
    """

    key: int
    steps: Sequence[Step]
    ready: int
    due: int
    priority: int = 5
    arrived: int = 0


@dataclass(slots=True)
class Placed:
    """Where and when an operation is done; ``machine`` -1: elsewhere."""

    step: int
    resource: int | None
    machine: int
    start: int
    end: int


@dataclass(slots=True)
class Schedule:
    """The answer: operations by key, and the clock minute each order is finished. ``unplaced``: beyond the calendar."""

    placed: dict[int, Placed] = field(default_factory=dict)
    finish: dict[int, int] = field(default_factory=dict)
    unplaced: list[int] = field(default_factory=list)


class Clock:
    """Translates the clock into working minutes of one machine, and back."""

    def __init__(self, resource: Resource) -> None:
        self.first = resource.first
        self.opens = resource.opens
        self.before = [0]
        for minutes in resource.minutes:
            self.before.append(self.before[-1] + max(0, minutes))
        self.total = self.before[-1]

    def position(self, clock: int) -> int:
        """Return how many working minutes lie before a moment."""
        day, minute = divmod(clock, DAY)
        place = day - self.first
        if place < 0:
            return 0
        if place >= len(self.before) - 1:
            return self.total
        worked = min(max(0, minute - self.opens), self.before[place + 1] - self.before[place])
        return self.before[place] + worked

    def start_at(self, position: int) -> int:
        """Return the moment a working minute begins."""
        place = min(bisect_right(self.before, position) - 1, len(self.before) - 2)
        return (self.first + place) * DAY + self.opens + position - self.before[place]

    def end_at(self, position: int) -> int:
        """Return the moment so many working minutes are over."""
        place = max(bisect_left(self.before, position) - 1, 0)
        return (self.first + place) * DAY + self.opens + position - self.before[place]


class _Machine:
    """One machine with what is placed on it, as sorted spans of working minutes."""

    def __init__(self) -> None:
        self.busy: list[tuple[int, int]] = []

    def earliest(self, position: int, minutes: int) -> int:
        """Return the first start from ``position`` on with so many free minutes after it."""
        for start, end in self.busy[max(0, bisect_left(self.busy, (position, 0)) - 1) :]:
            if end <= position:
                continue
            if start - position >= minutes:
                break
            position = max(position, end)
        return position

    def latest(self, position: int, minutes: int) -> int:
        """Return the last start with so many free minutes that are over by ``position``; below zero: there is none."""
        for start, end in reversed(self.busy[: bisect_left(self.busy, (position, 0))]):
            if position - end >= minutes:
                break
            position = min(position, start)
        return position - minutes

    def take(self, start: int, minutes: int) -> None:
        if minutes:
            insort(self.busy, (start, start + minutes))


class Shop:
    def __init__(self, resources: Iterable[Resource]) -> None:
        self.clocks: dict[int, Clock] = {}
        self.machines: dict[int, list[_Machine]] = {}
        for one in resources:
            self.clocks[one.key] = Clock(one)
            self.machines[one.key] = [_Machine() for _ in range(one.machines)]

    def block(self, placed: Placed) -> None:
        """Keep the machine of a fixed operation; overlapping fixed ones share it as they are."""
        if placed.resource not in self.clocks:
            return
        clock = self.clocks[placed.resource]
        machines = self.machines[placed.resource]
        start, end = clock.position(placed.start), clock.position(placed.end)
        machines[min(max(placed.machine, 0), len(machines) - 1)].take(start, max(0, end - start))

    def forward(self, step: Step, ready: int) -> Placed | None:
        """Place a step as early as it can be after ``ready``, where it is finished first."""
        best: tuple[int, int, int] | None = None
        found: tuple[Choice, int, int] | None = None
        for rank, choice in enumerate(step.choices):
            clock = self.clocks.get(choice.resource)
            if clock is None:
                continue
            position = clock.position(ready)
            for number, machine in enumerate(self.machines[choice.resource]):
                start = machine.earliest(position, choice.minutes)
                if start + choice.minutes > clock.total:
                    continue
                key = (clock.end_at(start + choice.minutes), rank, number)
                if best is None or key < best:
                    best, found = key, (choice, number, start)
        return None if found is None else self._place(step, *found)

    def backward(self, step: Step, due: int) -> Placed | None:
        """Place a step as late as it can be before ``due``, where it begins last."""
        best: tuple[int, int, int] | None = None
        found: tuple[Choice, int, int] | None = None
        for rank, choice in enumerate(step.choices):
            clock = self.clocks.get(choice.resource)
            if clock is None:
                continue
            position = clock.position(due)
            for number, machine in enumerate(self.machines[choice.resource]):
                start = machine.latest(position, choice.minutes)
                if start < 0:
                    continue
                key = (-clock.start_at(start), rank, number)
                if best is None or key < best:
                    best, found = key, (choice, number, start)
        return None if found is None else self._place(step, *found)

    def _place(self, step: Step, choice: Choice, number: int, start: int) -> Placed:
        clock = self.clocks[choice.resource]
        self.machines[choice.resource][number].take(start, choice.minutes)
        end = clock.end_at(start + choice.minutes) if choice.minutes else clock.start_at(start)
        return Placed(step.key, choice.resource, number, clock.start_at(start), end)

    def release(self, placed: Placed) -> None:
        """Give the machine back."""
        if placed.resource is None:
            return
        clock = self.clocks[placed.resource]
        start, end = clock.position(placed.start), clock.position(placed.end)
        machine = self.machines[placed.resource][placed.machine]
        if (start, end) in machine.busy:
            machine.busy.remove((start, end))


def work_of(job: Job) -> int:
    """Return the minutes of an order's own work, by the usual choices."""
    return sum(step.choices[0].minutes if step.choices else step.lag for step in job.steps)


def in_order(jobs: Iterable[Job], rule: str, now: int) -> list[Job]:
    """Return the orders in the order in which they are placed; equal ones by due date, priority and key."""
    keys: Mapping[str, Any] = {
        PRIORITY: lambda job: job.priority,
        EARLIEST_DUE: lambda job: job.due,
        SHORTEST: work_of,
        FIRST_COME: lambda job: job.arrived,
        CRITICAL_RATIO: lambda job: (job.due - now) / max(1, work_of(job)),
    }
    return sorted(jobs, key=lambda job: (keys[rule](job), job.due, job.priority, job.key))


def schedule(
    resources: Iterable[Resource],
    jobs: Iterable[Job],
    *,
    now: int,
    direction: str = FORWARD,
    rule: str = PRIORITY,
) -> Schedule:
    """Place every operation of every order from ``now`` on; fixed ones stay and take their machine first.

    Backward, an order that would have to begin before ``now`` or before its material is there is placed forward.
    """
    shop, answer = Shop(resources), Schedule()
    ordered = in_order(jobs, rule, now)
    for job in ordered:
        for step in job.steps:
            if step.fixed is not None:
                shop.block(step.fixed)
    for job in ordered:
        ready = max(now, job.ready)
        placed = _backward(shop, job, ready) if direction == BACKWARD else None
        if placed is None:
            placed = _forward(shop, job, ready)
        for step in job.steps:
            if step.key in placed:
                answer.placed[step.key] = placed[step.key]
            else:
                answer.unplaced.append(step.key)
        answer.finish[job.key] = max((one.end for one in placed.values()), default=ready)
    return answer


def _forward(shop: Shop, job: Job, ready: int) -> dict[int, Placed]:
    placed: dict[int, Placed] = {}
    for step in job.steps:
        one = step.fixed
        if one is None:
            one = shop.forward(step, ready) if step.choices else Placed(step.key, None, -1, ready, ready + step.lag)
        if one is None:
            break  # what follows cannot be placed either
        placed[step.key] = one
        ready = max(ready, one.end)
    return placed


def _backward(shop: Shop, job: Job, ready: int) -> dict[int, Placed] | None:
    """Place an order from its due moment back; None (and nothing taken) when it would begin before ``ready``."""
    placed: dict[int, Placed] = {}
    due = job.due
    for step in reversed(job.steps):
        one = step.fixed
        if one is None:
            one = shop.backward(step, due) if step.choices else Placed(step.key, None, -1, due - step.lag, due)
        if one is None or (step.fixed is None and one.start < ready) or one.end > due:
            for taken in placed.values():
                if taken is not step.fixed and not _is_fixed(job, taken):
                    shop.release(taken)
            if one is not None and step.fixed is None:
                shop.release(one)
            return None
        placed[step.key] = one
        due = min(due, one.start)
    return placed


def _is_fixed(job: Job, placed: Placed) -> bool:
    return any(step.fixed is placed for step in job.steps)


def placed_at(resource: Resource, step: Step, minutes: int, clock: int, machine: int) -> Placed | None:
    """Return a step on one machine from the first working minute not before ``clock``; None beyond the calendar."""
    working = Clock(resource)
    start = working.position(clock)
    if start + minutes > working.total:
        return None
    end = working.end_at(start + minutes) if minutes else working.start_at(start)
    return Placed(step.key, resource.key, machine, working.start_at(start), end)


def overlapping(one: Placed, others: Iterable[Placed]) -> bool:
    """Return whether a placed operation is on its machine at the same time as another."""
    return any(
        other.step != one.step
        and (other.resource, other.machine) == (one.resource, one.machine)
        and other.start < one.end
        and one.start < other.end
        for other in others
    )
