"""Opportunities: opened, valued, moved from stage to stage, won or lost."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.utils.translation import gettext

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import InvalidInput
from core.fields import ZERO
from core.money import round_amount
from core.operations import operation
from crm.errors import NoStage
from crm.models import Opportunity, OpportunityLine, OpportunityStage
from crm.selectors.amounts import base_decimals
from crm.services.guards import require_customer, require_draft, require_edge, unknown_keys
from crm.states import OpportunityState
from masterdata.models import Currency, Partner
from masterdata.selectors.currencies import rate_on

FIELDS = (
    "lead_id",
    "stage_id",
    "probability",
    "currency_id",
    "amount",
    "expected_date",
    "source",
    "campaign_id",
    "competitor",
    "owner_id",
    "note",
)


class OpportunityInput(TypedDict, total=False):
    """What may be said about an opportunity; ``amount`` is net in its currency and counts while there are no lines."""

    lead_id: int | None
    stage_id: int | None
    probability: Decimal | None
    currency_id: int | None
    amount: Decimal | None
    expected_date: dt.date | None
    source: str
    campaign_id: int | None
    competitor: str
    owner_id: int | None
    note: str


@operation(permission="crm.add_opportunity", document=("masterdata.Partner", "partner_id"))
def create_opportunity(
    *,
    partner_id: int,
    title: str,
    lines: Sequence[Mapping[str, Any]] = (),
    actor: Any,
    at: dt.datetime,
    **details: Unpack[OpportunityInput],
) -> Opportunity:
    """Open an opportunity in the first stage unless another is named.

    ``lines``: item_id or description, quantity, uom_id, price (expected, net). Their sum is the amount.

    Raises:
        MergedAway, ClosedForEntry, NotACustomer: the partner cannot be sold to.
        NoStage: no sales stage is set up.
        NoExchangeRate: the currency has no rate today.
    """
    partner = Partner.objects.get(pk=partner_id)
    require_customer(partner)
    opportunity = Opportunity(
        partner=partner,
        title=title,
        currency_id=partner.currency_id,
        document_date=business_date(at),
        created_at=at,
        stage_since=business_date(at),
    )
    _give(opportunity, details)
    if opportunity.stage_id is None:
        _enter(opportunity, _first_stage(), at)
    if details.get("probability") is None:
        opportunity.probability = opportunity.stage.probability
    opportunity.owner_id = opportunity.owner_id or partner.owner_id or getattr(actor, "pk", None)
    opportunity.number = next_number(Opportunity, at)
    _value(opportunity, lines)
    opportunity.save()
    _write_lines(opportunity, lines)
    return opportunity


@operation(permission="crm.change_opportunity", document=(Opportunity, "opportunity_id"))
def update_opportunity(
    *,
    opportunity_id: int,
    title: str = "",
    lines: Sequence[Mapping[str, Any]] | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
    **details: Unpack[OpportunityInput],
) -> Opportunity:
    """Change an open opportunity: what is given, and with ``lines`` its lines to exactly these.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotEditable: it is won or lost.
        NoExchangeRate: the currency has no rate today.
    """
    opportunity = lock(Opportunity, opportunity_id, version=version)
    require_draft(opportunity)
    stage_before = opportunity.stage_id
    opportunity.title = title or opportunity.title
    _give(opportunity, details)
    if opportunity.stage_id != stage_before:
        opportunity.stage_since = business_date(at)
    _value(opportunity, _typed(opportunity) if lines is None else lines)
    opportunity.version += 1
    opportunity.save()
    if lines is not None:
        opportunity.lines.all().delete()
        _write_lines(opportunity, lines)
    return opportunity


@operation(permission="crm.change_opportunity", document=(Opportunity, "opportunity_id"))
def move_opportunity(*, opportunity_id: int, stage_id: int, actor: Any, at: dt.datetime) -> Opportunity:
    """Move an open opportunity to another stage; its probability becomes the stage's.

    Raises:
        NotEditable: it is won or lost.
        InvalidInput: there is no such active stage.
    """
    opportunity = lock(Opportunity, opportunity_id)
    require_draft(opportunity)
    stage = OpportunityStage.objects.filter(pk=stage_id, is_active=True).first()
    if stage is None:
        raise InvalidInput(message=gettext("There is no such sales stage."), field="stage_id")
    if stage.pk != opportunity.stage_id:
        _enter(opportunity, stage, at)
        opportunity.version += 1
        opportunity.save()
    return opportunity


@operation(permission="crm.win_opportunity", document=(Opportunity, "opportunity_id"))
def win_opportunity(*, opportunity_id: int, reason: str = "", actor: Any, at: dt.datetime) -> Opportunity:
    """Record that the customer decided for us (accepting a quotation does it by itself).

    Raises:
        InvalidTransition: it is won or lost already.
    """
    opportunity = lock(Opportunity, opportunity_id)
    transition(opportunity, OpportunityState.WON, actor=actor, at=at, reason=reason)
    return opportunity


@operation(permission="crm.lose_opportunity", document=(Opportunity, "opportunity_id"))
def lose_opportunity(
    *,
    opportunity_id: int,
    lost_reason: str,
    competitor: str = "",
    reason: str = "",
    actor: Any,
    at: dt.datetime,
) -> Opportunity:
    """Record that the customer decided otherwise; ``lost_reason`` is a LostReason.

    Raises:
        InvalidTransition: it is won or lost already.
    """
    opportunity = lock(Opportunity, opportunity_id)
    require_edge(opportunity, OpportunityState.LOST)
    opportunity.lost_reason = lost_reason
    opportunity.competitor = competitor or opportunity.competitor
    transition(
        opportunity, OpportunityState.LOST, actor=actor, at=at, reason=reason, fields=["lost_reason", "competitor"]
    )
    return opportunity


def _give(opportunity: Opportunity, details: Mapping[str, Any]) -> None:
    unknown_keys(details, FIELDS)
    optional = {"lead_id", "expected_date", "campaign_id"}
    for name, value in details.items():
        if value is not None or name in optional:
            setattr(opportunity, name, value)


def _first_stage() -> OpportunityStage:
    stage = OpportunityStage.objects.filter(is_active=True).order_by("sequence", "id").first()
    if stage is None:
        raise NoStage()
    return stage


def _enter(opportunity: Opportunity, stage: OpportunityStage, at: dt.datetime) -> None:
    opportunity.stage = stage
    opportunity.probability = stage.probability
    opportunity.stage_since = business_date(at)


def _typed(opportunity: Opportunity) -> list[dict[str, Any]]:
    return [{"quantity": line.quantity, "price": line.price} for line in opportunity.lines.all()]


def _amount(line: Mapping[str, Any], decimals: int) -> Decimal:
    return round_amount(line["quantity"] * (line.get("price") or ZERO), decimals)


def _value(opportunity: Opportunity, lines: Sequence[Mapping[str, Any]]) -> None:
    """The sum of the lines, or without lines the typed amount; and the same in base currency at today's rate."""
    currency = Currency.objects.get(pk=opportunity.currency_id)
    if lines:
        opportunity.amount = sum((_amount(line, currency.decimals) for line in lines), ZERO)
    rate = rate_on(currency, opportunity.document_date)
    opportunity.base_amount = round_amount(opportunity.amount * rate, base_decimals())


def _write_lines(opportunity: Opportunity, lines: Sequence[Mapping[str, Any]]) -> None:
    decimals = opportunity.currency.decimals
    OpportunityLine.objects.bulk_create(
        OpportunityLine(
            opportunity=opportunity,
            line_no=number,
            item_id=line.get("item_id"),
            description=line.get("description") or "",
            quantity=line["quantity"],
            uom_id=line.get("uom_id"),
            price=line.get("price") or ZERO,
            amount=_amount(line, decimals),
        )
        for number, line in enumerate(lines, start=1)
    )
