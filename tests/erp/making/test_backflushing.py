"""Backflushing: the cumulative method, lots, the error queue, and taking reports back."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from core.operations import perform
from erp.errors.making import QueueNotEmpty
from erp.models import BackflushShortage, Lot, StockBalance, StockMove, StockSettings, WorkOrder
from erp.receivers.stock import reserve_arrived_goods
from erp.services import planning, work_orders
from erp.services.stock_documents import create_stock_document, post_stock_document
from erp.states.making import ShortageReason
from finance.models import FiscalPeriod
from finance.selectors.close import check_named
from finance.selectors.invariants import violations
from masterdata.models import Item
from tests.erp.services.work_order_steps import fresh, issue, on_hand, receive, report
from tests.factories import erp_make, erp_making, masterdata
from tests.factories.core import superuser, user

D = Decimal
FLUSH = {"issue_method": "backflush"}


def bring(item: Item, quantity: str, cost: str = "10", *, lot: str = "", expiry: dt.date | None = None) -> None:
    """Put goods at the line."""
    row = {"item_id": item.pk, "quantity": D(quantity), "unit_cost": D(cost)}
    row |= {"location_id": erp_making.line_side().pk}
    if lot:
        row |= {"lot_code": lot, "expiry_date": expiry}
    document = perform(
        create_stock_document,
        actor=None,
        kind="misc_receipt",
        reason_code="found",
        warehouse_id=erp_make.place().pk,
        lines=[row],
    )
    perform(post_stock_document, actor=None, document_id=document.pk)


def flushed() -> list[Decimal]:
    """What was issued, in order; below zero: it came back."""
    moves = StockMove.objects.filter(kind="issue").order_by("id")
    return [move.quantity if move.to_location.kind == "production" else -move.quantity for move in moves]


@pytest.fixture
def powder(factory) -> Item:
    return masterdata.item("POWDER", uom="KG")


@pytest.fixture
def order(powder) -> WorkOrder:
    """The worked example of HARD_RULES §6: 1000 pieces of 0.125 kg, 4 % scrap by yield."""
    perform(
        planning.configure_planning,
        actor=None,
        scrap_convention="yield",
        reschedule_days=30,
        dampener_days=3,
        default_lead_days=0,
    )
    cap = erp_make.made("CAP")
    erp_make.bom(cap, (powder, "0.125", FLUSH | {"scrap_percent": D(4)}))
    return erp_make.released_work_order(cap, "1000")


def test_golden_parts_of_a_report_add_up_to_the_whole_need(order, powder) -> None:
    assert order.materials.get().required_quantity == D("130.208")
    bring(powder, "200")

    report(order, good="300", scrap="20")
    report(fresh(order), good="680")

    assert flushed() == [D("41.667"), D("88.541")]
    assert fresh(order).material_cost == D("1302.08")
    assert not violations()


def test_what_was_issued_by_hand_is_not_posted_a_second_time(order, powder) -> None:
    bring(powder, "200")
    erp_make.stock(powder, "50")
    issue(order, "50")

    report(fresh(order), good="300", scrap="20")
    report(fresh(order), good="380")

    assert flushed() == [D(50), D("41.146")]
    assert order.materials.get().issued_quantity == D("91.146")


def test_the_first_lot_to_expire_goes_first_and_a_report_taken_back_brings_the_same_lots_back(order, powder) -> None:
    Item.objects.filter(pk=powder.pk).update(tracking="lot")
    bring(powder, "30", "12", lot="LATE", expiry=dt.date(2027, 6, 1))
    bring(powder, "20", "10", lot="SOON", expiry=dt.date(2026, 9, 1))
    before = {row.lot.code: row.on_hand for row in StockBalance.objects.filter(item=powder, on_hand__gt=0)}

    made = report(order, good="300", scrap="20")
    moves = StockMove.objects.filter(kind="issue").order_by("id")
    assert [(move.lot.code, move.quantity) for move in moves] == [("SOON", D(20)), ("LATE", D("21.667"))]
    cost = fresh(order).material_cost
    assert cost > 0
    perform(work_orders.reverse_report, actor=None, report_id=made.pk)

    assert {row.lot.code: row.on_hand for row in StockBalance.objects.filter(item=powder, on_hand__gt=0)} == before
    assert (fresh(order).material_cost, order.materials.get().issued_quantity) == (D(0), D(0))
    assert Lot.objects.filter(item=powder).count() == 2
    assert not violations()


def test_what_is_missing_waits_in_the_queue_until_goods_come_and_the_order_cannot_be_closed(order, powder) -> None:
    bring(powder, "30")
    report(order, good="300", scrap="20")

    row = BackflushShortage.objects.get()
    assert (row.missing_quantity, row.reason_code, flushed()) == (D("11.667"), ShortageReason.SHORT, [D(30)])
    report(fresh(order), good="680")
    assert BackflushShortage.objects.get().missing_quantity == D("100.208")
    receive(fresh(order), "980")
    with pytest.raises(QueueNotEmpty):
        perform(work_orders.close_work_order, actor=None, work_order_id=order.pk)
    period = FiscalPeriod.objects.get(year=2026, month=3)
    assert check_named("backflush_errors").find(period).count == 1

    bring(powder, "100.2")
    reserve_arrived_goods({"item_ids": [powder.pk]})
    assert BackflushShortage.objects.get().missing_quantity == D("0.008")
    bring(powder, "1")
    perform(work_orders.retry_backflush, actor=None, work_order_id=order.pk)

    assert sum(flushed()) == D("130.208")
    assert BackflushShortage.objects.get().resolved_at is not None
    assert check_named("backflush_errors").find(period).count == 0
    perform(work_orders.close_work_order, actor=None, work_order_id=order.pk)
    assert not violations()


def test_all_or_nothing_leaves_the_stock_alone(order, powder) -> None:
    StockSettings.objects.update_or_create(singleton=True, defaults={"queues_whole_lines": True})
    bring(powder, "30")
    report(order, good="300", scrap="20")
    assert (flushed(), BackflushShortage.objects.get().missing_quantity) == ([], D("41.667"))


def test_serial_numbers_are_not_guessed_and_issuing_by_hand_settles_the_queue(factory) -> None:
    motor = masterdata.item("MOTOR", tracking="serial")
    fan = erp_make.made("FAN")
    erp_make.bom(fan, (motor, "1", FLUSH))
    bring(motor, "1", lot="S1")
    order = erp_make.released_work_order(fan, "2")

    report(order, good="1")
    row = BackflushShortage.objects.get()
    assert (row.reason_code, row.missing_quantity, on_hand("MOTOR")) == (ShortageReason.SERIAL, D(1), D(1))
    material = order.materials.get()
    line = {"material_id": material.pk, "quantity": D(1), "location_id": erp_making.line_side().pk}
    line["lot_id"] = Lot.objects.get(code="S1").pk
    perform(work_orders.issue_materials, actor=None, work_order_id=order.pk, lines=[line])
    assert BackflushShortage.objects.get().resolved_at is not None


def test_a_receipt_without_a_report_uses_material_up_and_taking_it_back_returns_it(order, powder) -> None:
    bring(powder, "200")
    receive(order, "500")
    receipt = order.receipts.get()
    assert flushed() == [D("65.104")]
    assert (receipt.amount, fresh(order).wip_cost) == (D("651.04"), D(0))

    perform(work_orders.reverse_receipt, actor=None, receipt_id=receipt.pk)

    assert flushed() == [D("65.104"), D("-65.104")]
    assert (fresh(order).material_cost, on_hand("POWDER")) == (D(0), D(200))
    assert not violations()


def test_the_whole_queue_is_posted_again_at_once(order, powder, client) -> None:
    """Two orders wait; the button posts both, what is still missing stays, a second click finds nothing."""
    lid = erp_make.made("LID")
    erp_make.bom(lid, (powder, "1", FLUSH))
    second = erp_make.released_work_order(lid, "10")
    report(order, good="480")
    report(second, good="10")
    assert BackflushShortage.objects.filter(resolved_at__isnull=True).count() == 2
    bring(powder, "70")
    client.force_login(superuser())
    page = client.get(reverse("erp:backflush-queue")).content.decode()
    assert "Post everything again" in page
    url = reverse("erp:backflush-retry")
    assert client.post(url).status_code == 302
    assert sum(flushed()) == D(70)
    left = BackflushShortage.objects.get(resolved_at__isnull=True)
    assert (left.work_order, left.missing_quantity) == (second, D("2.5"))
    bring(powder, "100")
    answer = client.post(
        reverse("api:erp-backflush-error-retry"), content_type="application/json", headers={"Idempotency-Key": "k"}
    )
    assert (answer.status_code, answer.json()) == (200, {"left": 0, "refused": [], "booked_on": ["2026-03-02"]})
    assert "Post everything again" not in client.get(reverse("erp:backflush-queue")).content.decode()
    client.force_login(user("erp.view_backflushshortage", username="reader"))
    assert client.post(url).status_code == 403
    assert not violations()
