"""What the app shows on other pages."""

from erp.contributions import counts, make, stock


def register() -> None:
    """Register everything the app contributes."""
    stock.register()
    counts.register()
    make.register()
