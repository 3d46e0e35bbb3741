"""Forecasts: what customers will want of which item in which bucket, where that comes from, what was released."""

import datetime as dt
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import ZERO, AmountField, PercentField, QuantityField
from core.history import History
from core.locks import LockRank
from erp.states.demand import (
    FORECAST_TRANSITIONS,
    DemandPattern,
    ForecastBasis,
    ForecastBucketSize,
    ForecastMethod,
    ForecastState,
)


class DemandSettings(models.Model):
    """The one row of rules for forecasts, the master schedule and stocking advice."""

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 4

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    demand_fence_days = models.PositiveSmallIntegerField(
        _("demand fence in days"), default=7, help_text=_("Nearer than this the master schedule counts orders only.")
    )
    planning_fence_days = models.PositiveSmallIntegerField(
        _("planning fence in days"),
        default=28,
        help_text=_("Nearer than this the master schedule shows what is firm apart from what is still free."),
    )
    frozen_days = models.PositiveSmallIntegerField(
        _("frozen days"), default=3, help_text=_("Nearer than this nothing is changed in the master schedule.")
    )
    service_a = PercentField(_("service level of class A in %"), default=Decimal(98))
    service_b = PercentField(_("service level of class B in %"), default=Decimal(95))
    service_c = PercentField(_("service level of class C in %"), default=Decimal(90))
    holding_percent = PercentField(
        _("yearly cost of keeping stock, percent of its value"),
        default=Decimal(20),
        help_text=_("Capital, space, loss."),
    )
    order_cost = AmountField(_("cost of one purchase order"), default=Decimal(100), help_text=_("Base currency."))
    setup_cost = AmountField(
        _("cost of setting up one work order"), default=Decimal(200), help_text=_("Base currency.")
    )
    most_days = models.PositiveSmallIntegerField(
        _("a lot lasts at most … days"), default=180, help_text=_("0: no limit.")
    )
    advice_months = models.PositiveSmallIntegerField(_("months of demand looked at"), default=12)
    writes_limits = models.BooleanField(
        _("accepting also sets the stock limit"),
        default=True,
        help_text=_("The reorder point becomes the minimum of the usual warehouse, the lot its reorder quantity."),
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("demand settings")
        verbose_name_plural = _("demand settings")
        permissions = [("configure_demand", _("Can change the demand settings"))]
        constraints = [
            models.CheckConstraint(condition=Q(singleton=True), name="erp_demandsettings_singleton"),
            models.CheckConstraint(
                condition=Q(service_a__lt=100, service_b__lt=100, service_c__lt=100, holding_percent__gte=0)
                & Q(order_cost__gte=0, setup_cost__gte=0),
                name="erp_demandsettings_signs",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Demand settings"))


class Forecast(Document):
    """A rolling forecast by month or week. It is calculated and changed at will; a release makes an edition of it."""

    TRANSITIONS = FORECAST_TRANSITIONS
    LOCK_PLACE: ClassVar[int] = 40
    SCOPE_OWNER: ClassVar[str | None] = None

    state = models.CharField(
        _("state"), max_length=12, choices=ForecastState, default=ForecastState.DRAFT, editable=False
    )
    title = models.CharField(_("title"), max_length=120)
    bucket_size = models.CharField(
        _("bucket"), max_length=8, choices=ForecastBucketSize, default=ForecastBucketSize.MONTH
    )
    basis = models.CharField(_("history"), max_length=12, choices=ForecastBasis, default=ForecastBasis.SHIPMENTS)
    category = models.ForeignKey(
        "masterdata.ItemCategory",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("item category"),
    )
    start_date = models.DateField(_("first bucket"))
    horizon = models.PositiveSmallIntegerField(_("buckets ahead"), default=12)
    lookback = models.PositiveSmallIntegerField(_("buckets of history"), default=24)
    trims_outliers = models.BooleanField(
        _("trim outliers"), default=False, help_text=_("An outlier counts as the edge of what is usual.")
    )
    with_opportunities = models.BooleanField(
        _("release opportunities too"),
        default=False,
        help_text=_("Their quantities by probability are added to the demand that is planned."),
    )
    calculated_at = models.DateTimeField(_("calculated at"), null=True, editable=False)
    edition = models.PositiveIntegerField(_("edition"), default=0, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        permissions = [
            ("calculate_forecast", _("Can calculate forecasts")),
            ("adjust_forecast", _("Can change forecast quantities by hand")),
            ("release_forecast", _("Can release forecasts to planning")),
            ("close_forecast", _("Can close forecasts")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ForecastState.values), name="erp_forecast_state"),
            models.CheckConstraint(condition=Q(bucket_size__in=ForecastBucketSize.values), name="erp_forecast_bucket"),
            models.CheckConstraint(condition=Q(basis__in=ForecastBasis.values), name="erp_forecast_basis"),
            models.CheckConstraint(
                condition=Q(horizon__gte=1, horizon__lte=60, lookback__gte=3, lookback__lte=156),
                name="erp_forecast_spans",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("erp:forecast-detail", args=[self.pk])


class ForecastLine(DocumentLine):
    """One item of a forecast: its history by bucket, the method that speaks for it, how all methods did.

    past      history, oldest bucket first, stock unit.   outliers  places in it that lie far from the rest.
    scores    {method: {mae, rmse, wape, bias}} of the back-test, decimals as strings.
    """

    forecast = models.ForeignKey(Forecast, models.CASCADE, related_name="lines", verbose_name=_("forecast"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    method = models.CharField(_("method"), max_length=10, choices=ForecastMethod)
    by_hand = models.BooleanField(_("chosen by hand"), default=False)
    pattern = models.CharField(_("pattern"), max_length=12, choices=DemandPattern, blank=True)
    mae = QuantityField(_("mean error"), null=True, help_text=_("Mean absolute error, one bucket ahead."))
    wape = models.DecimalField(_("error in %"), max_digits=12, decimal_places=2, null=True)
    bias = QuantityField(_("bias"), null=True, help_text=_("Above zero: it says too much."))
    scores = models.JSONField(_("errors of all methods"), default=dict)
    past = ArrayField(models.DecimalField(max_digits=18, decimal_places=6), default=list)
    outliers = ArrayField(models.PositiveSmallIntegerField(), default=list)

    class Meta(DocumentLine.Meta):
        verbose_name = _("forecast line")
        verbose_name_plural = _("forecast lines")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["forecast", "item"], name="erp_forecastline_item"),
            models.CheckConstraint(condition=Q(method__in=ForecastMethod.values), name="erp_forecastline_method"),
        ]
        indexes = [models.Index(fields=["item"], name="erp_forecastline_of_item")]

    def __str__(self) -> str:
        return f"{self.forecast_id}/{self.item_id}"

    def get_absolute_url(self) -> str:
        return reverse("erp:forecast-item", args=[self.forecast_id, self.pk])


class ForecastBucket(models.Model):
    """One item in one bucket: what the method says, what somebody says instead, what opportunities add to it.

    ``released`` is the quantity planning knows; its demand row has this row's key as its line.
    """

    line = models.ForeignKey(ForecastLine, models.CASCADE, related_name="buckets", verbose_name=_("line"))
    start_date = models.DateField(_("from"))
    statistical = QuantityField(_("calculated"), default=ZERO)
    opportunity = QuantityField(_("from opportunities"), default=ZERO)
    override = QuantityField(_("by hand"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )
    released = QuantityField(_("released"), default=ZERO)

    class Meta:
        verbose_name = _("forecast bucket")
        verbose_name_plural = _("forecast buckets")
        default_permissions = ()
        ordering = ["start_date"]
        constraints = [
            models.UniqueConstraint(fields=["line", "start_date"], name="erp_forecastbucket_once"),
            models.CheckConstraint(
                condition=Q(statistical__gte=0, opportunity__gte=0, released__gte=0)
                & (Q(override__isnull=True) | Q(override__gte=0)),
                name="erp_forecastbucket_signs",
            ),
            models.CheckConstraint(
                condition=Q(override__isnull=True) | ~Q(reason=""), name="erp_forecastbucket_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.start_date.isoformat()}"

    @property
    def quantity(self) -> Decimal:
        """What counts: by hand where somebody decided, else what was calculated; opportunities not included."""
        return self.statistical if self.override is None else self.override


class ForecastEdition(models.Model):
    """What one release told planning; kept for the comparison with what then really came."""

    forecast = models.ForeignKey(Forecast, models.CASCADE, related_name="editions", verbose_name=_("forecast"))
    number = models.PositiveIntegerField(_("edition"))
    released_at = models.DateTimeField(_("released at"))
    released_on = models.DateField(_("released on"))
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("released by")
    )

    class Meta:
        verbose_name = _("edition of a forecast")
        verbose_name_plural = _("editions of forecasts")
        default_permissions = ()
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["forecast", "number"], name="erp_forecastedition_number")]

    def __str__(self) -> str:
        return f"{self.forecast_id}/{self.number}"


class ForecastEditionRow(models.Model):
    """What an edition says of one item in one bucket."""

    edition = models.ForeignKey(ForecastEdition, models.CASCADE, related_name="rows", verbose_name=_("edition"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    start_date = models.DateField(_("from"))
    quantity = QuantityField(_("quantity"))

    class Meta:
        verbose_name = _("row of an edition")
        verbose_name_plural = _("rows of an edition")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["edition", "item", "start_date"], name="erp_forecasteditionrow_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="erp_forecasteditionrow_sign"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.item_id} {self.start_date.isoformat()}"


class StockingAdvice(models.Model):
    """What the last run proposes for one item, from which figures, and what was accepted of it; stock unit.

    daily, deviation   demand per day.   lead_days, lead_deviation   calendar days from order to receipt, of
    ``lead_count`` receipts (0: as planned in the master data).   present_* are the figures the run compared with.
    """

    item = models.OneToOneField("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    run_on = models.DateField(_("run on"))
    daily = QuantityField(_("demand per day"), default=ZERO)
    deviation = QuantityField(_("deviation per day"), default=ZERO)
    lead_days = models.DecimalField(_("lead time in days"), max_digits=9, decimal_places=2, default=ZERO)
    lead_deviation = models.DecimalField(_("deviation of the lead time"), max_digits=9, decimal_places=2, default=ZERO)
    lead_count = models.PositiveIntegerField(_("lead times observed"), default=0)
    abc_class = models.CharField(_("class"), max_length=1, blank=True)
    service_percent = PercentField(_("service level in %"), default=ZERO)
    present_safety = QuantityField(_("safety stock now"), default=ZERO)
    present_lot = QuantityField(_("lot now"), default=ZERO)
    present_reorder = QuantityField(_("reorder point now"), null=True)
    safety_stock = QuantityField(_("safety stock proposed"), default=ZERO)
    reorder_point = QuantityField(_("reorder point proposed"), default=ZERO)
    lot = QuantityField(_("lot proposed"), default=ZERO)
    unit_cost = models.DecimalField(_("unit cost"), max_digits=24, decimal_places=10, default=ZERO)
    value_effect = AmountField(
        _("change of the average stock value"), default=ZERO, help_text=_("Base currency; below zero: less stock.")
    )
    cost_effect = AmountField(
        _("change of cost a year"), default=ZERO, help_text=_("Keeping and ordering, base currency; below zero: saved.")
    )
    differs = models.BooleanField(_("differs from what is set"), default=False)
    accepted_on = models.DateField(_("accepted on"), null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("accepted by")
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("stocking advice")
        verbose_name_plural = _("stocking advice")
        default_permissions = ("view",)
        permissions = [
            ("run_stockingadvice", _("Can run the stocking advice")),
            ("accept_stockingadvice", _("Can accept stocking advice")),
        ]
        ordering = ["value_effect", "item_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(safety_stock__gte=0, reorder_point__gte=F("safety_stock"), lot__gte=0),
                name="erp_stockingadvice_signs",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.safety_stock}"


def bucket_start(day: dt.date, size: str) -> dt.date:
    """Return the first day of the bucket ``day`` lies in: its Monday, or the first of its month."""
    if size == ForecastBucketSize.WEEK:
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1)


def bucket_starts(first: dt.date, count: int, size: str) -> list[dt.date]:
    """Return the first days of ``count`` buckets from the one of ``first`` on; a negative count: of those before it."""
    start = bucket_start(first, size)
    steps = range(count) if count >= 0 else range(count, 0)
    if size == ForecastBucketSize.WEEK:
        return [start + dt.timedelta(weeks=step) for step in steps]
    months = start.year * 12 + start.month - 1
    return [dt.date((months + step) // 12, (months + step) % 12 + 1, 1) for step in steps]
