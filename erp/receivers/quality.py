"""Reactions of quality: what is done after the commit when inspected goods were taken back."""

from typing import Any

from core.operations import perform
from erp.models import StockMove
from erp.services.arrivals import withdraw_inspections


def withdraw_reversed_arrivals(payload: dict[str, Any]) -> None:
    """Carry out the outbox event ``erp.inspected_arrival_reversed``."""
    lines = StockMove.objects.filter(pk__in=payload["move_ids"]).values_list("source_line_id", flat=True)
    perform(
        withdraw_inspections,
        actor=None,
        source_label=payload["source_label"],
        source_id=payload["source_id"],
        source_line_ids=sorted({line for line in lines if line is not None}),
    )
