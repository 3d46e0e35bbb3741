"""Accrued freight and charges: the sub-ledger of posted landed costs, and what a dearer invoice does to their goods."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from core.money import split_amount
from core.operations import operation
from erp.models import StockMove
from erp.services.late_costs import LateCost, follow_late_costs
from erp.states import EntryKind, ValueCounter
from finance.models import AccruedCharge, Invoice
from scm.models import LandedCost, LandedCostShare
from scm.selectors.landed_costs import base_decimals


@operation(permission=None)
def record_charges(*, landed_cost: LandedCost, actor: Any, at: dt.datetime) -> list[AccruedCharge]:
    """Open one sub-ledger row per charge of a posted landed cost; its value entries are booked already."""
    return AccruedCharge.objects.bulk_create(
        AccruedCharge(
            charge=charge,
            landed_cost=landed_cost,
            partner_id=landed_cost.partner_id,
            currency_id=landed_cost.currency_id,
            accrued_date=landed_cost.document_date,
            amount=charge.amount,
            accrued_amount=charge.base_amount,
        )
        for charge in landed_cost.lines.order_by("line_no")
    )


@operation(permission=None)
def drop_charges(*, landed_cost: LandedCost, actor: Any, at: dt.datetime) -> None:
    """Empty the rows of a reversed landed cost; nothing of it is invoiced (scm refuses that)."""
    AccruedCharge.objects.filter(landed_cost=landed_cost).update(accrued_amount=ZERO)


def follow_charges(
    invoice: Invoice, corrections: Mapping[int, Decimal], date: dt.date, *, actor: Any, at: dt.datetime
) -> None:
    """Make goods dearer (or cheaper) by what an invoice says of their charges beyond the estimate, base currency.

    ``corrections`` by charge; each goes onto the receipt lines that bear the charge, by their shares of the estimate,
    and with the goods to where they are now. The other side is the accrual that the invoice clears. Called before the
    invoice's own entry: costs are locked before periods. Source: HARD_RULES §7 (late freight charge).
    """
    changed = {charge_id: amount for charge_id, amount in corrections.items() if amount}
    if not changed:
        return
    shares: dict[int, list[tuple[int, Decimal, Decimal]]] = defaultdict(list)
    rows = LandedCostShare.objects.filter(charge__in=changed).order_by("charge", "receipt_line")
    for charge_id, line_id, amount, weight in rows.values_list("charge_id", "receipt_line_id", "amount", "weight"):
        shares[charge_id].append((line_id, amount, weight))
    by_line: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for charge_id, amount in sorted(changed.items()):
        borne = [share for _line, share, _weight in shares[charge_id]]
        weights = borne if any(borne) else [weight for _line, _share, weight in shares[charge_id]]
        for (line_id, _share, _weight), part in zip(
            shares[charge_id], split_amount(amount, weights, base_decimals()), strict=True
        ):
            by_line[line_id] += part
    moves = StockMove.objects.filter(
        source_label="scm.goodsreceipt", source_line_id__in=by_line, reverses__isnull=True
    ).order_by("pk")
    follow_late_costs(
        costs=[LateCost(move.pk, by_line[move.source_line_id or 0]) for move in moves],
        kind=EntryKind.LATE_COST,
        counter=ValueCounter.LANDED_COST,
        source=invoice,
        date=date,
        actor=actor,
        at=at,
    )
