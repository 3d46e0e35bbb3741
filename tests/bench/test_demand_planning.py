"""Forecasting 5,000 items with every method tested, and scheduling 2,000 operations: seconds, printed, not judged."""

import os
import random
import time

import numpy as np

from erp.engines.forecasting import forecast_items
from erp.engines.optimising import is_installed, solve
from erp.engines.scheduling import BACKWARD, DAY, FORWARD, Choice, Job, Resource, Step, schedule

ITEMS, BUCKETS, AHEAD = 5000, 36, 12
OPERATIONS, PER_ORDER, CENTERS = 2000, 5, 20
SECONDS = int(os.environ.get("SOLVER_SECONDS", "60"))


def test_forecasting_five_thousand_items():
    dice = np.random.default_rng(7)
    rows = dice.poisson(20, (ITEMS, BUCKETS)) * (dice.random((ITEMS, BUCKETS)) < dice.random((ITEMS, 1)))
    histories = [[int(value) for value in row] for row in rows]
    begun = time.perf_counter()
    made = forecast_items(histories, horizon=AHEAD, season=12)
    print(f"\n{ITEMS} items, {BUCKETS} months, six methods with back-test: {time.perf_counter() - begun:.2f} s")
    assert len(made) == ITEMS
    assert {one.method for one in made} >= {"average", "ses", "holt", "croston"}


def test_scheduling_two_thousand_operations():
    dice = random.Random(7)
    centers = [Resource(key, 1 + key % 3, 1000, [480] * 400) for key in range(CENTERS)]
    jobs = [
        Job(
            number,
            [
                Step(
                    number * PER_ORDER + place,
                    [Choice(center, dice.randint(10, 300)) for center in dice.sample(range(CENTERS), 2)],
                )
                for place in range(PER_ORDER)
            ],
            ready=1000 * DAY,
            due=(1000 + dice.randint(5, 90)) * DAY,
            priority=dice.randint(1, 9),
        )
        for number in range(OPERATIONS // PER_ORDER)
    ]
    for direction in (FORWARD, BACKWARD):
        begun = time.perf_counter()
        made = schedule(centers, jobs, now=1000 * DAY + 480, direction=direction)
        print(f"\n{OPERATIONS} operations {direction}: {time.perf_counter() - begun:.2f} s")
        assert len(made.placed) == OPERATIONS
        if is_installed():
            _solve(centers, jobs, direction)


def _solve(centers: list[Resource], jobs: list[Job], direction: str) -> None:
    """The same by the optimiser, where it is installed."""
    begun = time.perf_counter()
    made = solve(centers, jobs, now=1000 * DAY + 480, direction=direction, seconds=SECONDS, workers=os.cpu_count() or 1)
    print(f"optimised with {SECONDS} s: {time.perf_counter() - begun:.1f} s, {made.by_rule} became {made.score}")
    assert len(made.schedule.placed) == OPERATIONS
    assert (made.score.lateness, made.score.spread) <= (made.by_rule.lateness, made.by_rule.spread)
