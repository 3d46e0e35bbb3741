"""Fiscal years and periods: created, held, closed by module, reopened."""

from finance.services.periods.closing import close_module, close_period
from finance.services.periods.holding import hold_module, release_module
from finance.services.periods.reopening import reopen_module, reopen_period
from finance.services.periods.years import create_year

__all__ = [
    "close_module",
    "close_period",
    "create_year",
    "hold_module",
    "release_module",
    "reopen_module",
    "reopen_period",
]
