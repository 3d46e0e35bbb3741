"""Order change: numbered revisions, never below what is delivered or invoiced."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from core.approvals.errors import ApprovalRequired
from core.approvals.models import ApprovalRequest
from core.approvals.services import decide_approval, request_approval
from core.errors import InvalidTransition, StaleVersion
from core.operations import perform
from crm.errors import (
    BelowDelivered,
    CreditLimitExceeded,
    EmptyDocument,
    FixedItem,
    FrozenPrice,
    LineClosed,
    LineRequested,
    NoPendingChange,
    NothingChanged,
    ReasonMissing,
)
from crm.models import OrderChange, SalesOrder
from crm.selectors.order_changes import differences
from crm.services import deliveries, order_changes, sales_orders
from crm.signals import sales_order_changed
from crm.states import SalesOrderState
from tests.crm.conftest import heard
from tests.factories import crm, masterdata
from tests.factories.approvals import policy
from tests.factories.core import make_user

D = Decimal


def typed(order):
    """The lines of ``order`` as a form would send them unchanged."""
    return [
        {
            "id": line.pk,
            "item_id": line.item_id,
            "quantity": line.quantity,
            "uom_id": line.uom_id,
            "price": line.price,
            "discount_percent": line.discount_percent,
            "tax_id": line.tax_id,
            "description": line.description,
            "ship_date": line.ship_date,
            "promised_date": line.promised_date,
        }
        for line in order.lines.all()
    ]


def change(order, lines, service=order_changes.change_sales_order, reason="Customer called", **header):
    return perform(service, actor=None, order_id=order.pk, lines=lines, reason=reason, **header)


def test_change_writes_a_numbered_revision_with_before_and_after(day):
    order = crm.confirmed_order(None, crm.line(quantity="10", price="100"), crm.line(quantity="1", price="50"))
    first, second = typed(order)
    new = crm.line(quantity="2", price="30")
    with heard(sales_order_changed) as announced:
        changed = change(
            order,
            [first | {"quantity": D(8), "price": D(110), "promised_date": dt.date(2026, 4, 2)}, new],
            requested_date=dt.date(2026, 4, 1),
            version=order.version,
        )
    assert (changed.revision, changed.gross_amount) == (1, D(940))
    kept, dropped, added = changed.lines.order_by("line_no")
    assert (kept.quantity, kept.price, kept.promised_date) == (D(8), D(110), dt.date(2026, 4, 2))
    assert (dropped.pk, dropped.is_closed, dropped.quantity, dropped.gross_amount) == (second["id"], True, D(0), D(0))
    assert (added.line_no, added.quantity) == (3, D(2))
    assert changed.payment_plan.get().amount == D(940)

    row = OrderChange.objects.get()
    assert (row.revision, row.reason) == (1, "Customer called")
    assert announced[0]["change"] == row
    found = [(one.line, one.what, one.before, one.after) for one in differences(row.before, row.after)]
    assert (None, "total with tax", "1050", "940") in found
    assert (1, "quantity", "10", "8") in found
    assert (1, "price", "100", "110") in found
    assert [(one[0], one[1]) for one in found if one[0] in {2, 3}] == [(2, "dropped"), (3, "added")]


def test_revisions_are_append_only(day):
    order = crm.confirmed_order()
    [line] = typed(order)
    change(order, [line | {"quantity": D(9)}])
    with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
        OrderChange.objects.update(reason="rewritten")


def test_payment_plan_must_sum_to_the_order(day):
    order = crm.confirmed_order()
    order.payment_plan.update(amount=D(1))
    with pytest.raises(IntegrityError, match="payment plan"), transaction.atomic():
        connection.check_constraints()
    order.payment_plan.update(amount=order.gross_amount)


def test_change_wants_a_reason(day):
    order = crm.confirmed_order()
    with pytest.raises(ReasonMissing):
        change(order, typed(order), reason=" ")


def test_change_refuses_what_changes_nothing(day):
    order = crm.confirmed_order()
    with pytest.raises(NothingChanged):
        change(order, typed(order))
    assert not OrderChange.objects.exists()


def test_change_refuses_stale_version(day):
    order = crm.confirmed_order()
    with pytest.raises(StaleVersion):
        change(order, typed(order), version=99)


def test_change_refuses_to_drop_everything(day):
    with pytest.raises(EmptyDocument):
        change(crm.confirmed_order(), [])


@pytest.mark.parametrize("state", [one for one in SalesOrderState if one != SalesOrderState.CONFIRMED])
def test_change_refuses_all_but_confirmed(day, state):
    order = crm.sales_order() if state != SalesOrderState.CLOSED else crm.confirmed_order()
    if state == SalesOrderState.CANCELLED:
        perform(sales_orders.cancel_sales_order, actor=None, order_id=order.pk)
    if state == SalesOrderState.CLOSED:
        perform(sales_orders.close_sales_order, actor=None, order_id=order.pk, reason="x")
    with pytest.raises(InvalidTransition):
        change(order, typed(order))


def test_change_never_below_what_is_delivered_or_invoiced(day):
    order = crm.delivered(crm.confirmed_order(), "4")
    [line] = typed(order)
    with pytest.raises(BelowDelivered):
        change(order, [line | {"quantity": D("3")}])
    perform(sales_orders.register_invoiced, actor=None, quantities={line["id"]: D(6)})
    with pytest.raises(BelowDelivered) as refusal:
        change(order, [line | {"quantity": D("5")}])
    assert refusal.value.params["done"] == D(6)
    assert change(order, [line | {"quantity": D(6)}]).lines.get().quantity == D(6)


def test_change_never_below_what_is_released(day):
    request = crm.released_request()
    order = request.order
    [line] = typed(order)
    with pytest.raises(LineRequested):
        change(order, [line | {"quantity": D(9)}])
    with pytest.raises(LineRequested):
        change(order, [crm.line()])
    perform(deliveries.cancel_delivery_request, actor=None, request_id=request.pk)
    assert change(order, [line | {"quantity": D(9)}]).lines.get().quantity == D(9)


def test_price_of_a_delivered_line_is_frozen(day):
    order = crm.delivered(crm.confirmed_order(), "1")
    [line] = typed(order)
    with pytest.raises(FrozenPrice):
        change(order, [line | {"price": D(99)}])


def test_item_of_an_ordered_line_stays(day):
    order = crm.confirmed_order()
    [line] = typed(order)
    with pytest.raises(FixedItem):
        change(order, [line | {"item_id": masterdata.item().pk}])


def test_dropped_line_keeps_what_was_delivered(day):
    order = crm.delivered(crm.confirmed_order(), "4")
    changed = change(order, [crm.line(quantity="1", price="5")])
    dropped = changed.lines.get(line_no=1)
    assert (dropped.quantity, dropped.stock_quantity, dropped.gross_amount) == (D(4), D(4), D(400))
    assert (dropped.is_closed, dropped.open_quantity, changed.gross_amount) == (True, D(0), D(405))


def test_dropped_line_in_boxes_is_counted_in_pieces_from_there_on(day):
    box = masterdata.uom("BOX")
    item = masterdata.item(units=[{"uom": box, "factor": D(12)}])
    order = crm.delivered(crm.confirmed_order(None, crm.line(item, "1", "120", uom_id=box.pk)), "7")
    dropped = change(order, [crm.line()]).lines.get(line_no=1)
    assert (dropped.uom, dropped.quantity, dropped.stock_quantity, dropped.price) == (item.uom, D(7), D(7), D(10))


def test_closed_line_cannot_be_changed_but_may_be_sent_along(day):
    order = crm.confirmed_order(None, crm.line(), crm.line())
    first, second = typed(order)
    change(order, [first])
    order.refresh_from_db()
    closed = {"id": second["id"], "item_id": second["item_id"], "quantity": D(0), "price": second["price"]}
    with pytest.raises(LineClosed):
        change(order, [first | {"quantity": D(3)}, closed | {"quantity": D(5)}])
    assert change(order, [first | {"quantity": D(3)}, closed]).revision == 2


def test_change_asks_credit_again(day, answers):
    partner = masterdata.customer(credit_limit=D(5000))
    order = crm.confirmed_order(partner)
    [line] = typed(order)
    answers.exposure = D(5001)
    with pytest.raises(CreditLimitExceeded):
        change(order, [line | {"quantity": D(50)}])
    order.refresh_from_db()
    assert (order.revision, order.lines.get().quantity) == (0, D(10))


def test_change_that_needs_approval_is_proposed_approved_and_applied(day, answers):
    order = crm.confirmed_order()
    rule = policy("crm.salesorder", "amount", "gt", "1500")
    boss = make_user("boss", rights=["approvals.decide_approvalrequest", "crm.view_salesorder"])
    boss.groups.add(rule.approver_role)
    seller = make_user("seller", rights=["approvals.add_approvalrequest", "crm.view_salesorder"])
    [line] = typed(order)
    wanted = [line | {"quantity": D(20)}]
    with pytest.raises(ApprovalRequired):
        change(order, wanted)

    proposed = change(order, wanted, order_changes.propose_sales_order_change)
    assert (proposed.revision, proposed.lines.get().quantity) == (0, D(10))
    with pytest.raises(ApprovalRequired):
        perform(order_changes.apply_sales_order_change, actor=None, order_id=order.pk)
    perform(request_approval, actor=seller, document_label="crm.salesorder", document_id=order.pk, explanation="Big")
    question = ApprovalRequest.objects.get()
    assert question.fact_value == D("1769.91")
    perform(decide_approval, actor=boss, request_id=question.pk, approve=True, comment="")
    with heard(sales_order_changed) as announced:
        applied = perform(order_changes.apply_sales_order_change, actor=None, order_id=order.pk)
    assert (applied.revision, applied.pending_change, applied.lines.get().quantity) == (1, None, D(20))
    assert len(announced) == 1


def test_an_approved_change_above_the_credit_limit_is_not_asked_about_again(day, answers):
    customer = masterdata.customer(credit_limit=D(1500))
    rule = policy("crm.salesorder", "over_credit", "gt", "0")
    boss = make_user("boss", rights=["approvals.decide_approvalrequest", "crm.view_salesorder"])
    boss.groups.add(rule.approver_role)
    seller = make_user("seller", rights=["approvals.add_approvalrequest", "crm.view_salesorder"])
    order = crm.confirmed_order(customer)
    answers.exposure = D(1000)
    [line] = typed(order)
    change(order, [line | {"quantity": D(20)}], order_changes.propose_sales_order_change)
    perform(request_approval, actor=seller, document_label="crm.salesorder", document_id=order.pk, explanation="Big")
    question = ApprovalRequest.objects.get()
    assert question.fact_value == D(500)
    perform(decide_approval, actor=boss, request_id=question.pk, approve=True, comment="")
    perform(order_changes.apply_sales_order_change, actor=None, order_id=order.pk)
    answers.exposure = D(2000)
    request = crm.delivery_request(order)
    perform(deliveries.release_delivery_request, actor=None, request_id=request.pk)
    order.refresh_from_db()
    [line] = typed(order)
    with pytest.raises(ApprovalRequired):  # more than what was approved is asked about
        change(order, [line | {"quantity": D(25)}])


def test_proposed_change_can_be_withdrawn(day):
    order = crm.confirmed_order()
    [line] = typed(order)
    change(order, [line | {"quantity": D(20)}], order_changes.propose_sales_order_change)
    perform(order_changes.withdraw_sales_order_change, actor=None, order_id=order.pk)
    for service in (order_changes.withdraw_sales_order_change, order_changes.apply_sales_order_change):
        with pytest.raises(NoPendingChange):
            perform(service, actor=None, order_id=order.pk)
    assert SalesOrder.objects.get(pk=order.pk).pending_change is None
