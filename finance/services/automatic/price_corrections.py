"""What a supplier's invoice says goods cost more than their receipt did: it follows the goods."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from erp.models import StockMove
from erp.services.late_costs import LateCost, follow_late_costs
from erp.states import EntryKind, ValueCounter
from finance.models import Invoice
from scm.models import GoodsReceipt


def follow_goods(
    source: Invoice | GoodsReceipt, corrections: Mapping[int, Decimal], date: dt.date, *, actor: Any, at: dt.datetime
) -> None:
    """Make the goods of receipt lines dearer (or cheaper) by ``corrections``, base currency, wherever they are now.

    On hand they change the value of stock, issued they follow into work in process, output, cost of sales or loss; the
    other side is the accrual that the invoice clears. Called before the invoice's own entry: costs are locked before
    periods; a receipt that comes after its invoice has locked both. Source: HARD_RULES §11.
    """
    changed = {line_id: amount for line_id, amount in corrections.items() if amount}
    if not changed:
        return
    moves = StockMove.objects.filter(
        source_label="scm.goodsreceipt", source_line_id__in=changed, reverses__isnull=True
    ).order_by("pk")
    follow_late_costs(
        costs=[LateCost(move.pk, changed[move.source_line_id or 0]) for move in moves],
        kind=EntryKind.PRICE_CORRECTION,
        counter=ValueCounter.GRNI,
        source=source,
        date=date,
        actor=actor,
        at=at,
    )
