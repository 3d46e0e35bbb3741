"""Inspections: opened when goods arrive, verdict by acceptance numbers, goods divided by the decision."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.errors import InvalidInput, InvalidTransition
from core.models.audit import AuditEvent
from core.operations import perform
from core.outbox import deliver
from erp.errors import (
    CertificateMissing,
    DispositionIncomplete,
    GoodsHaveLeft,
    NeedsConcession,
    NotBeingInspected,
    NotFromSupplier,
    NothingToWithdraw,
    ResultsIncomplete,
    TooManyDefects,
    UnknownCharacteristic,
)
from erp.models import Inspection, StockBalance, StockMove, ValueEntry
from erp.selectors.inspections import still_there
from erp.selectors.outlooks import available_to_promise
from erp.services import inspections, work_orders
from erp.services.inspections import decide_with_concession
from erp.services.stock_documents import create_stock_document
from finance.selectors.invariants import STOCK, violations
from scm.models import SupplierReturn
from scm.services import goods_receipts
from tests.erp.services import work_order_steps as steps
from tests.factories import core, erp, erp_make, erp_quality, masterdata, scm
from tests.factories.finance import open_books

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    made = scm.buying_company()
    open_books(years=[2026])
    made.waiting = erp_quality.waiting_place(made.warehouse)
    return made


@pytest.fixture
def arrived(made):
    """10 bolts that came in and wait; their plan looks at every piece."""
    erp_quality.plan(made.bolt)
    scm.posted_receipt(made, scm.approved_order(made))
    return Inspection.objects.get()


def held(item) -> dict[str, Decimal]:
    rows = StockBalance.objects.filter(item=item, on_hand__gt=0).select_related("location")
    return {row.location.code: row.on_hand for row in rows}


GOOD = ["10"] * 10


def test_received_goods_wait_for_the_inspection_that_opens_by_itself(made, arrived):
    assert held(made.bolt) == {"QC": 10}
    assert available_to_promise([made.bolt.pk])[made.bolt.pk] == 0
    assert (arrived.kind, arrived.quantity, arrived.sample_size, arrived.accept_number) == ("receipt", 10, 10, 0)
    assert (arrived.source_label, arrived.partner) == ("scm.goodsreceipt", made.supplier)
    assert [(line.name, line.lower, line.sample_size) for line in arrived.lines.all()] == [
        ("Length", D("9.8"), 10),
        ("Surface", None, 10),
    ]
    goods = arrived.goods.get()
    assert (goods.location, goods.quantity, goods.lot) == (made.waiting, 10, None)


def test_conforming_goods_are_accepted_into_usable_stock(made, arrived):
    erp_quality.inspected(arrived, *GOOD)
    arrived.refresh_from_db()
    assert (arrived.verdict, arrived.defective) == ("passed", 0)
    erp_quality.decided(arrived, ("accept", "10"))
    assert held(made.bolt) == {made.shelf.code: 10}
    move = StockMove.objects.get(source_label="erp.inspection")
    assert (move.kind, move.quantity, move.to_location) == ("transfer", 10, made.shelf)
    with pytest.raises(InvalidTransition):
        erp_quality.decided(arrived, ("accept", "10"))
    assert not violations(STOCK)


def test_nonconforming_goods_are_divided_and_the_return_is_drafted(made, arrived):
    scratch = erp_quality.defect()
    found = [{"code_id": scratch.pk, "quantity": 2, "note": "deep"}]
    erp_quality.inspected(arrived, "9.7", *GOOD[1:], failed=1, defects=found)
    arrived.refresh_from_db()
    assert (arrived.verdict, arrived.defective) == ("failed", 2)
    assert [(one.code, one.quantity) for one in arrived.defects.all()] == [(scratch, 2)]
    with pytest.raises(NeedsConcession):
        erp_quality.decided(arrived, ("accept", "9"), ("scrap", "1"))
    with pytest.raises(DispositionIncomplete):
        erp_quality.decided(arrived, ("accept", "8"))
    blocked = masterdata.location(made.warehouse, "NOGO", status="blocked")
    erp_quality.decided(arrived, ("accept", "6"), ("return", "2"), ("scrap", "1"), ("rework", "1"))
    assert held(made.bolt) == {made.shelf.code: 6, "NOGO": 3}
    drafted = SupplierReturn.objects.get()
    line = drafted.lines.get()
    assert (drafted.state, line.stock_quantity, line.location) == ("draft", 2, blocked)
    assert arrived.number in drafted.reason
    assert ValueEntry.objects.get(kind="scrap").amount == D("-2.5")
    again = Inspection.objects.get(parent=arrived)
    assert (again.quantity, again.sample_size, again.goods.get().location) == (1, 1, blocked)
    erp_quality.inspected(again, "10")
    erp_quality.decided(again, ("accept", "1"))
    assert held(made.bolt) == {made.shelf.code: 7, "NOGO": 2}
    assert not violations(STOCK)


def test_a_concession_accepts_what_a_failed_sample_does_not(made):
    erp_quality.plan(made.bolt, sampling="fixed", sample_number=3)
    scm.posted_receipt(made, scm.approved_order(made))
    inspection = Inspection.objects.get()
    assert inspection.sample_size == 3
    erp_quality.inspected(inspection, "9.7", "10", "10")
    with pytest.raises(NeedsConcession):
        erp_quality.decided(inspection, ("accept", "1"), ("scrap", "9"))
    with pytest.raises(NeedsConcession):
        erp_quality.decided(inspection, ("concession", "10"))
    erp_quality.decided(inspection, ("concession", "10"), service=decide_with_concession)
    assert held(made.bolt) == {made.shelf.code: 10}


def test_what_left_its_place_is_not_decided_on(client, made):
    erp_make.stock(made.bolt, "11")
    goods = {"item_id": made.bolt.pk, "quantity": D(11), "location_id": made.shelf.pk}
    again = perform(inspections.create_inspection, actor=None, kind="receipt", **goods)
    taken = {"kind": "misc_issue", "reason_code": "other", "warehouse_id": made.warehouse.pk}
    rows = [{"item_id": made.bolt.pk, "quantity": D(10)}]
    erp.posted(perform(create_stock_document, actor=None, lines=rows, **taken))
    erp_quality.inspected(again)
    with pytest.raises(GoodsHaveLeft) as refused:
        erp_quality.decided(again, ("accept", "11"))
    assert refused.value.params["there"] == 1
    client.force_login(core.superuser())
    page = client.get(reverse("erp:inspection-decide", args=[again.pk]))
    assert "1 still there" in page.content.decode()
    part = again.goods.get()
    assert page.context["form"][f"{part.pk}-accept"].value() == D(1)
    perform(inspections.decide_on_all, actor=None, inspection_id=again.pk, disposition="rework")
    assert Inspection.objects.get(parent=again).quantity == 1


def test_a_piece_is_decided_on_by_one_of_two_open_inspections(client, made, django_assert_num_queries):
    erp_make.stock(made.bolt, "15")
    goods = {"item_id": made.bolt.pk, "quantity": D(10), "location_id": made.shelf.pk}
    first, second, third = (
        perform(inspections.create_inspection, actor=None, kind="receipt", **goods) for _number in range(3)
    )
    for one in (first, second, third):
        erp_quality.inspected(one)
    parts = list(second.goods.all())
    with django_assert_num_queries(1):  # claims and balances of one moment: nothing is committed between them
        assert list(still_there(second, parts).values()) == [5]
    with pytest.raises(GoodsHaveLeft):
        erp_quality.decided(second, ("rework", "10"))
    erp_quality.decided(second, ("scrap", "5"))
    assert [list(still_there(one, one.goods.all()).values()) for one in (first, third)] == [[10], [0]]
    client.force_login(core.superuser())
    row = client.get(first.get_absolute_url()).context["goods_rows"][0]
    assert (row["there"], row["left"]) == (10, 0)
    [told] = client.get(f"/api/v1/erp/inspections/{second.pk}/still-there/").json()
    assert (D(told["inspected"]), D(told["decided"]), told["still_there"], D(told["had_left"])) == (10, 5, None, 5)
    perform(inspections.decide_inspection, actor=None, inspection_id=third.pk, dispositions=[])
    page = client.get(third.get_absolute_url())
    assert (page.context["goods_rows"][0]["there"], page.context["goods_rows"][0]["left"]) == (None, 10)
    assert "Had left before the decision" in page.content.decode()
    said = AuditEvent.objects.get(verb="erp.inspection.goods_had_left", object_id=str(third.pk))
    assert (D(said.detail["quantity"]), D(said.detail["inspected"])) == (10, 10)
    erp_quality.decided(first, ("accept", "10"))
    assert held(made.bolt) == {made.shelf.code: 10}


def test_sorting_out_asks_for_an_inspection_of_every_piece(made):
    erp_quality.plan(made.bolt, sampling="fixed", sample_number=2)
    scm.posted_receipt(made, scm.approved_order(made))
    first = Inspection.objects.get()
    erp_quality.inspected(first, "1", "10")
    erp_quality.decided(first, ("sort", "10"))
    second = Inspection.objects.get(parent=first)
    assert (second.sample_size, held(made.bolt)) == (10, {"QC": 10})
    erp_quality.inspected(second, *["10"] * 8, "1", "1")
    erp_quality.decided(second, ("accept", "8"), ("scrap", "2"))
    assert held(made.bolt) == {made.shelf.code: 8}


def test_aql_lets_a_few_through_and_a_critical_characteristic_none(made):
    critical = erp_quality.LOOK | {"is_critical": True, "name": "Cracks"}
    erp_quality.plan(made.bolt, "receipt", erp_quality.LOOK, critical, sampling="aql", aql="1.0")
    scm.posted_receipt(made, scm.approved_order(made, scm.line(made.bolt, "1000")))
    inspection = Inspection.objects.get()
    assert (inspection.sample_size, inspection.accept_number, inspection.reject_number) == (80, 2, 3)
    look, cracks = inspection.lines.order_by("line_no")

    def result(wrong, cracked):
        perform(
            inspections.enter_results,
            actor=None,
            inspection_id=inspection.pk,
            failed={look.pk: wrong, cracks.pk: cracked},
        )
        perform(inspections.finish_inspection, actor=None, inspection_id=inspection.pk)
        inspection.refresh_from_db()
        verdict = inspection.verdict
        perform(inspections.reopen_inspection, actor=None, inspection_id=inspection.pk)
        return verdict

    assert [result(2, 0), result(3, 0), result(0, 1)] == ["passed", "failed", "failed"]


def test_results_are_refused_that_cannot_be(made, arrived):
    length, surface = arrived.lines.order_by("line_no")

    def enter(**values):
        perform(inspections.enter_results, actor=None, inspection_id=arrived.pk, **values)

    with pytest.raises(ResultsIncomplete):
        perform(inspections.finish_inspection, actor=None, inspection_id=arrived.pk)
    with pytest.raises(UnknownCharacteristic):
        enter(values={0: [D(1)]})
    with pytest.raises(UnknownCharacteristic):
        enter(values={surface.pk: [D(1)]})
    with pytest.raises(UnknownCharacteristic):
        enter(failed={length.pk: 1})
    with pytest.raises(TooManyDefects):
        enter(failed={surface.pk: 11})
    with pytest.raises(InvalidInput):
        enter(defects=[{"code_id": 0, "quantity": 1}])
    with pytest.raises(TooManyDefects):
        erp_quality.inspected(arrived, *GOOD, defective=11)
    erp_quality.inspected(arrived, *GOOD)
    with pytest.raises(NotBeingInspected):
        enter(failed={surface.pk: 1})


def test_a_certificate_asked_for_must_be_there(made):
    erp_quality.plan(made.bolt, "receipt", erp_quality.LOOK, needs_certificate=True)
    scm.posted_receipt(made, scm.approved_order(made))
    with pytest.raises(CertificateMissing):
        erp_quality.inspected(Inspection.objects.get())


def test_each_lot_is_inspected_by_itself_serials_together(made):
    erp_quality.plan(made.paint)
    erp_quality.plan(made.motor)
    order = scm.approved_order(made, scm.line(made.paint, "5", price=D(1)), scm.line(made.motor, "2", price=D(1)))
    paint, motor = order.lines.order_by("line_no")
    rows = [
        {"order_line_id": paint.pk, "quantity": D(3), "lot_code": "A"},
        {"order_line_id": paint.pk, "quantity": D(2), "lot_code": "B"},
        {"order_line_id": motor.pk, "quantity": D(1), "lot_code": "M1"},
        {"order_line_id": motor.pk, "quantity": D(1), "lot_code": "M2"},
    ]
    scm.posted_receipt(made, order, lines=rows)
    found = {(one.item.code, one.quantity, one.goods.count()) for one in Inspection.objects.all()}
    assert found == {("PAINT", 3, 1), ("PAINT", 2, 1), ("MOTOR", 2, 2)}


def test_a_reversed_receipt_takes_its_inspection_with_it(made, arrived, django_capture_on_commit_callbacks):
    perform(goods_receipts.reverse_goods_receipt, actor=made.buyer, receipt_id=arrived.source_id)
    deliver()
    arrived.refresh_from_db()
    assert arrived.state == "cancelled"


def test_items_without_plan_are_neither_held_nor_inspected(made):
    scm.posted_receipt(made, scm.approved_order(made))
    assert held(made.bolt) == {made.shelf.code: 10}
    assert not Inspection.objects.exists()


def test_finished_goods_wait_for_final_inspection(made):
    bench = erp_make.made("BENCH")
    erp_quality.plan(bench, "final")
    erp_make.bom(bench, (made.bolt, "1"))
    erp_make.stock(made.bolt, "10")
    order = erp_make.issued_work_order(bench, "4")
    steps.receive(order, "4")
    inspection = Inspection.objects.get()
    assert (inspection.kind, inspection.work_order, held(bench)) == ("final", order, {"QC": 4})
    erp_quality.inspected(inspection, *["10"] * 4)
    with pytest.raises(NotFromSupplier):
        erp_quality.decided(inspection, ("return", "4"))
    erp_quality.decided(inspection, ("accept", "4"))
    assert held(bench) == {made.shelf.code: 4}


def test_a_co_product_waits_for_its_final_inspection_too(made):
    bench, chips = erp_make.made("BENCH"), erp_make.made("CHIPS")
    erp_quality.plan(chips, "final")
    weight = {"line_kind": "co_product", "cost_method": "weight", "material_weight": D("0.5")}
    erp_make.bom(bench, (made.bolt, "1"), (chips, "1", weight))
    erp_make.stock(made.bolt, "10")
    order = erp_make.issued_work_order(bench, "4")
    output = order.outputs.get()
    perform(work_orders.receive_output, actor=None, work_order_id=order.pk, output_id=output.pk, quantity=D(2))
    inspection = Inspection.objects.get()
    assert (inspection.kind, inspection.item, held(chips)) == ("final", chips, {"QC": 2})


def test_goods_in_process_are_inspected_without_being_moved(client, made):
    bench = erp_make.made("BENCH")
    erp_quality.plan(bench, "in_process", operation_no=20)
    order = erp_make.released_work_order(bench, "5")
    values = {"kind": "in_process", "item_id": bench.pk, "quantity": D(5), "work_order_id": order.pk}
    inspection = perform(inspections.create_inspection, actor=None, operation_no=20, **values)
    assert inspection.lines.count() == 2
    client.force_login(core.superuser("boss"))
    form = client.get(reverse("erp:work-order-inspect", args=[order.pk]), {"operation": "20"}).content.decode()
    assert 'value="20"' in form
    other = perform(inspections.create_inspection, actor=None, operation_no=10, **values)
    assert other.plan is None
    erp_quality.inspected(inspection, *["10"] * 5)
    with pytest.raises(NothingToWithdraw):
        erp_quality.decided(inspection, ("scrap", "5"))
    erp_quality.decided(inspection, ("accept", "5"))
    assert not StockMove.objects.exists()


def test_returned_goods_are_inspected_as_they_once_were(db):
    erp.place()
    waiting = erp_quality.waiting_place(erp.place())
    motor = masterdata.item("MOTOR")
    erp_quality.plan(motor, "final")
    erp.opening(motor, "5")
    order = erp.confirmed(motor, "3")
    erp.shipped(order)
    from erp.services import returns

    receipt = erp.expected_return(order, "2")
    perform(returns.receive_return, actor=None, receipt_id=receipt.pk)
    inspection = Inspection.objects.get()
    assert (inspection.kind, inspection.partner, inspection.goods.get().location) == ("return", order.partner, waiting)
    perform(inspections.cancel_inspection, actor=None, inspection_id=inspection.pk)
