"""Revisions of approved orders, and the dates suppliers confirm."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from core.approvals.errors import ApprovalPending
from core.approvals.models import ApprovalPolicy, ApprovalRequest
from core.approvals.selectors import needs
from core.approvals.services import decide_approval
from core.errors import InvalidInput, MissingRight, StaleVersion
from core.operations import perform
from erp.models import Supply
from scm import errors
from scm.models import PurchaseOrder, PurchaseOrderChange
from scm.services import purchase_orders
from scm.signals import purchase_order_changed
from tests.crm.conftest import heard
from tests.factories import scm as make
from tests.factories.core import make_user

D = Decimal


def change(made, order, *lines, reason="Agreed by phone", actor=None, **fields):
    return perform(
        purchase_orders.change_purchase_order,
        actor=actor or made.buyer,
        order_id=order.pk,
        lines=list(lines),
        reason=reason,
        **fields,
    )


def as_is(line, **fields):
    return {"line_id": line.pk, "quantity": line.quantity, "price": line.price} | fields


def expected(order) -> list[tuple]:
    rows = Supply.objects.filter(source_label="scm.purchaseorder", source_id=order.pk).order_by("pk")
    return [(row.item_id, row.open_quantity, row.due_date) for row in rows]


def test_a_change_is_the_next_revision_with_before_and_after(made):
    order = make.approved_order(made)
    line = order.lines.get()
    later = dt.date(2026, 4, 30)
    changed = change(
        made, order, as_is(line, quantity=D(15), due_date=later), make.line(made.paint, "2", price=D(20)), version=1
    )
    assert (changed.revision, changed.version) == (1, 2)
    assert [(one.line_no, one.item, one.quantity, one.due_date) for one in changed.lines.all()] == [
        (1, made.bolt, D(15), later),
        (2, made.paint, D(2), dt.date(2026, 3, 10)),
    ]
    assert changed.net_amount == D("77.50")
    record = PurchaseOrderChange.objects.get()
    assert (record.revision, record.reason, record.actor) == (1, "Agreed by phone", made.buyer)
    assert [row["quantity"] for row in record.before] == ["10"]
    assert [(row["what"], row["quantity"], row["price"]) for row in record.after] == [
        ("BOLT", "15", "2.5"),
        ("PAINT", "2", "20"),
    ]
    assert expected(order) == [(made.bolt.pk, D(15), later), (made.paint.pk, D(2), dt.date(2026, 3, 10))]


def test_a_line_left_out_is_dropped_but_keeps_what_came(made):
    order = make.approved_order(made, make.line(made.bolt, "10"), make.line(made.paint, "5", price=D(20)))
    make.posted_receipt(made, order, "4")
    first, second = order.lines.all()
    changed = change(made, order, as_is(first))
    first, second = changed.lines.all()
    assert (second.is_closed, second.open_quantity) == (True, D(0))
    assert changed.net_amount == D(25)
    changed = change(made, changed, make.line(made.motor, "1", price=D(100)))
    first = changed.lines.first()
    assert (first.quantity, first.open_quantity, first.is_closed) == (D(4), D(0), False)
    assert changed.net_amount == D(110)


def test_a_new_date_drops_the_confirmation_of_the_old_one(made):
    order = make.approved_order(made)
    line = order.lines.get()
    confirm(made, order, {line.pk: dt.date(2026, 3, 20)})
    change(made, order, as_is(line, due_date=dt.date(2026, 4, 1)))
    assert order.lines.get().confirmed_date is None


def test_nothing_changes_without_a_reason_or_a_difference(made):
    order = make.approved_order(made)
    line = order.lines.get()
    with pytest.raises(errors.ReasonMissing):
        change(made, order, as_is(line, quantity=D(11)), reason=" ")
    with pytest.raises(errors.NothingChanged):
        change(made, order, as_is(line))
    with pytest.raises(StaleVersion):
        change(made, order, as_is(line, quantity=D(11)), version=0)
    with pytest.raises(InvalidInput):
        change(made, order, as_is(line, quantity=D("0.5")))
    assert not PurchaseOrderChange.objects.exists()
    assert PurchaseOrder.objects.get(pk=order.pk).revision == 0


def test_no_quantity_goes_below_what_came(made):
    order = make.approved_order(made)
    line = order.lines.get()
    make.posted_receipt(made, order, "4")
    with pytest.raises(errors.BelowReceived) as refused:
        change(made, order, as_is(line, quantity=D(3)))
    assert refused.value.params["received"] == D(4)
    assert change(made, order, as_is(line, quantity=D(4))).lines.get().open_quantity == D(0)


def test_an_invoiced_price_is_frozen(made):
    order = make.approved_order(made)
    line = order.lines.get()
    make.posted_receipt(made, order, "4")
    perform(purchase_orders.register_invoiced, actor=None, quantities={line.pk: D(4)})
    with pytest.raises(errors.FrozenPrice):
        change(made, order, as_is(line, price=D(3)))
    change(made, order, as_is(line, quantity=D(12)))


def test_lines_of_others_and_closed_ones_are_left_alone(made):
    order = make.approved_order(made, make.line(made.bolt, "10"), make.line(made.bolt, "5"))
    first, second = order.lines.all()
    perform(
        purchase_orders.close_purchase_order, actor=made.buyer, order_id=order.pk, line_ids=[second.pk], reason="No"
    )
    with pytest.raises(errors.LineClosed):
        change(made, order, as_is(first), as_is(second, quantity=D(6)))
    stranger = make.approved_order(made).lines.get()
    with pytest.raises(errors.NotOnDocument):
        change(made, order, as_is(first), as_is(stranger, quantity=D(6)))


@pytest.mark.parametrize("state", ["draft", "closed", "cancelled"])
def test_only_approved_orders_are_changed(made, state):
    order = make.draft_order(made)
    PurchaseOrder.objects.filter(pk=order.pk).update(state=state)
    with pytest.raises(errors.NotApproved):
        change(made, order, make.line(made.bolt, "1"))
    with pytest.raises(errors.NotApproved):
        confirm(made, order, {})


def asker():
    return make_user("asker", rights=["scm.view_purchaseorder", "scm.revise_purchaseorder"])


def test_a_dearer_order_is_approved_anew(made):
    order = make.approved_order(made, make.line(made.bolt, "10", price=D(90)))
    line = order.lines.get()
    ApprovalPolicy.objects.create(
        document_label="scm.purchaseorder", name="Dear", fact="amount", threshold=D(1000), by_manager=True
    )
    assert change(made, order, as_is(line, quantity=D(11))).revision == 1
    buyer, boss = asker(), make_user("boss", superuser=True)
    later = dt.date(2026, 4, 1)
    wanted = [as_is(line, quantity=D(20), due_date=later), make.line(made.paint, "2", price=D(7), due_date=later)]
    proposed = change(made, order, *wanted, actor=buyer)
    assert (proposed.revision, proposed.pending_change["reason"]) == (1, "Agreed by phone")
    assert [one.quantity for one in order.lines.all()] == [D(11)]
    assert expected(order)[0][1] == D(11)
    with pytest.raises(errors.ChangeProposedAlready):
        change(made, order, *wanted, actor=buyer)
    with pytest.raises(ApprovalPending):
        perform(purchase_orders.apply_purchase_order_change, actor=made.buyer, order_id=order.pk)

    question = ApprovalRequest.objects.get()
    assert (question.fact_value, question.reason, question.requested_by) == (D(1814), "Agreed by phone", buyer)
    with heard(purchase_order_changed) as announced:
        perform(decide_approval, actor=boss, request_id=question.pk, approve=True, comment="")
    changed = PurchaseOrder.objects.get(pk=order.pk)
    assert (changed.revision, changed.pending_change) == (2, None)
    assert [(one.quantity, one.due_date) for one in changed.lines.all()] == [(D(20), later), (D(2), later)]
    assert (announced[0]["change"].actor, announced[0]["change"].reason) == (buyer, "Agreed by phone")
    assert all(need.is_met for need in needs(changed))  # the approval was given for what the order is now


def test_a_refused_or_withdrawn_change_leaves_the_order_as_it_is(made):
    order = make.approved_order(made, make.line(made.bolt, "10", price=D(90)))
    ApprovalPolicy.objects.create(
        document_label="scm.purchaseorder", name="Dear", fact="amount", threshold=D(1000), by_manager=True
    )
    buyer, boss = asker(), make_user("boss", superuser=True)
    change(made, order, as_is(order.lines.get(), quantity=D(20)), actor=buyer)
    refused = ApprovalRequest.objects.get()
    perform(decide_approval, actor=boss, request_id=refused.pk, approve=False, comment="Too much")
    change(made, order, as_is(order.lines.get(), quantity=D(19)), actor=buyer)
    perform(purchase_orders.withdraw_purchase_order_change, actor=buyer, order_id=order.pk)
    assert [one.state for one in ApprovalRequest.objects.order_by("pk")] == ["rejected", "void"]
    found = PurchaseOrder.objects.get(pk=order.pk)
    assert (found.revision, found.pending_change, found.lines.get().quantity) == (0, None, D(10))
    for service in (
        purchase_orders.apply_purchase_order_change,
        purchase_orders.withdraw_purchase_order_change,
    ):
        with pytest.raises(errors.NoPendingChange):
            perform(service, actor=made.buyer, order_id=order.pk)


def test_an_approval_is_refused_when_the_proposed_change_does_not_fit_any_more(made):
    order = make.approved_order(made, make.line(made.bolt, "10", price=D(90)), make.line(made.bolt, "10", price=D(1)))
    first, second = order.lines.all()
    ApprovalPolicy.objects.create(
        document_label="scm.purchaseorder", name="Dear", fact="amount", threshold=D(1000), by_manager=True
    )
    buyer, boss = asker(), make_user("boss", superuser=True)
    change(made, order, as_is(first, quantity=D(20)), as_is(second, quantity=D(2)), actor=buyer)
    make.posted_receipt(made, order, "0", "5")
    question = ApprovalRequest.objects.get()
    with pytest.raises(errors.BelowReceived):
        perform(decide_approval, actor=boss, request_id=question.pk, approve=True, comment="")
    assert ApprovalRequest.objects.get().state == "pending"
    PurchaseOrder.objects.filter(pk=order.pk).update(state="closed")
    with pytest.raises(errors.NotApproved):
        perform(purchase_orders.apply_purchase_order_change, actor=made.buyer, order_id=order.pk)


def test_changes_are_append_only(made):
    order = make.approved_order(made)
    change(made, order, as_is(order.lines.get(), quantity=D(11)))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE scm_purchaseorderchange SET reason = 'other'")


def test_change_needs_its_right(made):
    order = make.approved_order(made)
    made.buyer = make_user("nobody", rights=["scm.change_purchaseorder"])
    with pytest.raises(MissingRight):
        change(made, order)


def confirm(made, order, dates, **fields):
    return perform(
        purchase_orders.confirm_purchase_order_dates,
        actor=made.buyer,
        order_id=order.pk,
        dates=[{"line_id": pk, "confirmed_date": date} for pk, date in dates.items()],
        **fields,
    )


def test_confirmed_dates_are_the_dates_planning_counts_with(made):
    order = make.approved_order(made)
    line = order.lines.get()
    asked, promised = line.due_date, dt.date(2026, 3, 27)
    confirm(made, order, {line.pk: promised}, supplier_reference="SO-4711")
    order.refresh_from_db()
    assert order.supplier_reference == "SO-4711"
    assert expected(order) == [(made.bolt.pk, D(10), promised)]
    confirm(made, order, {line.pk: None})
    assert expected(order) == [(made.bolt.pk, D(10), asked)]


def test_confirm_dates_refuses_what_is_not_there_or_not_new(made):
    order = make.approved_order(made)
    with pytest.raises(errors.NotOnDocument):
        confirm(made, order, {987654: dt.date(2026, 4, 1)})
    with pytest.raises(errors.NothingChanged):
        confirm(made, order, {order.lines.get().pk: None})
    made.buyer = make_user("nobody")
    with pytest.raises(MissingRight):
        confirm(made, order, {})
