"""Budgets: versions, the check before anything is committed, commitments that move without counting twice, alerts."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import InvalidTransition
from core.notifications.models import Notification
from core.operations import perform
from finance import errors
from finance.models import Budget, BudgetAlert, BudgetLine, Commitment
from finance.selectors.budgets.report import commitments_of, rows_of, totals
from finance.services import budgets, invoices
from masterdata.models import Department, Project
from scm.models import PurchaseOrder
from scm.services import goods_receipts, purchase_orders, requisitions
from tests.factories import masterdata, scm
from tests.factories.core import make_user
from tests.factories.finance import account, free_invoice, post

D = Decimal


@pytest.fixture
def buying(books) -> scm.BuyingCompany:
    made = scm.BuyingCompany(
        buyer=make_user("buyer", superuser=True),
        department=masterdata.department("OFFICE"),
        warehouse=masterdata.warehouse("MAIN"),
        shelf=None,
        supplier=masterdata.supplier("S-ALPHA"),
        other=masterdata.supplier("S-BETA"),
        bolt=masterdata.item("BOLT"),
        paint=None,
        motor=None,
    )
    made.shelf = masterdata.location_of(made.warehouse)
    return made


def budget(*lines: tuple[str, str], active: bool = True, **fields) -> Budget:
    """A budget of 2026 with (account, amount) lines."""
    made = perform(budgets.create_budget, actor=None, year=2026, name="Plan")
    for code, amount in lines:
        perform(
            budgets.save_budget_line,
            actor=None, budget_id=made.pk, account_id=account(code).pk, amount=D(amount), **fields,
        )  # fmt: skip
    return perform(budgets.activate_budget, actor=None, budget_id=made.pk) if active else made


def service(amount: str, **fields):
    return scm.line(None, "1", description="Cleaning", price=D(amount), **fields)


def figures(made: Budget) -> list[tuple[Decimal, ...]]:
    """(requisitions, orders, receipts, used, left) of each line."""
    rows = rows_of(made.lines.order_by("pk"))
    return [
        (r.consumption.requisitions, r.consumption.orders, r.consumption.receipts, r.consumption.used, r.left)
        for r in rows
    ]


def test_versions_are_drafted_copied_and_replaced(books):
    first = budget(("5602", "1000"), ("560204", "200"))
    assert (first.code, first.state, first.lines.count()) == ("2026-V1", "active", 2)
    second = perform(budgets.copy_budget, actor=None, budget_id=first.pk)
    assert (second.code, second.state, totals(rows_of(second.lines.all()))["amount"]) == ("2026-V2", "draft", 1200)
    line = second.lines.get(account__code="560204")
    perform(
        budgets.save_budget_line,
        actor=None, budget_id=second.pk, account_id=line.account_id, amount=D(300),
    )  # fmt: skip
    assert (second.lines.count(), second.lines.get(pk=line.pk).amount) == (2, 300)
    perform(budgets.remove_budget_line, actor=None, budget_id=second.pk, line_id=line.pk)
    perform(budgets.activate_budget, actor=None, budget_id=second.pk, version=0)
    assert list(Budget.objects.order_by("number").values_list("state", flat=True)) == ["replaced", "active"]
    with pytest.raises(InvalidTransition):
        perform(budgets.activate_budget, actor=None, budget_id=second.pk)
    with pytest.raises(errors.BudgetNotDraft):
        perform(budgets.remove_budget_line, actor=None, budget_id=second.pk, line_id=line.pk)
    with pytest.raises(errors.EmptyBudget):
        budget()
    with pytest.raises(errors.NoFiscalPeriod):
        perform(budgets.create_budget, actor=None, year=2040, name="Far")
    with pytest.raises(errors.WrongBudgetLine):
        budget(("5602", "-1"))


def test_a_service_moves_from_requisition_to_invoice_and_counts_once(buying):
    made = budget(("5602", "1000"), department_id=buying.department.pk)
    asked = scm.approved_requisition(
        buying, scm.line(None, "2", description="Cleaning", estimated_price=D(150)), needed_date=scm.TODAY
    )
    assert figures(made) == [(300, 0, 0, 0, 700)]
    line = asked.lines.get()
    [order_id] = perform(
        purchase_orders.create_purchase_orders_from_requisitions,
        actor=buying.buyer,
        selections=[{"line_id": line.pk, "partner_id": buying.supplier.pk}],
    )
    order = PurchaseOrder.objects.get(pk=order_id)
    assert figures(made) == [(300, 0, 0, 0, 700)]
    perform(
        purchase_orders.update_purchase_order,
        actor=buying.buyer,
        order_id=order.pk,
        partner_id=order.partner_id,
        lines=[scm.line(None, "2", description="Cleaning", price=D(160), line_id=order.lines.get().pk)],
    )
    assert figures(made) == [(320, 0, 0, 0, 680)]
    perform(purchase_orders.approve_purchase_order, actor=buying.buyer, order_id=order.pk)
    assert figures(made) == [(0, 320, 0, 0, 680)]
    assert [(one.source_number, one.stage) for one in commitments_of(made.lines.get())] == [(order.number, "order")]


def test_an_order_without_requisition_through_receipt_and_invoice(buying):
    made = budget(("5602", "1000"), ("1405", "500"))
    order = scm.approved_order(buying, service("400"), scm.line(buying.bolt, "10", price=D(20)))
    assert figures(made) == [(0, 400, 0, 0, 600), (0, 200, 0, 0, 300)]
    receipt = scm.posted_receipt(buying, order, "1", "4")
    assert figures(made) == [(0, 0, 400, 0, 600), (0, 120, 0, 80, 300)]
    perform(goods_receipts.reverse_goods_receipt, actor=buying.buyer, receipt_id=receipt.pk)
    assert figures(made) == [(0, 400, 0, 0, 600), (0, 200, 0, 0, 300)]
    scm.posted_receipt(buying, order, "1", "10")
    line = order.lines.get(line_no=1)
    bill = perform(
        invoices.create_invoice,
        actor=None, kind="supplier", partner_id=order.partner_id, supplier_reference="F-9",
        lines=[{"purchase_order_line_id": line.pk, "quantity": D(1), "price": D(450)}],
    )  # fmt: skip
    post(bill)
    assert figures(made) == [(0, 0, 0, 450, 550), (0, 0, 0, 200, 300)]
    assert not Commitment.objects.exists()


def test_what_would_pass_the_stop_level_is_refused_until_it_is_released(buying):
    made = budget(("5602", "1000"))
    post(free_invoice(buying.other, "300", kind="supplier"))
    scm.approved_order(buying, service("500"))
    order = scm.draft_order(buying, service("250"))
    with pytest.raises(errors.BudgetExceeded) as refused:
        perform(purchase_orders.approve_purchase_order, actor=buying.buyer, order_id=order.pk)
    params = refused.value.params
    assert [params[name] for name in ("budget", "used", "committed", "left", "wanted")] == [1000, 300, 500, 200, 250]
    assert "5602" in str(refused.value)
    order.refresh_from_db()
    assert (order.state, Commitment.objects.count()) == ("draft", 1)
    release = {"document_label": "scm.purchaseorder", "document_id": order.pk, "line_id": made.lines.get().pk}
    with pytest.raises(errors.NothingToRelease):
        perform(budgets.release_budget, actor=None, amount=D(50), reason=" ", **release)
    perform(budgets.release_budget, actor=buying.buyer, amount=D(49), reason="Roof leaks", **release)
    with pytest.raises(errors.BudgetExceeded):
        perform(purchase_orders.approve_purchase_order, actor=buying.buyer, order_id=order.pk)
    perform(budgets.release_budget, actor=buying.buyer, amount=D(1), reason="Roof leaks", **release)
    perform(purchase_orders.approve_purchase_order, actor=buying.buyer, order_id=order.pk)
    assert figures(made) == [(0, 750, 0, 300, -50)]
    dearer = [{"line_id": order.lines.get().pk, "quantity": D(1), "price": D(260)}]
    with pytest.raises(errors.BudgetExceeded):
        perform(
            purchase_orders.change_purchase_order, actor=buying.buyer, order_id=order.pk, lines=dearer, reason="More"
        )
    cheaper = [dearer[0] | {"price": D(240)}]
    perform(purchase_orders.change_purchase_order, actor=buying.buyer, order_id=order.pk, lines=cheaper, reason="Less")
    perform(purchase_orders.cancel_purchase_order, actor=buying.buyer, order_id=order.pk)
    assert figures(made) == [(0, 500, 0, 300, 200)]


def test_a_requisition_is_asked_too_and_departments_below_count(buying):
    parent = masterdata.department("ALL")
    Department.objects.filter(pk=buying.department.pk).update(parent=parent)
    made = budget(("5602", "100"), department_id=parent.pk)
    with pytest.raises(errors.BudgetExceeded):
        scm.approved_requisition(buying, scm.line(None, "1", description="Sofa", estimated_price=D(101)))
    other = masterdata.department("OTHER")
    scm.approved_requisition(
        buying, scm.line(None, "1", description="Sofa", estimated_price=D(101)), department_id=other.pk
    )
    kept = scm.approved_requisition(buying, scm.line(None, "1", description="Chair", estimated_price=D(60)))
    assert figures(made) == [(60, 0, 0, 0, 40)]
    perform(requisitions.close_requisition, actor=buying.buyer, requisition_id=kept.pk, reason="Found one")
    assert figures(made) == [(0, 0, 0, 0, 100)]


def test_passing_a_level_raises_the_alarm_the_moment_it_happens(buying):
    keeper = make_user("keeper", rights=["finance.release_budget"])
    made = budget(("5602", "1000"), stop_percent=None)
    scm.approved_order(buying, service("890"))
    assert not BudgetAlert.objects.exists()
    order = scm.approved_order(buying, service("50"))
    alert = BudgetAlert.objects.get()
    assert (alert.level, alert.committed, alert.cause) == ("warning", 940, order.number)
    assert Notification.objects.filter(user=keeper).count() == 1
    scm.approved_order(buying, service("10"))
    assert BudgetAlert.objects.count() == 1
    BudgetLine.objects.filter(budget=made).update(stop_percent=100)
    post(free_invoice(buying.other, "60", kind="supplier"))
    assert sorted(BudgetAlert.objects.values_list("level", flat=True)) == ["stop", "warning"]
    assert "Over budget" in str(Notification.objects.filter(user=keeper).first())
    perform(budgets.close_alert, actor=keeper if keeper.is_superuser else buying.buyer, alert_id=alert.pk)
    with pytest.raises(errors.AlertClosed):
        perform(budgets.close_alert, actor=None, alert_id=alert.pk)


def test_one_month_and_one_project(buying):
    project = Project.objects.create(code="P1", name="Plant")
    made = budget(("5602", "100"), month=3, project_id=project.pk)
    scm.approved_order(buying, service("100", due_date=scm.TODAY), project_id=project.pk)
    scm.approved_order(buying, service("100", due_date=scm.TODAY.replace(month=4)), project_id=project.pk)
    scm.approved_order(buying, service("100", due_date=scm.TODAY))
    assert figures(made) == [(0, 100, 0, 0, 0)]


def test_the_check_costs_the_same_for_many_lines(buying):
    budget(("5602", "100000"), ("1405", "100000"))

    def approving(count: int) -> int:
        lines = [service("1")] + [scm.line(buying.bolt, "1", price=D(2))] * count
        order = scm.draft_order(buying, *lines)
        with CaptureQueriesContext(connection) as caught:
            perform(purchase_orders.approve_purchase_order, actor=buying.buyer, order_id=order.pk)
        return len(caught)

    assert approving(1) == approving(12)
