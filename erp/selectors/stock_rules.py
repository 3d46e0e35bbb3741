"""The rules stock is watched by."""

from erp.models import StockSettings


def stock_rules() -> StockSettings:
    """Return the stock settings (their defaults, while nobody has saved any)."""
    return StockSettings.objects.first() or StockSettings()
