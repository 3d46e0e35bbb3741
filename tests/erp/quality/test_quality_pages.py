"""Pages and API of inspection plans, defect codes and inspections: rights, and the way from receipt to decision."""

from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from erp.models import DefectCode, Inspection, InspectionPlan
from tests.factories import core, erp_quality, scm
from tests.factories.finance import open_books

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    made = scm.buying_company()
    open_books(years=[2026])
    erp_quality.waiting_place(made.warehouse)
    erp_quality.plan(made.bolt)
    scm.posted_receipt(made, scm.approved_order(made, scm.line(made.bolt, "3")))
    return made


OF_PLAN = {"detail": "view", "edit": "change"}
OF_INSPECTION = {"detail": "view", "results": "inspect", "decide": "decide", "concede": "concede", "print": "view"}


def test_each_page_asks_for_its_right(client, made):
    plan, inspection = InspectionPlan.objects.get(), Inspection.objects.get()
    code = erp_quality.defect()
    urls = {
        "inspection-list": ("view_inspection", []),
        "inspection-create": ("add_inspection", []),
        "inspection-plan-list": ("view_inspectionplan", []),
        "inspection-plan-create": ("add_inspectionplan", []),
        "defect-code-list": ("view_defectcode", []),
        "defect-code-create": ("add_defectcode", []),
        "defect-code-edit": ("change_defectcode", [code.pk]),
    }
    urls |= {f"inspection-plan-{name}": (f"{verb}_inspectionplan", [plan.pk]) for name, verb in OF_PLAN.items()}
    urls |= {f"inspection-{name}": (f"{verb}_inspection", [inspection.pk]) for name, verb in OF_INSPECTION.items()}
    for name, (right, keys) in urls.items():
        url = reverse(f"erp:{name}", args=keys)
        client.logout()
        assert client.get(url).status_code == 302, url
        client.force_login(core.user())
        assert client.get(url).status_code == 403, url
        client.force_login(core.user(f"erp.{right}"))
        assert client.get(url, {"format": "html"}).status_code == 200, url


GRID = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0"}


def test_from_results_to_the_decision_on_the_pages(client, made):
    client.force_login(core.superuser("boss"))
    inspection = Inspection.objects.get()
    length, surface = inspection.lines.order_by("line_no")
    code = erp_quality.defect()
    url = reverse("erp:inspection-results-finish", args=[inspection.pk])
    typed = {f"line-{length.pk}": ["10", "abc", "9,9"], f"line-{surface.pk}": "0", **GRID}
    wrong = client.post(url, typed)
    assert wrong.status_code == 422
    assert "abc" in wrong.content.decode()
    typed[f"line-{length.pk}"] = ["10", "9.5", "9,9"]
    row = {"lines-0-code": code.pk, "lines-0-quantity": "1", "lines-0-note": "short"}
    assert client.post(url, typed | row).status_code == 302
    inspection.refresh_from_db()
    assert (inspection.state, inspection.verdict, inspection.defective) == ("inspected", "failed", 1)
    page = client.get(inspection.get_absolute_url()).content.decode()
    assert 'class="measured-value is-out">9.5' in page
    goods = inspection.goods.get()
    decide = reverse("erp:inspection-decide", args=[inspection.pk])
    shown = client.get(decide).content.decode()
    assert f'name="{goods.pk}-accept" value="2"' in shown
    assert f"{goods.pk}-concession" not in shown
    refused = client.post(decide, {f"{goods.pk}-accept": "1"})
    assert refused.status_code == 422
    assert client.post(decide, {f"{goods.pk}-accept": "2", f"{goods.pk}-scrap": "1"}).status_code == 302
    inspection.refresh_from_db()
    assert inspection.state == "decided"
    printed = client.get(reverse("erp:inspection-print", args=[inspection.pk]), {"format": "html", "language": "zh"})
    assert "检验报告" in printed.content.decode()
    receipt = client.get(reverse("scm:goods-receipt-detail", args=[inspection.source_id])).content.decode()
    assert f"source=scm.goodsreceipt%3A{inspection.source_id}" in receipt
    listed = client.get(f"{reverse('erp:inspection-list')}?source=scm.goodsreceipt:{inspection.source_id}")
    assert inspection.number in listed.content.decode()


def test_a_plan_is_written_and_released_on_the_pages(client, made):
    client.force_login(core.superuser("boss"))
    row = {"lines-0-name": "Width", "lines-0-kind": "measured", "lines-0-upper": "5"}
    header = {"kind": "final", "item": made.motor.pk, "sampling": "aql", "aql": "1.0", "level": "II"}
    answer = client.post(reverse("erp:inspection-plan-create"), header | row | GRID)
    plan = InspectionPlan.objects.get(item=made.motor)
    assert answer.url == plan.get_absolute_url()
    edit = reverse("erp:inspection-plan-edit", args=[plan.pk])
    assert 'value="Width"' in client.get(edit).content.decode()
    assert client.post(edit, header | row | {"lines-0-upper": "6"} | GRID).status_code == 302
    assert plan.lines.get().upper == 6
    client.post(reverse("erp:inspection-plan-release", args=[plan.pk]))
    revised = client.post(reverse("erp:inspection-plan-revise", args=[plan.pk]))
    assert InspectionPlan.objects.get(replaces=plan).get_absolute_url() == revised.url
    client.post(reverse("erp:inspection-plan-retire", args=[plan.pk]))
    plan.refresh_from_db()
    assert plan.state == "obsolete"


def test_the_whole_way_by_the_api(made):
    client = APIClient()
    client.force_authenticate(core.superuser("boss"))

    def send(path, body=None):
        key = f"{path}{body}"[:200]
        return client.post(f"/api/v1/erp/{path}", body or {}, format="json", headers={"Idempotency-Key": key})

    code = send("defect-codes/", {"code": "DENT", "name": "Dent", "severity": "minor"})
    assert code.status_code == 201, code.content
    line = {"name": "Colour", "kind": "attribute"}
    made_plan = send("inspection-plans/", {"kind": "final", "item_id": made.bolt.pk, "lines": [line]})
    assert made_plan.status_code == 201, made_plan.content
    assert send(f"inspection-plans/{made_plan.json()['id']}/release/").json()["state"] == "released"
    pk = Inspection.objects.get().pk
    shown = client.get(f"/api/v1/erp/inspections/{pk}/").json()
    length, surface = (line["id"] for line in shown["lines"])
    lines = [{"line_id": length, "values": ["10", "10", "10"]}, {"line_id": surface, "failed": 0}]
    body = {"lines": lines, "defects": [{"code_id": code.json()["id"], "quantity": 1}]}
    stored = send(f"inspections/{pk}/results/", body).json()
    assert [one["passes"] for one in stored["lines"][0]["values"]] == [True] * 3
    assert send(f"inspections/{pk}/finish/").json()["verdict"] == "passed"
    rows = [{"goods_id": shown["goods"][0]["id"], "disposition": "accept", "quantity": "3"}]
    decided = send(f"inspections/{pk}/decide/", {"dispositions": rows})
    assert decided.json()["state"] == "decided", decided.content
    assert decided.json()["goods"][0]["dispositions"][0]["disposition"] == "accept"
    by_hand = send("inspections/", {"kind": "in_process", "item_id": made.bolt.pk, "quantity": "2"})
    assert send(f"inspections/{by_hand.json()['id']}/cancel/", {"reason": "twice"}).json()["state"] == "cancelled"
    assert DefectCode.objects.get().severity == "minor"
