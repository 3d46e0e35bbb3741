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


class SchedulePlanState(models.TextChoices):
    DRAFT = "draft", _("What if")
    ACCEPTED = "accepted", _("Accepted")
    DISCARDED = "discarded", _("Discarded")


SCHEDULE_PLAN_TRANSITIONS: Transitions = {
    SchedulePlanState.DRAFT: frozenset({SchedulePlanState.ACCEPTED, SchedulePlanState.DISCARDED}),
}


class ScheduleDirection(models.TextChoices):
    FORWARD = "forward", _("Forward: as early as possible")
    BACKWARD = "backward", _("Backward: as late as the due date allows")


class ScheduleSolver(models.TextChoices):
    """Who works a plan of capacity out."""

    RULES = "rules", _("Built-in: order by order")
    OPTIMISER = "optimiser", _("Optimiser: looks for the least lateness")


class ScheduleRule(models.TextChoices):
    """Which order gets the machines first; codes of erp.engines.scheduling."""

    PRIORITY = "priority", _("Priority, then due date")
    EARLIEST_DUE = "due", _("Earliest due date")
    SHORTEST = "shortest", _("Shortest work")
    FIRST_COME = "first", _("First come, first served")
    CRITICAL_RATIO = "ratio", _("Critical ratio")
