"""Landed costs onto the goods, and off them again."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.clock import business_date
from core.documents import lock, transition
from core.errors import InvalidTransition
from core.fields import ZERO
from core.locks import lock_many
from core.operations import operation
from erp.models import StockMove
from erp.services.late_costs import LateCost, follow_late_costs
from erp.states import EntryKind, ValueCounter
from masterdata.selectors.currencies import rate_on
from scm.engines.landed_costs import spread
from scm.errors import ChargeInvoiced, GoodsSentBack, NothingReceived, NothingToSpreadBy
from scm.models import GoodsReceipt, LandedCost, LandedCostCharge, LandedCostShare
from scm.selectors.landed_costs import base_decimals, charged_lines, goods_of, in_base
from scm.signals import landed_cost_posted, landed_cost_reversed
from scm.states import GoodsReceiptState, LandedCostState


@operation(permission="scm.post_landedcost", document=(LandedCost, "landed_cost_id"))
def post_landed_cost(*, landed_cost_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> LandedCost:
    """Add the charges to what the goods cost, wherever those goods are now: in stock, in process, sold or lost.

    The other side stands in the account of accrued freight and charges until the carrier's invoice comes.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is posted, reversed or cancelled.
        NothingReceived: one of its receipts was reversed.
        GoodsSentBack: nothing of the goods is left with us.
        NothingToSpreadBy: the goods have no weight, volume or value that a charge is spread by.
        NoExchangeRate: the currency has no rate on its date.
        (erp.services.late_costs.follow_late_costs): the period is closed.
    """
    document = _locked(landed_cost_id, version)
    _require_state(document, LandedCostState.DRAFT, LandedCostState.POSTED)
    receipts = list(document.receipts.all())
    if any(receipt.state != GoodsReceiptState.POSTED for receipt in receipts) or not receipts:
        raise NothingReceived(field="receipts")
    document.exchange_rate = rate_on(document.currency, document.document_date)
    shares = _spread(document, [receipt.pk for receipt in receipts])
    LandedCostShare.objects.bulk_create(shares)
    transition(document, LandedCostState.POSTED, actor=actor, at=at, fields=["exchange_rate"])
    _follow(document, 1, document.document_date, actor=actor, at=at)
    landed_cost_posted.send(sender=LandedCost, landed_cost=document, actor=actor, at=at)
    return document


@operation(permission="scm.reverse_landedcost", document=(LandedCost, "landed_cost_id"))
def reverse_landed_cost(
    *, landed_cost_id: int, version: int | None = None, reason: str = "", actor: Any, at: dt.datetime
) -> LandedCost:
    """Take posted charges off the goods again, today, from wherever the goods are by now.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not posted.
        ChargeInvoiced: the carrier has invoiced some of it.
        (erp.services.late_costs.follow_late_costs): the period is closed.
    """
    document = _locked(landed_cost_id, version)
    _require_state(document, LandedCostState.POSTED, LandedCostState.REVERSED)
    invoiced = document.lines.filter(invoiced_quantity__gt=0).order_by("line_no").first()
    if invoiced is not None:
        raise ChargeInvoiced(document=document, line=invoiced.line_no)
    transition(document, LandedCostState.REVERSED, actor=actor, at=at, reason=reason)
    _follow(document, -1, business_date(at), actor=actor, at=at)
    landed_cost_reversed.send(sender=LandedCost, landed_cost=document, actor=actor, at=at)
    return document


@operation(permission=None)
def register_charges_invoiced(*, quantities: Mapping[int, Decimal], actor: Any, at: dt.datetime) -> None:
    """Add what carriers' invoices say: {charge id: part of it}, negative for a credit note.

    Called by finance when it posts an invoice or a credit, the landed costs locked first.
    """
    charges = list(LandedCostCharge.objects.filter(pk__in=quantities))
    lock_many(LandedCost, {charge.landed_cost_id for charge in charges})
    for charge in charges:
        charge.invoiced_quantity += quantities[charge.pk]
    LandedCostCharge.objects.bulk_update(charges, ["invoiced_quantity"])


def _locked(landed_cost_id: int, version: int | None) -> LandedCost:
    """Lock the receipts (nobody may reverse them meanwhile), then the document."""
    receipts = GoodsReceipt.objects.filter(landed_costs=landed_cost_id).values_list("pk", flat=True)
    lock_many(GoodsReceipt, receipts)
    return lock(LandedCost, landed_cost_id, version=version)


def _require_state(document: LandedCost, state: LandedCostState, to: LandedCostState) -> None:
    if document.state != state:
        raise InvalidTransition(document=document, state=document.get_state_display(), to=to.label)


def _spread(document: LandedCost, receipt_ids: list[int]) -> list[LandedCostShare]:
    """Fix the charges in base currency and return the unsaved shares of the receipt lines."""
    lines = charged_lines(receipt_ids)
    if not lines:
        raise GoodsSentBack()
    charges = list(document.lines.all())
    amounts = [in_base(charge, document.exchange_rate) for charge in charges]
    for charge, amount in zip(charges, amounts, strict=True):
        charge.base_amount = amount.amount
    LandedCostCharge.objects.bulk_update(charges, ["base_amount"])
    try:
        found = spread(amounts, goods_of(lines), base_decimals())
    except ValueError as nothing:
        charge = next(one for one in charges if one.pk == nothing.args[0])
        raise NothingToSpreadBy(line=charge.line_no, basis=charge.get_basis_display().lower()) from nothing
    return [
        LandedCostShare(charge_id=one.charge_id, receipt_line_id=one.line_id, weight=one.weight, amount=one.amount)
        for one in found
    ]


def _follow(document: LandedCost, sign: int, date: dt.date, *, actor: Any, at: dt.datetime) -> None:
    amounts: dict[int, Decimal] = defaultdict(lambda: ZERO)
    rows = LandedCostShare.objects.filter(charge__landed_cost=document)
    for line_id, amount in rows.values_list("receipt_line_id", "amount"):
        amounts[line_id] += sign * amount
    moves = StockMove.objects.filter(
        source_label="scm.goodsreceipt", source_line_id__in=amounts.keys(), reverses__isnull=True
    )
    follow_late_costs(
        costs=[LateCost(move.pk, amounts[move.source_line_id or 0]) for move in moves.order_by("pk")],
        kind=EntryKind.LATE_COST,
        counter=ValueCounter.LANDED_COST,
        source=document,
        date=date,
        actor=actor,
        at=at,
    )
