"""Writing down the charges of received goods."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import InvalidInput
from core.fields import ZERO
from core.money import round_amount
from core.operations import operation
from masterdata.models import Currency, Partner
from masterdata.selectors.currencies import base_currency
from scm.errors import EmptyDocument, NotDraft, NothingReceived, NotSupplier
from scm.models import GoodsReceipt, LandedCost, LandedCostCharge
from scm.selectors.landed_costs import receipts_for_charges
from scm.services.line_input import invalid, number
from scm.states import ChargeKind, LandedCostState, SpreadBasis

Lines = Sequence[Mapping[str, Any]]


@operation(permission="scm.add_landedcost")
def create_landed_cost(
    *,
    receipt_ids: Sequence[int],
    lines: Lines,
    partner_id: int | None = None,
    currency_id: int | None = None,
    date: dt.date | None = None,
    reference: str = "",
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> LandedCost:
    """Write down charges of the goods of posted receipts; nothing changes before they are posted.

    lines  kind (ChargeKind), basis (SpreadBasis), amount (net, in the document's currency), description.

    Raises:
        EmptyDocument: there is no charge.
        NothingReceived: no receipt is named, or one of them is not posted.
        NotSupplier: the carrier is not entered as a supplier.
        InvalidInput: an impossible amount, kind or basis; an unknown currency.
    """
    document = LandedCost(
        owner=actor,
        document_date=date or business_date(at),
        created_at=at,
        number=next_number(LandedCost, at),
    )
    receipts, charges = _fill(document, receipt_ids, lines, partner_id, currency_id, reference, note)
    document.save()
    document.receipts.set(receipts)
    LandedCostCharge.objects.bulk_create(charges)
    return document


@operation(permission="scm.change_landedcost", document=(LandedCost, "landed_cost_id"))
def update_landed_cost(
    *,
    landed_cost_id: int,
    receipt_ids: Sequence[int],
    lines: Lines,
    partner_id: int | None = None,
    currency_id: int | None = None,
    date: dt.date | None = None,
    reference: str = "",
    note: str = "",
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> LandedCost:
    """Replace what a draft says; arguments and refusals as for create_landed_cost.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotDraft: it is posted, reversed or cancelled.
    """
    document = lock(LandedCost, landed_cost_id, version=version)
    if document.state != LandedCostState.DRAFT:
        raise NotDraft(document=document, state=document.get_state_display())
    document.document_date = date or document.document_date
    receipts, charges = _fill(document, receipt_ids, lines, partner_id, currency_id, reference, note)
    document.version += 1
    document.save()
    document.receipts.set(receipts)
    document.lines.all().delete()
    LandedCostCharge.objects.bulk_create(charges)
    return document


@operation(permission="scm.cancel_landedcost", document=(LandedCost, "landed_cost_id"))
def cancel_landed_cost(
    *, landed_cost_id: int, version: int | None = None, reason: str = "", actor: Any, at: dt.datetime
) -> LandedCost:
    """Drop charges that were not posted.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is posted, reversed or cancelled.
    """
    document = lock(LandedCost, landed_cost_id, version=version)
    transition(document, LandedCostState.CANCELLED, actor=actor, at=at, reason=reason)
    return document


def _fill(  # noqa: PLR0917
    document: LandedCost,
    receipt_ids: Sequence[int],
    lines: Lines,
    partner_id: int | None,
    currency_id: int | None,
    reference: str,
    note: str,
) -> tuple[list[GoodsReceipt], list[LandedCostCharge]]:
    """Set the header and return the receipts and the unsaved charges."""
    wanted = {int(pk) for pk in receipt_ids}
    receipts = list(receipts_for_charges().filter(pk__in=wanted))
    if not wanted or len(receipts) != len(wanted):
        raise NothingReceived(field="receipts")
    partner = Partner.objects.filter(pk=partner_id).first() if partner_id else None
    if partner is not None and not partner.is_supplier:
        raise NotSupplier(partner=partner, field="partner")
    currency = Currency.objects.filter(pk=currency_id).first() if currency_id else base_currency()
    if currency is None:
        raise InvalidInput(message=_("Unknown, or closed for new documents."), field="currency")
    document.partner, document.currency = partner, currency
    document.reference, document.note = reference.strip()[:60], note
    if not lines:
        raise EmptyDocument(document=document)
    charges = [_charge(document, row, index, currency.decimals) for index, row in enumerate(lines)]
    document.total_amount = sum((charge.amount for charge in charges), ZERO)
    return receipts, charges


def _charge(document: LandedCost, row: Mapping[str, Any], index: int, decimals: int) -> LandedCostCharge:
    kind, basis = row.get("kind") or ChargeKind.FREIGHT, row.get("basis") or SpreadBasis.VALUE
    if kind not in ChargeKind.values:
        raise invalid(index, "kind", _("Choose what kind of charge it is."))
    if basis not in SpreadBasis.values:
        raise invalid(index, "basis", _("Choose by what the charge is spread."))
    amount = number(row.get("amount"), index, "amount")
    if amount <= 0 or amount >= Decimal(10) ** 12 or amount != round_amount(amount, decimals):
        raise invalid(index, "amount", _("Enter an amount above zero in the smallest unit of the currency."))
    return LandedCostCharge(
        landed_cost=document,
        line_no=index + 1,
        kind=kind,
        basis=basis,
        description=str(row.get("description") or "").strip()[:120],
        amount=amount,
    )
