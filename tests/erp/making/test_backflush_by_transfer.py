"""Backflushing by transfer: what was moved to the line is used up by its share of what is reported."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.operations import perform
from erp.errors import OverIssue, WorkOrderIsStarted
from erp.errors.making import LeftAtLine, MoreThanAtLine, NoLineSide, NotByTransfer
from erp.models import BackflushShortage, Demand, Reservation, StockBalance, WorkOrder
from erp.services import work_orders
from erp.services.reservations import reserve_demands
from erp.states import WorkOrderState
from finance.selectors.invariants import violations
from masterdata.models import Item
from tests.erp.making.test_backflushing import bring, flushed
from tests.erp.services.work_order_steps import fresh, issue, receive, report
from tests.factories import erp_make, erp_making, masterdata
from tests.factories.core import superuser

D = Decimal


@pytest.fixture
def resin(factory) -> Item:
    return masterdata.item("RESIN", uom="KG")


@pytest.fixture
def order(resin) -> WorkOrder:
    """Ten handles of two kilograms each; thirty lie in the store."""
    erp_making.line_side()
    handle = erp_make.made("HANDLE")
    erp_make.bom(handle, (resin, "2", {"issue_method": "transfer"}))
    erp_make.stock(resin, "30")
    return erp_make.released_work_order(handle, "10")


def move(order: WorkOrder, quantity: str, service=work_orders.stage_materials, **fields) -> WorkOrder:
    line = {"material_id": order.materials.get().pk, "quantity": D(quantity)} | fields
    return perform(service, actor=None, work_order_id=order.pk, lines=[line])


def bring_back(order: WorkOrder, quantity: str) -> WorkOrder:
    return move(order, quantity, work_orders.bring_back_materials)


def lies() -> dict[str, Decimal]:
    rows = StockBalance.objects.filter(on_hand__gt=0, item__code="RESIN").select_related("location")
    return {row.location.kind: row.on_hand for row in rows}


def test_a_report_uses_up_its_share_of_what_was_moved_not_of_what_is_needed(order) -> None:
    move(order, "15")
    assert (lies(), fresh(order).state) == ({"storage": D(15), "line_side": D(15)}, WorkOrderState.IN_PROGRESS)
    assert fresh(order).material_cost == 0

    report(order, good="4")
    assert flushed() == [D(6)]
    move(order, "5")
    report(fresh(order), good="2")
    report(fresh(order), good="4")

    assert flushed() == [D(6), D(6), D(8)]
    assert (lies(), fresh(order).material_cost) == ({"storage": D(10)}, D(200))
    assert not violations()


def test_what_is_at_the_line_is_kept_for_its_order_and_comes_from_what_was_kept_in_the_store(order, resin) -> None:
    other = erp_make.made("KNOB")
    erp_make.bom(other, (resin, "1", {"issue_method": "backflush"}))
    second = erp_make.released_work_order(other, "8")
    perform(
        reserve_demands,
        actor=None,
        demand_ids=list(Demand.objects.filter(source_id=order.pk).values_list("pk", flat=True)),
    )
    assert Reservation.objects.get().balance.location.kind == "storage"

    move(order, "20")
    kept = Reservation.objects.get()
    assert (kept.balance.location.kind, kept.quantity) == ("line_side", D(20))
    report(second, good="8")
    assert (flushed(), BackflushShortage.objects.get().missing_quantity) == ([], D(8))
    report(order, good="10")

    assert (flushed(), Reservation.objects.count()) == ([D(20)], 0)
    assert not violations()


def test_a_report_taken_back_puts_the_goods_back_to_the_line_and_hand_issues_are_not_doubled(order) -> None:
    issue(order, "8")
    move(fresh(order), "12")
    made = report(fresh(order), good="10")
    assert flushed() == [D(8), D(12)]
    perform(work_orders.reverse_report, actor=None, report_id=made.pk)
    assert (lies()["line_side"], order.materials.get().at_line_quantity) == (D(12), D(12))
    assert not violations()


def test_what_a_short_order_leaves_at_the_line_is_decided_on_before_it_is_closed(order) -> None:
    move(order, "20")
    receive(fresh(order), "6")
    assert flushed() == [D(12)]
    with pytest.raises(LeftAtLine):
        perform(work_orders.split_work_order, actor=None, work_order_id=order.pk, quantity=D(2))
    with pytest.raises(MoreThanAtLine):
        bring_back(order, "9")
    bring_back(order, "3")
    perform(work_orders.complete_work_order, actor=None, work_order_id=order.pk, reason="enough")
    with pytest.raises(LeftAtLine):
        perform(work_orders.close_work_order, actor=None, work_order_id=order.pk)
    bring_back(order, "1")
    perform(work_orders.use_up_materials, actor=None, work_order_id=order.pk)

    assert (flushed(), lies()) == ([D(12), D(4)], {"storage": D(14)})
    perform(work_orders.close_work_order, actor=None, work_order_id=order.pk)
    assert not violations()


def test_goods_gone_from_the_line_wait_in_the_error_queue(order, resin) -> None:
    move(order, "20")
    Reservation.objects.all().delete()
    StockBalance.objects.filter(location__kind="line_side").update(reserved=0)
    knob = erp_make.made("KNOB")
    erp_make.bom(knob, (resin, "1", {"issue_method": "backflush"}))
    report(erp_make.released_work_order(knob, "5"), good="5")
    report(fresh(order), good="10")
    assert (flushed(), BackflushShortage.objects.get().missing_quantity) == ([D(5), D(15)], D(5))
    bring(resin, "5")
    perform(work_orders.retry_backflush, actor=None, work_order_id=order.pk)
    assert order.materials.get().issued_quantity == D(20)


def test_refusals(order, resin) -> None:
    with pytest.raises(OverIssue):
        move(order, "21")
    with pytest.raises(NoLineSide):
        move(order, "1", location_id=erp_making.line_side().pk)
    cap = erp_make.made("CAP")
    erp_make.bom(cap, (resin, "1"))
    with pytest.raises(NotByTransfer):
        move(erp_make.released_work_order(cap, "1"), "1")
    move(order, "20")
    with pytest.raises(WorkOrderIsStarted):
        perform(work_orders.cancel_work_order, actor=None, work_order_id=order.pk, reason="no")


def test_screen_and_api(order, client) -> None:
    client.force_login(superuser())
    url = order.get_absolute_url()
    assert "Move to the line" in client.get(url).content.decode()
    page = client.get(reverse("erp:work-order-stage", args=[order.pk])).content.decode()
    assert 'value="20"' in page
    line = {"material_id": order.materials.get().pk, "quantity": "20"}
    answer = client.post(
        reverse("api:erp-work-order-stage-materials", args=[order.pk]),
        {"lines": [line]},
        content_type="application/json",
        headers={"Idempotency-Key": "k"},
    )
    assert (answer.status_code, answer.json()["materials"][0]["staged_quantity"]) == (200, "20.000000")
    page = client.get(url).content.decode()
    assert "at the line 20" in page
    assert "Bring back from the line" in page
    assert client.get(reverse("erp:work-order-bring-back", args=[order.pk])).status_code == 200
