"""What the parts of goods that are taken apart weigh in their cost. Source: HARD_RULES §8 (original shares)."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Sum

from core.fields import ZERO
from erp.models import ValueEntry
from erp.selectors.costs import unit_costs
from erp.states import SIDE_KINDS, MoveKind


def part_weights(origin_id: int | None, item_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return the value of a stock unit of each part: in the order that made the goods, else its present unit cost."""
    wanted = set(item_ids)
    weights = unit_costs(wanted)
    if origin_id is None:
        return weights
    kinds = (MoveKind.ISSUE, MoveKind.ISSUE_RETURN)
    rows = ValueEntry.objects.filter(work_order_id=origin_id, move__kind__in=kinds, item_id__in=wanted)
    sums = rows.exclude(kind__in=SIDE_KINDS).values("item_id").order_by("item_id")
    for row in sums.annotate(quantity=Sum("quantity"), amount=Sum("amount")):
        if row["quantity"] and row["amount"] / row["quantity"] >= ZERO:
            weights[row["item_id"]] = row["amount"] / row["quantity"]
    return weights
