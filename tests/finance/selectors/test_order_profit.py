"""Order profit: revenue, actual cost with later corrections, freight and margin, by every grouping."""

from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.operations import perform
from crm.models import SalesOrder
from erp.models import ValueEntry
from finance import errors
from finance.models import InvoiceLine, JournalLine, OrderExpense
from finance.selectors.order_expenses import with_assigned
from finance.selectors.order_profit.report import GROUPINGS, Wanted, order_profit, profit_by, profit_of_lines, total_of
from finance.services import order_expenses
from masterdata.models import Partner, Project
from tests.factories import crm, erp, masterdata
from tests.factories.core import make_user
from tests.factories.finance import draft_invoice, free_invoice, post, posted_invoice

D = Decimal


@pytest.fixture
def order(books) -> SalesOrder:
    """10 pieces at 100 and 5 at 60 (cost 40 and 20), shipped and signed for; a fee of 30 nobody delivers."""
    erp.place()
    big, small = masterdata.item("BIG"), masterdata.item("SMALL")
    erp.opening(big, "100", "40")
    erp.opening(small, "100", "20")
    made = crm.confirmed_order(
        masterdata.customer("ACME"),
        crm.line(big, "10", "100", ship_date=erp.TODAY),
        crm.line(small, "5", "60", ship_date=erp.TODAY),
        warehouse_id=erp.place().pk,
        tax_included=False,
        project_id=Project.objects.create(code="P1", name="Plant").pk,
    )
    erp.signed(made)
    return made


def bill(amount: str = "130") -> InvoiceLine:
    carrier = Partner.objects.filter(code="CARRIER").first() or masterdata.supplier("CARRIER")
    return post(free_invoice(carrier, amount, kind="supplier")).lines.get()


def assign(line: InvoiceLine, order: SalesOrder, **fields) -> OrderExpense:
    return perform(
        order_expenses.assign_order_expense,
        actor=None, invoice_id=line.invoice_id, invoice_line_id=line.pk, sales_order_id=order.pk, **fields,
    )  # fmt: skip


def lines_of(order: SalesOrder) -> list[tuple[Decimal, ...]]:
    rows = profit_of_lines(Wanted(keys={"order": order.pk}))
    return [(r["profit"].revenue, r["profit"].cost, r["profit"].expense, r["profit"].margin) for r in rows]


def test_every_line_shows_revenue_actual_cost_freight_and_margin(order):
    assert lines_of(order) == [(1000, 400, 0, 600), (300, 100, 0, 200)]
    assign(bill(), order)
    assert lines_of(order) == [(1000, 400, 100, 500), (300, 100, 30, 170)]
    whole = order_profit(order.pk)
    assert (whole.ordered, whole.revenue, whole.margin, whole.percent) == (1300, 1300, 670, D("51.5"))
    booked = JournalLine.objects.filter(account__kind="revenue", sales_order=order)
    assert -sum(booked.values_list("amount", flat=True)) == whole.revenue
    posted_invoice(order)
    assert lines_of(order) == [(1000, 400, 100, 500), (300, 100, 30, 170)]


def test_later_costs_of_a_shipment_lower_its_margin(order):
    entry = ValueEntry.objects.filter(move__source_label="erp.shipment").order_by("pk").first()
    with transaction.atomic():
        ValueEntry.objects.create(
            move=entry.move,
            item=entry.item,
            kind="adjustment",
            quantity=0,
            amount=D(-15),
            source_label="erp.shipment",
            source_id=entry.source_id,
            booked_on=entry.booked_on,
            created_at=entry.created_at,
            is_provisional=True,
        )
        whole = order_profit(order.pk)
        assert (whole.cost, whole.margin, whole.is_provisional) == (515, 785, True)
        transaction.set_rollback(True)
    assert (order_profit(order.pk).cost, order_profit(order.pk).is_provisional) == (500, False)


def test_an_expense_of_one_line_and_odd_shares_sum_to_it(order):
    line = order.lines.get(line_no=2)
    assign(bill("10"), order, sales_order_line_id=line.pk)
    assign(bill("0.05"), order)
    shares = [row[2] for row in lines_of(order)]
    assert (shares, sum(shares)) == ([D("0.04"), D("10.01")], D("10.05"))


def test_goods_returned_take_their_cost_back(order):
    erp.expected_return(order, "1")
    assert order_profit(order.pk).cost == 500


def test_reports_group_by_whatever_the_lines_have(order):
    assign(bill(), order)
    other = crm.confirmed_order(masterdata.customer("OTHER"), warehouse_id=erp.place().pk, tax_included=False)
    wanted = Wanted()
    for group in GROUPINGS:
        rows = profit_by(group.code, wanted)
        whole = total_of(rows)
        assert (whole.revenue, whole.cost, whole.expense) == (1300, 500, 130), group.code
    customers = {one.key: one for one in profit_by("customer", wanted)}
    assert customers[order.partner_id].margin == 670
    assert (customers[other.partner_id].ordered, customers[other.partner_id].revenue) == (1000, 0)
    [project, none] = profit_by("project", wanted)
    assert (project.key, project.margin, none.key) == (order.project_id, 670, None)
    assert profit_by("campaign", Wanted(keys={"campaign": None}))[0].lines == 3
    assert profit_by("order", Wanted(first=erp.TODAY.replace(year=2090))) == []


def test_a_salesperson_sees_his_own_orders_only(order):
    seller = make_user("seller", scope="own")
    assert profit_by("customer", Wanted(user=seller)) == []
    SalesOrder.objects.filter(pk=order.pk).update(owner=seller)
    assert [one.revenue for one in profit_by("customer", Wanted(user=seller))] == [1300]


def test_costs_are_assigned_once_and_taken_back(order):
    line = bill()
    with pytest.raises(errors.ExpenseTooHigh):
        assign(line, order, amount=D(131))
    first = assign(line, order, amount=D(30))
    assert with_assigned().get(pk=line.pk).left == 100
    assign(line, order)
    with pytest.raises(errors.ExpenseTooHigh):
        assign(line, order)
    perform(order_expenses.remove_order_expense, actor=None, invoice_id=line.invoice_id, expense_id=first.pk)
    assert order_profit(order.pk).expense == 100
    with pytest.raises(errors.NotAnExpense):
        perform(order_expenses.remove_order_expense, actor=None, invoice_id=line.invoice_id, expense_id=first.pk)
    with pytest.raises(errors.OrderNotBinding):
        assign(line, crm.sales_order(masterdata.customer("NEW")))
    with pytest.raises(errors.NotAnExpense):
        assign(draft_invoice(order).lines.first(), order)


def test_the_report_costs_the_same_for_many_lines(order):
    with CaptureQueriesContext(connection) as caught:
        profit_of_lines(Wanted())
    assert len(caught) <= 5
