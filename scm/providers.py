"""Answers to the questions of the apps above."""

from scm.selectors.lead_times import purchase_lead_times

__all__ = ["purchase_lead_times"]
