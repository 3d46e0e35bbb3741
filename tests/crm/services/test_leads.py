"""From a lead to an opportunity, and what becomes of it."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import InvalidInput, InvalidTransition
from core.operations import perform
from crm.errors import NotEditable
from crm.models import Lead, Opportunity, OpportunityStage
from crm.services import campaigns, leads, opportunities
from crm.states import LeadSource, LeadState, LostReason, OpportunityState
from masterdata.errors import PossibleDuplicate
from masterdata.models import Partner
from tests.factories import crm, masterdata
from tests.factories.core import make_user

D = Decimal


def run(service, **arguments):
    return perform(service, actor=None, **arguments)


def campaign():
    return run(campaigns.create_campaign, code="CIIF", name="Industry fair", name_zh="工博会")


def test_create_belongs_to_who_takes_it_down(day):
    seller = make_user("seller", rights=["crm.add_lead"])
    lead = crm.lead(seller, company_name="Acme", source=LeadSource.EXHIBITION)
    assert (lead.number, lead.owner, lead.state) == ("LD2603-0001", seller, LeadState.NEW)


def test_update_of_a_new_lead(day):
    lead = crm.lead()
    changed = run(leads.update_lead, lead_id=lead.pk, version=0, next_contact_date=dt.date(2026, 3, 20))
    assert (changed.next_contact_date, changed.version) == (dt.date(2026, 3, 20), 1)


def test_qualify_makes_customer_contact_and_opportunity(day):
    fair = campaign()
    lead = crm.lead(
        company_name="上海精工机械有限公司",
        contact_name="李雷",
        phone="021-5555 6666",
        interest="Two grinders",
        source=LeadSource.EXHIBITION,
        campaign_id=fair.pk,
    )
    opportunity = run(leads.qualify_lead, lead_id=lead.pk, amount=D(50_000), expected_date=dt.date(2026, 6, 1))
    lead.refresh_from_db()
    partner = lead.partner
    assert lead.state == LeadState.QUALIFIED
    assert (partner.is_customer, partner.name, partner.contacts.get().name) == (True, "上海精工机械有限公司", "李雷")
    assert (opportunity.lead, opportunity.partner, opportunity.title) == (lead, partner, "Two grinders")
    assert (opportunity.source, opportunity.campaign) == (LeadSource.EXHIBITION, fair)
    assert (opportunity.amount, opportunity.base_amount, opportunity.stage.code) == (D(50_000), D(50_000), "contact")
    assert opportunity.probability == D(10)


def test_qualify_with_a_known_customer_makes_no_partner(day):
    partner = masterdata.customer()
    before = Partner.objects.count()
    opportunity = run(leads.qualify_lead, lead_id=crm.lead().pk, partner_id=partner.pk)
    assert (opportunity.partner, Partner.objects.count()) == (partner, before)


def test_qualify_asks_about_a_possible_duplicate(day):
    masterdata.customer(name="Acme Tools Ltd")
    lead = crm.lead(company_name="ACME Tools")
    with pytest.raises(PossibleDuplicate):
        run(leads.qualify_lead, lead_id=lead.pk)
    assert Lead.objects.get(pk=lead.pk).state == LeadState.NEW
    assert run(leads.qualify_lead, lead_id=lead.pk, accept_duplicates=True).partner.name == "ACME Tools"


def test_lose(day):
    lead = crm.lead(next_contact_date=day)
    lost = run(leads.lose_lead, lead_id=lead.pk, lost_reason=LostReason.BUDGET)
    assert (lost.state, lost.lost_reason, lost.next_contact_date) == (LeadState.LOST, LostReason.BUDGET, None)
    for service, arguments in [(leads.lose_lead, {"lost_reason": "price"}), (leads.qualify_lead, {})]:
        with pytest.raises(InvalidTransition):
            run(service, lead_id=lead.pk, **arguments)
    with pytest.raises(NotEditable):
        run(leads.update_lead, lead_id=lead.pk)


def test_opportunity_is_worth_its_lines_in_both_currencies(day):
    masterdata.exchange_rate("USD", "7", day)
    partner = masterdata.customer(currency="USD")
    line = {"item_id": masterdata.item().pk, "quantity": D(3), "price": D("10.50")}
    opportunity = crm.opportunity(partner, lines=[line, {"description": "Training", "quantity": D(1), "price": D(8)}])
    assert (opportunity.amount, opportunity.base_amount) == (D("39.50"), D("276.50"))
    assert list(opportunity.lines.values_list("line_no", "amount")) == [(1, D("31.50")), (2, D(8))]
    changed = run(opportunities.update_opportunity, opportunity_id=opportunity.pk, lines=[line], title="Three")
    assert (changed.amount, changed.title, changed.lines.count()) == (D("31.50"), "Three", 1)


def test_move_takes_the_probability_of_the_stage(day):
    opportunity = crm.opportunity()
    stage = OpportunityStage.objects.get(code="negotiation")
    moved = run(opportunities.move_opportunity, opportunity_id=opportunity.pk, stage_id=stage.pk)
    assert (moved.stage, moved.probability, moved.stage_since) == (stage, D(75), day)
    run(campaigns.update_stage, stage_id=stage.pk, is_active=False)
    other = crm.opportunity()
    with pytest.raises(InvalidInput):
        run(opportunities.move_opportunity, opportunity_id=other.pk, stage_id=stage.pk)


@pytest.mark.parametrize("state", [OpportunityState.WON, OpportunityState.LOST])
def test_decided_opportunity_stays_as_it_is(day, state):
    opportunity = crm.opportunity()
    win, lose = opportunities.win_opportunity, opportunities.lose_opportunity
    if state == OpportunityState.WON:
        run(win, opportunity_id=opportunity.pk)
    else:
        run(lose, opportunity_id=opportunity.pk, lost_reason=LostReason.COMPETITOR, competitor="Brand X")
    decided = Opportunity.objects.get(pk=opportunity.pk)
    assert decided.state == state
    with pytest.raises(InvalidTransition):
        run(win, opportunity_id=opportunity.pk)
    with pytest.raises(InvalidTransition):
        run(lose, opportunity_id=opportunity.pk, lost_reason="price")
    with pytest.raises(NotEditable):
        run(opportunities.update_opportunity, opportunity_id=opportunity.pk)
    with pytest.raises(NotEditable):
        run(opportunities.move_opportunity, opportunity_id=opportunity.pk, stage_id=decided.stage_id)


def test_campaign_dates_are_in_order(day):
    with pytest.raises(InvalidInput):
        run(
            campaigns.create_campaign,
            code="X",
            name="X",
            start_date=dt.date(2026, 5, 1),
            end_date=dt.date(2026, 4, 1),
        )
    made = campaign()
    assert run(campaigns.update_campaign, campaign_id=made.pk, version=1, name="Fair").version == 2
