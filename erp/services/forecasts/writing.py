"""Writing what a forecast is about."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.documents import lock, next_number
from core.errors import InvalidInput
from core.operations import operation
from erp.errors.demand import ForecastIsClosed
from erp.models import Forecast
from erp.models.forecasts import bucket_start
from erp.states.demand import ForecastBasis, ForecastBucketSize, ForecastState

SPANS = {"horizon": (1, 60), "lookback": (3, 156)}


@operation(permission="erp.add_forecast")
def create_forecast(
    *,
    title: str,
    bucket_size: str = ForecastBucketSize.MONTH,
    basis: str = ForecastBasis.SHIPMENTS,
    category_id: int | None = None,
    horizon: int = 12,
    lookback: int = 24,
    trims_outliers: bool = False,
    with_opportunities: bool = False,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Forecast:
    """Begin a forecast from the present bucket on; it has no quantities before it is calculated.

    horizon, lookback  buckets ahead and buckets of history.   category_id  only items of this branch.

    Raises:
        InvalidInput: a span is out of range, or the title is empty.
    """
    forecast = Forecast(
        number=next_number(Forecast, at),
        owner=actor,
        document_date=business_date(at),
        created_at=at,
        title=title.strip(),
        bucket_size=bucket_size,
        basis=basis,
        category_id=category_id,
        start_date=bucket_start(business_date(at), bucket_size),
        horizon=horizon,
        lookback=lookback,
        trims_outliers=trims_outliers,
        with_opportunities=with_opportunities,
        note=note,
    )
    _require_sound(forecast)
    forecast.save()
    return forecast


@operation(permission="erp.change_forecast", document=(Forecast, "forecast_id"))
def update_forecast(
    *,
    forecast_id: int,
    title: str,
    basis: str,
    category_id: int | None = None,
    horizon: int,
    lookback: int,
    trims_outliers: bool = False,
    with_opportunities: bool = False,
    note: str = "",
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Forecast:
    """Change what the next calculation goes by; the bucket stays what it is.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        ForecastIsClosed: it is over.
        InvalidInput: as in `create_forecast`.
    """
    forecast = lock_open(forecast_id, version)
    forecast.title, forecast.basis, forecast.category_id = title.strip(), basis, category_id
    forecast.horizon, forecast.lookback = horizon, lookback
    forecast.trims_outliers, forecast.with_opportunities, forecast.note = trims_outliers, with_opportunities, note
    _require_sound(forecast)
    forecast.version += 1
    forecast.save()
    return forecast


def lock_open(forecast_id: int, version: int | None = None) -> Forecast:
    """Lock a forecast that is still in use.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        ForecastIsClosed: it is over.
    """
    forecast = lock(Forecast, forecast_id, version=version)
    if forecast.state == ForecastState.CLOSED:
        raise ForecastIsClosed(document=forecast)
    return forecast


def _require_sound(forecast: Forecast) -> None:
    if not forecast.title:
        raise InvalidInput(message=_("Give the forecast a title."), field="title")
    for name, (least, most) in SPANS.items():
        if not least <= getattr(forecast, name) <= most:
            raise InvalidInput(
                message=_("Between %(least)s and %(most)s buckets.") % {"least": least, "most": most}, field=name
            )
