"""What a sales order line will earn, as its production stands: it moves with the posting that moves an order's cost."""

from decimal import Decimal

import pytest
from django.urls import reverse

from crm.models import SalesOrder
from finance.selectors.order_profit.report import Wanted, profit_of_lines, projections_of_orders
from masterdata.models import Item
from tests.erp.services.work_order_steps import fresh, issue, receive, report
from tests.factories import crm, erp, erp_make, masterdata
from tests.factories.core import superuser, user_in_role

D = Decimal


@pytest.fixture
def machine(books) -> Item:
    """2 kg at 5, half an hour at 20 and 10 of overhead: 25 a piece."""
    erp.place()
    steel, machine = masterdata.item("STEEL"), erp_make.made("MACHINE", order_policy="make_to_order")
    erp_make.bom(machine, (steel, "2"))
    erp_make.routing(machine, (erp_make.work_center("LATHE", rate=("20", "0", "10")), "30"))
    erp.opening(steel, "200", "5")
    return machine


def ordered(machine: Item, quantity: str = "100", price: str = "40") -> SalesOrder:
    line = crm.line(machine, quantity, price, ship_date=erp.TODAY)
    place = erp.place().pk
    return crm.confirmed_order(masterdata.customer("ACME"), line, warehouse_id=place, tax_included=False)


def margin(order: SalesOrder) -> tuple:
    [row] = profit_of_lines(Wanted(keys={"order": order.pk}))
    will = row["projection"]
    return row["profit"].margin, will.cost, will.margin, will.is_over


def test_the_margin_falls_the_moment_an_order_runs_over(machine, client):
    """100 pieces at 40. Plan 2 500. Ten pieces in 25 hours at 20: 500 + 250 overhead on top of what is left of the
    plan, less what ten pieces had planned (5 h: 100 + 50): 3 100. The margin is 1 500, then 900."""
    order = ordered(machine)
    made = erp_make.released_work_order(machine, "100", sales_order_line_id=order.lines.get().pk)
    assert margin(order) == (0, D(2500), D(1500), False)
    report(made, "10", hours="25", employee=masterdata.employee(labour_rate=D(20)))
    assert margin(order) == (0, D(3100), D(900), True)
    [row] = profit_of_lines(Wanted(keys={"order": order.pk}))
    assert (row["projection"].planned_margin, row["projection"].overrun, row["projection"].orders) == (
        D(1500), D(600), (made.number,),
    )  # fmt: skip
    assert projections_of_orders([order.pk])[order.pk].percent == D("22.5")
    issue(made, "200")
    report(made, "90", hours="45", employee=masterdata.employee(labour_rate=D(20)))
    receive(made, "100")
    assert fresh(made).received_cost == D(3100)
    assert margin(order)[1:] == (D(3100), D(900), True)
    erp.signed(order)
    assert margin(order) == (D(900), D(3100), D(900), False)


def test_an_order_that_serves_the_line_by_the_plan_counts_and_pages_show_it(machine, client):
    Item.objects.filter(pk=machine.pk).update(order_policy="make_to_stock")
    made = erp_make.released_work_order(machine, "100", due_date=erp.TODAY)
    order = ordered(machine)
    report(made, "10", hours="25", employee=masterdata.employee(labour_rate=D(20)))
    erp_make.plan()
    assert margin(order) == (0, D(3100), D(900), True)
    client.force_login(superuser())
    for url in (order.get_absolute_url(), reverse("finance:order-profit-lines") + f"?order={order.pk}"):
        page = client.get(url).content.decode()
        assert all(text in page for text in ("Projected margin", "900.00", "over plan")), url
    url = reverse("api:finance-order-profit-lines") + f"?order={order.pk}"
    [row] = client.get(url).json()
    assert (row["projection"]["margin"], row["projection"]["orders"]) == ("900.0000", [made.number])
    assert "Projected margin" in client.get(reverse("crm:sales-order-list")).content.decode()


def test_who_may_not_see_cost_sees_no_projection(machine, client):
    order = ordered(machine)
    erp_make.released_work_order(machine, "100", sales_order_line_id=order.lines.get().pk)
    seller = user_in_role("sales")
    SalesOrder.objects.filter(pk=order.pk).update(owner=seller)
    client.force_login(seller)
    assert "Projected cost" not in client.get(order.get_absolute_url()).content.decode()
    answer = client.get(reverse("api:finance-order-profit-lines") + f"?order={order.pk}")
    assert answer.status_code == 403 or "projection" not in answer.json()[0]
