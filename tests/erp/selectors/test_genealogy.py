"""A lot's whole life: what it was made of, what became of it, where all of that came from and went."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.operations import perform
from erp.models import Lot
from erp.selectors.genealogy import genealogy
from erp.services import work_orders
from tests.factories import core, erp, erp_make, masterdata, scm_subcontract

D = Decimal
pytestmark = pytest.mark.django_db


def make(item, quantity, code, lot, used, **back):
    """Make one lot of ``item`` out of ``used`` of a component lot."""
    order = erp_make.released_work_order(item, quantity)
    material = order.materials.get(item=lot.item)
    line = {"material_id": material.pk, "quantity": D(used), "lot_id": lot.pk}
    perform(work_orders.issue_materials, actor=None, work_order_id=order.pk, lines=[line])
    if back:
        line = {"material_id": material.pk, "quantity": D(back["back"]), "lot_id": lot.pk}
        perform(work_orders.return_materials, actor=None, work_order_id=order.pk, lines=[line])
    if code:
        perform(
            work_orders.receive_production,
            actor=None,
            work_order_id=order.pk,
            quantity=D(quantity),
            lots=[{"code": code, "quantity": D(quantity)}],
        )
    return order


@pytest.fixture
def chain():
    """STEEL lot S1 → SHAFT lots A, B → MOTOR lot M (of A), shipped; a batch of S1 that was brought back whole."""
    erp.place()
    steel = masterdata.item("STEEL", tracking="lot")
    shaft = erp_make.made("SHAFT", tracking="lot")
    motor = erp_make.made("MOTOR", tracking="lot")
    erp_make.bom(shaft, (steel, "2"))
    erp_make.bom(motor, (shaft, "1"))
    erp.opening(steel, "100", lot_code="S1")
    s1 = Lot.objects.get(code="S1")
    make(shaft, "5", "A", s1, "10")
    make(shaft, "5", "B", s1, "10")
    make(shaft, "5", "", s1, "10", back="10")
    make(motor, "3", "M", Lot.objects.get(code="A"), "3")
    erp.signed(erp.confirmed(motor, "2"))
    return {lot.code: lot for lot in Lot.objects.all()}


def names(nodes):
    return {(node.lot.code if node.lot else None): (node.quantity, names(node.children)) for node in nodes}


def test_a_lot_is_followed_down_to_the_customer(chain):
    life = genealogy(chain["S1"])
    assert life.components == []
    assert names(life.products) == {"A": (5, {"M": (3, {})}), "B": (5, {})}
    assert [(one.kind, one.lot.code, one.quantity) for one in life.came] == [("opening", "S1", 100)]
    [gone] = life.went
    assert (gone.kind, gone.lot.code, gone.quantity) == ("shipment", "M", -2)
    assert gone.partner is not None
    assert [one.on_hand for one in life.balances] == [80]


def test_a_lot_is_followed_up_to_where_its_material_came_from(chain, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        life = genealogy(chain["M"])
    assert names(life.components) == {"A": (3, {"S1": (10, {})})}
    assert life.products == []
    assert ("opening", "S1") in [(one.kind, one.lot.code) for one in life.came]
    assert [one.lot.code for one in life.went] == ["M"]


def test_page_and_route_of_a_lot(client, chain):
    lot = chain["M"]
    url = lot.get_absolute_url()
    assert client.get(url).status_code == 302
    client.force_login(core.user())
    assert client.get(url).status_code == 403
    client.force_login(core.user("erp.view_lot"))
    page = client.get(url).content.decode()
    assert "S1" in page
    assert "SH" in page
    trace = client.get(f"/api/v1/erp/lots/{lot.pk}/trace/").json()
    assert trace["components"][0]["children"][0]["lot_code"] == "S1"
    assert trace["went"][0]["quantity"] == "-2.000000"
    client.force_login(core.user("erp.view_lot", "erp.block_lot"))
    client.post(reverse("erp:lot-block", args=[lot.pk]), {"reason": "Noise"})
    lot.refresh_from_db()
    assert (lot.status, lot.status_reason) == ("blocked", "Noise")


def test_a_lot_is_followed_through_a_subcontractor(client):
    """PART lots P1 (6) and P2 (4) at the plater become FRAME lot F, which goes into MACHINE lot M; F is shipped not."""
    erp.place()
    part = masterdata.item("PART", tracking="lot")
    frame, machine = masterdata.item("FRAME", tracking="lot"), erp_make.made("MACHINE", tracking="lot")
    erp_make.bom(machine, (frame, "1"))
    for code, quantity in (("P1", "6"), ("P2", "4")):
        erp.opening(part, quantity, lot_code=code)
    order = scm_subcontract.released(part, item=frame)
    for code, quantity in (("P1", "6"), ("P2", "4")):
        scm_subcontract.send(order, quantity, lot_id=Lot.objects.get(code=code).pk)
    scm_subcontract.received(order, "10", lots=[{"lot_code": "F", "quantity": D(10)}])
    make(machine, "3", "M", Lot.objects.get(code="F"), "3")
    lots = {lot.code: lot for lot in Lot.objects.all()}
    life = genealogy(lots["M"])
    assert names(life.components) == {"F": (3, {"P1": (6, {}), "P2": (4, {})})}
    [made] = life.components
    assert made.children[0].work_order is None
    assert made.children[0].number == order.purchase_order.receipts.get().number
    assert names(genealogy(lots["P1"]).products) == {"F": (10, {"M": (3, {})})}
    assert ("subcontract", "F", 10) in [(one.kind, one.lot.code, one.quantity) for one in genealogy(lots["F"]).came]
    client.force_login(core.superuser())
    page = client.get(lots["M"].get_absolute_url()).content.decode()
    assert made.children[0].url in page
    assert "P2" in page
    traced = client.get(reverse("api:erp-lot-trace", args=[lots["P1"].pk])).json()
    assert traced["products"][0]["lot_code"] == "F"
