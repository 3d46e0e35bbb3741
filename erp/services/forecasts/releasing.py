"""Releasing a forecast: planning knows it as demand from then on, and an edition keeps what was said."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.audit import label_of
from core.clock import business_date
from core.documents import lock, transition
from core.locks import LockRank, advisory_lock
from core.operations import operation
from erp.errors.demand import ForecastIsEmpty, ForecastOverlaps
from erp.models import Demand, Forecast, ForecastBucket, ForecastEdition, ForecastEditionRow
from erp.models.forecasts import bucket_start
from erp.services.demand import DemandRow, set_demand
from erp.services.forecasts.writing import lock_open
from erp.states import DemandKind
from erp.states.demand import ForecastState
from masterdata.models import Item

RELEASING = "erp.release_forecast"
PRIORITY = 9
"""A forecast is served after every customer."""
BATCH = 5000


@operation(permission="erp.release_forecast", document=(Forecast, "forecast_id"))
def release_forecast(*, forecast_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Forecast:
    """Make the next edition: its quantities become demand of kind forecast, due when their bucket begins.

    Only what differs from the edition before is written. Buckets that are over are not planned for any more.

    Raises:
        StaleVersion, ForecastIsClosed: as in `update_forecast`.
        ForecastIsEmpty: nothing was calculated or typed.
        ForecastOverlaps: another released forecast has one of the items.
    """
    advisory_lock(RELEASING, rank=LockRank.HEADER)
    forecast = lock_open(forecast_id, version)
    buckets = _live_buckets(forecast, business_date(at))
    if not buckets:
        raise ForecastIsEmpty(document=forecast)
    _require_alone(forecast, {bucket.line.item_id for bucket in buckets if _released(forecast, bucket)})
    ForecastBucket.objects.filter(line__forecast=forecast).exclude(pk__in=[one.pk for one in buckets]).update(
        released=0
    )
    changed = [one for one in buckets if one.released != _released(forecast, one)]
    for bucket in changed:
        bucket.released = _released(forecast, bucket)
    ForecastBucket.objects.bulk_update(changed, ["released"], batch_size=BATCH)
    forecast.edition += 1
    _write_edition(forecast, buckets, actor, at)
    _set_demand(forecast, buckets, actor=actor, at=at)
    if forecast.state == ForecastState.DRAFT:
        transition(forecast, ForecastState.RELEASED, actor=actor, at=at, fields=["edition"])
    else:
        forecast.version += 1
        forecast.save()
    return forecast


@operation(permission="erp.close_forecast", document=(Forecast, "forecast_id"))
def close_forecast(*, forecast_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Forecast:
    """Take a forecast out of use: its demand ends, its editions stay for comparison.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is closed already.
    """
    forecast = lock(Forecast, forecast_id, version=version)
    transition(forecast, ForecastState.CLOSED, actor=actor, at=at)
    ForecastBucket.objects.filter(line__forecast=forecast).update(released=0)
    set_demand(
        source_label=label_of(forecast), source_id=forecast.pk, kind=DemandKind.FORECAST, rows=[], actor=actor, at=at
    )
    return forecast


@operation(permission=None)
def roll_forecast(*, forecast_id: int, actor: Any, at: dt.datetime) -> int:
    """End the demand of buckets that are over; returns how many ended. Called by the daily job."""
    forecast = lock(Forecast, forecast_id)
    first = bucket_start(business_date(at), forecast.bucket_size)
    over = ForecastBucket.objects.filter(line__forecast=forecast, start_date__lt=first, released__gt=0)
    ended: int = over.update(released=0)
    if ended:
        _set_demand(forecast, _live_buckets(forecast, business_date(at)), actor=actor, at=at)
    return ended


def _live_buckets(forecast: Forecast, today: dt.date) -> list[ForecastBucket]:
    """Buckets that are not over yet, with their lines."""
    first = bucket_start(today, forecast.bucket_size)
    rows = ForecastBucket.objects.filter(line__forecast=forecast, start_date__gte=first)
    return list(rows.select_related("line").order_by("pk"))


def _released(forecast: Forecast, bucket: ForecastBucket) -> Decimal:
    return bucket.quantity + bucket.opportunity if forecast.with_opportunities else bucket.quantity


def _require_alone(forecast: Forecast, item_ids: set[int]) -> None:
    other = (
        Demand.objects.filter(kind=DemandKind.FORECAST, item_id__in=item_ids)
        .exclude(source_label=label_of(forecast), source_id=forecast.pk)
        .order_by("item_id")
        .first()
    )
    if other is not None:
        raise ForecastOverlaps(item=Item.objects.get(pk=other.item_id), other=other.source_number)


def _write_edition(forecast: Forecast, buckets: Sequence[ForecastBucket], actor: Any, at: dt.datetime) -> None:
    edition = ForecastEdition.objects.create(
        forecast=forecast,
        number=forecast.edition,
        released_at=at,
        released_on=business_date(at),
        released_by=actor if getattr(actor, "pk", None) else None,
    )
    ForecastEditionRow.objects.bulk_create(
        [
            ForecastEditionRow(
                edition=edition, item_id=one.line.item_id, start_date=one.start_date, quantity=one.released
            )
            for one in buckets
        ],
        batch_size=BATCH,
    )


def _set_demand(forecast: Forecast, buckets: Sequence[ForecastBucket], *, actor: Any, at: dt.datetime) -> None:
    set_demand(
        source_label=label_of(forecast),
        source_id=forecast.pk,
        kind=DemandKind.FORECAST,
        rows=[
            DemandRow(
                source_line_id=one.pk,
                item_id=one.line.item_id,
                quantity=one.released,
                open_quantity=one.released,
                due_date=one.start_date,
                priority=PRIORITY,
            )
            for one in buckets
        ],
        actor=actor,
        at=at,
    )
