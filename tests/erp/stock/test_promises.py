"""The answers to sales: promises from stock, demand and firm supply; unit costs."""

import datetime as dt
from decimal import Decimal

import pytest

from core.operations import perform
from crm import ports
from crm.ports import Promise, PromiseRequest
from erp.models import BomLine, BomSubstitute, PlanningSettings
from erp.services.planning import run_plan
from erp.services.supply import ExpectedSupply, set_expected
from masterdata.models import Item
from masterdata.selectors.calendars import add_working_days
from tests.factories import erp, erp_make, masterdata

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


@pytest.fixture
def product():
    """The worked example of making: P = 2 S (2 days), S = 3 C (3 days), C is bought in 7; 10 S lie there."""
    erp.place()
    made, sub, part = (
        erp_make.made("P", lead_time_days=2),
        erp_make.made("S", lead_time_days=3),
        masterdata.item("C", lead_time_days=7),
    )
    erp_make.bom(made, (sub, "2"))
    erp_make.bom(sub, (part, "3"))
    erp.opening(sub, "10")
    return made


def working(number):
    return add_working_days(erp.TODAY, number)


def test_what_is_missing_is_made_of_parts_and_the_bottleneck_is_named(product):
    [answer] = ports.promise([PromiseRequest(product.pk, D(20), erp.TODAY)], parts_of=0)
    assert answer.promise_date == working(12)
    assert [(step.item_code, step.cause, step.days) for step in answer.why] == [
        ("P", "make", 2),
        ("S", "make", 3),
        ("C", "buy", 7),
    ]
    assert answer.bottleneck.item_code == "C"
    assert answer.parts == ((D(5), working(2)), (D(15), working(12)))


def test_released_routings_say_how_long_making_takes(product):
    center = erp_make.work_center("MILL", hours_per_day=D(8))
    erp_make.routing(product, (center, "240"))
    [answer] = ports.promise([PromiseRequest(product.pk, D(5), erp.TODAY)])
    assert answer.promise_date == working(3)  # 20 hours at 8 a day
    assert (answer.bottleneck.cause, answer.bottleneck.resource) == ("resource", "MILL")


def test_open_orders_leave_less_of_a_work_centre_that_limits_the_plan(product):
    """The mill has 8 hours a day; an order takes all of today and tomorrow, five P need 20 hours after that."""
    erp.opening(Item.objects.get(code="S"), "100")
    mill = erp_make.work_center("MILL", hours_per_day=D(8), is_finite=True)
    erp_make.routing(product, (mill, "240"))
    asked = [PromiseRequest(product.pk, D(5), erp.TODAY)]
    [free] = ports.promise(asked)
    erp_make.work_order(product, "4", start_date=erp.TODAY, due_date=erp.TODAY + dt.timedelta(days=1))
    [taken] = ports.promise(asked)
    assert (free.promise_date, taken.promise_date) == (working(3), working(5))
    assert (taken.bottleneck.cause, taken.bottleneck.resource) == ("resource", "MILL")


def test_substitutes_in_stock_stand_for_a_short_component(product):
    """Of C nothing is there: X stands for it, two for one, so that the subassembly is not waited for a week longer."""
    other = masterdata.item("X", lead_time_days=30)
    line = BomLine.objects.get(component__code="C")
    BomSubstitute.objects.create(bom_line=line, item=other, ratio=D(2), rank=1)
    erp.opening(other, "180")  # 30 S need 90 C
    [answer] = ports.promise([PromiseRequest(product.pk, D(20), erp.TODAY)])
    assert answer.promise_date == working(5)
    assert answer.bottleneck.item_code == "S"


def test_substitutes_are_spoken_for_by_what_was_ordered_since_the_plan():
    """Five P need five C: two are there, six X stand for three, two for one; the three C that come are free."""
    erp.place()
    made, part, other = erp_make.made("P"), masterdata.item("C", lead_time_days=20), masterdata.item("X")
    erp_make.bom(made, (part, "1", {"substitutes": [{"item_id": other.pk, "ratio": D(2)}]}))
    erp.opening(part, "2")
    erp.opening(other, "10")
    expect(part, (1, "3", day(10), True))
    run_plan()
    asked = [PromiseRequest(other.pk, D(10), erp.TODAY), PromiseRequest(part.pk, D(3), erp.TODAY)]
    assert [one.available for one in ports.promise(asked)] == [10, 2]
    erp.confirmed(made, "5", ship_date=day(5))
    assert [(one.available, one.promise_date) for one in ports.promise(asked)][1] == (0, day(10))
    assert ports.promise(asked)[0].available == 4


@pytest.mark.parametrize(("rule", "days"), [("atp", None), ("rlt", 12), ("ctp", 12)])
def test_the_company_says_how_far_promises_go(product, rule, days):
    PlanningSettings.objects.update_or_create(singleton=True, defaults={"promise_rule": rule})
    [answer] = ports.promise([PromiseRequest(product.pk, D(20), erp.TODAY)])
    assert answer.promise_date == (None if days is None else working(days))


def test_the_safety_stock_is_kept_when_the_company_says_so(item):
    Item.objects.filter(pk=item.pk).update(safety_stock=D(30))
    asked = [PromiseRequest(item.pk, D(70), day(5))]
    assert ports.promise(asked)[0].available == 70
    PlanningSettings.objects.update_or_create(singleton=True, defaults={"promise_keeps_safety_stock": True})
    assert (ports.promise(asked)[0].on_hand, ports.promise(asked)[0].available) == (100, 40)


def test_twenty_lines_are_answered_in_a_few_statements(product, django_assert_max_num_queries):
    asked = [PromiseRequest(product.pk, D(1), erp.TODAY)] * 20
    stocked = [PromiseRequest(Item.objects.get(code="S").pk, D("0.5"), erp.TODAY)] * 20
    with django_assert_max_num_queries(9):
        ports.promise(stocked)
    with django_assert_max_num_queries(21):
        answers = ports.promise(asked)
    assert [one.promise_date for one in answers] == [working(2)] * 5 + [working(12)] * 15


def test_whole_pieces_that_each_line_rounds_up_for_itself_are_still_found():
    """Ten lines of one box each, one of three makes a label: together ten labels, of which there are four."""
    erp.place()
    box, sub, label = erp_make.made("BOX"), erp_make.made("LABEL"), masterdata.item("PAPER", lead_time_days=4)
    erp_make.bom(box, (sub, "1"), quantity=D(3))
    erp_make.bom(sub, (label, "1"))
    erp.opening(sub, "4")
    answers = ports.promise([PromiseRequest(box.pk, D(1), erp.TODAY)] * 10)
    assert [one.promise_date for one in answers] == [erp.TODAY] * 4 + [working(4)] * 6
