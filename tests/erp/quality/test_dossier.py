"""The dossier: any number in, people, materials, inspections, changes and customers out, each by its right."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from core.operations import perform
from erp.models import Inspection, Lot
from erp.selectors.dossier import dossier_of, find_subjects
from erp.services import corrective_actions, shipments
from tests.erp.services import work_order_steps as steps
from tests.factories import core, erp, erp_make, erp_quality, masterdata, scm
from tests.factories.finance import open_books

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    """Paint of lot P1 came in, was inspected, went into TABLE lot T1, which was made and shipped to a customer."""
    made = scm.buying_company()
    open_books()
    erp_quality.waiting_place(made.warehouse)
    erp_quality.plan(made.paint, "receipt", erp_quality.LENGTH)
    bought = scm.approved_order(made, scm.line(made.paint, "5", price=D(18)))
    rows = [{"order_line_id": bought.lines.get().pk, "quantity": D(5), "lot_code": "P1"}]
    receipt = scm.posted_receipt(made, bought, lines=rows)
    inspection = erp_quality.inspected(Inspection.objects.get(), *["10"] * 5)
    erp_quality.decided(inspection, ("accept", "5"))
    table = masterdata.item("TABLE", supply_type="make", tracking="lot", drawing_number="DWG-7", drawing_revision="B")
    erp_make.bom(table, (made.paint, "1"))
    order = erp_make.released_work_order(table, "3")
    paint = Lot.objects.get(code="P1")
    line = order.materials.get()
    issued = [{"material_id": line.pk, "quantity": D(3), "lot_id": paint.pk}]
    from erp.services import work_orders

    perform(work_orders.issue_materials, actor=None, work_order_id=order.pk, lines=issued)
    worker = masterdata.employee(labour_rate=D(30))
    steps.report(order, good="3", employee=worker)
    steps.receive(order, "3", lots=[{"code": "T1", "quantity": D(3)}])
    sold = erp.confirmed(table, "2")
    shipment = erp.picked(erp.to_pick(sold))
    perform(shipments.ship_shipment, actor=None, shipment_id=shipment.pk)
    return {
        "made": made,
        "receipt": receipt,
        "inspection": inspection,
        "order": order,
        "worker": worker,
        "sold": sold,
        "shipment": shipment,
    }


def look_up(text, user):
    [subject] = find_subjects(text, user)
    return dossier_of(subject, user)


def test_the_lot_that_was_shipped_tells_everything(story):
    boss = core.superuser("boss")
    dossier = look_up("t1", boss)
    parts = dossier.parts
    assert [one.number for one in parts["work_orders"]] == [story["order"].number]
    assert [one.employee for one in parts["people"]] == [story["worker"]]
    [used] = parts["materials"]
    assert (str(used.lot), used.quantity, used.supplier, used.receipt) == (
        "P1",
        3,
        story["made"].supplier,
        story["receipt"].number,
    )
    assert parts["inspections"] == [story["inspection"]]
    assert ("DWG-7 B") in {one.name for one in parts["papers"]}
    [went] = parts["went"]
    assert (went.partner, went.quantity, went.number) == (story["sold"].partner, 2, story["shipment"].number)
    assert [(str(one.lot), one.on_hand) for one in parts["balances"]] == [("T1", 1)]
    assert any(one.number == story["order"].number for one in parts["changes"])


def test_the_suppliers_lot_and_every_document_lead_to_the_customer(story):
    boss = core.superuser("boss")
    paint = look_up("P1", boss)
    assert {one.partner for one in paint.parts["went"]} == {story["sold"].partner}
    numbers = [story[name].number for name in ("receipt", "inspection", "order", "sold", "shipment")]
    for number in numbers:
        found = look_up(number, boss)
        assert [one.partner for one in found.parts["went"]] == [story["sold"].partner], number
    for number in (story["order"].number, story["sold"].number, story["shipment"].number):
        assert [str(one.lot) for one in look_up(number, boss).parts["materials"]] == ["P1"], number


def test_corrective_actions_of_other_problems_stay_away(story):
    boss = core.superuser("boss")
    for title, source in (("Wrench not calibrated", {}), ("Paint too thin", {"inspection_id": story["inspection"].pk})):
        perform(corrective_actions.create_corrective_action, actor=None, title=title, **source)
    found = look_up(story["order"].number, boss).parts["actions"]
    assert [one.title for one in found] == ["Paint too thin"]


def test_two_items_with_one_lot_code_are_offered(story, client):
    other = masterdata.item("GLUE", tracking="lot")
    erp.opening(other, "1", lot_code="T1")
    boss = core.superuser("boss")
    assert len(find_subjects("T1", boss)) == 2
    client.force_login(boss)
    page = client.get(reverse("erp:dossier"), {"q": "T1"}).content.decode()
    assert "Which one?" in page
    assert not find_subjects("", boss)


def test_each_part_asks_for_its_right(story, client):
    url = reverse("erp:dossier")
    client.force_login(core.user())
    assert client.get(url).status_code == 403
    clerk = core.user("erp.view_dossier", "erp.view_lot", "erp.view_workorder")
    client.force_login(clerk)
    page = client.get(url, {"q": "T1"}).content.decode()
    assert story["order"].number in page
    assert story["inspection"].number not in page
    assert story["shipment"].number not in page
    assert "Nothing bears" in client.get(url, {"q": story["sold"].number}).content.decode()
    boss = core.superuser("boss")
    client.force_login(boss)
    assert story["inspection"].number in client.get(url, {"q": "T1"}).content.decode()
    printed = client.get(reverse("erp:dossier-print", args=["T1"]), {"format": "html", "language": "zh"})
    assert "档案查询" in printed.content.decode()
    assert client.get(reverse("erp:dossier-print", args=["nothing"])).status_code == 404
    api = APIClient()
    api.force_authenticate(clerk)
    answer = api.get("/api/v1/erp/dossier/", {"q": "T1"}).json()
    assert answer["subject"]["title"].startswith("T1")
    assert answer["parts"]["materials"][0]["lot"] == "P1"
    assert "inspections" not in answer["parts"]
    assert api.get("/api/v1/erp/dossier/", {"q": "?"}).status_code == 404
    api.force_authenticate(boss)
    shown = api.get("/api/v1/erp/dossier/", {"q": "T1"}).json()["parts"]["inspections"][0]
    assert len(shown["values"]["Length"]) == 5


def test_the_number_of_statements_is_bounded(story):
    boss = core.superuser("boss")
    with CaptureQueriesContext(
        connection,
    ) as counted:
        look_up("T1", boss)
    assert len(counted) <= 60, len(counted)
