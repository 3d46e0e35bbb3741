"""Figures of quality: Pareto, pass rates, run chart by the book; pages with drill-down and export, API."""

from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.operations import perform
from erp.engines.control_charts import control_of
from erp.models import Inspection
from erp.selectors.quality_figures import defect_shares, judged, pass_rates, run_of
from erp.services import inspections
from tests.factories import core, erp, erp_quality, masterdata

D = Decimal
pytestmark = pytest.mark.django_db


def test_control_limits_of_individuals():
    # Montgomery, Introduction to Statistical Quality Control, section 6.4: mean ± 3 · MR-bar / 1.128
    values = [D(one) for one in ("310", "288", "297", "298", "307", "303", "294", "297", "308", "306", "294", "299")]
    found = control_of(values, None, None)
    moving = [22, 9, 1, 9, 4, 9, 3, 11, 2, 12, 5]
    sigma = D(sum(moving)) / len(moving) / D("1.128")
    assert round(found.mean, 4) == round(sum(values) / 12, 4)
    assert (round(found.upper, 4), round(found.lower, 4)) == (
        round(found.mean + 3 * sigma, 4),
        round(found.mean - 3 * sigma, 4),
    )
    assert found.cpk is None
    assert round(control_of(values, D(270), D(330)).cpk, 3) == round(
        min(330 - found.mean, found.mean - 270) / (3 * sigma), 3
    )
    assert control_of(values[:9], None, None) is None
    assert control_of([D(1)] * 10, D(0), D(2)).cpk is None


@pytest.fixture
def story():
    """Three inspections of BENCH: lengths, one with three scratches and a dent."""
    erp.place()
    bench = masterdata.item("BENCH")
    erp_quality.plan(bench, "in_process", erp_quality.LENGTH, erp_quality.LOOK)
    scratch, dent = erp_quality.defect("SCRATCH"), erp_quality.defect("DENT")
    found = [{"code_id": scratch.pk, "quantity": 3}, {"code_id": dent.pk, "quantity": 1}]
    for lengths, defects in ((["10"] * 4, None), (["10", "10.1", "9.9", "10"], None), (["9", "10", "10", "11"], found)):
        made = perform(inspections.create_inspection, actor=None, kind="in_process", item_id=bench.pk, quantity=D(4))
        erp_quality.inspected(made, *lengths, failed=1 if defects else 0, defects=defects)
    return bench


def every():
    return judged(erp.TODAY, erp.TODAY)


def test_pareto_counts_pieces_and_accumulates(story):
    rows = defect_shares(every())
    assert [(row.code.code, row.pieces, row.inspections, row.share, row.cumulative) for row in rows] == [
        ("SCRATCH", 3, 1, 75, 75),
        ("DENT", 1, 1, 25, 100),
    ]


def test_pass_rates_by_item_and_month(story):
    [row] = pass_rates(every(), "item")
    assert (row.group, row.inspections, row.passed, row.failed) == (story, 3, 2, 1)
    assert (round(row.rate, 2), row.sample, row.defective, row.ppm) == (D("66.67"), 12, 3, 250000)
    [month] = pass_rates(every(), "month")
    assert month.group == erp.TODAY.replace(day=1)
    assert pass_rates(every(), "supplier") == []


def test_a_run_marks_what_is_out(story):
    run = run_of(every(), "Length")
    measured = [*[10] * 5, D("10.1"), D("9.9"), 10, 9, 10, 10, 11]
    assert [row.value for row in run.rows] == measured
    assert [row.is_out for row in run.rows].count(True) == 2
    assert run.control is not None
    assert run_of(every(), "Width").rows == []


def test_pages_and_api(client, story):
    client.force_login(core.user())
    names = ("quality-defects", "quality-rates", "quality-run")
    for name in names:
        assert client.get(reverse(f"erp:{name}")).status_code == 403
    boss = core.superuser("boss")
    client.force_login(boss)
    defects = client.get(reverse("erp:quality-defects")).content.decode()
    assert "SCRATCH" in defects
    assert "defect=" in defects
    rates = client.get(reverse("erp:quality-rates"), {"by": "item"}).content.decode()
    assert f"item={story.pk}" in rates
    run = client.get(reverse("erp:quality-run"), {"characteristic": "Length"}).content.decode()
    assert Inspection.objects.first().number in run
    export = client.get(reverse("erp:quality-run"), {"characteristic": "Length", "export": "csv"})
    assert "10.1" in b"".join(export.streaming_content).decode()
    later = client.get(reverse("erp:quality-defects"), {"start": "2027-01-01", "end": "2027-02-01"}).content.decode()
    assert "SCRATCH" not in later
    api = APIClient()
    api.force_authenticate(boss)
    assert api.get("/api/v1/erp/quality/defects/").json()["results"][0]["pieces"] == 3
    assert api.get("/api/v1/erp/quality/pass-rates/", {"by": "item"}).json()["results"][0]["failed"] == 1
    assert len(api.get("/api/v1/erp/quality/run/", {"characteristic": "Length"}).json()["results"]) == 12
