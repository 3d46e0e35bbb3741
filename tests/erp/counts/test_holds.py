"""Stock held for quotations: taken, extended, expired, handed over to the order; screens of reservations."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.errors import MissingRight
from core.notifications.models import Notification
from core.operations import perform
from crm.ports import PromiseRequest
from crm.services import quotations, sales_orders
from erp import tasks
from erp.errors import HoldDateWrong, HoldNotPossible, NothingIsHeld, NothingToHold
from erp.models import Demand, Reservation, StockBalance
from erp.providers.stock import promise
from erp.services import reservations
from tests.factories import core, crm, erp, erp_make, masterdata

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    erp.place()
    made = masterdata.item("MOTOR")
    erp.opening(made, "10", "7")
    return made


def quoted(item, quantity="4", **header):
    return crm.sent_quotation(None, crm.line(item, quantity), warehouse_id=erp.place().pk, **header)


def held(quotation, **arguments):
    return perform(reservations.hold_for_quotation, actor=None, quotation_id=quotation.pk, **arguments)


def days(number):
    return erp.TODAY + dt.timedelta(days=number)


def free(item, **exclude):
    [answer] = promise([PromiseRequest(item.pk, D(1), erp.TODAY)], **exclude)
    return answer.available


def test_a_hold_keeps_stock_until_its_day_and_counts_once_in_the_promise(item):
    quotation = held(quoted(item))
    hold = Demand.objects.get()
    assert (hold.kind, hold.quantity, hold.open_quantity, hold.expires_on) == ("hold", 4, 4, days(7))
    assert StockBalance.objects.get().reserved == 4
    assert (free(item), free(item, exclude_quotation_id=quotation.pk)) == (6, 10)
    held(quotation, until=days(20))
    assert Demand.objects.get().expires_on == days(20)
    assert StockBalance.objects.get().reserved == 4
    erp_make.plan()  # nobody buys for a quotation
    from erp.models import PlannedOrder

    assert not PlannedOrder.objects.exists()


def test_only_what_is_free_is_held(item):
    erp.confirmed(item, "8")
    quotation = held(quoted(item, "4"))
    assert Demand.objects.get(kind="hold").open_quantity == 2
    assert StockBalance.objects.get().reserved == 10
    with pytest.raises(NothingToHold):
        held(quoted(item, "1"))
    with pytest.raises(HoldDateWrong):
        held(quotation, until=quotation.valid_until + dt.timedelta(days=1))
    with pytest.raises(HoldDateWrong):
        held(quotation, until=days(-1))
    with pytest.raises(HoldNotPossible):
        held(crm.quotation(None, crm.line(item, "1")))
    with pytest.raises(MissingRight):
        perform(reservations.hold_for_quotation, actor=core.user(), quotation_id=quotation.pk)


def test_confirming_the_order_takes_the_hold_over(item):
    lot = held(quoted(item, "4"))
    erp.confirmed(item, "6")  # everything else is taken
    order = perform(quotations.accept_quotation, actor=None, quotation_id=lot.pk)
    assert Demand.objects.get(kind="hold").open_quantity == 4
    assert free(item, exclude_order_id=order.pk) == 4
    before = Reservation.objects.get(demand__kind="hold").pk
    perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk)
    row = Reservation.objects.get(demand__source_label="crm.salesorder", demand__source_id=order.pk)
    assert (row.pk, row.quantity, row.demand.kind, row.demand.expires_on) == (before, 4, "sales", None)
    assert row.demand.source_number == order.number
    assert not Demand.objects.filter(kind="hold").exists()
    assert StockBalance.objects.get().reserved == 10


def test_a_lost_quotation_and_an_expired_hold_give_the_stock_back(item):
    lost, owner = held(quoted(item)), core.make_user("seller")
    perform(quotations.lose_quotation, actor=None, quotation_id=lost.pk, lost_reason="price")
    assert not Demand.objects.exists()
    late = quoted(item)
    type(late).objects.filter(pk=late.pk).update(owner=owner)
    held(late, until=days(1))
    assert tasks.expire_holds() == 0
    Demand.objects.update(expires_on=days(-1))
    assert free(item) == 10  # an expired hold does not count any more
    assert tasks.expire_holds() == 1
    assert StockBalance.objects.get().reserved == 0
    assert late.number in Notification.objects.get(user=owner).params["document"]
    with pytest.raises(NothingIsHeld):
        perform(reservations.release_hold, actor=None, quotation_id=late.pk)


def test_a_planner_gives_held_stock_to_an_order(item):
    held(quoted(item, "10"))
    order = erp.confirmed(item, "4")
    giver, taker = Demand.objects.get(kind="hold"), Demand.objects.get(source_id=order.pk, kind="sales")
    arguments = {"from_demand_id": giver.pk, "to_demand_id": taker.pk, "quantity": D(4), "reason": "Due today"}
    perform(reservations.reassign_reservation, actor=None, **arguments)
    giver.refresh_from_db()
    assert (giver.quantity, giver.open_quantity) == (6, 6)


def test_the_quotation_page_holds_and_releases(client, item):
    quotation = quoted(item)
    seller = core.user("crm.view_quotation", "erp.view_stockbalance", "erp.hold_stock", scope="all")
    client.force_login(seller)
    page = client.get(quotation.get_absolute_url()).content.decode()
    assert "Hold stock" in page
    client.post(reverse("erp:quotation-hold", args=[quotation.pk]), {"until": days(3).isoformat()})
    assert Demand.objects.get().expires_on == days(3)
    assert "Release" in client.get(quotation.get_absolute_url()).content.decode()
    listed = client.get(reverse("erp:reservation-list"))
    assert listed.status_code == 403
    client.force_login(core.user("erp.view_reservation", "erp.reassign_reservation"))
    listed = client.get(reverse("erp:reservation-list"), {"kind": "hold", "q": quotation.number}).content.decode()
    assert quotation.number in listed
    client.force_login(seller)
    client.post(reverse("erp:quotation-hold-release", args=[quotation.pk]))
    assert not Demand.objects.exists()


def test_holding_by_the_api(item):
    quotation = quoted(item)
    client = APIClient()
    client.force_authenticate(core.superuser("boss"))
    body = {"quotation_id": quotation.pk}
    answer = client.post("/api/v1/erp/reservations/hold/", body, headers={"Idempotency-Key": "h"})
    assert [(row["kind"], row["quantity"]) for row in answer.json()] == [("hold", "4.000000")]
    assert client.get("/api/v1/erp/reservations/", {"kind": "hold"}).json()["results"]
    answer = client.post("/api/v1/erp/reservations/release/", body, headers={"Idempotency-Key": "r"})
    assert answer.json() == []
