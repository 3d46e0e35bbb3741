"""Corrective actions: from an inspection to the proof, step by step, with who is told and reminded."""

import datetime as dt

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.contributions import WorkItems, contributions
from core.counting import number
from core.errors import InvalidInput, InvalidTransition
from core.notifications.models import Notification
from core.operations import perform
from erp.errors import NotDraft, StepIncomplete
from erp.models import CorrectiveAction, Inspection
from erp.services import corrective_actions
from tests.factories import core, erp, erp_quality, masterdata

TODAY = erp.TODAY
pytestmark = pytest.mark.django_db


@pytest.fixture
def failed():
    """An inspection in process that found scratches."""
    erp.place()
    item = masterdata.item("BENCH")
    erp_quality.plan(item, "in_process", erp_quality.LOOK)
    from erp.services import inspections

    made = perform(inspections.create_inspection, actor=None, kind="in_process", item_id=item.pk, quantity=erp.D(5))
    found = [{"code_id": erp_quality.defect().pk, "quantity": 2}]
    return erp_quality.inspected(made, failed=2, defects=found)


def call(service, problem, actor=None, **values):
    return perform(service, actor=actor, action_id=problem.pk, **values)


def test_a_problem_is_followed_to_the_proof(failed):
    boss, worker = core.superuser("boss"), core.superuser("worker")
    action = perform(
        corrective_actions.create_corrective_action,
        actor=boss,
        inspection_id=failed.pk,
        title="Scratches",
        responsible_id=worker.pk,
    )
    assert (action.item, action.defect.code) == (failed.item, "SCRATCH")
    assert Notification.objects.get(user=worker).params["title"] == "Scratches"
    with pytest.raises(StepIncomplete):
        call(corrective_actions.start_analysis, action)
    due = TODAY - dt.timedelta(days=1)
    call(corrective_actions.update_corrective_action, action, due_date=due)
    call(corrective_actions.start_analysis, action)
    [queue] = [one for one in contributions(WorkItems, user=worker) if one.key == "erp.actions_to_solve"]
    assert number(queue.waiting(worker)) == 1
    assert queue.items(worker, 5)[0].overdue
    assert not number(queue.waiting(boss))
    with pytest.raises(StepIncomplete):
        call(corrective_actions.start_action, action)
    call(corrective_actions.update_corrective_action, action, cause="Dirty fixture", action="Clean it every shift")
    call(corrective_actions.start_action, action)
    call(corrective_actions.complete_action, action, actor=worker)
    assert Notification.objects.filter(user=boss).count() == 1
    with pytest.raises(StepIncomplete):
        call(corrective_actions.verify_action, action, verification=" ", worked=True)
    call(corrective_actions.verify_action, action, verification="3 of 50 still scratched", worked=False)
    action.refresh_from_db()
    assert (action.state, action.closed_on) == ("analysis", None)
    call(corrective_actions.start_action, action)
    call(corrective_actions.complete_action, action)
    call(corrective_actions.verify_action, action, actor=boss, verification="0 of 200", worked=True)
    action.refresh_from_db()
    assert (action.state, action.closed_on, action.verified_by) == ("closed", TODAY, boss)
    with pytest.raises(NotDraft):
        call(corrective_actions.update_corrective_action, action, cause="x")
    with pytest.raises(InvalidTransition):
        call(corrective_actions.cancel_corrective_action, action)


def test_a_problem_has_a_title_and_a_source_that_exists(failed):
    for values in ({"title": " "}, {"title": "x", "inspection_id": 0}, {"title": "x", "responsible_id": 0}):
        with pytest.raises(InvalidInput):
            perform(corrective_actions.create_corrective_action, actor=None, **values)


def test_pages_and_their_rights(client, failed):
    boss = core.superuser("boss")
    client.force_login(boss)
    page = client.get(failed.get_absolute_url()).content.decode()
    url = reverse("erp:inspection-corrective-action", args=[failed.pk])
    assert url in page
    assert failed.number in client.get(url).content.decode()
    client.post(url, {"title": "Scratches", "responsible": boss.pk, "due_date": "2026-04-01"})
    action = CorrectiveAction.objects.get(inspection=failed)

    def go(name, **data):
        return client.post(reverse(f"erp:corrective-action-{name}", args=[action.pk]), data)

    assert go("act").status_code == 409
    go("analyse")
    go("edit", title="Scratches", cause="Dirt", action="Clean", due_date="2026-04-01", responsible=boss.pk)
    go("act")
    go("complete")
    assert go("verify", worked="yes", verification="0 of 200").status_code == 302
    action.refresh_from_db()
    assert action.state == "closed"
    printed = client.get(reverse("erp:corrective-action-print", args=[action.pk]), {"format": "html", "language": "zh"})
    assert "纠正措施报告" in printed.content.decode()
    assert "Scratches" in client.get(reverse("erp:corrective-action-list")).content.decode()
    for name, right in (("detail", "view"), ("edit", "change"), ("verify", "verify")):
        url = reverse(f"erp:corrective-action-{name}", args=[action.pk])
        client.force_login(core.user())
        assert client.get(url).status_code == 403
        client.force_login(core.user(f"erp.{right}_correctiveaction"))
        assert client.get(url).status_code == 200


def test_the_way_by_the_api(failed):
    client = APIClient()
    client.force_authenticate(core.superuser("boss"))

    def send(path, body):
        headers = {"Idempotency-Key": f"{path}{body}"[:200]}
        return client.post(f"/api/v1/erp/corrective-actions/{path}", body, format="json", headers=headers)

    made = send("", {"title": "Scratches", "inspection_id": failed.pk}).json()
    assert send(f"{made['id']}/analyse/", {}).status_code == 422
    changed = send(f"{made['id']}/change/", {"cause": "Dirt"})
    assert changed.json()["cause"] == "Dirt"
    assert send(f"{made['id']}/cancel/", {"reason": "no"}).json()["state"] == "cancelled"
    assert Inspection.objects.get().corrective_actions.count() == 1
