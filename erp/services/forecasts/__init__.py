"""Forecasts: written, calculated from history, changed by hand, released to planning."""

from erp.services.forecasts.adjusting import choose_forecast_method, override_forecast
from erp.services.forecasts.calculating import calculate_forecast
from erp.services.forecasts.releasing import close_forecast, release_forecast, roll_forecast
from erp.services.forecasts.settings import configure_demand
from erp.services.forecasts.writing import create_forecast, update_forecast

__all__ = [
    "calculate_forecast",
    "choose_forecast_method",
    "close_forecast",
    "configure_demand",
    "create_forecast",
    "override_forecast",
    "release_forecast",
    "roll_forecast",
    "update_forecast",
]
