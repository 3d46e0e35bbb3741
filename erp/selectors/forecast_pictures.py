"""Forecasts as pictures: complete ECharts options."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.fields import ZERO
from erp.models import Forecast, ForecastBucket, ForecastLine
from erp.selectors.forecasts import Total, past_starts_of
from erp.states.demand import ForecastBucketSize


def _head(start: Any, size: str) -> str:
    return str(start.strftime("%Y-%m" if size == ForecastBucketSize.MONTH else "%m-%d"))


def total_picture(forecast: Forecast, totals: Sequence[Total]) -> dict[str, Any]:
    """Return history and forecast of all items together, opportunities as a layer on top."""
    starts = past_starts_of(forecast)
    sums = [ZERO] * len(starts)
    for past in forecast.lines.values_list("past", flat=True):
        shift = len(starts) - len(past)
        for place, quantity in enumerate(past):
            if place + shift >= 0:
                sums[place + shift] += quantity
    empty = [None] * len(starts)
    return _picture(
        [_head(one, forecast.bucket_size) for one in [*starts, *(total.start for total in totals)]],
        [
            _bars(_("History"), [str(one) for one in sums]),
            _bars(_("Forecast"), [*empty, *(str(one.quantity) for one in totals)]),
            _bars(_("Opportunities"), [*empty, *(str(one.opportunity) for one in totals)]),
            _line(pgettext("forecast", "Released"), [*empty, *(str(one.released) for one in totals)]),
        ],
    )


def item_picture(line: ForecastLine, buckets: Sequence[ForecastBucket]) -> dict[str, Any]:
    """Return history (outliers marked), calculated and typed quantities, opportunities of one item."""
    forecast = line.forecast
    starts = past_starts_of(forecast)[-len(line.past) :] if line.past else []
    far = set(line.outliers)
    past = [
        {"value": str(quantity), "itemStyle": {"color": "#d63939"}} if place in far else str(quantity)
        for place, quantity in enumerate(line.past)
    ]
    empty = [None] * len(starts)
    shown = [one for one in buckets if one.start_date >= forecast.start_date]
    return _picture(
        [_head(one, forecast.bucket_size) for one in [*starts, *(one.start_date for one in shown)]],
        [
            _bars(_("History"), past),
            _bars(_("Forecast"), [*empty, *(str(one.quantity) for one in shown)]),
            _bars(_("Opportunities"), [*empty, *(str(one.opportunity) for one in shown)]),
            _line(_("Calculated"), [*empty, *(str(one.statistical) for one in shown)]),
        ],
    )


def _picture(heads: list[str], series: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {},
        "xAxis": {"type": "category", "data": heads},
        "yAxis": {"type": "value"},
        "series": series,
    }


def _bars(name: str, data: list[Any]) -> dict[str, Any]:
    return {"type": "bar", "stack": "demand", "name": name, "data": data}


def _line(name: str, data: list[Any]) -> dict[str, Any]:
    return {"type": "line", "name": name, "data": data, "symbol": "none", "lineStyle": {"type": "dashed"}}
