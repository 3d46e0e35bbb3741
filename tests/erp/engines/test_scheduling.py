"""Finite scheduling: rules of priority from the textbook, gaps, alternates, material, backward, properties."""

import itertools
import random

import pytest

from erp.engines import scheduling as engine
from erp.engines.scheduling import DAY, Choice, Job, Placed, Resource, Step, schedule

FIRST = 100
OPENS = 480
START = FIRST * DAY + OPENS  # 8 o'clock on day 100


def center(key=1, machines=1, hours=8, days=400, **fields):
    return Resource(key, machines, FIRST, [hours * 60] * days, **fields)


def job(key, *steps, due=30, ready=0, **fields):
    """Days from the first; steps as (key, minutes) on centre 1, or as Step."""
    made = [one if isinstance(one, Step) else Step(one[0], [Choice(1, one[1])]) for one in steps]
    return Job(key, made, ready=START + ready * DAY, due=START + due * DAY, **fields)


@pytest.mark.parametrize(
    ("rule", "sequence", "flow", "late"),
    [
        ("first", "ABCDE", 77, 11),
        ("shortest", "BDACE", 65, 9),
        ("due", "BADCE", 68, 6),
        ("ratio", "CBAED", None, None),
    ],
)
def test_five_architectural_jobs(rule, sequence, flow, late):
    """Heizer and Render, Operations Management, 12th ed., chapter 15, example 5 (work days, due dates of five jobs).

    Of the critical ratio the test works out the order itself: days to the due date over days of work.
    """
    work = {"A": (6, 8), "B": (2, 6), "C": (8, 18), "D": (3, 15), "E": (9, 23)}
    shop = Resource(1, 1, 0, [DAY] * 60, opens=0)  # a day of work is a day of the clock
    jobs = [
        Job(place, [Step(place, [Choice(1, days * DAY)])], ready=0, due=due * DAY, arrived=place)
        for place, (days, due) in enumerate(work.values())
    ]
    made = schedule([shop], jobs, now=0, rule=rule)
    done = sorted(made.finish, key=lambda key: made.finish[key])
    if flow is None:
        ratios = {name: due / days for name, (days, due) in work.items()}
        assert ["ABCDE"[key] for key in done] == sorted(ratios, key=lambda name: ratios[name])
        return
    assert "".join("ABCDE"[key] for key in done) == sequence
    assert sum(made.finish.values()) == flow * DAY
    assert sum(max(0, made.finish[place] - due * DAY) for place, (_days, due) in enumerate(work.values())) == late * DAY


def test_work_goes_on_the_next_day_and_not_on_free_days():
    shop = Resource(1, 1, FIRST, [480, 480, 0, 0, 480] + [480] * 20, opens=OPENS)
    made = schedule([shop], [job(1, (10, 600), (20, 480))], now=START)
    assert made.placed[10] == Placed(10, 1, 0, START, START + DAY + 120)
    assert (made.placed[20].start, made.placed[20].end) == (START + DAY + 120, START + 4 * DAY + 120)
    assert made.finish == {1: START + 4 * DAY + 120}


def test_priority_material_and_the_gap_before_it():
    late_material = job(1, (10, 480), ready=2, priority=1)
    filler = job(2, (20, 960), priority=9)
    made = schedule([center()], [filler, late_material], now=START)
    assert made.placed[10].start == START + 2 * DAY
    assert (made.placed[20].start, made.placed[20].end) == (START, START + DAY + 480)  # fits before it
    longer = job(3, (30, 961), priority=9)
    made = schedule([center()], [longer, late_material], now=START)
    assert made.placed[30].start == START + 3 * DAY  # one minute too long for the gap: operations are not torn


def test_machines_side_by_side_and_an_alternate_that_is_done_sooner():
    two = schedule([center(machines=2)], [job(n, (n, 480)) for n in (1, 2, 3)], now=START)
    assert [(two.placed[n].machine, two.placed[n].start) for n in (1, 2, 3)] == [
        (0, START),
        (1, START),
        (0, START + DAY),
    ]
    both = [Choice(1, 480), Choice(2, 600)]
    made = schedule([center(1), center(2)], [job(n, Step(n, both)) for n in (1, 2)], now=START)
    assert [made.placed[n].resource for n in (1, 2)] == [1, 2]  # waiting for the first would end later


def test_backward_begins_as_late_as_it_can_and_forward_when_that_is_too_late():
    early, tight = job(1, (10, 480), (20, 240), due=10, priority=1), job(2, (30, 960), due=1, priority=2)
    made = schedule([center()], [early, tight], now=START, direction="backward")
    assert made.placed[20].end == START + 10 * DAY - DAY + 480  # due at opening of day 10: over at the end of day 9
    assert made.placed[10].end <= made.placed[20].start
    assert made.placed[30].start == START  # two days of work, due in one: from now on
    assert made.finish[2] == START + DAY + 480


def test_what_is_fixed_stays_and_keeps_its_machine():
    running = Placed(10, 1, 0, START, START + 480)
    started = job(1, Step(10, [Choice(1, 480)], fixed=running), (20, 60), priority=9)
    urgent = job(2, (30, 480), priority=1)
    for direction in ("forward", "backward"):
        made = schedule([center()], [urgent, started], now=START, direction=direction)
        assert made.placed[10] == running
        assert made.placed[30].start >= START + DAY


def test_work_elsewhere_takes_its_time_and_what_is_beyond_the_calendar_is_said():
    outside = job(1, (10, 60), Step(20, [], lag=3 * DAY), (30, 60))
    made = schedule([center()], [outside], now=START)
    assert made.placed[20].end - made.placed[20].start == 3 * DAY
    assert made.placed[30].start >= made.placed[20].end
    never = schedule([center(days=2)], [job(1, (10, 480 * 3), (20, 5))], now=START)
    assert (never.unplaced, never.finish) == ([10, 20], {1: START})


def test_no_machine_ever_does_two_things_and_steps_follow_each_other():
    dice = random.Random(7)
    shops = [center(key, machines=dice.randint(1, 3), hours=dice.choice([6, 8, 10])) for key in (1, 2, 3)]
    jobs = [
        job(
            number,
            *(
                Step(number * 10 + place, [Choice(dice.randint(1, 3), dice.randint(1, 900)) for _ in range(2)])
                for place in range(dice.randint(1, 4))
            ),
            due=dice.randint(1, 60),
            ready=dice.randint(0, 10),
            priority=dice.randint(1, 9),
        )
        for number in range(60)
    ]
    for direction, rule in itertools.product(("forward", "backward"), engine.RULES):
        made = schedule(shops, jobs, now=START, direction=direction, rule=rule)
        assert not made.unplaced
        by_machine = {}
        for one in made.placed.values():
            by_machine.setdefault((one.resource, one.machine), []).append((one.start, one.end))
        for spans in by_machine.values():
            spans.sort()
            assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
        for one in jobs:
            times = [made.placed[step.key] for step in one.steps]
            assert times[0].start >= one.ready
            assert all(before.end <= after.start for before, after in itertools.pairwise(times))
