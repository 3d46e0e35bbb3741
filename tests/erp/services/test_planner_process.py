"""The planner process: why it plans, and that it ends when it is told to."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from core.operations import perform
from erp.models import CurrentRun, PlannedOrder, PlanningEvent
from erp.services.planning import process, run_plan
from erp.services.planning_events import request_plan
from masterdata.models import Item
from tests.factories import erp_make, masterdata

ROOT = Path(__file__).resolve().parents[3]
D = Decimal
PATIENCE = 180
"""Seconds after which a process is not going to do it any more."""


@pytest.fixture
def clock() -> list[float]:
    return [1000.0]


@pytest.fixture
def planner(factory, clock) -> process.PlannerProcess:
    return process.PlannerProcess(now=lambda: clock[0])


def test_an_event_is_a_reason_and_a_plan_takes_it_away(planner) -> None:
    perform(request_plan, actor=None, reason="test")
    assert planner.has_reason()

    assert planner.plan()

    assert not planner.has_reason()


def test_the_first_plan_and_a_new_day_are_reasons(planner, factory) -> None:
    PlanningEvent.objects.all().delete()
    assert planner.has_reason()
    planner.plan()
    assert not planner.has_reason()

    run = CurrentRun.objects.get().run
    run.as_of_date = factory - dt.timedelta(days=1)
    run.save()

    assert planner.has_reason()


def test_a_silent_change_of_inputs_is_found_by_the_review(planner, clock) -> None:
    item = masterdata.item("PART", lead_time_days=1)
    planner.plan()
    Item.objects.filter(pk=item.pk).update(lead_time_days=9)
    assert not planner.has_reason()

    clock[0] += process.REVIEW_SECONDS

    assert planner.has_reason()


def test_a_plan_that_is_refused_is_not_tried_again_at_once(planner, clock, monkeypatch) -> None:
    from erp.errors import BomContainsItself

    def refuse(**how: object) -> None:
        raise BomContainsItself(document="A", path="A → A")

    perform(request_plan, actor=None, reason="test")
    monkeypatch.setattr(process, "run_plan", refuse)

    assert not planner.plan()
    assert not planner.has_reason()
    clock[0] += process.REVIEW_SECONDS
    assert planner.has_reason()


def start_planner(*arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "planner", *arguments],
        env=os.environ | {"LOCK_TIMEOUT": "60s"},  # a busy machine is no reason to give up waiting for another run
        cwd=ROOT,
    )


def wait_for(condition) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_the_process_follows_changes_and_ends_on_sigterm(committed) -> None:
    erp_make.place()
    masterdata.item("PART", safety_stock=D(5))
    planner = start_planner()
    try:
        assert wait_for(lambda: PlannedOrder.objects.filter(item__code="PART").exists())
        masterdata.item("OTHER", safety_stock=D(7))
        perform(request_plan, actor=None, reason="test")
        assert wait_for(lambda: PlannedOrder.objects.filter(item__code="OTHER", quantity=7).exists())
    finally:
        planner.send_signal(signal.SIGTERM)
    assert planner.wait(timeout=PATIENCE) == 0


def test_two_runs_at_once_follow_each_other(committed, settings) -> None:
    settings.LOCK_TIMEOUT = "60s"
    erp_make.place()
    masterdata.item("PART", safety_stock=D(5))
    others = [start_planner("--once") for _one in range(2)]

    run_plan()

    assert [other.wait(timeout=PATIENCE) for other in others] == [0, 0]
    run = CurrentRun.objects.get().run
    assert (run.number, run.changes) == (1, 0)  # the second and third found nothing different
    assert PlannedOrder.objects.count() == 1
