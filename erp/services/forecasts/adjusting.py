"""Changing a forecast by hand: quantities with their reason, and the method that speaks."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.fields import ZERO
from core.money import round_quantity
from core.operations import operation
from erp.errors.demand import ReasonForOverride
from erp.models import Forecast, ForecastBucket, ForecastLine
from erp.models.forecasts import bucket_start, bucket_starts
from erp.services.forecasts.calculating import ask_again, line_from
from erp.services.forecasts.writing import lock_open
from erp.states.demand import ForecastMethod
from masterdata.models import Item

MOST_CELLS = 20_000


@operation(permission="erp.adjust_forecast", document=(Forecast, "forecast_id"))
def override_forecast(
    *,
    forecast_id: int,
    cells: Sequence[Mapping[str, Any]],
    reason: str = "",
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Forecast:
    """Set quantities by hand: rows of item_id, date (any day of the bucket), quantity (None: as calculated again).

    A row may have a ``reason`` of its own. An item the forecast does not know yet gets a line.

    Raises:
        StaleVersion, ForecastIsClosed: as in `update_forecast`.
        ReasonForOverride: nobody says why.
        InvalidInput: a quantity is negative, a day is outside the forecast, an item does not exist.
    """
    forecast = lock_open(forecast_id, version)
    if len(cells) > MOST_CELLS:
        raise InvalidInput(message=_("At most %(count)s quantities at once.") % {"count": MOST_CELLS}, field="cells")
    items = Item.objects.select_related("uom").in_bulk({cell["item_id"] for cell in cells})
    rows = _rows(forecast, cells, items, reason, actor)
    ForecastBucket.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["line", "start_date"],
        update_fields=["override", "reason", "changed_by"],
    )
    forecast.version += 1
    forecast.save()
    return forecast


def _rows(
    forecast: Forecast, cells: Sequence[Mapping[str, Any]], items: Mapping[int, Item], reason: str, actor: Any
) -> list[ForecastBucket]:
    starts = set(bucket_starts(forecast.start_date, forecast.horizon, forecast.bucket_size))
    lines = _known_lines(forecast, cells, items)
    rows: dict[tuple[int, dt.date], ForecastBucket] = {}
    for cell in cells:
        start = bucket_start(cell["date"], forecast.bucket_size)
        if start not in starts:
            raise InvalidInput(
                message=_("%(date)s is outside of this forecast.") % {"date": cell["date"].isoformat()}, field="date"
            )
        quantity, why = cell["quantity"], (cell.get("reason") or reason).strip()
        if quantity is not None and quantity < 0:
            raise InvalidInput(message=_("A forecast cannot be negative."), field="quantity")
        if quantity is not None and not why:
            raise ReasonForOverride()
        decimals = items[cell["item_id"]].uom_decimals
        rows[cell["item_id"], start] = ForecastBucket(
            line=lines[cell["item_id"]],
            start_date=start,
            override=None if quantity is None else round_quantity(quantity, decimals),
            reason="" if quantity is None else why[:200],
            changed_by=actor if getattr(actor, "pk", None) else None,
        )
    return list(rows.values())


def _known_lines(
    forecast: Forecast, cells: Sequence[Mapping[str, Any]], items: Mapping[int, Item]
) -> dict[int, ForecastLine]:
    lines = {line.item_id: line for line in forecast.lines.all()}
    missing = dict.fromkeys(cell["item_id"] for cell in cells if cell["item_id"] not in lines)
    number = forecast.lines.aggregate(last=Max("line_no"))["last"] or 0
    for item_id in missing:
        if item_id not in items:
            raise InvalidInput(message=_("There is no item with the key %(pk)s.") % {"pk": item_id}, field="item_id")
        number += 1
        lines[item_id] = ForecastLine(
            forecast=forecast, line_no=number, item_id=item_id, method=ForecastMethod.NAIVE,
            past=[ZERO] * forecast.lookback,
        )  # fmt: skip
    ForecastLine.objects.bulk_create([lines[item_id] for item_id in missing])
    return lines


@operation(permission="erp.adjust_forecast", document=(Forecast, "forecast_id"))
def choose_forecast_method(
    *,
    forecast_id: int,
    line_id: int,
    method: str = "",
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Forecast:
    """Let ``method`` speak for one item from now on; "" leaves it to the least error again.

    Raises:
        StaleVersion, ForecastIsClosed: as in `update_forecast`.
        InvalidInput: the line is of another forecast, the method is unknown, or it needs more history.
    """
    forecast = lock_open(forecast_id, version)
    line = forecast.lines.select_related("item__uom").filter(pk=line_id).first()
    if line is None or (method and method not in ForecastMethod.values):
        raise InvalidInput(message=_("There is no such line or method."), field="method")
    answer = ask_again(forecast, line, method)
    if method and answer.method != method:
        raise InvalidInput(
            message=_("The history of this item is too short, or has no gaps, for this method."), field="method"
        )
    fresh = line_from(forecast, line.line_no, line.item_id, line.past, answer, by_hand=bool(method))
    fresh.pk = line.pk
    fresh.save()
    starts = bucket_starts(forecast.start_date, forecast.horizon, forecast.bucket_size)
    decimals = line.item.uom_decimals
    ForecastBucket.objects.bulk_create(
        [
            ForecastBucket(line=fresh, start_date=start, statistical=round_quantity(quantity, decimals))
            for start, quantity in zip(starts, answer.quantities, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["line", "start_date"],
        update_fields=["statistical"],
    )
    forecast.version += 1
    forecast.save()
    return forecast
