"""Delivery requests: what may leave, the prepayment gate, progress reported from below."""

from decimal import Decimal

import pytest

from core.errors import InvalidTransition, StaleVersion
from core.operations import perform
from crm.errors import (
    AlreadyShipped,
    CreditLimitExceeded,
    EmptyDocument,
    ForeignLine,
    MoreThanOpen,
    NotEditable,
    OrderNotConfirmed,
    PrepaymentMissing,
    ProgressOutOfRange,
)
from crm.models import DeliveryRequest
from crm.services import deliveries, sales_orders
from crm.signals import (
    delivery_request_cancelled,
    delivery_request_closed,
    delivery_request_released,
    sales_order_closed,
)
from crm.states import DeliveryRequestState
from tests.crm.conftest import heard
from tests.factories import crm, masterdata

D = Decimal
S = DeliveryRequestState


def run(service, request, **arguments):
    return perform(service, actor=None, request_id=request.pk, **arguments)


def report(service, order, quantity, **arguments):
    [line, *_rest] = order.lines.all()
    return perform(service, actor=None, quantities={line.pk: D(quantity)}, **arguments)


def in_state(state):
    """A delivery request in ``state``."""
    if state == S.DRAFT:
        return crm.delivery_request()
    if state == S.CANCELLED:
        return run(deliveries.cancel_delivery_request, crm.delivery_request())
    request = crm.released_request()
    if state in {S.SHIPPED, S.CLOSED}:
        crm.delivered(request.order, "10", request)
    if state == S.CLOSED:
        report(sales_orders.register_sign_off, request.order, "10", request_id=request.pk)
    return DeliveryRequest.objects.get(pk=request.pk)


def test_create_takes_everything_open(day):
    order = crm.delivered(crm.confirmed_order(None, crm.line(), crm.line(quantity="2")), "4")
    request = crm.delivery_request(order)
    assert request.number == "DN2603-0001"
    assert (request.partner, request.ship_to, request.warehouse) == (order.partner, order.ship_to, order.warehouse)
    assert (request.state, request.ship_date) == (S.DRAFT, day)
    assert list(request.lines.values_list("quantity", "shipped_quantity")) == [(D(6), D(0)), (D(2), D(0))]


def test_two_requests_share_what_is_open(day):
    order = crm.confirmed_order()
    [line] = order.lines.all()
    crm.delivery_request(order, lines=[{"order_line_id": line.pk, "quantity": D(7)}])
    with pytest.raises(MoreThanOpen) as refusal:
        crm.delivery_request(order, lines=[{"order_line_id": line.pk, "quantity": D(4)}])
    assert refusal.value.params["open"] == D(3)
    assert crm.delivery_request(order).lines.get().quantity == D(3)
    with pytest.raises(EmptyDocument):
        crm.delivery_request(order)


def test_create_refuses_orders_that_are_not_binding(day):
    with pytest.raises(OrderNotConfirmed):
        crm.delivery_request(crm.sales_order())


def test_create_refuses_a_line_of_another_order(day):
    other = crm.confirmed_order().lines.get()
    with pytest.raises(ForeignLine):
        crm.delivery_request(crm.confirmed_order(), lines=[{"order_line_id": other.pk, "quantity": D(1)}])


def test_update_of_a_draft_does_not_count_against_itself(day):
    request = crm.delivery_request()
    [line] = request.order.lines.all()
    typed = [{"order_line_id": line.pk, "quantity": D(10)}]
    changed = run(deliveries.update_delivery_request, request, lines=typed, note="Crane needed", version=0)
    assert (changed.note, changed.version, changed.lines.get().quantity) == ("Crane needed", 1, D(10))
    with pytest.raises(StaleVersion):
        run(deliveries.update_delivery_request, request, lines=typed, version=0)


@pytest.mark.parametrize("state", [one for one in S if one != S.DRAFT])
def test_update_refuses_all_but_drafts(day, state):
    request = in_state(state)
    with pytest.raises(NotEditable):
        run(deliveries.update_delivery_request, request, lines=[])


def test_release_announces(day):
    request = crm.delivery_request()
    with heard(delivery_request_released) as announced:
        released = run(deliveries.release_delivery_request, request, version=0)
    assert (released.state, released.released_date) == (S.RELEASED, day)
    assert [payload["request"].pk for payload in announced] == [request.pk]


@pytest.mark.parametrize("state", [one for one in S if one != S.DRAFT])
def test_release_refuses_all_but_drafts(day, state):
    request = in_state(state)
    with pytest.raises((InvalidTransition, OrderNotConfirmed)):
        run(deliveries.release_delivery_request, request)


def test_release_waits_for_the_prepayment(day, answers):
    partner = masterdata.customer(payment_term=masterdata.payment_term("PREPAY"))
    request = crm.delivery_request(crm.confirmed_order(partner))
    answers.received = D("999.99")
    with heard(delivery_request_released) as announced, pytest.raises(PrepaymentMissing) as refusal:
        run(deliveries.release_delivery_request, request)
    assert (refusal.value.params["required"], announced) == (D(1000), [])
    answers.received = D(1000)
    assert run(deliveries.release_delivery_request, request).state == S.RELEASED


def test_release_waits_for_credit(day, answers):
    request = crm.delivery_request(crm.confirmed_order(masterdata.customer(credit_limit=D(1000))))
    answers.exposure = D("1000.01")
    with pytest.raises(CreditLimitExceeded):
        run(deliveries.release_delivery_request, request)
    answers.exposure = D(1000)
    assert run(deliveries.release_delivery_request, request).state == S.RELEASED


def test_shipping_in_two_parts_and_signing_closes_everything(day):
    request = crm.released_request()
    order = crm.delivered(request.order, "4", request)
    request.refresh_from_db()
    assert (request.state, request.lines.get().shipped_quantity) == (S.RELEASED, D(4))
    crm.delivered(order, "6", request)
    request.refresh_from_db()
    assert request.state == S.SHIPPED
    report(sales_orders.register_sign_off, order, "10", request_id=request.pk)
    request.refresh_from_db()
    assert (request.state, request.lines.get().signed_quantity) == (S.CLOSED, D(10))
    order.refresh_from_db()
    assert order.state == "confirmed"
    with heard(sales_order_closed) as announced:
        report(sales_orders.register_invoiced, order, "10")
    order.refresh_from_db()
    assert (order.state, len(announced)) == ("closed", 1)


def test_reversed_shipment_opens_request_and_order_again(day):
    request = in_state(S.CLOSED)
    order = request.order
    report(sales_orders.register_invoiced, order, "10")
    report(sales_orders.register_sign_off, order, "-10", request_id=request.pk)
    report(sales_orders.register_delivery, order, "-10", request_id=request.pk)
    request.refresh_from_db()
    order.refresh_from_db()
    assert (request.state, order.state) == (S.RELEASED, "confirmed")
    assert (request.lines.get().shipped_quantity, order.lines.get().delivered_quantity) == (D(0), D(0))


@pytest.mark.parametrize(
    ("service", "quantity", "refusal"),
    [
        (sales_orders.register_delivery, "11", MoreThanOpen),
        (sales_orders.register_delivery, "-1", ProgressOutOfRange),
        (sales_orders.register_sign_off, "1", ProgressOutOfRange),
        (sales_orders.register_return, "1", ProgressOutOfRange),
        (sales_orders.register_invoiced, "-1", ProgressOutOfRange),
    ],
)
def test_impossible_progress_is_refused(day, service, quantity, refusal):
    order = crm.confirmed_order()
    with pytest.raises(refusal):
        report(service, order, quantity)


def test_progress_is_reported_by_the_program_alone(day):
    from core.errors import MissingRight
    from tests.factories.core import make_user

    with pytest.raises(MissingRight):
        perform(sales_orders.register_delivery, actor=make_user("clerk"), quantities={})


def test_close_gives_up_the_rest(day):
    request = crm.released_request()
    crm.delivered(request.order, "4", request)
    with heard(delivery_request_closed) as announced:
        assert run(deliveries.close_delivery_request, request).state == S.CLOSED
    assert len(announced) == 1
    assert crm.delivery_request(request.order).lines.get().quantity == D(6)


@pytest.mark.parametrize("state", [S.DRAFT, S.CLOSED, S.CANCELLED])
def test_close_refuses_what_is_not_under_way(day, state):
    with pytest.raises(InvalidTransition):
        run(deliveries.close_delivery_request, in_state(state))


def test_cancel_announces_only_what_was_released(day):
    with heard(delivery_request_cancelled) as announced:
        run(deliveries.cancel_delivery_request, crm.delivery_request())
        assert announced == []
        assert run(deliveries.cancel_delivery_request, crm.released_request()).state == S.CANCELLED
    assert len(announced) == 1


def test_cancel_refuses_what_is_partly_shipped(day):
    request = crm.released_request()
    crm.delivered(request.order, "4", request)
    with pytest.raises(AlreadyShipped):
        run(deliveries.cancel_delivery_request, request)


@pytest.mark.parametrize("state", [S.SHIPPED, S.CLOSED, S.CANCELLED])
def test_cancel_refuses_what_is_over(day, state):
    with pytest.raises(InvalidTransition):
        run(deliveries.cancel_delivery_request, in_state(state))
