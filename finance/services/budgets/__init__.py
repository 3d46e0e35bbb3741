"""Budgets: writing and putting them in force, checking and recording what is committed, releases, alerts."""

from finance.services.budgets.alerts import close_alert, watch
from finance.services.budgets.carrying import carry_commitments, undo_carry
from finance.services.budgets.checking import require_budget
from finance.services.budgets.commitments import follow_document
from finance.services.budgets.plans import (
    activate_budget,
    copy_budget,
    create_budget,
    remove_budget_line,
    save_budget_line,
)
from finance.services.budgets.releases import release_budget

__all__ = [
    "activate_budget",
    "carry_commitments",
    "close_alert",
    "copy_budget",
    "create_budget",
    "follow_document",
    "release_budget",
    "remove_budget_line",
    "require_budget",
    "save_budget_line",
    "undo_carry",
    "watch",
]
