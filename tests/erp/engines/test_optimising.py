"""The optional solver against the built-in rules: never worse, valid, better where the rules are short-sighted."""

import importlib.util
import itertools
import random

import pytest

from erp.engines.optimising import is_installed, score, solve
from erp.engines.scheduling import DAY, Choice, Job, Placed, Resource, Step, schedule

needs_solver = pytest.mark.skipif(
    importlib.util.find_spec("ortools") is None, reason="the extra 'scheduling' (ortools) is not installed"
)
FIRST = 100
START = FIRST * DAY + 480


def center(key=1, machines=1, hours=8, days=200, **fields):
    return Resource(key, machines, FIRST, [hours * 60 if day % 7 < 5 else 0 for day in range(days)], **fields)


def job(key, *steps, due=30, **fields):
    return Job(key, list(steps), ready=START, due=START + due * DAY, **fields)


def on(key, minutes, *resources):
    return Step(key, [Choice(resource, minutes) for resource in resources or (1,)])


def valid(jobs, made):
    """Machines do one thing at a time, operations follow each other, fixed ones stay."""
    busy = {}
    for one in made.placed.values():
        if one.resource is not None:  # elsewhere there is no machine
            busy.setdefault((one.resource, one.machine), []).append((one.start, one.end))
    for spans in busy.values():
        spans.sort()
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    for one in jobs:
        times = [made.placed[step.key] for step in one.steps]
        assert times[0].start >= one.ready or one.steps[0].fixed
        assert all(before.end <= after.start for before, after in itertools.pairwise(times))
        assert all(step.fixed in (None, made.placed[step.key]) for step in one.steps)
    return True


@needs_solver
def test_the_rules_put_the_long_order_first_and_the_solver_does_not():
    """One machine, equal priorities: by first come the long order makes two short ones late."""
    jobs = [
        job(1, on(10, 2400), due=8, arrived=1),
        job(2, on(20, 240), due=1, arrived=2),
        job(3, on(30, 240), due=1, arrived=3),
    ]
    rules = schedule([center()], jobs, now=START, rule="first")
    made = solve([center()], jobs, now=START, rule="first", seconds=5)
    assert valid(jobs, made.schedule)
    assert (made.by_rule, made.score.lateness) == (score(jobs, rules), 0)
    assert made.by_rule.lateness > 0
    assert made.is_proven
    assert made.schedule.finish[1] == START + 7 * DAY + 480


@needs_solver
def test_makespan_of_the_flow_shop_of_johnson():
    """Johnson (1954), as in Heizer and Render, chapter 15: five jobs over two machines take 35 hours, idle time least.

    In the sequence given by "first come" they take longer.
    """
    work = {"A": (5, 2), "B": (3, 6), "C": (8, 4), "D": (10, 7), "E": (7, 12)}
    shops = [Resource(key, 1, 0, [DAY] * 60, opens=0) for key in (1, 2)]
    jobs = [
        Job(n, [on(10 * n, a * 60, 1), on(10 * n + 1, b * 60, 2)], ready=0, due=60 * DAY, arrived=n)
        for n, (a, b) in enumerate(work.values())
    ]
    rules = schedule(shops, jobs, now=0, rule="first")
    made = solve(shops, jobs, now=0, rule="first", seconds=10)
    assert max(made.schedule.finish.values()) == 35 * 60 < max(rules.finish.values())


@needs_solver
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_never_worse_than_the_rules_and_always_valid(direction):
    """Calendars that differ, machines side by side, alternates, subcontracted and fixed operations."""
    for seed in range(2):
        dice = random.Random(seed)
        shops = [center(1, 2), center(2, 1, 16, opens=360), center(3, 1, 5)]
        jobs = []
        for number in range(1, 16):
            steps = [
                on(number * 10 + place, dice.randint(1, 700), *dice.sample((1, 2, 3), dice.randint(1, 2)))
                for place in range(dice.randint(1, 4))
            ]
            if number % 5 == 0:
                steps.insert(1, Step(number * 10 + 9, [], lag=2 * DAY))
            if number % 7 == 0:
                steps[0].fixed = Placed(steps[0].key, 2, 0, START + number * 30, START + number * 30 + 60)
            jobs.append(job(number, *steps, due=dice.randint(1, 9), priority=dice.randint(1, 9)))
        made = solve(shops, jobs, now=START, direction=direction, seconds=1.5)
        assert valid(jobs, made.schedule)
        assert not made.schedule.unplaced
        assert (made.score.lateness, made.score.spread) <= (made.by_rule.lateness, made.by_rule.spread)
        assert made.score == score(jobs, made.schedule, direction)


def test_it_says_whether_it_is_installed():
    assert is_installed() == (importlib.util.find_spec("ortools") is not None)
