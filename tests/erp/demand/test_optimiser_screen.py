"""The optimiser through the screen: the solver itself is replaced where the program asks for it, installed or not."""

import datetime as dt

import pytest
from django.urls import reverse

from core.operations import perform
from erp.engines import optimising
from erp.engines.scheduling import schedule
from erp.models import SchedulePlan
from erp.services import schedules
from tests.erp.demand.test_capacity import MONDAY, shop, times  # noqa: F401  the shop is a fixture
from tests.factories import core, erp_make

pytestmark = pytest.mark.django_db
FORM = {"direction": "forward", "rule": "first", "solver": "optimiser", "with_drafts": "on"}


@pytest.fixture
def orders(shop):  # noqa: F811
    """A long order that came first, and a short one that is due today."""
    long = erp_make.work_order(shop, "30", due_date=dt.date(2026, 3, 20), start_date=MONDAY)
    return long, erp_make.work_order(shop, "4", due_date=MONDAY, start_date=MONDAY)


class Solver:
    """Answers as the real one does; what it was asked is kept. It puts first what is due first."""

    def __init__(self, *, is_proven: bool) -> None:
        self.is_proven = is_proven
        self.asked: list[dict] = []

    def __call__(self, resources, jobs, *, now, direction, rule, seconds):
        self.asked.append({"jobs": len(jobs), "direction": direction, "rule": rule, "seconds": seconds})
        found = schedule(resources, jobs, now=now, direction=direction, rule="due")
        reached = optimising.score(jobs, found, direction)
        return optimising.Solved(found, self.is_proven, reached, reached)


def installed(monkeypatch, solver: Solver | None) -> None:
    for place in ("erp.engines.optimising", "erp.forms.capacity"):
        monkeypatch.setattr(f"{place}.is_installed", lambda: solver is not None)
    if solver is not None:
        monkeypatch.setattr(optimising, "solve", solver)


@pytest.mark.parametrize(("is_proven", "words"), [(True, "none has less lateness"), (False, "best of ten seconds")])
def test_the_plan_is_what_the_solver_answers_and_says_whether_it_is_proven(
    orders, client, monkeypatch, is_proven, words
) -> None:
    solver = Solver(is_proven=is_proven)
    installed(monkeypatch, solver)
    client.force_login(core.superuser("boss"))
    assert "CONCORD_EXTRAS=scheduling" not in client.get(reverse("erp:schedule-plan-create")).content.decode()
    answer = client.post(reverse("erp:schedule-plan-create"), FORM)
    plan = SchedulePlan.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, plan.get_absolute_url())
    assert solver.asked == [{"jobs": 2, "direction": "forward", "rule": "first", "seconds": 10.0}]
    assert times(plan)[orders[1].pk, 20] == (2, 12, 2, 14)
    assert words in client.get(plan.get_absolute_url()).content.decode()
    row = plan.rows.get(operation=orders[0].operations.get(number=10))
    perform(
        schedules.move_operation,
        actor=None, plan_id=plan.pk, operation_id=row.operation_id, starts_at=row.starts_at + dt.timedelta(days=1),
    )  # fmt: skip
    assert len(solver.asked) == 2


def test_without_the_extra_the_form_says_how_to_get_it_and_keeps_what_was_typed(orders, client, monkeypatch) -> None:
    installed(monkeypatch, None)
    client.force_login(core.superuser("boss"))
    assert "CONCORD_EXTRAS=scheduling" in client.get(reverse("erp:schedule-plan-create")).content.decode()
    answer = client.post(reverse("erp:schedule-plan-create"), FORM | {"note": "Urgent"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The optimiser is not installed on this machine" in page
    assert "take the built-in rules" in page
    assert "Urgent" in page
    assert not SchedulePlan.objects.exists()
    client.post(reverse("erp:schedule-plan-create"), FORM | {"solver": "rules"})
    assert SchedulePlan.objects.get().solver == "rules"


def test_without_the_extra_the_api_refuses_with_a_sentence_and_plans_by_the_rules(orders, client, monkeypatch) -> None:
    installed(monkeypatch, None)
    client.force_login(core.superuser("boss"))

    def send(key: str, **fields):
        headers = {"Idempotency-Key": key}
        return client.post("/api/v1/erp/schedule-plans/", fields, content_type="application/json", headers=headers)

    refused = send("a", solver="optimiser", rule="due")
    [said] = refused.json()["errors"]
    assert (refused.status_code, said["code"]) == (409, "optimiser_is_missing")
    assert "take the built-in rules" in said["message"]
    made = send("b", rule="due")  # nobody asks for the solver: the built-in rules
    assert (made.status_code, made.json()["solver"]) == (201, "rules")
    assert SchedulePlan.objects.get().rows.count() > 0
