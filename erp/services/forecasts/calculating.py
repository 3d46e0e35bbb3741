"""Calculating a forecast from history: every method is tested, the best one speaks unless somebody chose another."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q

from core.clock import business_date
from core.fields import ZERO
from core.money import round_quantity
from core.operations import operation
from erp.engines import forecasting
from erp.errors.demand import NothingToForecast
from erp.models import Forecast, ForecastBucket, ForecastLine
from erp.models.forecasts import bucket_start, bucket_starts
from erp.selectors.demand_history import category_branch, history_of, opportunity_demand
from erp.services.forecasts.writing import lock_open
from erp.states.demand import ForecastBucketSize
from masterdata.models import Item

SEASONS = {ForecastBucketSize.MONTH: 12, ForecastBucketSize.WEEK: 52}
CENT = Decimal("0.01")
WAPE_MOST = Decimal(9999999999)
LINE_FIELDS = ["line_no", "method", "by_hand", "pattern", "mae", "wape", "bias", "scores", "past", "outliers"]
BATCH = 5000


@operation(permission="erp.calculate_forecast", document=(Forecast, "forecast_id"))
def calculate_forecast(*, forecast_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Forecast:
    """Forecast every item with history from the present bucket on; what was set by hand stays.

    Raises:
        StaleVersion, ForecastIsClosed: as in `update_forecast`.
        NothingToForecast: no item of the category has history (or opportunities) in this time.
    """
    forecast = lock_open(forecast_id, version)
    today = business_date(at)
    starts, past = history_of(forecast.basis, forecast.bucket_size, before=today, count=forecast.lookback)
    hoped = opportunity_demand(forecast.bucket_size, today)
    items = _items(forecast, past.keys() | hoped.keys())
    if not items:
        raise NothingToForecast(start=starts[0])
    forecast.start_date = bucket_start(today, forecast.bucket_size)
    known = {line.item_id: line for line in forecast.lines.all()}
    lines = _lines(forecast, items, past, known)
    _write_buckets(forecast, lines, items, hoped)
    _end_unknown(forecast, known, items)
    forecast.calculated_at = at
    forecast.version += 1
    forecast.save()
    return forecast


def _items(forecast: Forecast, item_ids: Any) -> dict[int, Item]:
    found = Item.objects.select_related("uom").filter(pk__in=item_ids, is_active=True, merged_into__isnull=True)
    branch = category_branch(forecast.category_id)
    if branch is not None:
        found = found.filter(category_id__in=branch)
    return {item.pk: item for item in found.order_by("code")}


def _lines(
    forecast: Forecast,
    items: Mapping[int, Item],
    past: Mapping[int, Sequence[Decimal]],
    known: Mapping[int, ForecastLine],
) -> dict[int, tuple[ForecastLine, list[Decimal]]]:
    """Write one line per item; returns it with what its method says of each bucket, unrounded."""
    none = [ZERO] * forecast.lookback
    histories = [list(past.get(pk, none)) for pk in items]
    chosen = [known[pk].method if pk in known and known[pk].by_hand else "" for pk in items]
    answers = _ask(forecast, histories, chosen)
    made = [
        line_from(forecast, number, pk, history, answer, by_hand=bool(wanted))
        for number, (pk, history, answer, wanted) in enumerate(
            zip(items, histories, answers, chosen, strict=True), start=1
        )
    ]
    ForecastLine.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["forecast", "item"], update_fields=LINE_FIELDS, batch_size=BATCH
    )
    return {line.item_id: (line, answer.quantities) for line, answer in zip(made, answers, strict=True)}


def _ask(
    forecast: Forecast, histories: Sequence[Sequence[Decimal]], chosen: Sequence[str]
) -> list[forecasting.Forecast]:
    return forecasting.forecast_items(
        histories,
        horizon=forecast.horizon,
        season=SEASONS[ForecastBucketSize(forecast.bucket_size)],
        chosen=chosen,
        trims_outliers=forecast.trims_outliers,
    )


def ask_again(forecast: Forecast, line: ForecastLine, method: str) -> forecasting.Forecast:
    """Return what ``method`` ("" for the best one) says of the line's history."""
    [answer] = _ask(forecast, [line.past or [ZERO] * forecast.lookback], [method])
    return answer


def line_from(
    forecast: Forecast,
    number: int,
    item_id: int,
    history: Sequence[Decimal],
    answer: forecasting.Forecast,
    *,
    by_hand: bool,
) -> ForecastLine:
    """Return a line as the engine's answer makes it; not saved."""
    score = answer.scores.get(answer.method)
    return ForecastLine(
        forecast=forecast,
        line_no=number,
        item_id=item_id,
        method=answer.method,
        by_hand=by_hand,
        pattern=answer.pattern,
        mae=score.mae if score else None,
        wape=min(score.wape, WAPE_MOST).quantize(CENT) if score and score.wape is not None else None,
        bias=score.bias if score else None,
        scores={
            name: {key: None if value is None else str(value) for key, value in vars(one).items()}
            for name, one in answer.scores.items()
        },
        past=list(history),
        outliers=answer.outliers,
    )


def _write_buckets(
    forecast: Forecast,
    lines: Mapping[int, tuple[ForecastLine, list[Decimal]]],
    items: Mapping[int, Item],
    hoped: Mapping[int, Mapping[dt.date, Decimal]],
) -> None:
    starts = bucket_starts(forecast.start_date, forecast.horizon, forecast.bucket_size)
    rows = [
        ForecastBucket(
            line=line,
            start_date=start,
            statistical=round_quantity(quantity, items[item_id].uom_decimals),
            opportunity=round_quantity(hoped.get(item_id, {}).get(start, ZERO), items[item_id].uom_decimals),
        )
        for item_id, (line, quantities) in lines.items()
        for start, quantity in zip(starts, quantities, strict=True)
    ]
    ForecastBucket.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["line", "start_date"],
        update_fields=["statistical", "opportunity"],
        batch_size=BATCH,
    )
    outside = Q(start_date__lt=starts[0]) | Q(start_date__gt=starts[-1])
    beyond = ForecastBucket.objects.filter(outside, line__forecast=forecast)
    beyond.filter(released=0).delete()
    beyond.update(statistical=ZERO, opportunity=ZERO, override=None, reason="")


def _end_unknown(forecast: Forecast, known: Mapping[int, ForecastLine], items: Mapping[int, Item]) -> None:
    """Items without history any more stay only with what was released or decided by hand."""
    gone = [line.pk for item_id, line in known.items() if item_id not in items]
    buckets = ForecastBucket.objects.filter(line_id__in=gone)
    kept = set(buckets.filter(Q(released__gt=0) | Q(override__isnull=False)).values_list("line_id", flat=True))
    buckets.filter(line_id__in=kept).update(statistical=ZERO, opportunity=ZERO)
    forecast.lines.filter(pk__in=set(gone) - kept).delete()
