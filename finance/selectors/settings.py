"""The settings of receivables and payables, as they stand or as they come."""

from finance.models import FinanceSettings


def finance_settings() -> FinanceSettings:
    """Return the stored settings; without any, what the program comes with (not stored)."""
    return FinanceSettings.objects.first() or FinanceSettings()
