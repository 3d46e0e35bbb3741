"""What finance shows on others' pages: one module per document, each with its tuple ``CONTRIBUTIONS``."""

from core.contributions import contribute
from finance.contributions import (
    bank,
    bills,
    dunning,
    figures,
    invoices,
    navigation,
    payments,
    periods,
    reports,
    settlement,
    tax,
    vouchers,
)


def register() -> None:
    """Register the contributions."""
    modules = (
        navigation,
        figures,
        invoices,
        payments,
        periods,
        reports,
        vouchers,
        bills,
        settlement,
        bank,
        dunning,
        tax,
    )
    for module in modules:
        contribute(*module.CONTRIBUTIONS)
