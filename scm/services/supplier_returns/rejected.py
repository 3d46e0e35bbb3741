"""Goods that inspection rejected: a return to the supplier is prepared for the buyer to complete and post."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.money import round_quantity
from core.operations import operation
from scm.models import GoodsReceiptLine, SupplierReturn
from scm.services.supplier_returns.drafting import create_supplier_return


@operation(permission=None)
def draft_return_of_rejected(
    *,
    receipt_id: int,
    rows: Sequence[tuple[int, Decimal, int]],
    inspection: str,
    actor: Any,
    at: dt.datetime,
) -> SupplierReturn | None:
    """Draft the return of rejected goods of one receipt, for replacement; None when all went back by hand already.

    rows  (receipt line, quantity in the stock unit, place the goods lie in).
    """
    lines = GoodsReceiptLine.objects.select_related("uom", "order_line").in_bulk(
        [key for key, _quantity, _place in rows]
    )
    entered = []
    for key, quantity, place_id in rows:
        line = lines[key]
        part = min(quantity, line.returnable_quantity)
        if part > 0:
            entered.append({"receipt_line_id": key, "quantity": in_line_unit(line, part), "location_id": place_id})
    if not entered:
        return None
    made: SupplierReturn = create_supplier_return(
        receipt_id=receipt_id,
        lines=entered,
        cause=_("Rejected by inspection %(number)s") % {"number": inspection},
        actor=actor,
        at=at,
    )
    return made


def in_line_unit(line: GoodsReceiptLine, quantity: Decimal) -> Decimal:
    """Return a quantity in the stock unit in the unit of the receipt line."""
    if quantity == line.stock_quantity:
        return line.quantity
    decimals = line.uom.decimals if line.uom else 6
    return round_quantity(quantity * line.quantity / line.stock_quantity, decimals)
