"""What finance shows on others' pages: one module per document, each with its tuple ``CONTRIBUTIONS``."""

from core.contributions import contribute
from finance.contributions import figures, invoices, navigation, payments, periods, reports, vouchers


def register() -> None:
    """Register the contributions."""
    for module in (navigation, figures, invoices, payments, periods, reports, vouchers):
        contribute(*module.CONTRIBUTIONS)
