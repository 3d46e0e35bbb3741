"""Components that engineering takes out of use: returns to the suppliers they came from, the latest receipts first."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F

from core.operations import operation
from erp.services.engineering_changes import record_follow_up
from scm.models import GoodsReceiptLine
from scm.services.supplier_returns.drafting import create_supplier_return
from scm.services.supplier_returns.rejected import in_line_unit
from scm.states import GoodsReceiptState, Settlement


@operation(permission=None)
def draft_returns_of_withdrawn(
    *, line_id: int, item_id: int, rows: Sequence[tuple[int, Decimal]], cause: str, actor: Any, at: dt.datetime
) -> int:
    """Draft returns for credit of what lies at ``rows`` (place, quantity in the stock unit); returns how many.

    Goods go back as far as posted receipts have not been sent back yet; what came otherwise stays. Each draft is
    reported to the line of the engineering change.
    """
    lines = GoodsReceiptLine.objects.filter(
        item_id=item_id, receipt__state=GoodsReceiptState.POSTED, stock_quantity__gt=F("returned_quantity")
    ).select_related("uom", "receipt", "order_line")
    entered: dict[int, list[dict[str, Any]]] = defaultdict(list)
    quantities: dict[int, Decimal] = defaultdict(Decimal)
    left = [[place_id, quantity] for place_id, quantity in rows]
    for line in lines.order_by("-receipt__document_date", "-pk"):
        for place_id, part in _taken(left, line.returnable_quantity):
            quantities[line.receipt_id] += part
            entered[line.receipt_id].append(
                {"receipt_line_id": line.pk, "quantity": in_line_unit(line, part), "location_id": place_id}
            )
    for receipt_id in sorted(entered):
        made = create_supplier_return(
            receipt_id=receipt_id,
            lines=entered[receipt_id],
            cause=cause,
            settlement=Settlement.CREDIT,
            actor=actor,
            at=at,
        )
        record_follow_up(line_id=line_id, document=made, quantity=quantities[receipt_id], actor=actor, at=at)
    return len(entered)


def _taken(left: list[list[Any]], most: Decimal) -> list[tuple[int, Decimal]]:
    """Take up to ``most`` from what is left, place by place."""
    parts = []
    for row in left:
        part = min(row[1], most)
        if part > 0:
            row[1] -= part
            most -= part
            parts.append((row[0], part))
    return parts
