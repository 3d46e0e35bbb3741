"""Finite scheduling by a solver (Google OR-Tools, CP-SAT) where it is installed: problem and answer as in `scheduling`.

Each operation is a set of optional intervals, one a choice, in working minutes of that machine's calendar; machines
side by side are a cumulative resource. Lateness after the due day counts first, weighed by priority (1 counts nine
times as much as 9); then, forward, the last finish and all finishes; backward, how long before its due moment work
begins. What the solver says is laid out by the same machines as the built-in rules, so that a plan never overlaps and
never leaves the calendar; an answer that is not better than the built-in one is not taken.
Source: Baptiste, Le Pape and Nuijten, Constraint-Based Scheduling (Kluwer, 2001), chapters 1 and 5.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from erp.engines.scheduling import (
    BACKWARD,
    DAY,
    FORWARD,
    PRIORITY,
    Choice,
    Clock,
    Job,
    Placed,
    Resource,
    Schedule,
    Shop,
    Step,
)
from erp.engines.scheduling import schedule as by_rule

LATE, LAST, EACH = 100, 10, 1
"""What a minute costs: of lateness (times the weight of the order), of the last finish, of each finish."""
HEAVIEST = 10
SLACK = 2
"""The solver looks so many times as far as the built-in rules need."""


@dataclass(frozen=True)
class Score:
    """How good a schedule is; the smaller, the better, in this order. Clock minutes."""

    unplaced: int
    lateness: int
    spread: int


@dataclass
class Solved:
    """An answer: the schedule, whether it is proven that there is none better, and what the built-in rules reached."""

    schedule: Schedule
    is_proven: bool
    score: Score
    by_rule: Score


def is_installed() -> bool:
    """Whether the solver can be used on this machine (the extra ``scheduling``)."""
    return importlib.util.find_spec("ortools") is not None


def weight_of(job: Job) -> int:
    """Return how much a minute of lateness of this order counts."""
    return max(1, HEAVIEST - job.priority)


def score(jobs: Sequence[Job], made: Schedule, direction: str = FORWARD) -> Score:
    """Return how good a schedule is: operations without a place, weighed lateness, then finishes or waiting."""
    late = sum(weight_of(job) * max(0, made.finish[job.key] - job.due) for job in jobs)
    if direction == BACKWARD:
        spread = -sum(one.start for one in made.placed.values())
    else:
        last = max(made.finish.values(), default=0)
        spread = LAST * last + EACH * sum(made.finish.values())
    return Score(len(made.unplaced), late, spread)


def solve(
    resources: Sequence[Resource],
    jobs: Sequence[Job],
    *,
    now: int,
    direction: str = FORWARD,
    rule: str = PRIORITY,
    seconds: float = 8.0,
    workers: int = 4,
) -> Solved:
    """Place every operation of every order as `scheduling.schedule` does, with at most ``seconds`` of searching.

    ``rule`` only makes the schedule the search begins with, and which is kept when nothing better is found.

    Raises:
        ModuleNotFoundError: the solver is not installed (`is_installed` says so beforehand).
    """
    start = by_rule(resources, jobs, now=now, direction=direction, rule=rule)
    before = _rank(score(jobs, start, direction))
    answer = Solved(start, False, score(jobs, start, direction), score(jobs, start, direction))
    if start.unplaced or not start.placed:
        return answer  # the calendar is too short: no sequence makes it longer
    model = _Model(resources, jobs, now, direction=direction, start=start)
    found = model.search(seconds, workers)
    if found is None:
        return answer
    laid = _lay_out(resources, jobs, now, direction=direction, found=found)
    reached = score(jobs, laid, direction)
    if _rank(reached) < before:
        answer.schedule, answer.score = laid, reached
    answer.is_proven = found.is_proven
    return answer


def _rank(reached: Score) -> tuple[int, int, int]:
    return reached.unplaced, reached.lateness, reached.spread


@dataclass
class _Found:
    """What the solver says: the choice of each operation and the working minute it begins at."""

    choice: dict[int, Choice]
    position: dict[int, int]
    is_proven: bool


@dataclass
class _Way:
    """One way to do an operation, in the model: whether it is taken, and the working minute it begins at."""

    choice: Choice
    taken: Any
    begins: Any
    hint: int


@dataclass
class _Moved:
    """An operation that the solver places."""

    key: int
    ways: list[_Way] = field(default_factory=list)


class _Model:
    """The problem in the solver's words."""

    def __init__(
        self, resources: Sequence[Resource], jobs: Sequence[Job], now: int, *, direction: str, start: Schedule
    ) -> None:
        from ortools.sat.python import cp_model  # noqa: PLC0415  an extra that may be missing

        self.words, self.model = cp_model, cp_model.CpModel()
        self.clocks = {one.key: Clock(one) for one in resources}
        self.start, self.now, self.direction = start, now, direction
        furthest = max(*(one.end for one in start.placed.values()), *(job.due for job in jobs), now + DAY)
        self.until = now + SLACK * (furthest - now)
        self.busy: dict[int, list[tuple[Any, int, int]]] = {one.key: [] for one in resources}
        self.fixed: dict[int, list[tuple[int, int]]] = {one.key: [] for one in resources}
        self.moved: dict[int, _Moved] = {}
        self.moments: dict[tuple[int, bool], Any] = {}
        self.costs: list[Any] = []
        self.finishes: list[Any] = []
        for job in jobs:
            self._add_job(job)
        self._add_machines(resources)
        if direction != BACKWARD:
            last = self.model.new_int_var(now, self.until + DAY, "last")
            self.model.add_max_equality(last, [now, *self.finishes])
            self.costs.append(LAST * last)
        self.model.minimize(sum(self.costs))

    def search(self, seconds: float, workers: int) -> _Found | None:
        """Look for the best schedule; None when none was found within the time."""
        solver = self.words.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = workers
        status = solver.solve(self.model)
        if status not in (self.words.OPTIMAL, self.words.FEASIBLE):
            return None
        found = _Found({}, {}, status == self.words.OPTIMAL)
        for one in self.moved.values():
            for way in one.ways:
                if solver.boolean_value(way.taken):
                    found.choice[one.key] = way.choice
                    found.position[one.key] = solver.value(way.begins)
        return found

    # --- orders ------------------------------------------------------------------------------------------------------

    def _add_job(self, job: Job) -> None:
        """Operations one after the other; lateness against the due moment, or where a fixed one begins."""
        last: _Moved | None = None
        moment, lag = max(self.now, job.ready), 0
        for step in job.steps:
            if step.fixed is not None:
                self._block(step.fixed)
                if last is not None:
                    self._add_lateness(last, step.fixed.start - lag, HEAVIEST)
                last, moment, lag = None, max(moment, step.fixed.end), 0
            elif not step.choices:
                moment, lag = moment + step.lag, lag + step.lag
            else:
                one = self._add_moved(step, moment)
                if last is not None:
                    self._follow(last, one, lag)
                last, lag = one, 0
        if last is not None:
            self._add_lateness(last, job.due - lag, weight_of(job))
            if self.direction != BACKWARD:
                self.finishes.append(self._finish(last))
                self.costs.append(EACH * self.finishes[-1])

    def _block(self, placed: Placed) -> None:
        clock = self.clocks.get(placed.resource) if placed.resource is not None else None
        if clock is None or placed.resource is None:
            return
        begin, end = clock.position(placed.start), clock.position(placed.end)
        if end > begin:
            self.fixed[placed.resource].append((begin, end))

    def _add_moved(self, step: Step, ready: int) -> _Moved:
        one = _Moved(step.key)
        hint = self.start.placed[step.key]
        for choice in (choice for choice in step.choices if choice.resource in self.clocks):
            clock = self.clocks[choice.resource]
            first, last = clock.position(ready), min(clock.total, clock.position(self.until)) - choice.minutes
            taken = self.model.new_bool_var(f"taken {step.key}")
            begins = self.model.new_int_var(first, max(first, last), f"begins {step.key}")
            if last < first:
                self.model.add(taken == 0)
            if choice.minutes:
                interval = self.model.new_optional_fixed_size_interval_var(begins, choice.minutes, taken, "work")
                self.busy[choice.resource].append((interval, first, last))
            is_hinted = choice.resource == hint.resource
            hinted = clock.position(hint.start) if is_hinted else first
            self.model.add_hint(taken, is_hinted)
            self.model.add_hint(begins, hinted)
            one.ways.append(_Way(choice, taken, begins, hinted))
            if self.direction == BACKWARD:
                waiting = self.model.new_int_var(0, max(0, last - first), f"before {step.key}")
                self.model.add(waiting >= max(first, last) - begins).only_enforce_if(taken)
                self.costs.append(EACH * waiting)
        self.model.add_exactly_one(way.taken for way in one.ways)
        self.moved[step.key] = one
        return one

    def _follow(self, before: _Moved, after: _Moved, lag: int) -> None:
        """An operation begins after the one before has ended, ``lag`` clock minutes later."""
        for a in before.ways:
            for b in after.ways:
                both = [a.taken, b.taken]
                if not lag and self._is_alike(a.choice.resource, b.choice.resource):
                    self.model.add(b.begins >= a.begins + a.choice.minutes).only_enforce_if(both)
                else:
                    began, ended = self._moment(b, is_end=False), self._moment(a, is_end=True)
                    self.model.add(began >= ended + lag).only_enforce_if(both)

    def _is_alike(self, one: int, other: int) -> bool:
        """Return whether two resources share their calendar, so that a working minute is the same moment in both."""
        a, b = self.clocks[one], self.clocks[other]
        return a is b or (a.first, a.opens, a.before) == (b.first, b.opens, b.before)

    def _moment(self, way: _Way, *, is_end: bool) -> Any:
        """Return the clock minute a way begins or ends at, as a variable."""
        key = (id(way), is_end)
        if key in self.moments:
            return self.moments[key]
        clock = self.clocks[way.choice.resource]
        days = max(1, min(len(clock.before) - 1, (self.until - clock.first * DAY) // DAY + 1))
        shifts = [(clock.first + day) * DAY + clock.opens - clock.before[day] for day in range(days)]
        length = way.choice.minutes if is_end else 0
        hinted = clock.end_at(way.hint + length) if length else clock.start_at(way.hint)
        day = max(0, min(days - 1, (hinted - clock.opens - (1 if length else 0)) // DAY - clock.first))
        place = self.model.new_int_var(0, days - 1, "day")
        self.model.add_hint(place, day)
        low, high, shift = (
            self._element(place, values, day) for values in (clock.before[:days], clock.before[1 : days + 1], shifts)
        )
        position = way.begins + length
        self.model.add(position >= low + (1 if length else 0)).only_enforce_if(way.taken)
        self.model.add(position <= high - (0 if length else 1)).only_enforce_if(way.taken)
        moment = self.model.new_int_var(clock.first * DAY, self.until + DAY, "moment")
        self.model.add(moment == position + shift).only_enforce_if(way.taken)
        self.model.add_hint(moment, hinted)
        self.moments[key] = moment
        return moment

    def _element(self, place: Any, values: Sequence[int], hinted: int) -> Any:
        found = self.model.new_int_var(min(values), max(values), "value")
        self.model.add_element(place, list(values), found)
        self.model.add_hint(found, values[hinted])
        return found

    # --- costs -------------------------------------------------------------------------------------------------------

    def _add_lateness(self, one: _Moved, due: int, weight: int) -> None:
        late = self.model.new_int_var(0, max(0, self.until + DAY - due), f"late {one.key}")
        self.model.add_hint(late, max(0, self.start.placed[one.key].end - due))
        for way in one.ways:
            self.model.add(late >= self._moment(way, is_end=True) - due).only_enforce_if(way.taken)
        self.costs.append(LATE * weight * late)

    def _finish(self, one: _Moved) -> Any:
        """Return the moment an operation is over."""
        finish = self.model.new_int_var(self.now, self.until + DAY, f"finish {one.key}")
        self.model.add_hint(finish, self.start.placed[one.key].end)
        for way in one.ways:
            self.model.add(finish >= self._moment(way, is_end=True)).only_enforce_if(way.taken)
        return finish

    def _add_machines(self, resources: Sequence[Resource]) -> None:
        """So many machines side by side; fixed operations that overlap share theirs as they are."""
        for one in resources:
            fixed = self.fixed[one.key]
            intervals = [interval for interval, _first, _last in self.busy[one.key]]
            if not intervals:
                continue
            room = max(one.machines, max((_overlaps(fixed, begin) for begin, _end in fixed), default=0))
            intervals += [self.model.new_fixed_size_interval_var(begin, end - begin, "fixed") for begin, end in fixed]
            if room == 1:
                self.model.add_no_overlap(intervals)
            else:
                self.model.add_cumulative(intervals, [1] * len(intervals), room)


def _overlaps(spans: Sequence[tuple[int, int]], moment: int) -> int:
    return sum(begin <= moment < end for begin, end in spans)


def _lay_out(
    resources: Sequence[Resource], jobs: Sequence[Job], now: int, *, direction: str, found: _Found
) -> Schedule:
    """Place operations on machines in the sequence the solver found; forward, each as early as that allows."""
    shop, answer = Shop(resources), Schedule()
    for step in (step for job in jobs for step in job.steps if step.fixed is not None):
        shop.block(step.fixed)  # type: ignore[arg-type]
    ends = {job.key: max(now, job.ready) for job in jobs}
    due: list[tuple[int, int, int]] = []
    for number, job in enumerate(jobs):
        moment = ends[job.key]
        for place, step in enumerate(job.steps):
            if step.key in found.choice:
                clock = shop.clocks[found.choice[step.key].resource]
                moment = max(moment, clock.start_at(min(found.position[step.key], clock.total - 1)))
            due.append((moment, number, place))
    for moment, number, place in sorted(due):
        job = jobs[number]
        step, ready = job.steps[place], ends[job.key]
        placed: Placed | None
        if step.fixed is not None:
            placed = step.fixed
        elif not step.choices:
            placed = Placed(step.key, None, -1, ready, ready + step.lag)
        else:
            begin = max(ready, moment) if direction == BACKWARD else ready
            placed = shop.forward(Step(step.key, [found.choice[step.key]]), begin)
        if placed is None:
            answer.unplaced.append(step.key)
            continue
        answer.placed[step.key] = placed
        ends[job.key] = max(ready, placed.end)
    answer.finish = {
        job.key: max(
            (answer.placed[step.key].end for step in job.steps if step.key in answer.placed), default=ends[job.key]
        )
        for job in jobs
    }
    return answer
