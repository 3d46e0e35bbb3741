"""What the plan needs of components to make what was ordered is promised to nobody else."""

import datetime as dt
from decimal import Decimal

import pytest

from core.operations import perform
from crm import ports
from crm.models import SalesOrder
from crm.ports import PromiseRequest
from crm.services import sales_orders
from crm.views.promises import waits_for
from erp.models import BomLine, PlanSubstitution
from erp.selectors.outlooks import available_to_promise
from erp.services.demand import DemandRow, set_demand
from erp.services.planning import run_plan
from masterdata.models import Item
from masterdata.selectors.calendars import add_working_days
from tests.factories import erp, erp_make, masterdata

D = Decimal
pytestmark = pytest.mark.django_db


def working(number: int) -> dt.date:
    return add_working_days(erp.TODAY, number)


@pytest.fixture
def product() -> Item:
    """P = 1 S (2 days); 30 S lie there, more of it is bought in 5 days."""
    erp.place()
    made, sub = erp_make.made("P", lead_time_days=2), masterdata.item("S", lead_time_days=5)
    erp_make.bom(made, (sub, "1"))
    erp.opening(sub, "30")
    return made


def promised(item: Item, quantity: str, order: SalesOrder | None = None) -> dt.date | None:
    asked = [PromiseRequest(item.pk, D(quantity), erp.TODAY)]
    [answer] = ports.promise(asked, exclude_order_id=order.pk if order else None)
    return answer.promise_date


def forecast(item: Item, quantity: str, day: dt.date) -> None:
    rows = [DemandRow(1, item.pk, D(quantity), D(quantity), day)]
    perform(set_demand, actor=None, source_label="erp.forecastline", source_id=1, kind="forecast", rows=rows)


@pytest.mark.parametrize("planned", ["never", "before", "after"])
def test_two_orders_never_count_on_the_same_components(product, planned):
    """Whether the plan knows the first order yet or not."""
    if planned == "before":
        run_plan()
    assert promised(product, "30") == working(2)
    first = erp.confirmed(product, "30", ship_date=working(10))
    if planned == "after":
        run_plan()
    assert promised(product, "30") == working(7)  # other 30 S have to be bought
    assert promised(product, "30", first) == working(2)  # the first does not stand in its own way
    [answer] = ports.promise([PromiseRequest(product.pk, D(30), erp.TODAY)])
    assert waits_for(answer.bottleneck) == "S is bought in 5 days; 30 in stock are spoken for"
    sub = Item.objects.get(code="S")
    assert promised(sub, "1") == working(5)
    if planned == "after":
        assert available_to_promise([sub.pk])[sub.pk] == 0


def test_a_cancelled_order_frees_them_before_the_next_plan(product):
    first = erp.confirmed(product, "30", ship_date=working(10))
    run_plan()
    perform(sales_orders.cancel_sales_order, actor=None, order_id=first.pk, reason="x")
    assert promised(product, "30") == working(2)


def test_forecasts_take_nothing_from_promises(product):
    """30 are forecast and planned; of the same 30 an order takes 10, so that 20 S are free."""
    forecast(product, "30", working(20))
    run_plan()
    assert promised(product, "30") == working(2)
    erp.confirmed(product, "10", ship_date=working(15))
    assert (promised(product, "20"), promised(product, "21")) == (working(2), working(7))
    run_plan()
    assert (promised(product, "20"), promised(product, "21")) == (working(2), working(7))


def test_more_than_is_ordered_is_made_of_a_lot_and_stays_free(product):
    """A lot of 100 is planned for an order of 10: its other 20 S are free for the next 20 P."""
    Item.objects.filter(pk=product.pk).update(min_lot=D(100))
    erp.confirmed(product, "10", ship_date=working(15))
    run_plan()
    assert (promised(product, "20"), promised(product, "21")) == (working(2), working(7))


@pytest.mark.parametrize("is_planned", [True, False])
def test_it_goes_down_to_parts_of_subassemblies_that_others_use(is_planned):
    """P = 2 S, S = 3 C and a half more for scrap; Q = 1 C. An order of 10 P needs 90 of the 100 C that lie there."""
    erp.place()
    made, sub, other = (erp_make.made(code, lead_time_days=2) for code in ("P", "S", "Q"))
    part = masterdata.item("C", lead_time_days=9)
    erp_make.bom(made, (sub, "2"))
    erp_make.bom(sub, (part, "3", {"scrap_percent": D(50)}))
    erp_make.bom(other, (part, "1"))
    erp.opening(part, "100")
    run_plan()
    first = erp.confirmed(made, "10", ship_date=working(30))
    if is_planned:
        run_plan()
    assert (promised(other, "10"), promised(other, "11")) == (working(2), working(11))
    assert promised(other, "100", first) == working(2)


def test_a_component_that_is_sold_itself_is_sold_once(product):
    """30 S: 10 are sold as such, 15 go into P that is ordered; 5 are free, for either."""
    sub = Item.objects.get(code="S")
    erp.confirmed(sub, "10", ship_date=working(12))
    erp.confirmed(product, "15", ship_date=working(10))
    run_plan()
    assert (promised(sub, "5"), promised(sub, "6")) == (erp.TODAY, working(5))
    assert (promised(product, "5"), promised(product, "6")) == (working(2), working(7))
    both = [PromiseRequest(sub.pk, D(3), erp.TODAY), PromiseRequest(product.pk, D(3), erp.TODAY)]
    assert [one.promise_date for one in ports.promise(both)] == [erp.TODAY, working(7)]


def test_a_skipped_level_passes_it_on(product):
    """S is skipped into S = 2 B: its 30 pieces in stock go first, then B."""
    sub, below = Item.objects.get(code="S"), masterdata.item("B", lead_time_days=6)
    Item.objects.filter(pk=sub.pk).update(supply_type="make")
    erp_make.bom(sub, (below, "2"))
    BomLine.objects.filter(component=sub).update(is_level_skipped=True)
    erp.opening(below, "20")
    erp.confirmed(product, "35", ship_date=working(10))
    run_plan()
    assert (promised(product, "5"), promised(product, "6")) == (working(2), working(8))


@pytest.mark.parametrize("is_planned", [True, False])
def test_shares_of_forecasts_many_levels_above_are_exact(product, is_planned):
    """X = 1 P, P = 1 S. 100 X are forecast, 20 are ordered and 15 lie there: of the 30 S 5 are spoken for."""
    top, other = (erp_make.made(code, lead_time_days=2) for code in ("X", "Q"))
    erp_make.bom(top, (product, "1"))
    erp_make.bom(other, (Item.objects.get(code="S"), "1"))
    Item.objects.filter(pk=product.pk).update(lot_policy="fixed", fixed_lot=D(500))  # one order of P for everybody
    erp.opening(top, "15")
    forecast(top, "100", working(20))
    if not is_planned:
        run_plan()
    erp.confirmed(top, "20", ship_date=working(20))
    if is_planned:
        run_plan()
    assert (promised(other, "25"), promised(other, "26")) == (working(2), working(7))


@pytest.mark.parametrize("is_planned", [True, False])
@pytest.mark.parametrize("group", ["", "A"])
def test_what_the_plan_takes_of_a_substitute_is_spoken_for(is_planned, group):
    """P = 1 S or 2 T; there are 30 S and 50 T. An order of 40 P takes all S and 20 T, as it was promised."""
    erp.place()
    made = erp_make.made("P", lead_time_days=2)
    sub, stand_in = (masterdata.item(code, lead_time_days=days) for code, days in (("S", 5), ("T", 9)))
    replaced = {"substitutes": [{"item_id": stand_in.pk, "ratio": D(2)}], "substitute_group": group}
    erp_make.bom(made, (sub, "1", replaced))
    erp.opening(sub, "30")
    erp.opening(stand_in, "50")
    forecast(made, "45", working(30))  # it would take ten more, if somebody ordered it
    run_plan()
    assert promised(made, "40") == working(2)
    first = erp.confirmed(made, "40", ship_date=working(30))
    if is_planned:
        run_plan()
        rows = PlanSubstitution.objects.values_list("item__code", "substitute__code", "quantity", "used")
        assert list(rows) == [("S", "T", 15, 30)]
    asked = [(stand_in, "30"), (stand_in, "31"), (sub, "1"), (made, "15"), (made, "16")]
    days = [promised(item, quantity) for item, quantity in asked]
    assert days == [erp.TODAY, working(9), working(5), working(2), working(7)]
    assert promised(made, "55", first) == working(2)
    forecast(made, "0", working(30))
    perform(sales_orders.cancel_sales_order, actor=None, order_id=first.pk, reason="x")
    run_plan()
    assert not PlanSubstitution.objects.exists()
