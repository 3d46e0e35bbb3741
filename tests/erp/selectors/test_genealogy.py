"""A lot's whole life: what it was made of, what became of it, where all of that came from and went."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.errors import InvalidInput
from core.operations import perform
from erp.errors.making import AlreadyBuiltIn, AlreadyTakenOut
from erp.models import BuiltIn, Lot
from erp.selectors.as_built import as_built
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


@pytest.fixture
def pair(db):
    """Two PUMP serials of one order, out of MOTOR serials E1, E2 and SEAL lot L (2 a piece)."""
    erp.place()
    motor, seal = masterdata.item("MOTOR", tracking="serial"), masterdata.item("SEAL", tracking="lot")
    pump = erp_make.made("PUMP", tracking="serial")
    erp_make.bom(pump, (motor, "1"), (seal, "2"))
    for code in ("E1", "E2", "E3"):
        erp.opening(motor, "1", lot_code=code)
    erp.opening(seal, "10", lot_code="L")
    order = erp_make.released_work_order(pump, "2")
    lines = {line.item_id: line.pk for line in order.materials.all()}
    issued = [(motor, "E1", "1"), (motor, "E2", "1"), (seal, "L", "4")]
    rows = [
        {"material_id": lines[item.pk], "quantity": D(quantity), "lot_id": Lot.objects.get(code=code).pk}
        for item, code, quantity in issued
    ]
    perform(work_orders.issue_materials, actor=None, work_order_id=order.pk, lines=rows)
    return order


def built(order, product, *components):
    return perform(
        work_orders.record_as_built, actor=None, work_order_id=order.pk, product=product, components=components
    )


def test_what_is_built_into_a_serial_number_is_traced_by_it(pair, client):
    """Both motors went into the order; each pump has its own. Of the seals, a lot, each takes two."""
    built(pair, "S1", "E2", "L")
    built(pair, "S2", "E1", "L")
    lots = [{"code": "S1", "quantity": D(1)}, {"code": "S2", "quantity": D(1)}]
    perform(work_orders.receive_production, actor=None, work_order_id=pair.pk, quantity=D(2), lots=lots)
    codes = {lot.code: lot for lot in Lot.objects.all()}
    assert set(names(genealogy(codes["S1"]).components)) == {"E2", "L"}
    assert set(names(genealogy(codes["E1"]).products)) == {"S2"}
    assert set(names(genealogy(codes["L"]).products)) == {"S1", "S2"}
    assert [(one.component.code, one.quantity) for one in BuiltIn.objects.all()] == [
        ("E2", 1), ("L", 2), ("E1", 1), ("L", 2),
    ]  # fmt: skip
    client.force_login(core.superuser())
    dossier = client.get(reverse("erp:dossier"), {"q": f"erp.lot:{codes['S1'].pk}"}).content.decode()
    assert "As built" in dossier
    assert "E2" in dossier
    told = client.get(reverse("api:erp-dossier"), {"q": f"erp.lot:{codes['S1'].pk}"}).json()
    assert [row["component"] for row in told["parts"]["built"]] == ["E2", "L"]


def test_a_component_is_in_one_piece_only_and_must_be_issued(pair):
    built(pair, "S1", "E1")
    for refused, words in ((AlreadyBuiltIn, ("S2", "E1")), (InvalidInput, ("S2", "E3")), (InvalidInput, ("S2",))):
        with pytest.raises(refused):
            built(pair, *words)
    built(pair, "S2", "E2")
    with pytest.raises(InvalidInput):
        built(pair, "S3", "L")
    record = BuiltIn.objects.get(component__code="E1")
    take_out = {"actor": None, "work_order_id": pair.pk, "record_id": record.pk}
    perform(work_orders.remove_as_built, **take_out)
    with pytest.raises(AlreadyTakenOut):
        perform(work_orders.remove_as_built, **take_out)
    built(pair, "S1", "E1")
    built(pair, "S1", "L")
    built(pair, "S2", "L")
    assert [one.missing for one in as_built(pair)] == [[], []]


def test_as_built_is_entered_with_a_scanner_and_by_the_api(pair, client):
    client.force_login(core.superuser())
    url = reverse("erp:work-order-as-built", args=[pair.pk])
    assert url in client.get(pair.get_absolute_url()).content.decode()
    first = client.post(url, {"code": "S1"})
    assert first.url == f"{url}?product=S1"
    second = client.post(url, {"code": "E1", "product": "S1"}, follow=True).content.decode()
    assert "E1" in second
    assert "SEAL" in second  # still to be entered
    wrong = client.post(url, {"code": "E3", "product": "S1"})
    assert wrong.status_code == 422
    answer = client.post(
        reverse("api:erp-work-order-record-as-built", args=[pair.pk]),
        {"product": "S1", "components": ["L"]},
        content_type="application/json",
        headers={"Idempotency-Key": "one"},
    )
    assert answer.status_code == 200, answer.content
    [piece] = client.get(reverse("api:erp-work-order-as-built", args=[pair.pk])).json()
    assert (piece["product"], [part["component"] for part in piece["parts"]], piece["missing"]) == (
        "S1", ["E1", "L"], {},
    )  # fmt: skip
    record = BuiltIn.objects.get(component__code="E1")
    assert client.post(reverse("erp:as-built-remove", args=[pair.pk, record.pk])).status_code == 302
    assert not BuiltIn.objects.filter(component__code="E1", removed_at__isnull=True).exists()
