"""What is reserved for the material of work orders, balance by balance."""

from collections.abc import Iterable
from decimal import Decimal

from erp.models import Reservation

Kept = dict[tuple[int, int], Decimal]
"""Quantity by (material line, balance)."""

KeptIn = dict[tuple[int, int, int | None], Decimal]
"""Quantity by (material line, place, lot)."""


def kept_for(material_ids: Iterable[int]) -> Kept:
    """Return what is kept for material lines, and where."""
    wanted = set(material_ids)
    if not wanted:
        return {}
    rows = Reservation.objects.filter(demand__source_label="erp.workorder", demand__source_line_id__in=wanted)
    return {
        (line_id, balance_id): quantity
        for line_id, balance_id, quantity in rows.values_list("demand__source_line_id", "balance_id", "quantity")
    }


def kept_in(material_ids: Iterable[int]) -> KeptIn:
    """Return what is kept for material lines, by place and lot."""
    rows = Reservation.objects.filter(
        demand__source_label="erp.workorder", demand__source_line_id__in=set(material_ids)
    ).values_list("demand__source_line_id", "balance__location_id", "balance__lot_id", "quantity")
    return {(line_id, place, lot): quantity for line_id, place, lot, quantity in rows}
