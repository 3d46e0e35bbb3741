"""Leads: taken down, followed up, qualified into a customer with an opportunity, or lost."""

import datetime as dt
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.operations import operation
from crm.models import Lead, Opportunity
from crm.services.guards import require_customer, require_draft, require_edge, unknown_keys
from crm.services.opportunities import create_opportunity
from crm.states import LeadState
from masterdata.models import Partner
from masterdata.selectors.currencies import base_currency
from masterdata.services.partners import create_partner

FIELDS = (
    "contact_name",
    "phone",
    "email",
    "city",
    "interest",
    "source",
    "campaign_id",
    "next_contact_date",
    "owner_id",
    "note",
)


class LeadInput(TypedDict, total=False):
    """What may be said about a lead besides its company."""

    contact_name: str
    phone: str
    email: str
    city: str
    interest: str
    source: str
    campaign_id: int | None
    next_contact_date: dt.date | None
    owner_id: int | None
    note: str


@operation(permission="crm.add_lead")
def create_lead(*, company_name: str, actor: Any, at: dt.datetime, **details: Unpack[LeadInput]) -> Lead:
    """Take down somebody who showed interest; it belongs to the actor unless an owner is named."""
    unknown_keys(details, FIELDS)
    lead = Lead(company_name=company_name, document_date=business_date(at), created_at=at)
    for name, value in details.items():
        setattr(lead, name, value)
    if lead.owner_id is None:
        lead.owner = actor
    lead.number = next_number(Lead, at)
    lead.save()
    return lead


@operation(permission="crm.change_lead", document=(Lead, "lead_id"))
def update_lead(
    *,
    lead_id: int,
    version: int | None = None,
    company_name: str = "",
    actor: Any,
    at: dt.datetime,
    **details: Unpack[LeadInput],
) -> Lead:
    """Change a new lead; what is not given stays.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotEditable: it is qualified or lost.
    """
    unknown_keys(details, FIELDS)
    lead = lock(Lead, lead_id, version=version)
    require_draft(lead)
    lead.company_name = company_name or lead.company_name
    for name, value in details.items():
        setattr(lead, name, value)
    lead.version += 1
    lead.save()
    return lead


@operation(permission="crm.qualify_lead", document=(Lead, "lead_id"))
def qualify_lead(
    *,
    lead_id: int,
    partner_id: int | None = None,
    title: str = "",
    amount: Decimal | None = None,
    expected_date: dt.date | None = None,
    accept_duplicates: bool = False,
    actor: Any,
    at: dt.datetime,
) -> Opportunity:
    """Make a lead a customer (``partner_id`` when he is known already) with an open opportunity.

    Source, campaign and owner travel on. ``amount`` is expected, net, in the customer's currency.

    Raises:
        InvalidTransition: the lead is qualified or lost already.
        PossibleDuplicate: the new customer looks like one we have; choose him, or confirm that it is another one.
        MergedAway, ClosedForEntry, NotACustomer: the chosen partner cannot be sold to.
        NoStage: no sales stage is set up.
    """
    lead = lock(Lead, lead_id)
    require_edge(lead, LeadState.QUALIFIED)
    if partner_id is None:
        partner = _new_customer(lead, accept_duplicates, actor=actor, at=at)
    else:
        partner = Partner.objects.get(pk=partner_id)
        require_customer(partner)
    lead.partner = partner
    lead.next_contact_date = None
    transition(lead, LeadState.QUALIFIED, actor=actor, at=at, fields=["partner", "next_contact_date"])
    return create_opportunity(
        partner_id=partner.pk,
        title=title or lead.interest or lead.company_name,
        lead_id=lead.pk,
        amount=amount,
        expected_date=expected_date,
        source=lead.source,
        campaign_id=lead.campaign_id,
        owner_id=lead.owner_id,
        note=lead.note,
        actor=actor,
        at=at,
    )


@operation(permission="crm.lose_lead", document=(Lead, "lead_id"))
def lose_lead(*, lead_id: int, lost_reason: str, reason: str = "", actor: Any, at: dt.datetime) -> Lead:
    """Give a lead up; ``lost_reason`` is a LostReason.

    Raises:
        InvalidTransition: the lead is qualified or lost already.
    """
    lead = lock(Lead, lead_id)
    require_edge(lead, LeadState.LOST)
    lead.lost_reason = lost_reason
    lead.next_contact_date = None
    transition(lead, LeadState.LOST, actor=actor, at=at, reason=reason, fields=["lost_reason", "next_contact_date"])
    return lead


def _new_customer(lead: Lead, accept_duplicates: bool, *, actor: Any, at: dt.datetime) -> Partner:
    contacts = []
    if lead.contact_name:
        contacts.append({"name": lead.contact_name, "phone": lead.phone, "email": lead.email, "is_default": True})
    return create_partner(
        name=lead.company_name,
        is_customer=True,
        phone=lead.phone,
        email=lead.email,
        currency_id=base_currency().pk,
        owner_id=lead.owner_id,
        contacts=contacts,
        accept_duplicates=accept_duplicates,
        actor=actor,
        at=at,
    )
