"""Transit, goods of others, put-away, taking rules, packing, scanning, adjustments that need consent."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.approvals.errors import ApprovalRequired
from core.errors import DomainError, InvalidTransition
from core.models import Company
from core.operations import perform
from erp.engines.gs1 import sscc
from erp.errors import NothingToPack, NotPacking, PackedTooMuch, ReceivedTooMuch, SendFirst, ShortStock, UnitNotEmpty
from erp.models import HandlingUnit, PackedGoods, StockBalance, StockMove
from erp.selectors.packing import loose_goods, packed_units
from erp.selectors.picking import pick_suggestions
from erp.selectors.put_away import Placing, put_away_places
from erp.selectors.scanning import balances_of_code, place_of_code
from erp.services import packing, shipments, stock_documents
from erp.views.packing import unit_of_code
from finance.selectors.invariants import STOCK, violations
from masterdata.services import company
from tests.factories import core, erp, masterdata
from tests.factories.approvals import policy

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    erp.place()
    made = masterdata.item("MOTOR", units=[{"uom": masterdata.uom("BOX"), "factor": D(6)}])
    erp.opening(made, "20", "7")
    return made


@pytest.fixture
def clerk():
    return core.user_in_role("warehouse")


def at(place):
    return sum(StockBalance.objects.filter(location=place).values_list("on_hand", flat=True), D(0))


def sent(item, quantity="10", other=None, **header):
    other = other or masterdata.warehouse("EAST")
    document = erp.draft(
        "transfer",
        {"item_id": item.pk, "quantity": D(quantity)},
        to_warehouse_id=other.pk,
        is_two_step=True,
        **header,
    )
    with pytest.raises(SendFirst):
        erp.posted(document)
    with pytest.raises(SendFirst):
        perform(stock_documents.receive_transfer, actor=None, document_id=document.pk)
    return perform(stock_documents.send_transfer, actor=None, document_id=document.pk), other


def test_a_transfer_is_on_the_way_then_arrives_in_parts_and_what_is_lost_is_written_off(item):
    document, other = sent(item)
    way, target = masterdata.virtual_location("transit"), masterdata.location_of(other)
    assert (document.state, at(way), at(target)) == ("in_transit", 10, 0)
    [line] = document.lines.all()
    with pytest.raises(ReceivedTooMuch):
        receive(document, {"line_id": line.pk, "quantity": D(11)})
    receive(document, {"line_id": line.pk, "quantity": D(6)})
    document.refresh_from_db()
    assert (document.state, at(way), at(target)) == ("in_transit", 4, 6)
    done = receive(document, {"line_id": line.pk, "quantity": D(3)}, close=True)
    line.refresh_from_db()
    assert (done.state, line.received_quantity, line.lost_quantity, at(way), at(target)) == ("posted", 9, 1, 0, 9)
    assert [move.kind for move in StockMove.objects.order_by("pk")] == [
        "opening",
        "transfer",
        "transfer",
        "transfer",
        "misc_issue",
    ]
    assert not violations(STOCK)
    perform(stock_documents.reverse_stock_document, actor=None, document_id=document.pk, reason="Wrong truck")
    assert (at(erp.shelf()), at(target), at(way)) == (20, 0, 0)
    assert not violations(STOCK)
    with pytest.raises(InvalidTransition):
        receive(document)


def receive(document, *lines, **values):
    return perform(stock_documents.receive_transfer, actor=None, document_id=document.pk, lines=list(lines), **values)


def test_lines_are_typed_in_any_unit_of_the_item(item):
    line = {"item_id": item.pk, "quantity": D(2), "uom_id": masterdata.uom("BOX").pk}
    document = erp.posted(erp.draft("misc_issue", line))
    [stored] = document.lines.all()
    assert (stored.quantity, stored.entered_quantity, stored.uom.code) == (12, 2, "BOX")
    assert at(erp.shelf()) == 8


def test_goods_of_others_come_move_and_go(item):
    supplier = masterdata.supplier("ALPHA")
    line = {"item_id": item.pk, "quantity": D(5)}
    with pytest.raises(DomainError, match="whose"):
        erp.draft("owner_receipt", line)
    erp.posted(erp.draft("owner_receipt", line, goods_owner_id=supplier.pk))
    rack = masterdata.location(erp.place(), "RACK")
    erp.posted(erp.draft("transfer", line | {"to_location_id": rack.pk}, goods_owner_id=supplier.pk))
    back = erp.posted(
        erp.draft("owner_return", line | {"location_id": rack.pk, "quantity": D(2)}, goods_owner_id=supplier.pk)
    )
    mine, theirs = StockBalance.objects.get(owner=None), StockBalance.objects.get(owner=supplier, on_hand__gt=0)
    assert (mine.on_hand, theirs.on_hand, theirs.location) == (20, 3, rack)
    assert not violations(STOCK)
    perform(stock_documents.reverse_stock_document, actor=None, document_id=back.pk)
    assert StockBalance.objects.get(owner=supplier, location=rack).on_hand == 5


def test_places_are_made_in_bulk_and_suggested_by_like_zone_and_room(item):
    warehouse = erp.place()
    zone = masterdata.zone(warehouse, "COLD")
    rack = {"warehouse_id": warehouse.pk, "rows": 1, "columns": 2, "levels": 2, "prefix": "R"}
    perform(company_bins(), actor=None, **rack, zone_id=zone.pk, capacity=D(8))
    assert list(zone.locations.order_by("pick_order").values_list("code", "pick_order")) == [
        ("RA-01-1", 10),
        ("RA-01-2", 20),
        ("RA-02-1", 30),
        ("RA-02-2", 40),
    ]
    with pytest.raises(DomainError, match="exist"):
        perform(company_bins(), actor=None, **rack)
    item.put_away_zone = zone
    item.save()
    [places] = put_away_places(warehouse, [Placing(item, D(10))])
    assert [(one.location.code, one.quantity) for one in places] == [("RA-01-1", 8), ("RA-01-2", 2)]
    waiting = masterdata.location(warehouse, "QC", status="inspection")
    item.inspect_receipts = True
    [[only]] = put_away_places(warehouse, [Placing(item, D(10))], receiving=True)
    assert only.location == waiting
    assert "inspect" in only.reason


def company_bins():
    from masterdata.services.bins import generate_locations

    return generate_locations


def test_stock_is_taken_by_the_rule_of_item_or_warehouse():
    warehouse = erp.place()
    paint = masterdata.item("PAINT", tracking="lot")
    far, near = (
        masterdata.location(warehouse, "FAR", pick_order=9),
        masterdata.location(warehouse, "NEAR", pick_order=1),
    )
    erp.opening(paint, "5", lot_code="OLD", location_id=far.pk, expiry_date=erp.TODAY.replace(year=2028))
    erp.opening(paint, "5", lot_code="NEW", location_id=near.pk, expiry_date=erp.TODAY.replace(year=2027))
    shipment = erp.to_pick(erp.confirmed(paint, "3", ship_date=erp.TODAY.replace(year=2027)))
    first = {}
    for rule in ("fefo", "fifo", "bin"):
        perform(company.update_warehouse, actor=None, warehouse_id=warehouse.pk, pick_rule=rule)
        one = pick_suggestions(shipment, erp.TODAY)
        first[rule] = one[0].lot.code
        assert one[0].reason
    assert first["fifo"] in {"OLD", "NEW"}
    assert (first["fefo"], first["bin"]) == ("NEW", "NEW")


def picked(item, quantity="10"):
    return erp.picked(erp.to_pick(erp.confirmed(item, quantity)))


def pack(service, shipment, **values):
    return perform(getattr(packing, service), actor=None, shipment_id=shipment.pk, **values)


def test_units_get_an_sscc_by_the_companys_prefix(item):
    shipment = picked(item)
    Company.objects.update(gs1_prefix="6901234")
    pack("open_unit", shipment)
    unit = HandlingUnit.objects.get()
    assert unit.sscc == sscc("6901234", unit.pk)
    assert unit_of_code(f"]C100{unit.sscc}") == unit


def test_picked_goods_are_packed_into_boxes_on_a_pallet(item):
    draft = erp.to_pick(erp.confirmed(item, "10"))
    with pytest.raises(NotPacking):
        pack("open_unit", draft)
    shipment = erp.picked(draft)
    pack("open_unit", shipment, kind="pallet")
    pack("open_unit", shipment, sscc="340123450000000000")
    with pytest.raises(DomainError, match="SSCC"):
        pack("open_unit", shipment, sscc="123")
    pallet, box = HandlingUnit.objects.order_by("pk")
    assert (box.number[:2], box.sscc) == ("HU", "340123450000000000")
    pack("scan_into_unit", shipment, unit_id=box.pk, code="MOTOR")
    pack("pack_goods", shipment, unit_id=box.pk, line_id=shipment.lines.get().pk, quantity=D(4))
    with pytest.raises(PackedTooMuch):
        pack("pack_goods", shipment, unit_id=box.pk, quantity=D(6))
    pack("place_on", shipment, unit_id=box.pk, parent_id=pallet.pk)
    with pytest.raises(DomainError, match="pallet"):
        pack("place_on", shipment, unit_id=pallet.pk, parent_id=pallet.pk)
    with pytest.raises(UnitNotEmpty):
        pack("unpack_unit", shipment, unit_id=pallet.pk, drop=True)
    pack("pack_goods", shipment, unit_id=pallet.pk)
    assert loose_goods(shipment) == []
    with pytest.raises(NothingToPack):
        pack("scan_into_unit", shipment, unit_id=box.pk, code="MOTOR")
    pack("weigh_unit", shipment, unit_id=box.pk, gross_weight=D("12.5"))
    [top] = packed_units(shipment)
    assert (top.unit, [one.unit for one in top.children], top.children[0].contents[0].quantity) == (pallet, [box], 5)
    pack("unpack_unit", shipment, unit_id=box.pk)
    assert [one.quantity for one in loose_goods(shipment)] == [5]
    perform(shipments.reopen_picking, actor=None, shipment_id=shipment.pk)
    assert not PackedGoods.objects.exists()


def test_goods_are_moved_at_once_and_never_more_than_there_are(item):
    rack = masterdata.location(erp.place(), "RACK")
    balance = StockBalance.objects.get(item=item)
    document = perform(
        stock_documents.move_goods, actor=None, balance_id=balance.pk, to_location_id=rack.pk, quantity=D(8)
    )
    assert (document.kind, document.state, at(rack)) == ("transfer", "posted", 8)
    with pytest.raises(ShortStock):
        perform(stock_documents.move_goods, actor=None, balance_id=balance.pk, to_location_id=rack.pk, quantity=D(13))
    assert place_of_code("MAIN/RACK") == place_of_code("rack") == rack
    assert [one.location.code for one in balances_of_code("MOTOR", rack.pk)] == ["RACK"]
    assert balances_of_code("NOTHING") == []


def test_an_adjustment_above_the_limit_needs_consent(item):
    policy("erp.stockdocument", "amount", "gt", "50")
    small = erp.draft("misc_issue", {"item_id": item.pk, "quantity": D(7)})
    erp.posted(small)
    large = erp.draft("misc_issue", {"item_id": item.pk, "quantity": D(8)}, reason_code="scrap")
    with pytest.raises(ApprovalRequired):
        erp.posted(large)


def test_scanner_pages_lead_from_code_to_code(client, item, clerk):
    rack = masterdata.location(erp.place(), "RACK")
    balance = StockBalance.objects.get(item=item)
    client.force_login(clerk)
    lookup, move = reverse("erp:scan-lookup"), reverse("erp:scan-move")
    assert client.get(lookup).status_code == client.get(move).status_code == 200
    assert client.post(lookup, {"code": "RACK"}).url == reverse("erp:place-detail", args=[rack.pk])
    assert client.post(lookup, {"code": "MOTOR"}).url == reverse("erp:item-availability", args=[item.pk])
    assert client.post(lookup, {"code": "???"}).status_code == 422
    assert client.post(move, {"code": "MOTOR"}).url == f"{move}?balance={balance.pk}"
    page = client.get(move, {"balance": balance.pk, "quantity": "3"})
    assert b"MOTOR" in page.content
    answer = client.post(move, {"balance": balance.pk, "quantity": "3", "code": "MAIN/RACK"})
    assert (answer.status_code, at(rack)) == (302, 3)
    for name, key in (("erp:place-detail", rack.pk), ("masterdata:location-labels", rack.pk)):
        assert client.get(reverse(name, args=[key]), {"format": "html"}).status_code == 200


def test_packing_pages_and_prints(client, item, clerk):
    shipment = picked(item)
    client.force_login(clerk)
    url = reverse("erp:shipment-pack", args=[shipment.pk])
    assert client.get(url).status_code == 200
    client.post(reverse("erp:shipment-unit-open", args=[shipment.pk]), {"kind": "carton"})
    unit = HandlingUnit.objects.get()
    scan = reverse("erp:shipment-pack-scan", args=[shipment.pk])
    assert client.post(scan, {"code": "MOTOR", "unit_id": unit.pk}).status_code == 302
    said = client.post(scan, {"code": "MOTOR", "unit_id": unit.pk}, headers={"HX-Request": "true"})
    assert b"MOTOR" in said.content
    assert unit.contents.get().quantity == 2
    for name in ("erp:shipment-packing-list", "erp:shipment-unit-labels"):
        page = client.get(reverse(name, args=[shipment.pk]), {"format": "html"})
        assert unit.number in page.content.decode()
    client.force_login(core.user("erp.view_shipment"))
    assert client.get(url).status_code == 403


def test_transfer_pages_send_and_receive(client, item, clerk):
    document, other = sent(item)
    client.force_login(clerk)
    assert client.get(document.get_absolute_url()).status_code == 200
    url = reverse("erp:stock-document-receive", args=[document.pk])
    assert client.get(url).status_code == 200
    [line] = document.lines.all()
    answer = client.post(url, {f"quantity-{line.pk}": "10", f"place-{line.pk}": ""})
    document.refresh_from_db()
    assert (answer.status_code, document.state, at(masterdata.location_of(other))) == (302, "posted", 10)
