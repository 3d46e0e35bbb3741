"""Requisitions: typed, handed in, decided on, filled by orders, asked for by the plan."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import InvalidInput, InvalidTransition, MissingRight, StaleVersion
from core.models import Company
from core.notifications.models import Notification
from core.operations import operation, perform
from erp.models import Supply
from scm import errors
from scm.models import Requisition, RequisitionLine
from scm.services import purchase_orders, requisitions
from scm.states import RequisitionOrigin, RequisitionState
from tests.factories import crm, masterdata
from tests.factories import scm as make
from tests.factories.core import make_user

D = Decimal

STAFF = ["scm.add_requisition", "scm.change_requisition", "scm.submit_requisition", "scm.cancel_requisition"]


@pytest.fixture
def colleague(made):
    user = make_user("li", rights=STAFF)
    masterdata.employee("E-LI", user=user, department=made.department)
    return user


def supply_of(document) -> list[tuple]:
    rows = Supply.objects.filter(source_label=document._meta.label_lower, source_id=document.pk).order_by("pk")
    return [(row.item_id, row.open_quantity, row.due_date, row.is_firm) for row in rows]


def test_create_requisition_writes_down_what_is_asked_for(made, colleague):
    asked = perform(
        requisitions.create_requisition,
        actor=colleague,
        needed_date=dt.date(2026, 4, 1),
        purpose="Spring cleaning",
        lines=[
            make.line(made.bolt, "2", uom_id=masterdata.uom("BOX").pk),
            make.line(None, "1", description="Window cleaning", needed_date=dt.date(2026, 3, 20)),
        ],
    )
    assert (asked.state, asked.origin) == (RequisitionState.DRAFT, RequisitionOrigin.TYPED)
    assert (asked.requester, asked.department) == (colleague, made.department)
    assert asked.number.startswith("PR2603")
    assert [(one.line_no, one.what, one.stock_quantity, one.needed_date) for one in asked.lines.all()] == [
        (1, str(made.bolt), D(200), dt.date(2026, 4, 1)),
        (2, "Window cleaning", D(1), dt.date(2026, 3, 20)),
    ]
    assert not Supply.objects.exists()


def test_create_requisition_needs_a_department(made):
    stranger = make_user("stranger", rights=STAFF)
    with pytest.raises(errors.UnknownDepartment):
        make.requisition(made, actor=stranger, department_id=None)


@pytest.mark.parametrize(
    "values",
    [
        {"quantity": D(0)},
        {"quantity": D(-1)},
        {"quantity": D("0.5")},
        {"quantity": D("NaN")},
        {"quantity": "many"},
        {"item_id": 0, "description": ""},
        {"item_id": 987654},
        {"uom_id": 987654},
    ],
)
def test_create_requisition_refuses_impossible_lines(made, values):
    with pytest.raises(InvalidInput) as refused:
        make.requisition(made, make.line(made.bolt, "1") | values)
    assert refused.value.params["field"].startswith("lines.0.")
    assert not Requisition.objects.exists()


def test_create_requisition_refuses_what_is_not_bought(made):
    made_here = masterdata.item("FRAME", is_purchased=False)
    with pytest.raises(InvalidInput):
        make.requisition(made, make.line(made_here, "1"))


def test_create_requisition_needs_the_right(made):
    with pytest.raises(MissingRight):
        make.requisition(made, actor=make_user("nobody"))


def test_update_requisition_replaces_the_draft(made, colleague):
    asked = make.requisition(made, actor=colleague)
    changed = perform(
        requisitions.update_requisition,
        actor=colleague,
        requisition_id=asked.pk,
        version=0,
        needed_date=dt.date(2026, 5, 1),
        lines=[make.line(made.paint, "1.5")],
    )
    assert changed.version == 1
    assert [(one.item, one.quantity) for one in changed.lines.all()] == [(made.paint, D("1.5"))]


def test_update_requisition_refuses_a_stale_version(made):
    asked = make.requisition(made)
    with pytest.raises(StaleVersion):
        perform(
            requisitions.update_requisition,
            actor=made.buyer,
            requisition_id=asked.pk,
            version=7,
            needed_date=asked.needed_date,
            lines=[],
        )


@pytest.mark.parametrize("service", ["update_requisition", "submit_requisition", "cancel_requisition"])
def test_a_colleague_leaves_others_requisitions_alone(made, colleague, service):
    asked = make.requisition(made)
    arguments = {"needed_date": asked.needed_date, "lines": []} if service == "update_requisition" else {}
    with pytest.raises(errors.ForeignRequisition):
        perform(getattr(requisitions, service), actor=colleague, requisition_id=asked.pk, **arguments)


def test_submit_requisition_tells_the_manager(made, colleague):
    boss = make_user("boss")
    made.department.manager = boss
    made.department.save()
    asked = make.requisition(made, actor=colleague)
    submitted = perform(requisitions.submit_requisition, actor=colleague, requisition_id=asked.pk)
    assert submitted.state == RequisitionState.SUBMITTED
    assert Notification.objects.get().user == boss


def test_submit_requisition_refuses_an_empty_one(made):
    asked = make.requisition(made)
    asked.lines.all().delete()
    with pytest.raises(errors.EmptyDocument):
        perform(requisitions.submit_requisition, actor=made.buyer, requisition_id=asked.pk)


def test_a_submitted_requisition_is_not_edited_but_withdrawn(made, colleague):
    asked = make.requisition(made, actor=colleague)
    perform(requisitions.submit_requisition, actor=colleague, requisition_id=asked.pk)
    with pytest.raises(errors.NotDraft):
        perform(
            requisitions.update_requisition,
            actor=colleague,
            requisition_id=asked.pk,
            needed_date=asked.needed_date,
            lines=[],
        )
    assert (
        perform(requisitions.withdraw_requisition, actor=colleague, requisition_id=asked.pk).state
        == RequisitionState.DRAFT
    )


def test_approve_requisition_is_expected_but_not_promised(made, colleague):
    asked = make.requisition(made, make.line(made.bolt, "30"), make.line(None, "1", description="Cab"), actor=colleague)
    perform(requisitions.submit_requisition, actor=colleague, requisition_id=asked.pk)
    approved = perform(requisitions.approve_requisition, actor=made.buyer, requisition_id=asked.pk)
    assert approved.state == RequisitionState.APPROVED
    assert supply_of(asked) == [(made.bolt.pk, D(30), asked.needed_date, False)]
    assert [(one.user, one.params["document"]) for one in Notification.objects.all()] == [(colleague, asked.number)]


def test_nobody_approves_his_own_requisition(made):
    asked = make.requisition(made)
    perform(requisitions.submit_requisition, actor=made.buyer, requisition_id=asked.pk)
    with pytest.raises(errors.OwnRequisition):
        perform(requisitions.approve_requisition, actor=made.buyer, requisition_id=asked.pk)
    Company.objects.update(allow_self_approval=True)
    assert (
        perform(requisitions.approve_requisition, actor=made.buyer, requisition_id=asked.pk).state
        == RequisitionState.APPROVED
    )


def test_reject_requisition_says_why(made, colleague):
    asked = make.requisition(made, actor=colleague)
    perform(requisitions.submit_requisition, actor=colleague, requisition_id=asked.pk)
    with pytest.raises(errors.ReasonMissing):
        perform(requisitions.reject_requisition, actor=made.buyer, requisition_id=asked.pk)
    rejected = perform(
        requisitions.reject_requisition, actor=made.buyer, requisition_id=asked.pk, reason="Still in stock"
    )
    assert rejected.state == RequisitionState.REJECTED
    assert Notification.objects.get(user=colleague).params["comment"] == "Still in stock"


def test_cancel_requisition_takes_the_expectation_back(made):
    asked = make.approved_requisition(made)
    perform(requisitions.cancel_requisition, actor=made.buyer, requisition_id=asked.pk)
    assert supply_of(asked) == []


def test_an_ordered_requisition_is_not_cancelled(made):
    asked = make.approved_requisition(made)
    [order] = order_all(made, asked)
    with pytest.raises(errors.AlreadyOrdered) as refused:
        perform(requisitions.cancel_requisition, actor=made.buyer, requisition_id=asked.pk)
    assert refused.value.params["orders"] == [order.number]
    perform(purchase_orders.cancel_purchase_order, actor=made.buyer, order_id=order.pk)
    assert (
        perform(requisitions.cancel_requisition, actor=made.buyer, requisition_id=asked.pk).state
        == RequisitionState.CANCELLED
    )


def test_close_requisition_gives_up_the_rest(made):
    asked = make.approved_requisition(made)
    with pytest.raises(errors.ReasonMissing):
        perform(requisitions.close_requisition, actor=made.buyer, requisition_id=asked.pk)
    closed = perform(requisitions.close_requisition, actor=made.buyer, requisition_id=asked.pk, reason="Found some")
    assert closed.state == RequisitionState.CLOSED
    assert [one.open_quantity for one in closed.lines.all()] == [D(0)]
    assert supply_of(asked) == []


ALLOWED = {
    "submit_requisition": {"draft"},
    "withdraw_requisition": {"submitted", "rejected"},
    "approve_requisition": {"submitted"},
    "reject_requisition": {"submitted"},
    "cancel_requisition": {"draft", "submitted", "rejected", "approved"},
    "close_requisition": {"approved"},
}


@pytest.mark.parametrize(
    ("service", "state"),
    [(verb, state.value) for verb, allowed in ALLOWED.items() for state in RequisitionState if state not in allowed],
)
def test_verbs_are_refused_in_every_other_state(made, service, state):
    asked = make.requisition(made, actor=make_user("asker", rights=STAFF))
    Requisition.objects.filter(pk=asked.pk).update(state=state)
    with pytest.raises(InvalidTransition):
        perform(getattr(requisitions, service), actor=made.buyer, requisition_id=asked.pk, reason="because")
    assert Requisition.objects.get(pk=asked.pk).state == state


def order_all(made, asked):
    keys = perform(
        purchase_orders.create_purchase_orders_from_requisitions,
        actor=made.buyer,
        selections=[{"line_id": one.pk} for one in asked.lines.all()],
    )
    return list(purchase_orders.drafting.PurchaseOrder.objects.filter(pk__in=keys))


def test_progress_follows_the_order_to_the_last_piece(made):
    asked = make.approved_requisition(made, make.line(made.bolt, "10"))
    [order] = order_all(made, asked)
    line = asked.lines.get()
    assert (line.ordered_quantity, line.received_quantity) == (D(10), D(0))
    assert supply_of(asked) == []
    assert supply_of(order) == [(made.bolt.pk, D(10), asked.needed_date, False)]
    perform(purchase_orders.approve_purchase_order, actor=made.buyer, order_id=order.pk)
    assert supply_of(order) == [(made.bolt.pk, D(10), asked.needed_date, True)]
    make.posted_receipt(made, order, "4")
    assert asked.lines.get().received_quantity == D(4)
    make.posted_receipt(made, order, "6")
    asked.refresh_from_db()
    assert asked.state == RequisitionState.CLOSED
    assert Notification.objects.filter(user=asked.requester, message__startswith="All you asked for").count() == 1


def test_what_an_order_closed_short_did_not_bring_waits_again(made):
    asked = make.approved_requisition(made, make.line(made.bolt, "10"))
    [order] = order_all(made, asked)
    perform(purchase_orders.approve_purchase_order, actor=made.buyer, order_id=order.pk)
    make.posted_receipt(made, order, "4")
    perform(purchase_orders.close_purchase_order, actor=made.buyer, order_id=order.pk, reason="Out of production")
    line = asked.lines.get()
    assert (line.ordered_quantity, line.open_quantity) == (D(4), D(6))
    assert supply_of(asked) == [(made.bolt.pk, D(6), asked.needed_date, False)]


@operation(permission=None)
def firm(*, item, quantity, due_date, reference, line=None, actor, at):
    """Announce a firmed planned order as the planner does."""
    from types import SimpleNamespace

    from erp.signals import planned_order_firmed

    order = SimpleNamespace(
        item_id=item.pk,
        quantity=D(quantity),
        due_date=due_date,
        start_date=due_date,
        supply_type="buy",
        demand_ids=[],
        reference=reference,
        sales_order_line_id=line and line.pk,
        project_id=None,
    )
    planned_order_firmed.send(sender=None, order=order, actor=actor, at=at)


def test_planned_orders_join_the_requisition_of_the_day(made):
    due = dt.date(2026, 4, 7)
    for reference, item, quantity, day in (
        ("7/1", made.bolt, "40", due),
        ("7/2", made.bolt, "60", due),
        ("7/3", made.paint, "2.5", due - dt.timedelta(days=3)),
    ):
        perform(firm, actor=None, item=item, quantity=quantity, due_date=day, reference=reference)
    asked = Requisition.objects.get()
    assert (asked.state, asked.origin) == (RequisitionState.APPROVED, RequisitionOrigin.PLAN)
    assert asked.needed_date == due - dt.timedelta(days=3)
    first, second = asked.lines.all()
    assert (first.item, first.quantity, first.stock_quantity) == (made.bolt, D(100), D(100))
    assert [one["order"] for one in first.plan_references] == ["7/1", "7/2"]
    assert (second.item, second.needed_date) == (made.paint, due - dt.timedelta(days=3))
    assert [row[:2] for row in supply_of(asked)] == [(made.bolt.pk, D(100)), (made.paint.pk, D("2.5"))]


def test_what_is_bought_for_one_order_line_joins_no_other_and_stays_its_own(made):
    due = dt.date(2026, 4, 7)
    line = crm.confirmed_order(None, crm.line(made.bolt, "40", ship_date=due)).lines.get()
    perform(firm, actor=None, item=made.bolt, quantity="40", due_date=due, reference="7/1", line=line)
    perform(firm, actor=None, item=made.bolt, quantity="5", due_date=due, reference="7/2")
    asked = Requisition.objects.get()
    assert [one.quantity for one in asked.lines.all()] == [D(40), D(5)]
    assert sorted(Supply.objects.values_list("open_quantity", "order_line")) == [(D(5), None), (D(40), line.pk)]

    order_all(made, asked)

    found = Supply.objects.filter(source_label="scm.purchaseorder").values_list("open_quantity", "order_line")
    assert sorted(found) == [(D(5), None), (D(40), line.pk)]


def test_a_planned_order_does_not_join_a_line_that_is_ordered(made):
    due = dt.date(2026, 4, 7)
    perform(firm, actor=None, item=made.bolt, quantity="40", due_date=due, reference="7/1")
    order_all(made, Requisition.objects.get())
    perform(firm, actor=None, item=made.bolt, quantity="5", due_date=due, reference="8/1")
    assert [one.quantity for one in RequisitionLine.objects.order_by("pk")] == [D(40), D(5)]
