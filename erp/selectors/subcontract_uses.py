"""What was made of material that was used at subcontractors."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Sum

from core.fields import ZERO
from erp.models import SubcontractUse


def outputs_of(used_moves: Iterable[int]) -> dict[int, list[tuple[int, Decimal]]]:
    """Return by consumption the receipts made of it, with what stayed of each (reversals off)."""
    links = SubcontractUse.objects.filter(used_move__in=list(used_moves))
    rows = links.annotate(undone=Sum("receipt_move__reversals__quantity", default=ZERO)).order_by("receipt_move_id")
    found: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for used, receipt, quantity, undone in rows.values_list(
        "used_move_id", "receipt_move_id", "receipt_move__quantity", "undone"
    ):
        if quantity > undone:
            found[used].append((receipt, quantity - undone))
    return dict(found)
