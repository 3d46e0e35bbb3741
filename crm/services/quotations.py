"""Quotations: written, sent, revised, accepted or not."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from core.approvals.services import require_approval
from core.clock import business_date
from core.documents import lock, next_number, transition
from core.operations import operation
from crm.errors import QuotationExpired
from crm.models import Opportunity, Quotation, QuotationLine, SalesOrder
from crm.services.guards import require_customer, require_draft, require_edge
from crm.services.headers import HeaderInput, change_header, new_header
from crm.services.lines import replace_lines, save_with_lines
from crm.services.quotation_copies import order_from, revision_of
from crm.signals import quotation_sent, quotation_withdrawn
from crm.states import OpportunityState, QuotationState
from masterdata.models import Partner
from masterdata.services.entry import require_complete

VALID_DAYS = 30


@operation(permission="crm.add_quotation", document=("masterdata.Partner", "partner_id"))
def create_quotation(
    *,
    partner_id: int,
    lines: Sequence[Mapping[str, Any]],
    actor: Any,
    at: dt.datetime,
    **header: Unpack[HeaderInput],
) -> Quotation:
    """Write a draft quotation; ``lines`` are mappings of LineInput's fields. Valid for 30 days unless said otherwise.

    Raises:
        MergedAway, ClosedForEntry, NotACustomer: the partner.
        ForeignAddress, NoWarehouse, NoExchangeRate: the header, see `new_header`.
        EmptyDocument, PriceMissing, QuantityTooFine, ItemNotSold, UnitNotConvertible, InvalidInput: the lines.
    """
    partner = Partner.objects.select_related("sales_price_list", "tax").get(pk=partner_id)
    require_customer(partner)
    quotation = new_header(Quotation, partner, header, actor=actor, at=at)
    if quotation.valid_until is None:
        quotation.valid_until = quotation.document_date + dt.timedelta(days=VALID_DAYS)
    _take_origin(quotation, header)
    quotation.number = next_number(Quotation, at)
    save_with_lines(quotation, QuotationLine, "quotation", lines)
    return quotation


@operation(permission="crm.change_quotation", document=(Quotation, "quotation_id"))
def update_quotation(
    *,
    quotation_id: int,
    lines: Sequence[Mapping[str, Any]],
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
    **header: Unpack[HeaderInput],
) -> Quotation:
    """Change a draft: the given header fields, and its lines to exactly ``lines`` (with ``id`` those that stay).

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotEditable: it is no longer a draft.
        ForeignLine: a line id is not of this quotation. Otherwise as `create_quotation`.
    """
    quotation = lock(Quotation, quotation_id, version=version)
    require_draft(quotation)
    change_header(quotation, header)
    replace_lines(quotation, QuotationLine, "quotation", lines)
    quotation.version += 1
    quotation.save()
    return quotation


@operation(permission="crm.send_quotation", document=(Quotation, "quotation_id"))
def send_quotation(*, quotation_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Quotation:
    """Make a draft a binding offer to the customer.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not a draft.
        QuotationExpired: its validity is over before it begins.
        PartnerIncomplete: the customer's record lacks what a quotation needs.
        ApprovalRequired, ApprovalPending: margin or amount need an approval that is not given.
    """
    quotation = lock(Quotation, quotation_id, version=version)
    require_edge(quotation, QuotationState.SENT)
    _require_valid(quotation, at)
    require_complete(quotation.partner, "quote")
    require_approval(document=quotation, actor=actor)
    transition(quotation, QuotationState.SENT, actor=actor, at=at)
    quotation_sent.send(sender=Quotation, quotation=quotation, actor=actor, at=at)
    return quotation


@operation(permission="crm.revise_quotation", document=(Quotation, "quotation_id"))
def revise_quotation(*, quotation_id: int, reason: str = "", actor: Any, at: dt.datetime) -> Quotation:
    """Replace a sent quotation by a draft with the next revision number; the old one is cancelled.

    Raises:
        InvalidTransition: it was not sent, or is decided already.
    """
    quotation = lock(Quotation, quotation_id)
    require_edge(quotation, QuotationState.LOST)
    transition(quotation, QuotationState.CANCELLED, actor=actor, at=at, reason=reason)
    revision = revision_of(quotation, valid_days=VALID_DAYS, at=at)
    quotation_withdrawn.send(sender=Quotation, quotation=quotation, actor=actor, at=at)
    return revision


@operation(permission="crm.accept_quotation", document=(Quotation, "quotation_id"))
def accept_quotation(
    *, quotation_id: int, version: int | None = None, customer_po: str = "", actor: Any, at: dt.datetime
) -> SalesOrder:
    """Turn a quotation into a draft sales order with the same lines and prices; its opportunity is won.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is neither a draft nor sent.
        QuotationExpired: its validity is over.
        MergedAway, ClosedForEntry, NotACustomer: the partner was closed meanwhile.
        ApprovalRequired, ApprovalPending: margin or amount need an approval that is not given.
    """
    opportunity = _lock_opportunity(quotation_id)
    quotation = lock(Quotation, quotation_id, version=version)
    require_edge(quotation, QuotationState.ACCEPTED)
    _require_valid(quotation, at)
    lines = list(quotation.lines.select_related("item", "uom", "tax", "quotation__partner"))
    if lines:
        quotation.partner = lines[0].quotation.partner
    require_customer(quotation.partner)
    require_approval(document=quotation, actor=actor)
    was_sent = quotation.state == QuotationState.SENT
    transition(quotation, QuotationState.ACCEPTED, actor=actor, at=at)
    if opportunity is not None and opportunity.state == OpportunityState.OPEN:
        transition(opportunity, OpportunityState.WON, actor=actor, at=at)
    order = order_from(quotation, lines, customer_po=customer_po, at=at)
    if was_sent:
        quotation_withdrawn.send(sender=Quotation, quotation=quotation, actor=actor, at=at)
    return order


@operation(permission="crm.lose_quotation", document=(Quotation, "quotation_id"))
def lose_quotation(*, quotation_id: int, lost_reason: str, reason: str = "", actor: Any, at: dt.datetime) -> Quotation:
    """Record that the customer declined a sent quotation; ``lost_reason`` is a LostReason.

    Raises:
        InvalidTransition: it was not sent, or is decided already.
    """
    quotation = lock(Quotation, quotation_id)
    require_edge(quotation, QuotationState.LOST)
    quotation.lost_reason = lost_reason
    transition(quotation, QuotationState.LOST, actor=actor, at=at, reason=reason, fields=["lost_reason"])
    quotation_withdrawn.send(sender=Quotation, quotation=quotation, actor=actor, at=at)
    return quotation


@operation(permission="crm.cancel_quotation", document=(Quotation, "quotation_id"))
def cancel_quotation(*, quotation_id: int, reason: str = "", actor: Any, at: dt.datetime) -> Quotation:
    """Withdraw a draft or sent quotation.

    Raises:
        InvalidTransition: it is decided already.
    """
    quotation = lock(Quotation, quotation_id)
    require_edge(quotation, QuotationState.CANCELLED)
    was_sent = quotation.state == QuotationState.SENT
    transition(quotation, QuotationState.CANCELLED, actor=actor, at=at, reason=reason)
    if was_sent:
        quotation_withdrawn.send(sender=Quotation, quotation=quotation, actor=actor, at=at)
    return quotation


def _take_origin(quotation: Quotation, header: Mapping[str, Any]) -> None:
    """Source and campaign travel on from the opportunity unless they are given."""
    opportunity = quotation.opportunity
    if opportunity is None:
        return
    if "source" not in header:
        quotation.source = opportunity.source
    if not header.get("campaign_id"):
        quotation.campaign_id = opportunity.campaign_id


def _require_valid(quotation: Quotation, at: dt.datetime) -> None:
    if quotation.valid_until < business_date(at):
        raise QuotationExpired(quotation=quotation, valid_until=quotation.valid_until)


def _lock_opportunity(quotation_id: int) -> Opportunity | None:
    opportunity_id = Quotation.objects.filter(pk=quotation_id).values_list("opportunity_id", flat=True).first()
    return lock(Opportunity, opportunity_id) if opportunity_id else None
