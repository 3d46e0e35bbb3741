"""Inspecting by scan: finding the inspection, one finding a scan, undo, finish, decide; pages, rights, API."""

import json
from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.operations import perform
from erp.errors import NotBeingInspected, TooManyDefects, UnknownCharacteristic
from erp.errors.quality import NothingToUndo, UnknownFinding
from erp.models import Inspection, InspectionValue, StockBalance
from erp.services import inspections
from tests.factories import core, erp_quality, scm
from tests.factories.finance import open_books

D = Decimal
pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def made():
    """Three bolts arrived: a length of 10 ± 0.2 mm and the surface of each."""
    made = scm.buying_company()
    open_books(years=[2026])
    erp_quality.waiting_place(made.warehouse)
    erp_quality.plan(made.bolt)
    scm.posted_receipt(made, scm.approved_order(made, scm.line(made.bolt, "3")))
    return made


def scanned(inspection, *codes, **more):
    for code in codes:
        perform(inspections.scan_finding, actor=None, inspection_id=inspection.pk, code=code, **more)


def results(inspection):
    """Values of the length by piece, wrong surfaces, defects."""
    length, surface = inspection.lines.order_by("line_no")
    values = list(length.values.values_list("sample_no", "value", "passes"))
    return values, surface.failed, list(inspection.defects.values_list("code__code", "quantity"))


def test_each_scan_is_one_finding(made):
    inspection = Inspection.objects.get()
    erp_quality.defect("SCRATCH")
    scanned(inspection, "10", "10,3", "scratch", "SCRATCH", "9.9", "1")
    values = [(1, D(10), True), (2, D("10.3"), False), (3, D("9.9"), True)]
    assert results(inspection) == (values, 1, [("SCRATCH", 2)])
    length, surface = inspection.lines.order_by("line_no")
    for code, line, refusal in (
        ("10", None, UnknownCharacteristic),  # all have their results
        ("10", length.pk, UnknownCharacteristic),
        ("4", surface.pk, TooManyDefects),
        ("0.5", surface.pk, TooManyDefects),
        ("RUST", None, UnknownFinding),
        ("NaN", None, UnknownFinding),
    ):
        with pytest.raises(refusal):
            scanned(inspection, code, line_id=line)
    perform(inspections.undo_finding, actor=None, inspection_id=inspection.pk, line_id=length.pk)
    scanned(inspection, "10.1")
    assert InspectionValue.objects.get(line=length, sample_no=3).value == D("10.1")
    defect = inspection.defects.get()
    for left in ([("SCRATCH", 1)], []):
        perform(inspections.undo_defect, actor=None, inspection_id=inspection.pk, defect_id=defect.pk)
        assert results(inspection)[2] == left
    with pytest.raises(NothingToUndo):
        perform(inspections.undo_defect, actor=None, inspection_id=inspection.pk, defect_id=defect.pk)
    perform(inspections.finish_inspection, actor=None, inspection_id=inspection.pk)
    with pytest.raises(NotBeingInspected):
        scanned(inspection, "10")


def test_undo_takes_attributes_back_when_there_is_no_value(made):
    inspection = Inspection.objects.get()
    surface = inspection.lines.get(kind="attribute")
    scanned(inspection, "2", line_id=surface.pk)
    perform(inspections.undo_finding, actor=None, inspection_id=inspection.pk)
    assert results(inspection) == ([], None, [])
    with pytest.raises(NothingToUndo):
        perform(inspections.undo_finding, actor=None, inspection_id=inspection.pk)


def test_from_scan_to_decision_on_the_phone(client, made):
    inspection = Inspection.objects.get()
    client.force_login(core.superuser("boss"))
    find, page = reverse("erp:inspection-find"), reverse("erp:inspection-scan", args=[inspection.pk])
    for code in (inspection.number, inspection.source_number.lower(), "BOLT"):
        assert client.post(find, {"code": code}, headers=HTMX).headers["HX-Redirect"] == page
    assert client.post(find, {"code": "NOTHING"}).status_code == 422
    scan = reverse("erp:inspection-scan-code", args=[inspection.pk])
    answers = [client.post(scan, {"code": code}, headers=HTMX) for code in ("10", "11", "10", "0")]
    said = [json.loads(answer.headers["HX-Trigger"])["scan"] for answer in answers]
    assert [one["ok"] for one in said] == [True, False, True, True]
    assert "9.8 – 10.2" in said[1]["text"]
    assert "disabled" not in answers[3].content.decode().split("form-end")[1]
    assert client.post(reverse("erp:inspection-scan-finish", args=[inspection.pk])).status_code == 302
    shown = client.get(page).content.decode()
    assert ('value="scrap"' in shown, 'value="accept"' in shown) == (True, False)  # one of three is wrong
    decide = reverse("erp:inspection-scan-decide", args=[inspection.pk])
    assert client.post(decide, {"disposition": "accept"}).status_code == 409  # takes a concession
    assert client.post(decide, {"disposition": "melt"}).status_code == 422
    assert client.post(decide, {"disposition": "scrap"}).status_code == 302
    assert not StockBalance.objects.filter(item=made.bolt, on_hand__gt=0, location__kind="storage").exists()


def test_several_inspections_are_offered(client, made):
    scm.posted_receipt(made, scm.approved_order(made, scm.line(made.bolt, "2")))
    client.force_login(core.user("erp.view_inspection"))
    url = reverse("erp:inspection-find")
    target = client.post(url, {"code": "BOLT"}, headers=HTMX).headers["HX-Redirect"]
    page = client.get(target).content.decode()
    assert all(one.number in page for one in Inspection.objects.all())
    first = Inspection.objects.earliest("pk")
    shown = client.get(reverse("erp:inspection-scan", args=[first.pk])).content.decode()
    assert "data-scan-form" not in shown
    for name in ("code", "undo", "finish", "decide"):
        assert client.post(reverse(f"erp:inspection-scan-{name}", args=[first.pk])).status_code == 403
    client.force_login(core.user())
    assert client.get(url).status_code == 403


def test_api(made):
    inspection = Inspection.objects.get()
    api = APIClient()
    api.force_authenticate(core.superuser("robot"))
    route = f"/api/v1/erp/inspections/{inspection.pk}/"
    assert api.post(f"{route}scan/", {"code": "10"}, headers={"Idempotency-Key": "1"}).status_code == 200
    assert api.post(f"{route}undo/", {}, headers={"Idempotency-Key": "2"}).status_code == 200
    assert not InspectionValue.objects.exists()
