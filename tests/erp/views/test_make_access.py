"""Who may open which page of engineering, planning and production: anonymous, without the right, with it."""

import pytest
from django.test import Client
from django.urls import reverse

from erp.models import PlannedOrder, ProductionReceipt, ProductionReport
from tests.erp.services.work_order_steps import receive, report
from tests.factories import core, erp_make

pytestmark = pytest.mark.django_db

READ = {
    "erp:bom-list": ("erp.view_bom", None),
    "erp:bom-detail": ("erp.view_bom", "bom"),
    "erp:bom-create": ("erp.add_bom", None),
    "erp:bom-edit": ("erp.change_bom", "draft_bom"),
    "erp:item-structure": ("erp.view_bom", "item"),
    "erp:plan": ("erp.view_plannedorder", None),
    "erp:planned-order": ("erp.view_plannedorder", "planned"),
    "erp:shortages": ("erp.view_plannedorder", None),
    "erp:late-lines": ("erp.view_planverdict", None),
    "erp:advice": ("erp.view_supplyadvice", None),
    "erp:plan-runs": ("erp.view_planrun", None),
    "erp:planning-settings": ("erp.configure_planning", None),
    "erp:pegging": ("erp.view_planverdict", "line"),
    "erp:work-order-list": ("erp.view_workorder", None),
    "erp:work-order-detail": ("erp.view_workorder", "order"),
    "erp:work-order-create": ("erp.add_workorder", None),
    "erp:work-order-edit": ("erp.change_workorder", "draft_order"),
    "erp:work-order-reschedule": ("erp.change_workorder", "order"),
    "erp:work-order-issue": ("erp.issue_workorder", "order"),
    "erp:work-order-issue-extra": ("erp.over_issue_workorder", "order"),
    "erp:work-order-return": ("erp.issue_workorder", "order"),
    "erp:work-order-report": ("erp.report_workorder", "order"),
    "erp:work-order-receive": ("erp.receive_workorder", "order"),
    "erp:work-order-print": ("erp.view_workorder", "order"),
    "erp:shop-floor": ("erp.report_workorder", None),
}
POST = {
    "erp:bom-release": ("erp.release_bom", "draft_bom"),
    "erp:bom-copy": ("erp.add_bom", "bom"),
    "erp:bom-retire": ("erp.retire_bom", "bom"),
    "erp:plan-firm": ("erp.firm_plannedorder", None),
    "erp:plan-run": ("erp.run_plan", None),
    "erp:work-order-release": ("erp.release_workorder", "draft_order"),
    "erp:work-order-complete": ("erp.complete_workorder", "order"),
    "erp:work-order-close": ("erp.close_workorder", "order"),
    "erp:work-order-cancel": ("erp.cancel_workorder", "order"),
    "erp:report-reverse": ("erp.report_workorder", "report"),
    "erp:receipt-reverse": ("erp.receive_workorder", "receipt"),
}


@pytest.fixture
def keys(late_order, bicycle):
    """Something of every kind to open."""
    order = erp_make.released_work_order(bicycle["frame"], "10")
    report(order, "2")
    receive(order, "1")
    return {
        "bom": erp_make.bom(erp_make.made("OTHER"), (bicycle["spoke"], "1")).pk,
        "draft_bom": erp_make.bom(erp_make.made("DRAFT"), (bicycle["spoke"], "1"), release=False).pk,
        "item": bicycle["bike"].pk,
        "planned": PlannedOrder.objects.filter(item=bicycle["bike"]).first().identity,
        "line": late_order.lines.get().pk,
        "order": order.pk,
        "draft_order": erp_make.work_order(bicycle["bike"], "1").pk,
        "report": ProductionReport.objects.get().pk,
        "receipt": ProductionReceipt.objects.get().pk,
    }


def address(name: str, kind: str | None, keys) -> str:
    return reverse(name, args=[keys[kind]] if kind else [])


def test_pages_are_read_with_the_right_only(keys, signed_in) -> None:
    stranger = signed_in("masterdata.view_item")
    for name, (right, kind) in READ.items():
        url = address(name, kind, keys)
        assert Client().get(url).status_code == 302, name
        assert stranger.get(url).status_code == 403, name
        assert signed_in(right).get(url).status_code == 200, name


def test_verbs_are_done_with_the_right_only(keys, signed_in) -> None:
    stranger = signed_in("erp.view_workorder", "erp.view_bom")
    for name, (right, kind) in POST.items():
        url = address(name, kind, keys)
        assert Client().post(url).status_code == 302, name
        assert stranger.post(url).status_code == 403, name
        doer = signed_in(right, "erp.view_workorder", "erp.view_bom")
        assert doer.post(url).status_code in {302, 409, 422}, name
        assert doer.get(url).status_code == 405, name


@pytest.mark.parametrize("name", ["erp:bom-detail", "erp:work-order-detail", "erp:item-structure", "erp:pegging"])
def test_what_is_not_there_is_not_found(db, name) -> None:
    client = Client()
    client.force_login(core.superuser())

    assert client.get(reverse(name, args=[999999])).status_code == 404
