"""Answers to the questions of the apps above."""

from scm.selectors.lead_times import purchase_lead_times
from scm.selectors.operations import pieces_at_suppliers

__all__ = ["pieces_at_suppliers", "purchase_lead_times"]
