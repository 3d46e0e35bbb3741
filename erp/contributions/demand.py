"""What forecasts, the master schedule and stocking advice show on other pages."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.contributions import Fact, Hit, ImportTarget, Navigation, RelatedDocuments, SearchSource, contribute
from core.errors import InvalidInput
from core.exchange.columns import Column
from erp.models import Forecast, ForecastLine
from erp.services.forecasts import override_forecast
from masterdata.models import Item

Row = dict[str, Any]


def register() -> None:
    """Register the contributions of demand planning."""
    contribute(*NAVIGATION, *RELATED, *SEARCH, *FACTS, FORECAST_ROWS)


NAVIGATION = (
    Navigation("planning", _("Master schedule"), "erp:mps", "erp.view_plannedorder", "table", 12, section="demand"),
    Navigation(
        "planning", _("Forecasts"), "erp:forecast-list", "erp.view_forecast", "chart-line", 40, section="demand"
    ),
    Navigation(
        "planning", _("Forecast accuracy"), "erp:forecast-accuracy", "erp.view_forecast", "target", 42, section="demand"
    ),
    Navigation(
        "planning",
        _("Stocking advice"),
        "erp:stocking-advice",
        "erp.view_stockingadvice",
        "scale",
        60,
        section="demand",
    ),
    Navigation(
        "planning", _("Load and capacity"), "erp:capacity", "erp.view_scheduleplan", "gauge", 70, section="capacity"
    ),
    Navigation(
        "planning",
        _("Plans of capacity"),
        "erp:schedule-plan-list",
        "erp.view_scheduleplan",
        "timeline",
        72,
        section="capacity",
    ),
    Navigation(
        "planning",
        _("Schedule of operations"),
        "erp:schedule",
        "erp.view_scheduleplan",
        "calendar-time",
        74,
        section="capacity",
    ),
    Navigation(
        "planning",
        _("Demand settings"),
        "erp:demand-settings",
        "erp.configure_demand",
        "adjustments",
        92,
        section="rules",
    ),
)


def _newest(item: Any) -> str:
    line = ForecastLine.objects.filter(item=item).exclude(forecast__state="closed").order_by("-forecast_id").first()
    return line.get_absolute_url() if line else reverse("erp:forecast-list")


RELATED = (
    RelatedDocuments(
        "masterdata.item",
        "erp.forecasts",
        _("Forecasts"),
        "erp.view_forecast",
        lambda item, user: ForecastLine.objects.filter(item=item).exclude(forecast__state="closed").count(),
        _newest,
        icon="chart-line",
        order=45,
    ),
)


def _find(text: str, user: Any, limit: int) -> Sequence[Hit]:
    rows = (Forecast.objects.filter(number__icontains=text) | Forecast.objects.filter(title__icontains=text)).order_by(
        "-pk"
    )
    return [
        Hit(
            f"{one.number} {one.title}",
            one.get_absolute_url(),
            one.get_state_display(),
            "chart-line",
            one.number.lower() == text.lower(),
        )
        for one in rows[:limit]
    ]


SEARCH = (SearchSource("erp.forecast", _("Forecasts"), "erp.view_forecast", _find, 60),)

FACTS = (Fact(_("Forecast, its editions and its demand"), "erp", 3),)


def _arguments(first: Row, _user: Any) -> dict[str, Any]:
    """Return the rows of one forecast as override_forecast takes them.

    Raises:
        InvalidInput: a forecast or item of the file does not exist; ``field`` names the column.
    """
    rows = first.get("rows") or [first]
    forecast = Forecast.objects.filter(number=first["forecast"]).first()
    if forecast is None:
        raise InvalidInput(
            message=_("There is no forecast %(number)s.") % {"number": first["forecast"]}, field="forecast"
        )
    items = dict(Item.objects.filter(code__in={row["item"] for row in rows}).values_list("code", "pk"))
    for row in rows:
        if row["item"] not in items:
            raise InvalidInput(message=_("There is no item %(code)s.") % {"code": row["item"]}, field="item")
    return {
        "forecast_id": forecast.pk,
        "cells": [
            {
                "item_id": items[row["item"]],
                "date": row["date"],
                "quantity": row.get("quantity"),
                "reason": row.get("reason") or str(_("Imported from a file")),
            }
            for row in rows
        ],
    }


FORECAST_ROWS = ImportTarget(
    key="erp.forecastrows",
    label=_("Forecast quantities"),
    permission="erp.adjust_forecast",
    columns=[
        Column("forecast", _("Forecast"), required=True, help=_("its number"), aliases=("预测单号", "预测")),
        Column("item", _("Item"), required=True, help=_("its code"), aliases=("item code", "物料编码", "物料")),
        Column(
            "date", _("Date"), required=True, kind="date", help=_("any day of the bucket"), aliases=("日期", "期间")
        ),
        Column(
            "quantity",
            _("Quantity"),
            kind="decimal",
            help=_("in the stock unit; empty: as calculated"),
            aliases=("数量", "预测数量"),
        ),
        Column("reason", _("Reason"), aliases=("原因",)),
    ],
    service=override_forecast,
    arguments=_arguments,
    group=lambda row: row.get("forecast") or "",
    order=65,
)
