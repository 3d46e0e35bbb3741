"""Quantities typed in another unit than the stock unit: booked in the stock unit, remembered as they were typed."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.errors import MissingRight, ReasonForBackdating
from core.operations import perform
from erp.models import ProductionReceipt, ProductionReport, StockBalance, StockMove, WorkOrder
from erp.services import merged_picks, returns, shipments, stock_documents, stocktakes, work_orders
from finance.selectors.invariants import STOCK, violations
from masterdata.errors import UnitNotConvertible
from masterdata.models import ItemBarcode, ItemUnit
from scm.services import subcontract_orders
from tests.factories import erp, erp_counts, erp_make, erp_making, masterdata, scm_subcontract
from tests.factories.core import make_user

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def box():
    erp.place()
    return masterdata.uom("BOX")


def boxed(code, box, factor="12", **fields):
    made = masterdata.item(code, **fields)
    ItemUnit.objects.create(item=made, uom=box, factor=D(factor))
    return made


def typed(kind):
    """(quantity, unit, what was typed) of each move of a kind."""
    moves = StockMove.objects.filter(kind=kind).select_related("uom").order_by("pk")
    return [(one.quantity, one.uom and one.uom.code, one.entered_quantity) for one in moves]


def test_a_shipment_picked_by_list_in_boxes_comes_back_in_boxes(client, box):
    tile = boxed("TILE", box)
    erp.opening(tile, "60")
    order = erp.confirmed(tile, "30")
    shipment = erp.to_pick(order)
    line = shipment.lines.get()
    client.force_login(make_user("boss", superuser=True))
    page = reverse("erp:shipment-pick", args=[shipment.pk])
    answers = reverse("erp:shipment-pick-quantities", args=[shipment.pk])
    assert answers in client.get(page).content.decode()
    row = {"lines-0-line": line.pk, "lines-0-location": erp.shelf().pk, "lines-0-quantity": "2", "lines-0-uom": box.pk}
    rest = {"lines-1-line": line.pk, "lines-1-location": erp.shelf().pk, "lines-1-quantity": "6", "lines-1-uom": ""}
    assert ">24" in client.post(answers, row).content.decode().replace("\n", "")
    grid = {"lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0", "version": shipment.version}
    assert client.post(page, grid | row | rest).status_code == 302
    perform(shipments.reopen_picking, actor=None, shipment_id=shipment.pk)
    initial = client.get(page).context["formset"].initial
    assert [(one["quantity"], one["uom"]) for one in initial if one.get("uom")] == [(D(2), box.pk)]
    perform(shipments.pick_shipment, actor=None, shipment_id=shipment.pk)
    assert "2 BOX" in client.get(shipment.get_absolute_url()).content.decode()
    perform(shipments.ship_shipment, actor=None, shipment_id=shipment.pk)
    assert sorted(typed("shipment"), key=str) == [(D(24), "BOX", D(2)), (D(6), None, None)]

    receipt = erp.expected_return(order, "12")
    page = reverse("erp:return-receipt-receive", args=[receipt.pk])
    assert "BOX = 12" in client.get(page).content.decode()
    returned = {"lines-0-line": receipt.lines.get().pk, "lines-0-quantity": "1", "lines-0-uom": box.pk}
    grid = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "1", "version": receipt.version}
    assert client.post(page, grid | returned).status_code == 302
    assert typed("customer_return") == [(D(12), "BOX", D(1))]
    [received] = receipt.lines.all()
    assert (received.received_quantity, received.entered_quantity) == (D(12), D(1))
    assert not violations(STOCK)


def test_the_api_takes_and_tells_the_unit(client, box):
    tile = boxed("TILE", box)
    erp.opening(tile, "60")
    shipment = erp.to_pick(erp.confirmed(tile, "24"))
    client.force_login(make_user("boss", superuser=True))
    pick = {"line_id": shipment.lines.get().pk, "location_id": erp.shelf().pk, "quantity": "2", "uom_id": box.pk}
    answer = client.post(
        f"/api/v1/erp/shipments/{shipment.pk}/pick/",
        {"picks": [pick]},
        content_type="application/json",
        headers={"Idempotency-Key": "pick"},
    )
    assert answer.status_code == 200, answer.content
    [found] = answer.json()["lines"][0]["picks"]
    assert (D(found["quantity"]), found["uom"], D(found["entered_quantity"])) == (D(24), box.pk, D(2))


def test_what_rounding_left_over_stays_in_the_factor(box):
    wire = boxed("WIRE", box, "33.3333")
    erp.opening(wire, "200")
    shipment = erp.to_pick(erp.confirmed(wire, "100"))
    row = {"line_id": shipment.lines.get().pk, "location_id": erp.shelf().pk, "quantity": D(3), "uom_id": box.pk}
    erp.picked(shipment, row)
    perform(shipments.ship_shipment, actor=None, shipment_id=shipment.pk)
    assert typed("shipment") == [(D(100), "BOX", D(3))]
    other = erp.to_pick(erp.confirmed(wire, "1"))
    with pytest.raises(UnitNotConvertible):
        erp.picked(other, row | {"line_id": other.lines.get().pk, "uom_id": masterdata.uom("KG").pk})


def test_the_scanner_moves_boxes(client, box):
    tile = boxed("TILE", box)
    ItemBarcode.objects.create(item=tile, barcode="6901", uom=box)
    rack = masterdata.location(erp.place(), code="RACK")
    erp.opening(tile, "60")
    client.force_login(make_user("boss", superuser=True))
    move = reverse("erp:scan-move")
    address = client.post(move, {"code": "6901"})["Location"]
    assert f"uom={box.pk}" in address
    assert "BOX = 12" in client.get(address).content.decode()
    balance = StockBalance.objects.get(item=tile)
    client.post(move, {"balance": balance.pk, "quantity": "2", "uom": box.pk, "code": "RACK"})
    assert StockBalance.objects.get(item=tile, location=rack).on_hand == 24
    assert typed("transfer") == [(D(24), "BOX", D(2))]
    with pytest.raises(UnitNotConvertible):
        perform(
            stock_documents.move_goods,
            actor=None,
            balance_id=balance.pk,
            to_location_id=rack.pk,
            quantity=D(1),
            uom_id=masterdata.uom("KG").pk,
        )


def test_production_is_received_in_boxes(client, box):
    bench = boxed("BENCH", box, "5", supply_type="make")
    leg = masterdata.item("LEG")
    erp_make.bom(bench, (leg, "4"))
    erp.opening(leg, "80", "5")
    order = erp_make.issued_work_order(bench, "10")
    client.force_login(make_user("boss", superuser=True))
    page = reverse("erp:work-order-receive", args=[order.pk])
    assert "BOX = 5" in client.get(page).content.decode()
    assert client.post(page, {"quantity": "1", "uom": box.pk}).status_code == 302
    order.refresh_from_db()
    assert order.completed_quantity == 5
    assert "1 BOX" in client.get(order.get_absolute_url()).content.decode()
    receipt = ProductionReceipt.objects.get()
    perform(work_orders.reverse_receipt, actor=None, receipt_id=receipt.pk)
    assert typed("production") == [(D(5), "BOX", D(1))] * 2


def test_a_merged_pick_finds_boxes(client, box):
    part = boxed("PART", box, "10")
    erp.opening(part, "60")
    orders = erp_making.three_orders(part, "30", "20", "10")
    pick = erp_making.pick_for(orders)
    client.force_login(make_user("boss", superuser=True))
    page = reverse("erp:merged-pick-post", args=[pick.pk])
    answers = reverse("erp:merged-pick-quantities", args=[pick.pk])
    assert answers in client.get(page).content.decode()
    line = pick.lines.get()
    typed_row = {"lines-0-line": line.pk, "lines-0-quantity": "4", "lines-0-uom": box.pk}
    assert ">40" in client.post(answers, typed_row).content.decode().replace("\n", "")
    found = {"line_id": line.pk, "quantity": D("4.5"), "uom_id": box.pk}
    perform(merged_picks.post_merged_pick, actor=None, pick_id=pick.pk, found=[found])
    assert sum(quantity for quantity, _unit, _typed in typed("issue")) == 45
    assert sum(entered for _quantity, _unit, entered in typed("issue")) == D("4.5")


def test_material_goes_to_the_subcontractor_in_boxes_and_its_goods_come_in_boxes(client, box):
    part, frame = boxed("PART", box, "10"), boxed("FRAME", box, "5")
    erp.opening(part, "60")
    order = scm_subcontract.released(part, item=frame)
    client.force_login(make_user("boss", superuser=True))
    page = reverse("scm:subcontract-order-send", args=[order.pk])
    answers = reverse("scm:subcontract-order-quantities", args=[order.pk])
    assert answers in client.get(page).content.decode()
    material = order.materials.get()
    row = {"lines-0-material": material.pk, "lines-0-quantity": "2", "lines-0-uom": box.pk}
    assert ">20" in client.post(answers, row).content.decode().replace("\n", "")
    assert client.post(page, row | {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "1"}).status_code == 302
    material.refresh_from_db()
    assert material.sent_quantity == 20
    back = {"material_id": material.pk, "quantity": D(1), "uom_id": box.pk}
    perform(subcontract_orders.return_materials, actor=None, order_id=order.pk, lines=[back])
    assert typed("transfer") == [(D(20), "BOX", D(2)), (D(10), "BOX", D(1))]
    used = [{"material_id": material.pk, "quantity": D("0.6"), "uom_id": box.pk}]
    scm_subcontract.received(order, "1", uom_id=box.pk, materials=used)
    assert typed("subcontract") == [(D(5), "BOX", D(1))]
    material.refresh_from_db()
    assert material.used_quantity + material.lost_quantity == 6
    counted = [{"item_id": part.pk, "counted": D("0.3"), "uom_id": box.pk}]
    perform(subcontract_orders.count_materials, actor=None, partner_id=order.partner_id, lines=counted)
    assert StockBalance.objects.get(item=part, location__kind="at_supplier").on_hand == 3
    assert "BOX = 5" in client.get(reverse("scm:subcontract-order-receive", args=[order.pk])).content.decode()
    assert not violations(STOCK)


def test_a_return_on_a_past_day_takes_the_right_and_a_reason(client, box):
    tile = boxed("TILE", box)
    opening = {"item_id": tile.pk, "quantity": D(60), "unit_cost": D(10)}
    first = {"warehouse_id": erp.place().pk, "date": erp.TODAY.replace(day=2)}
    perform(stock_documents.record_opening_stock, actor=None, lines=[opening], **first)
    order = erp.confirmed(tile, "12")
    erp.shipped(order, date=erp.TODAY.replace(day=8))
    receipt = erp.expected_return(order, "1")
    clerk = make_user("clerk", rights=["erp.view_returnreceipt", "erp.receive_returnreceipt"])
    yesterday = erp.TODAY.replace(day=9)
    with pytest.raises(MissingRight):
        perform(returns.receive_return, actor=clerk, receipt_id=receipt.pk, date=yesterday)
    keeper = make_user("keeper", rights=["erp.receive_returnreceipt", "erp.backdate_stock"])
    with pytest.raises(ReasonForBackdating):
        perform(returns.receive_return, actor=keeper, receipt_id=receipt.pk, date=yesterday)
    perform(returns.receive_return, actor=keeper, receipt_id=receipt.pk, date=yesterday, reason="came at night")
    assert StockMove.objects.get(kind="customer_return").moved_on == yesterday


def test_orders_to_make_and_reports_are_typed_in_boxes(client, box):
    bench = boxed("BENCH", box, "5", supply_type="make")
    leg = boxed("LEG", box, "10")
    erp_make.bom(bench, (leg, "4"))
    erp.opening(leg, "300", "5")
    client.force_login(make_user("boss", superuser=True))
    page = reverse("erp:work-order-create")
    assert str(box.pk) in dict(client.get(page).context["form"].fields["uom"].choices)
    order = {"item": bench.pk, "quantity": "4", "uom": box.pk, "due_date": "2026-03-20", "start_date": "2026-03-10"}
    assert client.post(page, order).status_code == 302
    order = WorkOrder.objects.get()
    assert (order.quantity, order.entered_quantity, order.uom) == (D(20), D(4), box)
    assert "4 BOX" in client.get(order.get_absolute_url()).content.decode()
    edit = reverse("erp:work-order-edit", args=[order.pk])
    assert {name: client.get(edit).context["form"].initial[name] for name in ("quantity", "uom")} == {
        "quantity": D(4),
        "uom": box.pk,
    }
    moved = reverse("erp:work-order-reschedule", args=[order.pk])
    dates = {"start_date": "2026-03-11", "due_date": "2026-03-21"}
    assert client.post(moved, dates | {"quantity": "5", "uom": box.pk}).status_code == 302
    assert client.post(moved, dates | {"quantity": "4", "uom": box.pk}).status_code == 302
    order.refresh_from_db()
    assert (order.quantity, order.entered_quantity) == (D(20), D(4))
    perform(work_orders.release_work_order, actor=None, work_order_id=order.pk)
    split = reverse("erp:work-order-split", args=[order.pk])
    assert client.post(split, {"quantity": "1", "uom": box.pk}).status_code == 302
    part = WorkOrder.objects.latest("pk")
    assert (part.quantity, part.entered_quantity) == (D(5), D(1))
    order.refresh_from_db()
    assert order.entered_quantity == 3
    worker = masterdata.employee()
    report = reverse("erp:work-order-report", args=[order.pk])
    told = {"employee": worker.pk, "good_quantity": "2", "scrap_quantity": "0.2", "uom": box.pk}
    told["scrap_reason"] = "cracked"
    assert client.post(report, told).status_code == 302
    found = ProductionReport.objects.get()
    assert (found.good_quantity, found.scrap_quantity, found.entered_quantity) == (D(10), D(1), D(2))
    assert found.entered_scrap_quantity == D("0.2")
    page = client.get(order.get_absolute_url()).content.decode()
    assert "2 BOX" in page
    assert "0.2 BOX" in page
    perform(work_orders.reverse_report, actor=None, report_id=found.pk)
    assert ProductionReport.objects.latest("pk").entered_quantity == 2
    extra = {"material": order.materials.get().pk, "quantity": "2", "uom": box.pk, "reason": "Some broke"}
    assert client.post(reverse("erp:work-order-request-extra", args=[order.pk]), extra).status_code == 302
    material = order.materials.get()
    assert (material.extra_quantity, material.entered_quantity) == (D(20), D(2))
    assert "(2 BOX)" in client.get(order.get_absolute_url()).content.decode()
    with pytest.raises(UnitNotConvertible):
        perform(
            work_orders.split_work_order,
            actor=None,
            work_order_id=order.pk,
            quantity=D(1),
            uom_id=masterdata.uom("KG").pk,
        )


def test_the_shop_floor_reports_in_boxes(client, box):
    bench = boxed("BENCH", box, "5", supply_type="make")
    erp_make.bom(bench, (masterdata.item("LEG"), "4"))
    order = erp_make.released_work_order(bench, "10")
    worker = masterdata.employee()
    client.force_login(make_user("boss", superuser=True))
    page = reverse("erp:shop-floor-order", args=[worker.pk, order.pk])
    client.post(page, {"step": "start"})
    assert "BOX = 5" in client.get(page).content.decode()
    assert client.post(page, {"step": "finish", "good_quantity": "1", "uom": box.pk}).status_code == 302
    found = ProductionReport.objects.get()
    assert (found.good_quantity, found.entered_quantity) == (D(5), D(1))


def test_the_customer_signs_for_boxes_and_rounding_adds_up(client, box):
    wire = boxed("WIRE", box, "33.3333")
    erp.opening(wire, "200")
    shipment = erp.to_pick(erp.confirmed(wire, "100"))
    row = {"line_id": shipment.lines.get().pk, "location_id": erp.shelf().pk, "quantity": D(3), "uom_id": box.pk}
    erp.picked(shipment, row)
    perform(shipments.ship_shipment, actor=None, shipment_id=shipment.pk)
    client.force_login(make_user("boss", superuser=True))
    page = reverse("erp:shipment-sign-off", args=[shipment.pk])
    assert "BOX = 33.3333" in client.get(page).content.decode()
    grid = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "1", "lines-0-line": shipment.lines.get().pk}
    signed = {"lines-0-signed": "2", "lines-0-damaged": "0.5", "lines-0-short": "0.5", "lines-0-uom": box.pk}
    assert client.post(page, grid | signed).status_code == 302
    line = shipment.lines.get()
    assert (line.signed_quantity, line.damaged_quantity, line.short_quantity) == (D(66), D(17), D(17))
    assert "BOX" in client.get(shipment.get_absolute_url()).content.decode()
    assert not violations(STOCK)


def test_what_arrives_of_a_transfer_is_typed_in_boxes(client, box):
    tile = boxed("TILE", box)
    erp.opening(tile, "60")
    other = masterdata.warehouse("SHOP")
    row = {"item_id": tile.pk, "quantity": D(36)}
    document = erp.draft("transfer", row, to_warehouse_id=other.pk, is_two_step=True)
    perform(stock_documents.send_transfer, actor=None, document_id=document.pk)
    client.force_login(make_user("boss", superuser=True))
    page = reverse("erp:stock-document-receive", args=[document.pk])
    assert "BOX = 12" in client.get(page).content.decode()
    line = document.lines.get()
    arrived = {f"quantity-{line.pk}": "2", f"uom-{line.pk}": box.pk}
    assert client.post(page, arrived).status_code == 302
    assert typed("transfer") == [(D(36), None, None), (D(24), "BOX", D(2))]
    line.refresh_from_db()
    assert line.received_quantity == 24


def test_a_subcontract_order_is_typed_in_boxes_and_what_the_supplier_used_keeps_its_unit(client, box):
    part, frame = boxed("PART", box, "10"), boxed("FRAME", box, "5")
    erp.opening(part, "60")
    materials = [{"item_id": part.pk, "required_quantity": D(10)}]
    order = scm_subcontract.draft(part, item=frame, quantity="2", uom_id=box.pk, materials=materials)
    assert (order.quantity, order.entered_quantity) == (D(10), D(2))
    client.force_login(make_user("boss", superuser=True))
    edit = client.get(reverse("scm:subcontract-order-edit", args=[order.pk]))
    assert edit.context["form"].initial["uom"] == box.pk
    assert "2 BOX" in client.get(order.get_absolute_url()).content.decode()
    shown = client.get(f"/api/v1/scm/subcontract-orders/{order.pk}/").json()
    assert (D(shown["quantity"]), shown["uom"], D(shown["entered_quantity"])) == (D(10), box.pk, D(2))
    perform(subcontract_orders.release_subcontract_order, actor=None, order_id=order.pk)
    scm_subcontract.send(order)
    material = order.materials.get()
    used = [{"material_id": material.pk, "quantity": D("0.6"), "uom_id": box.pk}]
    scm_subcontract.received(order, "5", materials=used)
    kinds = ("subcontract_use", "scrap")
    assert sum((quantity for kind in kinds for quantity, _unit, _typed in typed(kind)), D(0)) == 6
    assert sum((entered for kind in kinds for _quantity, _unit, entered in typed(kind)), D(0)) == D("0.6")
    assert not violations(STOCK)


def test_a_stocktake_is_counted_in_boxes_and_so_is_what_was_found(client, box):
    tile, nail = boxed("TILE", box), boxed("NAIL", box)
    erp.opening(tile, "60")
    stocktake = erp_counts.started()
    line = stocktake.lines.get()
    client.force_login(make_user("boss", superuser=True))
    page = reverse("erp:stocktake-count", args=[stocktake.pk])
    assert "BOX = 12" in client.get(page).content.decode()
    grid = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-item": nail.pk}
    found = {"lines-0-quantity": "2", "lines-0-uom": box.pk, "lines-0-location": erp.shelf().pk}
    counted = {f"line-{line.pk}": "4", f"uom-{line.pk}": box.pk}
    assert client.post(page, grid | found | counted).status_code == 302
    assert dict(stocktake.lines.values_list("item__code", "counted_quantity")) == {"TILE": D(48), "NAIL": D(24)}
    api = f"/api/v1/erp/stocktakes/{stocktake.pk}/count/"
    row = {"lines": [{"line_id": line.pk, "quantity": "5", "uom_id": box.pk}]}
    answer = client.post(api, row, content_type="application/json", headers={"Idempotency-Key": "count"})
    assert answer.status_code == 200, answer.content
    line.refresh_from_db()
    assert line.counted_quantity == 60
    with pytest.raises(UnitNotConvertible):
        perform(
            stocktakes.enter_counted,
            actor=None,
            stocktake_id=stocktake.pk,
            counts={line.pk: D(1)},
            units={line.pk: masterdata.uom("KG").pk},
        )
