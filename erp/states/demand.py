"""States and kinds of forecasts and plans of capacity."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.documents import Transitions


class ForecastState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RELEASED = "released", pgettext_lazy("forecast", "Released")
    CLOSED = "closed", pgettext_lazy("forecast", "Closed")


FORECAST_TRANSITIONS: Transitions = {
    ForecastState.DRAFT: frozenset({ForecastState.RELEASED, ForecastState.CLOSED}),
    ForecastState.RELEASED: frozenset({ForecastState.CLOSED}),
}


class ForecastBucketSize(models.TextChoices):
    MONTH = "month", _("Month")
    WEEK = "week", _("Week")


class ForecastBasis(models.TextChoices):
    """Which history a forecast is made from."""

    SHIPMENTS = "shipments", _("What was shipped")
    ORDERS = "orders", _("What was ordered, by the delivery date wanted")


class ForecastMethod(models.TextChoices):
    NAIVE = "naive", _("Naive (as in the last bucket)")
    AVERAGE = "average", _("Moving average of three")
    SES = "ses", _("Exponential smoothing")
    HOLT = "holt", _("Holt (with trend)")
    CROSTON = "croston", _("Croston (intermittent demand)")
    SEASONAL = "seasonal", _("As a year ago")


class DemandPattern(models.TextChoices):
    SMOOTH = "smooth", _("Smooth")
    INTERMITTENT = "intermittent", _("Intermittent")
    ERRATIC = "erratic", _("Erratic")
    LUMPY = "lumpy", _("Lumpy")
