"""What rework adds: on the card of the order that made the goods, and in the margin its sales order will leave."""

from decimal import Decimal

from django.urls import reverse

from core.operations import perform
from erp.models import WorkOrder
from erp.selectors.order_costs import card_with_rework
from erp.selectors.projected_costs import projected_units
from erp.services import work_orders
from finance.selectors.order_profit.report import Wanted, profit_of_lines
from tests.erp.services.work_order_steps import fresh, issue, receive, report
from tests.factories import crm, erp_make
from tests.factories.core import superuser, user

D = Decimal


def reworked(bench, quantity: str = "2") -> tuple[WorkOrder, WorkOrder]:
    """Ten benches at 24.00 for a customer, and an order that reworks some of them for half an hour at 30.00."""
    line = crm.confirmed_order(None, crm.line(bench, "10", "50")).lines.get()
    made = erp_make.issued_work_order(bench, "10", sales_order_line_id=line.pk)
    receive(made, "10")
    again = erp_make.released_work_order(bench, quantity, kind="rework", origin_id=made.pk)
    issue(again, quantity)
    report(fresh(again), good="1", hours="0.5")
    return fresh(made), fresh(again)


def test_what_rework_adds_is_projected_on_the_order_and_in_the_margin(bench) -> None:
    made, again = reworked(bench)
    card, [extra] = card_with_rework(made)
    assert (card.projected, extra.projected, extra.goods_in, extra.added) == (D(240), D(63), D(48), D(15))
    line = made.sales_order_line
    unit = projected_units({line.pk: bench.pk})[line.pk]
    assert (unit.unit, unit.planned, unit.numbers) == (D("25.5"), D(24), (made.number, again.number))
    assert unit.is_over
    [row] = profit_of_lines(Wanted(keys={"order": line.order_id}))
    projection = row["projection"]
    assert (projection.cost, projection.planned, projection.overrun) == (D(255), D(240), D(15))


def test_pieces_lost_in_rework_make_the_others_dearer_and_a_cancelled_one_counts_for_nothing(bench) -> None:
    made, again = reworked(bench)
    report(again, scrap="1", scrap_reason="Cracked")
    idle = erp_make.released_work_order(bench, "1", kind="rework", origin_id=made.pk)
    perform(work_orders.cancel_work_order, actor=None, work_order_id=idle.pk, reason="no")
    key = made.sales_order_line_id
    unit = projected_units({key: bench.pk})[key]
    assert unit.unit == D(255) / D(9)
    assert len(card_with_rework(made)[1]) == 1


def test_page_and_api_show_it_to_those_who_may_see_cost(bench, client) -> None:
    made, again = reworked(bench)
    client.force_login(superuser())
    page = client.get(made.get_absolute_url()).content.decode()
    assert again.number in page
    assert "255.00" in page
    card = client.get(reverse("api:erp-order-cost-detail", args=[again.pk])).json()
    assert (card["goods_in"], card["added"]) == ("48.0000", "15.0000")
    client.force_login(user("erp.view_workorder", username="reader"))
    assert "255.00" not in client.get(made.get_absolute_url()).content.decode()
