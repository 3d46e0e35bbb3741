"""Quotations: sent, revised, accepted, lost, cancelled."""

import datetime as dt
from decimal import Decimal

import pytest

from core.approvals.errors import ApprovalRequired
from core.errors import InvalidTransition, MissingRight, StaleVersion
from core.operations import perform
from crm.errors import NotACustomer, NotEditable, QuotationExpired
from crm.models import Quotation, SalesOrder
from crm.services import quotations
from crm.signals import quotation_sent, quotation_withdrawn
from crm.states import LeadSource, LostReason, OpportunityState, QuotationState
from masterdata.errors import PartnerIncomplete
from tests.crm.conftest import heard
from tests.factories import crm, masterdata
from tests.factories.approvals import policy
from tests.factories.core import make_user

D = Decimal
STATES = list(QuotationState)
OPEN = (QuotationState.DRAFT, QuotationState.SENT)


def run(service, quotation, **arguments):
    return perform(service, actor=None, quotation_id=quotation.pk, **arguments)


def in_state(state):
    """A quotation in ``state``."""
    if state == QuotationState.DRAFT:
        return crm.quotation()
    sent = crm.sent_quotation()
    if state == QuotationState.ACCEPTED:
        run(quotations.accept_quotation, sent)
    elif state == QuotationState.LOST:
        run(quotations.lose_quotation, sent, lost_reason=LostReason.PRICE)
    elif state == QuotationState.CANCELLED:
        run(quotations.cancel_quotation, sent)
    return sent


def test_create_is_valid_for_thirty_days_and_takes_its_origin_from_the_opportunity(day):
    opportunity = crm.opportunity(source=LeadSource.EXHIBITION)
    quotation = crm.quotation(opportunity.partner, opportunity_id=opportunity.pk)
    assert quotation.number == "QT2603-0001"
    assert (quotation.state, quotation.revision) == (QuotationState.DRAFT, 1)
    assert quotation.valid_until == day + dt.timedelta(days=30)
    assert quotation.source == LeadSource.EXHIBITION
    assert quotation.gross_amount == D(1000)


def test_update_changes_a_draft(day):
    quotation = crm.quotation()
    line = quotation.lines.get()
    changed = run(
        quotations.update_quotation,
        quotation,
        version=quotation.version,
        valid_until=dt.date(2026, 5, 1),
        lines=[crm.line(line.item, "5", "90", id=line.pk)],
    )
    assert (changed.valid_until, changed.gross_amount, changed.lines.get().pk) == (dt.date(2026, 5, 1), D(450), line.pk)


@pytest.mark.parametrize("state", [one for one in STATES if one != QuotationState.DRAFT])
def test_update_refuses_all_but_drafts(day, state):
    with pytest.raises(NotEditable):
        run(quotations.update_quotation, in_state(state), lines=[crm.line()])


def test_send_announces(day):
    quotation = crm.quotation()
    with heard(quotation_sent) as announced:
        sent = run(quotations.send_quotation, quotation, version=quotation.version)
    assert sent.state == QuotationState.SENT
    assert [payload["quotation"].pk for payload in announced] == [quotation.pk]


def test_send_refuses_stale_version(day):
    quotation = crm.quotation()
    with pytest.raises(StaleVersion):
        run(quotations.send_quotation, quotation, version=9)


@pytest.mark.parametrize("state", [one for one in STATES if one != QuotationState.DRAFT])
def test_send_refuses_all_but_drafts(day, state):
    with pytest.raises(InvalidTransition):
        run(quotations.send_quotation, in_state(state))


def test_send_refuses_what_is_expired(day):
    quotation = crm.quotation(valid_until=day - dt.timedelta(days=1))
    with pytest.raises(QuotationExpired):
        run(quotations.send_quotation, quotation)


def test_send_refuses_customer_that_nobody_can_reach(day):
    partner = masterdata.customer(phone="", addresses=[], contacts=[])
    with pytest.raises(PartnerIncomplete):
        run(quotations.send_quotation, crm.quotation(partner))


def test_send_needs_approval_when_the_margin_is_thin(day, answers):
    policy("crm.quotation", "margin", "lt", "20")
    item = masterdata.item()
    quotation = crm.quotation(None, crm.line(item, "10", "100"), tax_included=False)
    answers.costs = {item.pk: D("80.01")}
    with pytest.raises(ApprovalRequired):
        run(quotations.send_quotation, quotation)
    answers.costs = {item.pk: D(80)}
    assert run(quotations.send_quotation, quotation).state == QuotationState.SENT


def test_send_below_the_floor_needs_approval(day):
    policy("crm.quotation", "below_floor", "gt", "0")
    item = masterdata.item()
    masterdata.price_list({"item": item, "price": D(10), "floor_price": D(9)})
    quotation = crm.quotation(None, crm.line(item, "10", "10", discount_percent=D("10.01")), tax_included=False)
    with pytest.raises(ApprovalRequired):
        run(quotations.send_quotation, quotation)
    at_floor = crm.quotation(None, crm.line(item, "10", "10", discount_percent=D(10)), tax_included=False)
    assert run(quotations.send_quotation, at_floor).state == QuotationState.SENT


def test_accept_makes_a_draft_order_with_the_same_lines(day):
    item = masterdata.item(tax=masterdata.tax())
    quotation = crm.sent_quotation(None, crm.line(item, "3", "113"), customer_reference="RFQ-5")
    [offered] = quotation.lines.all()
    with heard(quotation_withdrawn) as withdrawn:
        order = run(quotations.accept_quotation, quotation, customer_po="PO-1")
    quotation.refresh_from_db()
    assert quotation.state == QuotationState.ACCEPTED
    assert (order.state, order.quotation, order.customer_po) == ("draft", quotation, "PO-1")
    assert (order.partner, order.payment_term, order.ship_to) == (
        quotation.partner,
        quotation.payment_term,
        quotation.ship_to,
    )
    assert (order.net_amount, order.tax_amount, order.gross_amount) == (D(300), D(39), D(339))
    [line] = order.lines.all()
    assert (line.quotation_line, line.item, line.quantity, line.price) == (offered, item, D(3), D(113))
    assert (line.net_amount, line.tax_rate) == (D(300), D(13))
    assert len(withdrawn) == 1


def test_accept_wins_the_opportunity(day):
    opportunity = crm.opportunity()
    quotation = crm.quotation(opportunity.partner, opportunity_id=opportunity.pk)
    run(quotations.accept_quotation, quotation)
    opportunity.refresh_from_db()
    assert opportunity.state == OpportunityState.WON


def test_accept_of_a_draft_withdraws_nothing(day):
    with heard(quotation_withdrawn) as withdrawn:
        run(quotations.accept_quotation, crm.quotation())
    assert withdrawn == []


@pytest.mark.parametrize("state", [one for one in STATES if one not in OPEN])
def test_accept_refuses_what_is_decided(day, state):
    quotation = in_state(state)
    before = SalesOrder.objects.count()
    with pytest.raises(InvalidTransition):
        run(quotations.accept_quotation, quotation)
    assert SalesOrder.objects.count() == before


def test_accept_refuses_what_is_expired(day):
    quotation = crm.quotation(valid_until=day - dt.timedelta(days=1))
    with pytest.raises(QuotationExpired):
        run(quotations.accept_quotation, quotation)


def test_accept_refuses_partner_that_is_no_customer_any_more(day):
    quotation = crm.sent_quotation()
    quotation.partner.is_customer = False
    quotation.partner.save()
    with pytest.raises(NotACustomer):
        run(quotations.accept_quotation, quotation)


def test_accept_needs_the_right(day):
    quotation = crm.quotation()
    with pytest.raises(MissingRight):
        perform(quotations.accept_quotation, actor=make_user("nobody"), quotation_id=quotation.pk)


def test_revise_replaces_a_sent_quotation(day):
    quotation = crm.sent_quotation()
    with heard(quotation_withdrawn) as withdrawn:
        second = run(quotations.revise_quotation, quotation, reason="Cheaper")
    third = run(quotations.revise_quotation, run(quotations.send_quotation, second))
    quotation.refresh_from_db()
    assert quotation.state == QuotationState.CANCELLED
    assert (second.number, third.number) == (f"{quotation.number}-R2", f"{quotation.number}-R3")
    assert (second.revision, second.supersedes, second.state) == (2, quotation, QuotationState.DRAFT)
    assert second.lines.get().item == quotation.lines.get().item
    assert len(withdrawn) == 1


@pytest.mark.parametrize("state", [one for one in STATES if one != QuotationState.SENT])
def test_revise_and_lose_refuse_all_but_sent(day, state):
    quotation = in_state(state)
    before = Quotation.objects.count()
    with pytest.raises(InvalidTransition):
        run(quotations.revise_quotation, quotation)
    with pytest.raises(InvalidTransition):
        run(quotations.lose_quotation, quotation, lost_reason=LostReason.PRICE)
    assert Quotation.objects.count() == before


def test_lose_records_why(day):
    quotation = crm.sent_quotation()
    with heard(quotation_withdrawn) as withdrawn:
        lost = run(quotations.lose_quotation, quotation, lost_reason=LostReason.PRICE, reason="10 % too dear")
    assert (lost.state, lost.lost_reason, len(withdrawn)) == (QuotationState.LOST, LostReason.PRICE, 1)


@pytest.mark.parametrize("state", OPEN)
def test_cancel_withdraws_only_what_was_sent(day, state):
    quotation = in_state(state)
    with heard(quotation_withdrawn) as withdrawn:
        assert run(quotations.cancel_quotation, quotation).state == QuotationState.CANCELLED
    assert len(withdrawn) == (state == QuotationState.SENT)


@pytest.mark.parametrize("state", [one for one in STATES if one not in OPEN])
def test_cancel_refuses_what_is_decided(day, state):
    with pytest.raises(InvalidTransition):
        run(quotations.cancel_quotation, in_state(state))
