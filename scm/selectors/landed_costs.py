"""What landed costs can be spread over, and how they would be."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from core.clock import company
from core.fields import ZERO
from core.money import round_amount
from scm.engines.landed_costs import Charge, Goods, spread
from scm.models import GoodsReceipt, GoodsReceiptLine, LandedCost, LandedCostCharge, LandedCostShare
from scm.states import GoodsReceiptState, LandedCostState, SpreadBasis


def receipts_for_charges() -> QuerySet[GoodsReceipt]:
    """Return the posted receipts, newest first."""
    posted = GoodsReceipt.objects.filter(state=GoodsReceiptState.POSTED, is_opening=False)
    return posted.select_related("partner").order_by("-document_date", "-pk")


def charged_lines(receipt_ids: Iterable[int]) -> list[GoodsReceiptLine]:
    """Return the lines of receipts that brought goods into stock which were not all sent back."""
    lines = GoodsReceiptLine.objects.filter(receipt_id__in=list(receipt_ids), item__isnull=False)
    related = lines.select_related("item__uom", "receipt").order_by("receipt__number", "line_no")
    return [line for line in related if line.returnable_quantity > 0]


def goods_of(lines: Iterable[GoodsReceiptLine]) -> list[Goods]:
    """Return what the lines weigh in each way of spreading."""
    goods = []
    for line in lines:
        kept = line.returnable_quantity
        item: Any = line.item
        weights = {
            SpreadBasis.QUANTITY.value: kept,
            SpreadBasis.VALUE.value: line.amount * kept / line.stock_quantity,
            SpreadBasis.WEIGHT.value: kept * item.weight,
            SpreadBasis.VOLUME.value: kept * item.volume,
        }
        goods.append(Goods(line.pk, weights))
    return goods


def base_decimals() -> int:
    """Return the places of the base currency."""
    own = company()
    return own.base_decimals if own else 2


def in_base(charge: LandedCostCharge, rate: Decimal) -> Charge:
    """Return a charge in base currency at ``rate``."""
    return Charge(charge.pk, charge.basis, round_amount(charge.amount * rate, base_decimals()))


def shares_shown(document: LandedCost, rate: Decimal) -> list[dict[str, Any]]:
    """Return {line, shares (by charge, in their order), total} per receipt line: as posted, else as it would be now.

    A draft whose charges cannot be spread yet (no weights at the items) shows nothing.
    """
    charges = list(document.lines.all())
    if document.state in {LandedCostState.POSTED, LandedCostState.REVERSED}:
        rows = LandedCostShare.objects.filter(charge__in=charges).select_related(
            "receipt_line__item__uom", "receipt_line__receipt"
        )
        lines = list({row.receipt_line_id: row.receipt_line for row in rows}.values())
        amounts = {(row.charge_id, row.receipt_line_id): row.amount for row in rows}
    else:
        lines = charged_lines(document.receipts.values_list("pk", flat=True))
        try:
            found = spread([in_base(one, rate) for one in charges], goods_of(lines), base_decimals()) if lines else []
        except ValueError:
            return []
        amounts = {(one.charge_id, one.line_id): one.amount for one in found}
    shown = []
    for line in lines:
        shares = [amounts.get((charge.pk, line.pk), ZERO) for charge in charges]
        shown.append({"line": line, "shares": shares, "total": sum(shares, ZERO)})
    return shown
