"""History of demand and forecasts for tests, made through their services."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.operations import perform
from erp.models import Forecast
from erp.services import forecasts
from masterdata.models import Item
from tests.factories import crm, erp

D = Decimal


def ordered(item: Item, quantities: dict[dt.date, str]) -> None:
    """Confirmed orders of the past: so much of the item wanted on each day."""
    lines = [crm.line(item, quantity, ship_date=day) for day, quantity in quantities.items()]
    crm.confirmed_order(None, *lines, warehouse_id=erp.place().pk)


def months_before(day: dt.date, quantities: list[str]) -> dict[dt.date, str]:
    """Quantities of the months before the one of ``day``, oldest first, each wanted on the tenth."""
    last = day.year * 12 + day.month - 1
    first = last - len(quantities)
    return {
        dt.date((first + place) // 12, (first + place) % 12 + 1, 10): quantity
        for place, quantity in enumerate(quantities)
        if D(quantity)
    }


def forecast(**fields: Any) -> Forecast:
    """A draft forecast by month from orders, three buckets ahead."""
    values = {"title": "Sales plan", "basis": "orders", "horizon": 3, "lookback": 12}
    return perform(forecasts.create_forecast, actor=None, **values | fields)


def calculated(**fields: Any) -> Forecast:
    return perform(forecasts.calculate_forecast, actor=None, forecast_id=forecast(**fields).pk)


def released(**fields: Any) -> Forecast:
    return perform(forecasts.release_forecast, actor=None, forecast_id=calculated(**fields).pk)
