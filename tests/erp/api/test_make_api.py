"""The REST routes of engineering, planning and production."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from erp.models import PlannedOrder, PlanningEvent, WorkOrder
from tests.erp.services.conftest import bench, factory
from tests.factories import core, crm, erp_make, masterdata

__all__ = ["bench", "factory"]

pytestmark = pytest.mark.django_db
D = Decimal
_keys = itertools.count(1)


@pytest.fixture
def call(db):
    """Send JSON as a user who may do everything (or as ``user``) with a fresh one-time key."""
    client = Client()
    client.force_login(core.superuser())

    def send(name: str, *args, method: str = "post", key: str = "", user=None, **body):
        if user is not None:
            client.force_login(user)
        headers = {"Idempotency-Key": key or f"key-{next(_keys)}"}
        if method == "get":
            return client.get(reverse(f"api:erp-{name}", args=args), body)
        act = getattr(client, method)
        return act(reverse(f"api:erp-{name}", args=args), body, content_type="application/json", headers=headers)

    return send


def code_of(answer) -> str:
    return answer.json()["errors"][0]["code"]


def test_a_bom_from_draft_to_retired(call, factory) -> None:
    top, part = erp_make.made("TOP"), masterdata.item("PART")
    lines = [{"component_id": part.pk, "quantity": "2.5"}]

    refused = call("bom-list", item_id=top.pk, lines=[{"component_id": top.pk, "quantity": "1"}])
    made = call("bom-list", item_id=top.pk, lines=lines, valid_from="2026-01-01")
    key = made.json()["id"]
    changed = call("bom-detail", key, method="put", quantity="2", valid_from="2026-01-01", version=0, lines=lines)
    stale = call("bom-detail", key, method="put", quantity="2", valid_from="2026-01-01", version=0, lines=lines)
    released = call("bom-release", key, version=1)
    copied = call("bom-copy", key)
    retired = call("bom-retire", key)

    assert (refused.status_code, code_of(refused)) == (422, "invalid_input")
    assert made.status_code == 201
    assert made.json()["lines"][0]["quantity"] == "2.500000"
    assert (changed.json()["quantity"], changed.json()["version"]) == ("2.000000", 1)
    assert (stale.status_code, code_of(stale)) == (409, "stale_version")
    assert [one.json()["state"] for one in (released, retired)] == ["released", "obsolete"]
    assert copied.status_code == 201
    listed = call("bom-list", method="get", component=part.pk, state="obsolete").json()["results"]
    assert [row["id"] for row in listed] == [key]


def test_a_work_order_through_all_verbs(call, bench) -> None:
    made = call("work-order-list", item_id=bench.pk, quantity="10", due_date="2026-03-20").json()
    key = made["id"]
    materials = [row["id"] for row in made["materials"]]
    worker = masterdata.employee(labour_rate=D(30)).pk
    values = {"start_date": "2026-03-18", "due_date": "2026-03-23"}
    steps = [
        call("work-order-detail", key, method="put", quantity="8", version=0, **values),
        call("work-order-release", key, version=1),
        call("work-order-reschedule", key, quantity="9", **values),
        call("work-order-issue", key, lines=[{"material_id": _first(key), "quantity": "36"}]),
        call("work-order-issue-extra", key, lines=[{"material_id": _first(key), "quantity": "2"}]),
        call("work-order-return-materials", key, lines=[{"material_id": _first(key), "quantity": "2"}]),
        call("work-order-start", key, employee_id=worker),
        call("work-order-finish", key, employee_id=worker, good_quantity="1"),
        call("work-order-report", key, employee_id=worker, good_quantity="5", hours="2", accept_overrun=True),
        call("work-order-receive", key, quantity="6"),
        call("work-order-complete", key, reason="enough"),
    ]

    assert [step.status_code for step in steps] == [200, 200, 200, 200, 200, 200, 201, 201, 201, 200, 200]
    assert len(materials) == 2
    receipt = call("production-receipt-list", method="get", work_order=key).json()["results"][0]["id"]
    report = call("production-report-list", method="get", work_order=key).json()["results"][0]["id"]
    assert call("production-receipt-reverse", receipt).json()["completed_quantity"] == "0.000000"
    assert call("production-report-reverse", report).json()["reverses"] == report
    assert call("work-order-receive", key, quantity="9").json()["state"] == "completed"
    closed = call("work-order-close", key).json()
    assert (closed["state"], closed["variance"]) == ("closed", "0.0000")
    wrong = call("work-order-cancel", key)
    assert (wrong.status_code, code_of(wrong)) == (409, "invalid_transition")


def _first(order_id: int) -> int:
    return WorkOrder.objects.get(pk=order_id).materials.order_by("line_no").first().pk


def test_costs_are_left_out_for_those_who_may_not_see_them(call, bench) -> None:
    order = erp_make.issued_work_order(bench, "10")
    plain = core.user("erp.view_workorder")

    assert "material_cost" in call("work-order-detail", order.pk, method="get").json()
    assert "material_cost" not in call("work-order-detail", order.pk, method="get", user=plain).json()
    forbidden = call("work-order-close", order.pk)
    assert forbidden.status_code == 403


def test_the_plan_is_read_and_firmed(call, bench, factory) -> None:
    crm.confirmed_order(None, crm.line(bench, "30", ship_date=factory + dt.timedelta(days=40)))
    erp_make.plan()
    listed = call("planned-order-list", method="get", supply_type="make").json()["results"]
    [bike] = listed
    assert (bike["quantity"], bike["is_late"]) == ("30.000000", False)
    assert call("planned-order-detail", bike["identity"], method="get").json() == bike
    assert call("planned-order-detail", "1:2020-01-01:1", method="get").status_code == 404

    firmed = call("planned-order-firm", key="once", identities=[bike["identity"]])
    again = call("planned-order-firm", key="once", identities=[bike["identity"]])
    gone = call("planned-order-firm", identities=[bike["identity"]])

    assert firmed.json() == {"work_order_ids": [WorkOrder.objects.get().pk], "announced": 0} == again.json()
    assert (gone.status_code, code_of(gone)) == (409, "planned_order_gone")
    assert call("plan-run-list", method="get").json()["results"][0]["orders"] >= 1
    assert call("plan-verdict-list", method="get").json()["results"][0]["days_late"] == 0
    assert call("supply-advice-list", method="get").json()["results"] == []
    assert call("planned-order-replan").status_code == 202
    assert PlanningEvent.objects.filter(reason="asked").exists()


def test_planned_orders_are_paged_by_start(call, factory) -> None:
    for number in range(3):
        masterdata.item(f"PART{number}", safety_stock=D(5), lead_time_days=number)
    erp_make.plan()

    first = call("planned-order-list", method="get", page_size=2).json()
    rest = Client()
    rest.force_login(core.superuser())
    second = rest.get(first["next"]).json()

    starts = [row["start_date"] for row in first["results"] + second["results"]]
    assert starts == sorted(starts)
    assert len(starts) == PlannedOrder.objects.count() == 3


def test_writing_needs_a_key_and_the_right(call, bench) -> None:
    client = Client()
    client.force_login(core.superuser())
    url = reverse("api:erp-work-order-list")

    assert client.post(url, {"item_id": bench.pk}, content_type="application/json").status_code in {400, 422}
    reader = core.user("erp.view_workorder")
    denied = call("work-order-list", user=reader, item_id=bench.pk, quantity="1", due_date="2026-03-20")
    assert denied.status_code == 403
    assert call("bom-list", method="get").status_code == 403


def test_routings_and_work_centres_over_the_api(call, factory) -> None:
    top = erp_make.made("TOP")
    saw = erp_make.work_center("SAW")
    center = call("work-center-detail", saw.pk, method="patch", machines=2)
    operations = [{"name": "cut", "work_center_id": center.json()["id"], "run_minutes": "2.5"}]

    refused = call("routing-list", item_id=top.pk, operations=[{"name": "cut"}])
    made = call("routing-list", item_id=top.pk, operations=operations)
    released = call("routing-release", made.json()["id"], version=0)
    copied = call("routing-copy", made.json()["id"])
    days = call("work-center-capacity", center.json()["id"], method="get", first="2026-03-02", last="2026-03-08")

    assert (refused.status_code, code_of(refused)) == (422, "work_center_missing")
    assert made.json()["operations"][0]["run_minutes"] == "2.500000"
    assert (released.json()["state"], copied.status_code) == ("released", 201)
    assert days.status_code == 200, days.content
    assert sum(D(one["minutes"]) for one in days.json()) == 5 * 2 * 8 * 60


def test_the_rules_of_the_planner_are_read_and_written(call):
    path = "planning-settings"
    rules = call(path, method="get").json()
    assert (rules["joint_orders"], rules["promise_rule"]) == (False, "ctp")
    changed = call(path, method="put", **(rules | {"joint_orders": True, "increase_days": 4}))
    assert (changed.status_code, changed.json()["joint_orders"], changed.json()["increase_days"]) == (200, True, 4)
    assert call(path, method="get").json() == changed.json()
    assert PlanningEvent.objects.filter(reason="settings").exists()
    assert call(path, method="put", **rules).status_code == 409  # somebody changed them since
    assert call(path, method="put", joint_orders=True).status_code == 422  # a half is no whole
    assert call(path, method="get", user=core.user()).status_code == 403
