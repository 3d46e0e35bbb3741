"""What the app shows on other pages."""

from erp.contributions import (
    counts,
    demand,
    engineering,
    make,
    making,
    order_costs,
    project_stock,
    quality,
    questions,
    sections,
    stock,
    stock_control,
    tracking,
    valuation,
)


def register() -> None:
    """Register everything the app contributes."""
    sections.register()
    stock.register()
    counts.register()
    stock_control.register()
    project_stock.register()
    demand.register()
    make.register()
    making.register()
    engineering.register()
    questions.register()
    valuation.register()
    quality.register()
    tracking.register()
    order_costs.register()
