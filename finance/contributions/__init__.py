"""What finance shows on others' pages: one module per document, each with its tuple ``CONTRIBUTIONS``."""

from core.contributions import contribute
from finance.contributions import bills, figures, invoices, navigation, payments, periods, reports, settlement, vouchers


def register() -> None:
    """Register the contributions."""
    for module in (navigation, figures, invoices, payments, periods, reports, vouchers, bills, settlement):
        contribute(*module.CONTRIBUTIONS)
