"""The answers to sales: promises from stock, demand and firm supply; unit costs."""

import datetime as dt
from decimal import Decimal

import pytest

from core.operations import perform
from crm import ports
from crm.ports import Promise, PromiseRequest
from erp.services.supply import ExpectedSupply, set_expected
from masterdata.selectors.calendars import add_working_days
from tests.factories import erp, masterdata

D = Decimal
pytestmark = pytest.mark.django_db


def day(number):
    return erp.TODAY + dt.timedelta(days=number)


@pytest.fixture
def item():
    """Stock 100; 50 come on day 15, 40 on day 30; 80 are ordered for day 20; bought in 60 working days."""
    erp.place()
    made = masterdata.item("MOTOR", lead_time_days=60)
    erp.opening(made, "100")
    erp.confirmed(made, "80", ship_date=day(20))
    expect(made, (1, "50", day(15), True), (2, "40", day(30), True), (3, "500", day(1), False), (4, "9", day(-1), True))
    return made


def expect(item, *rows):
    supplies = [ExpectedSupply(line, item.pk, D(quantity), due, firm) for line, quantity, due, firm in rows]
    perform(set_expected, actor=None, source_label="scm.purchaseorder", source_id=1, kind="purchase", rows=supplies)


def test_the_worked_example(item):
    asked = [PromiseRequest(item.pk, D(90), day(5)), PromiseRequest(item.pk, D(70), day(5))]
    assert ports.promise(asked[:1]) == [Promise(D(100), D(70), day(30), D(20))]
    assert ports.promise(asked[1:]) == [Promise(D(100), D(70), day(5), D(0))]


def test_an_order_does_not_stand_in_its_own_way(item):
    from crm.models import SalesOrder

    asked = [PromiseRequest(item.pk, D(90), day(5))]
    assert ports.promise(asked, exclude_order_id=SalesOrder.objects.get().pk)[0].short_quantity == 0


def test_what_stock_and_supply_do_not_cover_is_bought(item):
    [answer] = ports.promise([PromiseRequest(item.pk, D(500), day(5))])
    assert answer.promise_date == add_working_days(erp.TODAY, 60)
    assert answer.short_quantity == D(430)


def test_unit_costs_come_from_stock_then_receipts_then_standard():
    erp.place()
    stocked, sold_out, fresh, unknown = (masterdata.item(code) for code in ("A", "B", "C", "D"))
    erp.opening(stocked, "3", "7")
    erp.opening(sold_out, "3", "8")
    erp.posted(erp.draft("misc_issue", {"item_id": sold_out.pk, "quantity": D(3)}))
    type(fresh).objects.filter(pk=fresh.pk).update(standard_cost=D(9))
    found = ports.unit_costs([stocked.pk, sold_out.pk, fresh.pk, unknown.pk])
    assert found == {stocked.pk: D(7), sold_out.pk: D(8), fresh.pk: D(9)}
