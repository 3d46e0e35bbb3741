"""What of the material of work orders is on open merged picks."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, QuerySet, Sum

from erp.models import PickShare
from erp.states.making import MergedPickState


def open_shares() -> QuerySet[PickShare]:
    """Return the shares of open picks that are not issued yet."""
    rows = PickShare.objects.filter(line__pick__state=MergedPickState.OPEN)
    return rows.filter(planned_quantity__gt=F("issued_quantity") + F("dropped_quantity"))


def on_open_picks(material_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return how much of each material line is on open picks, not issued yet."""
    rows = open_shares().filter(material_id__in=list(material_ids)).values("material_id")
    total = Sum(F("planned_quantity") - F("issued_quantity") - F("dropped_quantity"))
    return {row["material_id"]: row["total"] for row in rows.annotate(total=total).order_by()}
