"""Return requests: never more than was delivered."""

from decimal import Decimal

import pytest

from core.errors import InvalidTransition
from core.operations import perform
from crm.errors import AlreadyReceived, EmptyDocument, ForeignLine, MoreThanDelivered, NotEditable, ReasonMissing
from crm.models import ReturnRequest
from crm.services import returns, sales_orders
from crm.signals import return_request_approved, return_request_cancelled
from crm.states import ReturnRequestState
from tests.crm.conftest import heard
from tests.factories import crm

D = Decimal
S = ReturnRequestState


def run(service, request, **arguments):
    return perform(service, actor=None, request_id=request.pk, **arguments)


def delivered_order(quantity="10"):
    return crm.delivered(crm.confirmed_order(), quantity)


def receive(request, quantity):
    [line] = request.order.lines.all()
    perform(sales_orders.register_return, actor=None, quantities={line.pk: D(quantity)}, request_id=request.pk)
    return ReturnRequest.objects.get(pk=request.pk)


def in_state(state):
    """A return of three pieces in ``state``."""
    request = crm.return_request(delivered_order(), "3")
    if state == S.CANCELLED:
        return run(returns.cancel_return_request, request)
    if state != S.DRAFT:
        request = run(returns.approve_return_request, request)
    return receive(request, "3") if state == S.RECEIVED else request


def test_create_takes_down_what_comes_back(day):
    order = delivered_order()
    request = crm.return_request(order, "3")
    assert (request.number, request.state, request.reason) == ("RR2603-0001", S.DRAFT, "Scratched")
    assert request.lines.get().quantity == D(3)


def test_announced_returns_count(day):
    order = delivered_order("4")
    crm.return_request(order, "3")
    with pytest.raises(MoreThanDelivered) as refusal:
        crm.return_request(order, "2")
    assert refusal.value.params["returnable"] == D(1)


def test_create_refuses_what_makes_no_sense(day):
    order = delivered_order()
    other = delivered_order().lines.get()
    create = returns.create_return_request
    line = order.lines.get()
    typed = [{"order_line_id": line.pk, "quantity": D(1)}]
    with pytest.raises(ReasonMissing):
        perform(create, actor=None, order_id=order.pk, lines=typed, reason="")
    with pytest.raises(EmptyDocument):
        perform(create, actor=None, order_id=order.pk, lines=[], reason="x")
    foreign = [{"order_line_id": other.pk, "quantity": D(1)}]
    with pytest.raises(ForeignLine):
        perform(create, actor=None, order_id=order.pk, lines=foreign, reason="x")
    assert not ReturnRequest.objects.exists()


def test_update_of_a_draft(day):
    request = crm.return_request(delivered_order("4"), "3")
    line = request.order.lines.get()
    typed = [{"order_line_id": line.pk, "quantity": D(4), "shipment_line_id": 7, "reason": "Dented"}]
    changed = run(returns.update_return_request, request, lines=typed)
    row = changed.lines.get()
    assert (row.quantity, row.shipment_line_id, row.reason, changed.version) == (D(4), 7, "Dented", 1)


def test_update_refuses_what_is_approved(day):
    with pytest.raises(NotEditable):
        run(returns.update_return_request, in_state(S.APPROVED), lines=[])


def test_approve_announces(day):
    request = crm.return_request(delivered_order(), "3")
    with heard(return_request_approved) as announced:
        assert run(returns.approve_return_request, request).state == S.APPROVED
    assert [payload["request"].pk for payload in announced] == [request.pk]


@pytest.mark.parametrize("state", [one for one in S if one != S.DRAFT])
def test_approve_refuses_all_but_drafts(day, state):
    with pytest.raises(InvalidTransition):
        run(returns.approve_return_request, in_state(state))


def test_receiving_in_parts(day):
    request = receive(in_state(S.APPROVED), "1")
    assert (request.state, request.lines.get().received_quantity) == (S.APPROVED, D(1))
    assert receive(request, "2").state == S.RECEIVED
    assert request.order.lines.get().returned_quantity == D(3)
    assert receive(request, "-1").state == S.APPROVED


def test_cancel(day):
    with heard(return_request_cancelled) as announced:
        assert in_state(S.CANCELLED).state == S.CANCELLED
        assert announced == []
        run(returns.cancel_return_request, in_state(S.APPROVED))
    assert len(announced) == 1


def test_cancel_refuses_what_has_come_back(day):
    with pytest.raises(AlreadyReceived):
        run(returns.cancel_return_request, receive(in_state(S.APPROVED), "1"))
    with pytest.raises(InvalidTransition):
        run(returns.cancel_return_request, in_state(S.RECEIVED))


def test_returned_goods_need_no_invoice_to_finish_the_order(day):
    order = delivered_order()
    line = order.lines.get()
    perform(sales_orders.register_sign_off, actor=None, quantities={line.pk: D(10)})
    perform(sales_orders.register_invoiced, actor=None, quantities={line.pk: D(7)})
    receive(run(returns.approve_return_request, crm.return_request(order, "3")), "3")
    order.refresh_from_db()
    assert order.state == "closed"
