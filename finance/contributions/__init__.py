"""What finance shows on others' pages: one module per document, each with its tuple ``CONTRIBUTIONS``."""

from core.contributions import contribute
from finance.contributions import (
    bank,
    bills,
    budgets,
    cash_plan,
    dunning,
    figures,
    invoices,
    navigation,
    opening_balances,
    opening_items,
    order_profit,
    payments,
    periods,
    proofs,
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
        proofs,
        reports,
        vouchers,
        bills,
        settlement,
        bank,
        dunning,
        tax,
        order_profit,
        budgets,
        cash_plan,
        opening_items,
        opening_balances,
    )
    for module in modules:
        contribute(*module.CONTRIBUTIONS)
